//! Addresses and names as people type and paste them: what nobody sees makes no second person and hides in no page, and what
//! cannot be stored as it was typed is said.

use domain::registrations::RegistrationStatus;
use mail::suppressions;

use crate::harness::{DESK, TestApp, WEBINAR, WORKSHOP};

#[tokio::test]
async fn one_address_is_one_person_however_it_is_written() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let kept = "ada@xn--cole-exemple-9db.fr";
    for (event, typed) in
        [(WORKSHOP, "Ada@École-Exemple.fr\u{200b}"), (WEBINAR, "\u{feff}ada@xn--cole-exemple-9db.fr\u{a0}")]
    {
        assert_eq!(visitor.ask_named(event, "Ada", typed, "").await.status, 303, "{typed}");
        visitor.prove(kept).await;
        assert_eq!(app.registration(event, kept).await.status, RegistrationStatus::Confirmed);
    }
    let ids: Vec<_> =
        [app.registration(WORKSHOP, kept).await, app.registration(WEBINAR, kept).await].map(|it| it.person_id).into();
    assert_eq!(ids[0], ids[1]);
    let desk = app.desk().await;
    let list = desk.get(DESK).await.body;
    assert!(list.contains("ada@école-exemple.fr") && !list.contains("xn--"), "organisers read it in its letters");
    // They find the person by either.
    for query in ["%C3%A9cole-exemple", "xn--cole"] {
        assert!(desk.get(&format!("{DESK}?recherche={query}")).await.body.contains("ada@école-exemple.fr"), "{query}");
    }
}

#[tokio::test]
async fn somebody_whose_domain_was_kept_with_its_accents_is_the_person_they_were() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr", "bob@xn--cole-exemple-9db.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    // As the version before kept them.
    let mut tx = app.app.db.write().await.unwrap();
    for name in ["ada", "bob"] {
        let (old, before) = (format!("{name}@école-exemple.fr"), format!("{name}@exemple.fr"));
        db::dispatch!(&mut tx, |conn| sqlx::query("update person set email = $1 where email = $2")
            .bind(&old)
            .bind(&before)
            .execute(conn)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
    app::address::domains_to_ascii(&app.app).await.unwrap();
    let again = app.visitor();
    again.sign_in(&app, "ada@xn--cole-exemple-9db.fr").await;
    assert!(again.get("/mon-parcours").await.body.contains("ada@école-exemple.fr"));
    let known = |body: &str| body.contains("Suivre et définir des indicateurs");
    assert!(known(&again.get("/mon-parcours").await.body), "the registrations are still theirs");
    let left = domain::accounts::addresses_beyond_ascii(&mut app.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!(left.len(), 1, "Bob has an account by the other: none is lost");
}

#[tokio::test]
async fn an_accent_before_the_at_is_told_at_every_form_that_asks_for_an_address() {
    let app = TestApp::start().await;
    let (visitor, desk) = (app.visitor(), app.desk().await);
    let typed = "élodie@exemple.fr";
    let asked = visitor.ask_named(WORKSHOP, "Élodie", typed, "").await;
    let by_staff = [("name", "Élodie"), ("email", typed), ("organisation", "Ville")];
    for answer in [
        asked,
        visitor.post("/connexion", &[("email", typed)]).await,
        desk.post(&format!("{DESK}/inscrire"), &by_staff).await,
        desk.post("/organisation/roles", &[("email", typed), ("role", "door"), ("ou", "tout")]).await,
    ] {
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("avant l’arobase"), "{}", answer.body);
        assert!(answer.body.contains(&format!("value=\"{typed}\"")), "what was typed is still there");
    }
}

#[tokio::test]
async fn what_nobody_sees_in_a_name_is_not_kept() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.ask_named(WORKSHOP, "\u{202e}ecalevoL\u{2800} Ada\u{ad}\u{200b}", "ada@exemple.fr", "").await;
    visitor.prove("ada@exemple.fr").await;
    assert_eq!(app.registration(WORKSHOP, "ada@exemple.fr").await.name, "ecalevoL  Ada");
    let empty = visitor.ask_named(WORKSHOP, "\u{200b}\u{3164}", "bob@exemple.fr", "").await;
    assert!(empty.status == 422 && empty.body.contains("id=\"name-error\""), "nothing to be seen is nothing");
    let desk = app.desk().await;
    let edit = [
        ("title", "\u{202e}sruetacidnI\u{2069}"),
        ("summary", "Deux\u{202e}\r\nlignes"),
        ("starts", "2027-04-02T09:30"),
        ("ends", "2027-04-02T12:00"),
        ("closes", "2027-04-01T18:00"),
        ("place", "\u{feff}Angers"),
    ];
    assert_eq!(desk.post(&format!("{DESK}/modifier"), &edit).await.status, 303);
    let event = app.event(WORKSHOP).await;
    assert_eq!(
        (event.title.as_str(), event.summary.as_str(), event.place.as_str()),
        ("sruetacidnI", "Deux\nlignes", "Angers")
    );
}

