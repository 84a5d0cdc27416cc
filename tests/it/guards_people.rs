//! Guards of what is people's own: sessions, links to sign in, what was written about them, their history, whom they
//! work for.

use domain::accounts;
use domain::registrations::{self, Registration};
use reqwest::Method;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

async fn all(app: &TestApp) -> Vec<Registration> {
    let event = app.event(WORKSHOP).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn of(app: &TestApp, email: &str) -> Registration {
    all(app).await.into_iter().find(|one| one.email.as_str() == email).unwrap()
}

/// Signs in; what a thief would copy of the browser.
async fn sign_in_copied(app: &TestApp, visitor: &Visitor, email: &str) -> String {
    visitor.post("/connexion", &[("email", email)]).await;
    let entered = visitor.post(&app.link(email, "sign_in").await, &[]).await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn is_in(app: &TestApp, cookie: &str) -> bool {
    app.visitor().request(Method::GET, "/mon-parcours", &[("cookie", cookie)]).await.status == 200
}

#[tokio::test]
async fn signing_out_ends_this_session_even_for_who_copied_it_and_no_other() {
    let app = TestApp::start().await;
    let (desk, phone, bob) = (app.visitor(), app.visitor(), app.visitor());
    desk.register(WORKSHOP, "ada@exemple.fr").await;
    desk.register(WORKSHOP, "bob@exemple.fr").await;
    let on_desk = sign_in_copied(&app, &desk, "ada@exemple.fr").await;
    let on_phone = sign_in_copied(&app, &phone, "ada@exemple.fr").await;
    let bobs = sign_in_copied(&app, &bob, "bob@exemple.fr").await;
    assert!(is_in(&app, &on_desk).await && is_in(&app, &on_phone).await && is_in(&app, &bobs).await);

    let out = desk.post("/deconnexion", &[]).await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/"));
    assert_eq!(desk.get("/mon-parcours").await.status, 303);
    assert!(!is_in(&app, &on_desk).await, "the cookie is worth nothing any more");
    assert!(is_in(&app, &on_phone).await && is_in(&app, &bobs).await);
    assert_eq!(desk.post("/deconnexion", &[]).await.location(), "/", "who is out goes out");

    assert_eq!(phone.post("/mon-parcours/deconnexion-partout", &[]).await.location(), "/");
    assert!(!is_in(&app, &on_phone).await);
    assert!(is_in(&app, &bobs).await, "everywhere, not everybody");
    assert_eq!(phone.post("/mon-parcours/deconnexion-partout", &[]).await.status, 303, "to sign in first");
}

#[tokio::test]
async fn a_link_to_sign_in_that_is_too_old_says_so_and_leads_to_a_new_one() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let link = app.link("ada@exemple.fr", "sign_in").await;
    app.app.clock.advance(accounts::SIGN_IN_LASTS - std::time::Duration::from_millis(1));
    let fresh = ada.get(&link).await;
    assert!(fresh.status == 200 && fresh.body.contains("<button"), "{}", fresh.body);
    app.advance_millis(1);
    let old = ada.get(&link).await;
    assert_eq!(old.status, 410);
    assert!(old.body.contains("href=\"/connexion\"") && !old.body.contains("Se connecter</button>"), "{}", old.body);
    assert_eq!(ada.get("/mon-parcours").await.status, 303);
}

#[tokio::test]
async fn what_an_organiser_wrote_about_somebody_goes_with_them_and_nothing_else_does() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let desk = app.desk().await;
    for (email, why) in [("ada@exemple.fr", "Mme Lovelace part à Lyon"), ("bob@exemple.fr", "M. Bobin est muté")] {
        visitor.register_and_confirm(&app, WORKSHOP, email).await;
        let path = format!("/organisation/inscriptions/{}/retirer", of(&app, email).await.id);
        assert_eq!(desk.post(&path, &[("reason", why)]).await.status, 303);
    }
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("Mme Lovelace") && log.contains("M. Bobin"), "{log}");
    visitor.sign_in(&app, "ada@exemple.fr").await;
    visitor.post("/mon-parcours/effacer", &[]).await;
    let log = desk.get("/organisation/journal").await.body;
    assert!(!log.contains("Lovelace") && log.contains("M. Bobin"), "{log}");
    assert_eq!(log.matches("a retiré l’inscription de").count(), 2, "that it was done stays");
}

#[tokio::test]
async fn an_alarm_is_of_ones_own_feed_alone() {
    let app = TestApp::start().await;
    let mut feeds = Vec::new();
    let visitors = [app.visitor(), app.visitor()];
    for (visitor, email) in visitors.iter().zip(["ada@exemple.fr", "bob@exemple.fr"]) {
        visitor.register_and_confirm(&app, WORKSHOP, email).await;
        visitor.sign_in(&app, email).await;
        visitor.post("/mon-parcours/flux", &[]).await;
        let page = visitor.get("/mon-parcours").await.body;
        let start = page.find("/calendrier/prive/").unwrap();
        feeds.push(page[start..].split('"').next().unwrap().to_owned());
    }
    let asked = app.visitor().post("/mon-parcours/flux/alarme", &[("minutes", "60")]).await;
    assert!(asked.location().starts_with("/connexion"));
    let set = visitors[0].post("/mon-parcours/flux/alarme", &[("minutes", "60")]).await;
    assert_eq!(set.location(), "/mon-parcours?fait=alarme#agenda");
    let rings = [app.visitor().get(&feeds[0]).await.body, app.visitor().get(&feeds[1]).await.body];
    assert_eq!(rings.map(|feed| feed.contains("VALARM")), [true, false]);
}

/// The steps in the history of somebody's only registration, as they read it.
async fn history(app: &TestApp, email: &str) -> Vec<String> {
    let visitor = app.visitor();
    visitor.sign_in(app, email).await;
    let data: serde_json::Value = serde_json::from_str(&visitor.get("/mon-parcours/donnees.json").await.body).unwrap();
    let steps = data["registrations"][0]["history"].as_array().unwrap();
    steps.iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_step_of_a_history_is_a_change_of_the_seat_in_its_order_and_of_nobody_else() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let (ada, bob) =
        (app.link("ada@exemple.fr", "registration").await, app.link("bob@exemple.fr", "registration").await);
    for (link, act, fields) in [
        (&ada, "confirmer", [("", "")]),
        (&bob, "confirmer", [("", "")]),
        (&bob, "dernier-moment", [("oui", "true")]),
        (&ada, "annuler", [("", "")]),
        (&bob, "confirmer", [("", "")]),
    ] {
        app.advance_millis(1000);
        assert_eq!(visitor.post(&format!("{link}/{act}"), &fields).await.status, 303, "{act}");
    }
    assert_eq!(history(&app, "ada@exemple.fr").await, ["held", "confirmed", "cancelled"]);
    assert_eq!(history(&app, "bob@exemple.fr").await, ["waiting", "offered", "confirmed"]);
}

#[tokio::test]
async fn merging_warns_of_a_cap_only_where_both_have_seats_at_an_event_to_come() {
    let app = TestApp::start().await;
    let (visitor, desk) = (app.visitor(), app.desk().await);
    let ask = async |event: &str, email: &str, organisation: &str| {
        let fields = [("name", "X"), ("email", email), ("organisation", organisation), ("buyer", "oui")];
        assert_eq!(visitor.post(&format!("/evenements/{event}/inscription"), &fields).await.status, 303);
    };
    let cap = async |event: &str, cap: i64| {
        let mut tx = app.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query("update event set organisation_cap = $2 where slug = $1")
            .bind(event)
            .bind(cap)
            .execute(conn)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    };
    cap(WEBINAR, 1).await;
    for (event, email, organisation) in [
        (WEBINAR, "a@exemple.fr", "Métropole de Lyon"),
        (WEBINAR, "b@exemple.fr", "Grand Lyon"),
        (WORKSHOP, "a@exemple.fr", "Métropole de Lyon"),
        (WORKSHOP, "b@exemple.fr", "Métropole de Lyon"),
        (WORKSHOP, "c@exemple.fr", "Grand Lyon"),
    ] {
        ask(event, email, organisation).await;
    }
    // Lowered afterwards: one has two seats, the other only waits.
    cap(WORKSHOP, 1).await;
    let people = all(&app).await;
    let link = app.link("c@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/annuler"), &[]).await;
    let ids: Vec<_> = people.iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    let path = format!("/organisation/organisations/{}/fusionner?dans={}", ids[2], ids[0]);
    let preview = desk.get(&path).await.body;
    assert_eq!(preview.matches("2 places, pour 1 au plus").count(), 1, "{preview}");
    assert!(preview.contains("2 inscriptions passent"), "{preview}");
    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    desk.sign_in(&app, "orga@exemple.fr").await;
    assert!(!desk.get(&path).await.body.contains("pour 1 au plus"), "what is over warns of nothing");
}