#[tokio::test]
async fn a_time_that_the_clocks_skip_or_show_twice_is_stored_as_they_show_it_and_said() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let fields = |starts: &'static str, ends: &'static str| {
        [
            ("title", "Indicateurs"),
            ("starts", starts),
            ("ends", ends),
            ("closes", "2027-03-20T18:00"),
            ("place", "Angers"),
        ]
    };
    let path = format!("{DESK}/modifier");
    let skipped = desk.post(&path, &fields("2027-03-28T02:30", "2027-03-28T05:00")).await;
    assert_eq!(skipped.status, 303);
    let event = app.event(WORKSHOP).await;
    assert_eq!(
        (event.starts_local.as_str(), event.starts_at.to_string().as_str()),
        ("2027-03-28T03:30:00", "2027-03-28T01:30:00Z")
    );
    let told = desk.get(skipped.location()).await.body;
    assert!(told.contains("n’existe pas le dimanche 28 mars 2027") && told.contains("3\u{a0}h\u{a0}30"), "{told}");
    assert!(desk.get(&path).await.body.contains("value=\"2027-03-28T03:30\""), "the form shows what is stored");

    let twice = desk.post(&path, &fields("2027-10-31T02:30", "2027-10-31T05:00")).await;
    let event = app.event(WORKSHOP).await;
    assert_eq!(
        (event.starts_local.as_str(), event.starts_at.to_string().as_str()),
        ("2027-10-31T02:30:00", "2027-10-31T00:30:00Z")
    );
    assert!(desk.get(twice.location()).await.body.contains("passe deux fois"));
    let plain = desk.post(&path, &fields("2027-04-02T09:30", "2027-04-02T12:00")).await;
    assert_eq!(plain.location(), format!("{DESK}?fait=modifie"));
}

#[tokio::test]
async fn one_click_refuses_letters_whatever_the_mail_app_sends_with_it() {
    let app = TestApp::start().await;
    let parts = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let bodies = [
        (Some("multipart/form-data; boundary=b"), parts),
        (None, parts),
        (Some("application/x-www-form-urlencoded"), "List-Unsubscribe=One-Click"),
        (Some("application/x-www-form-urlencoded; charset=utf-8"), ""),
        (Some("text/plain"), "List-Unsubscribe=One-Click"),
        (None, ""),
    ];
    for (number, (kind, body)) in bodies.into_iter().enumerate() {
        let address = format!("reader{number}@exemple.fr");
        let path = mail::preferences::path(&app.app.key, &address, mail::Priority::Announcement).unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.post(format!("http://{}{path}", app.address)).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        assert_eq!(request.send().await.unwrap().status(), 200, "{kind:?} {body:?}");
        let wishes = suppressions::wishes(&mut app.app.db.read().await.unwrap(), &address).await.unwrap();
        assert_eq!((wishes.reminders, wishes.announcements), (true, false), "{kind:?} {body:?}");
    }
}