#[tokio::test]
async fn a_number_that_another_organisation_has_is_refused_and_a_correction_is_in_the_log() {
    let app = TestApp::start().await;
    let (visitor, desk) = (app.visitor(), app.desk().await);
    for (email, organisation, siret) in
        [("a@exemple.fr", "CHU, site nord", "21330063500017"), ("b@exemple.fr", "Ville de Dax", "")]
    {
        let fields =
            [("name", "X"), ("email", email), ("organisation", organisation), ("siret", siret), ("buyer", "oui")];
        visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    }
    let dax = format!("/organisation/organisations/{}", of(&app, "b@exemple.fr").await.organisation_id.unwrap());
    let taken = [("name", "Mairie de Dax"), ("kind", "commune"), ("siret", "21330063500017")];
    assert_eq!(desk.post(&dax, &taken).await.status, 422);
    assert!(desk.get(&dax).await.body.contains("value=\"Ville de Dax\""), "nothing was corrected");
    assert!(!desk.get("/organisation/journal").await.body.contains("a modifié une organisation"));
    assert_eq!(desk.post(&dax, &[("name", "Mairie de Dax"), ("kind", "commune"), ("siret", "")]).await.status, 303);
    assert!(desk.get(&dax).await.body.contains("value=\"Mairie de Dax\""));
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("a modifié une organisation") && log.contains("Mairie de Dax"), "{log}");
}

/// Ada says, at her data, whom she works for, and that her registrations to come follow.
async fn now_works_for(app: &TestApp, organisation: &str) -> u16 {
    let ada = app.visitor();
    ada.sign_in(app, "ada@exemple.fr").await;
    let fields = [("name", "Ada"), ("organisation", organisation), ("follow", "oui")];
    ada.post("/mon-parcours/donnees", &fields).await.status.as_u16()
}

async fn with_cap_of_one(app: &TestApp) -> Visitor {
    let desk = app.desk().await;
    let path = format!("/organisation/evenements/{WORKSHOP}/public");
    assert_eq!(desk.post(&path, &[("buyers_only", "oui"), ("cap", "1")]).await.status, 303);
    app.visitor()
}

#[tokio::test]
async fn a_seat_that_was_held_too_long_stands_in_nobodys_way_when_its_person_changes_organisation() {
    let app = TestApp::start().await;
    let visitor = with_cap_of_one(&app).await;
    let fields =
        [("name", "Cleo"), ("email", "cleo@exemple.fr"), ("organisation", "Ville de Nantes"), ("buyer", "oui")];
    visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    let link = app.link("cleo@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/confirmer"), &[]).await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(now_works_for(&app, "Ville de Nantes").await, 409, "while it is held");
    app.advance(2);
    assert_eq!(now_works_for(&app, "Ville de Nantes").await, 303);
}

#[tokio::test]
async fn another_spelling_of_ones_own_organisation_asks_for_no_second_seat_of_it() {
    let app = TestApp::start().await;
    let visitor = with_cap_of_one(&app).await;
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(now_works_for(&app, "Mairie d’Angers").await, 303);
    assert_eq!(of(&app, "ada@exemple.fr").await.organisation, "Mairie d’Angers");
}

#[tokio::test]
async fn a_session_lasts_thirty_days_in_a_cookie_that_scripts_cannot_read_and_what_is_over_is_forgotten() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let entered = ada.post(&app.link("ada@exemple.fr", "sign_in").await, &[]).await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    for says in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(says), "{says}: {cookie}");
    }
    let kept = async || -> Vec<i64> {
        let mut counts = Vec::new();
        let mut tx = app.app.db.snapshot().await.unwrap();
        for table in ["session", "sign_in_link"] {
            let count = format!("select cast(count(*) as bigint) from {table}");
            let count = sqlx::AssertSqlSafe(count);
            counts.push(db::dispatch!(&mut tx, |conn| sqlx::query_scalar(count).fetch_one(conn).await).unwrap());
        }
        counts
    };
    app.advance(30 * 24 - 1);
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(kept().await, [1, 1], "the session, and the new link");
    app.advance_millis(3_600_000 - 1);
    assert_eq!(ada.get("/mon-parcours").await.status, 200);
    app.advance_millis(1);
    assert_eq!(ada.get("/mon-parcours").await.status, 303);
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(kept().await, [0, 0]);
}
