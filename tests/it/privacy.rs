//! A person's data: seen, corrected, taken away, erased, and forgotten once it is old.

use domain::accounts::EmailAddress;
use domain::registrations::{self, RegistrationStatus};
use reqwest::multipart::Form;

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

/// How often an address, or a part of one, stands anywhere in the database.
async fn traces(app: &TestApp, of: &str) -> i64 {
    let mut found = 0;
    let mut tx = app.app.db.snapshot().await.unwrap();
    for (table, column) in [
        ("person", "email"),
        ("person", "name"),
        ("letter", "recipient"),
        ("registration", "name"),
        ("reserved_seat_address", "email"),
        ("seat_transfer", "email"),
        ("invitation", "address"),
        ("audit_log", "note"),
    ] {
        let count = format!("select cast(count(*) as bigint) from {table} where {column} like '%{of}%'");
        let count: i64 =
            db::dispatch!(&mut tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(conn).await)
                .unwrap();
        found += count;
    }
    found
}

async fn keep_a_seat_for(app: &TestApp, email: &str) {
    let (by, event) = (app.organiser().await, app.event(WORKSHOP).await.id);
    let address = EmailAddress::parse(email).unwrap();
    registrations::set_reserved_for(&app.app, by, event, &[address]).await.unwrap();
}

/// Sends an invitation to an event, as organisers do.
async fn invite(app: &TestApp, email: &str) {
    let form = Form::new().text("people", format!("{email};Ada Lovelace")).text("event", WORKSHOP);
    let form = form.text("subject", "Venez").text("message", "Bonjour").text("act", "envoyer");
    let form = form.text("round", "01939000-0000-7000-8000-000000000001");
    let sent = app.desk().await.post_multipart("/organisation/invitations/nouvelle", form).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    app.delivered().await;
}

#[tokio::test]
async fn a_person_sees_corrects_and_takes_away_what_is_known_of_them() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    invite(&app, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(visitor.get("/mon-parcours/donnees.json").await.status, 303, "signed in only");
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let fields = [("name", "Ada Lovelace"), ("organisation", "Métropole de Lyon")];
    visitor.post("/mon-parcours/donnees", &fields).await;
    assert_eq!(app.registrations(WORKSHOP).await[0].name, "Ada Lovelace");
    let wrong = visitor.post("/mon-parcours/donnees", &[("name", ""), ("organisation", "Lyon")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"name-error\"") && wrong.body.contains("value=\"Lyon\""));

    let data = visitor.get("/mon-parcours/donnees.json").await;
    let data: serde_json::Value = serde_json::from_str(&data.body).unwrap();
    assert_eq!(data["person"]["organisation"], "Métropole de Lyon");
    assert_eq!(data["registrations"][0]["state"], "confirmed");
    assert_eq!(data["registrations"][0]["history"].as_array().unwrap().len(), 1);
    assert_eq!(data["letters"].as_array().unwrap().len(), 4);
    assert_eq!(data["invitations"][0]["subject"], "Venez");
    assert_eq!(data["invitations"][0]["name"], "Ada Lovelace");
    assert_eq!(data["wants"]["reminders"], true);
    assert!(data["registrations"][0]["hand_over"].is_null());
    let link = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/transmettre"), &[("name", "Bob"), ("email", "bob@exemple.fr")]).await;
    let data = visitor.get("/mon-parcours/donnees.json").await;
    let data: serde_json::Value = serde_json::from_str(&data.body).unwrap();
    let expected = serde_json::json!({ "colleague": "Bob", "state": "pending" });
    assert_eq!(data["registrations"][0]["hand_over"], expected);
}

#[tokio::test]
async fn erasing_leaves_no_trace_gives_the_seat_on_and_keeps_a_count_of_what_is_past() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    for event in [WEBINAR, WORKSHOP] {
        visitor.register(event, "lovelace@exemple.fr").await;
    }
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let link = app.link("lovelace@exemple.fr", "registration").await;
    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    keep_a_seat_for(&app, "lovelace@exemple.fr").await;
    invite(&app, "lovelace@exemple.fr").await;
    assert!(traces(&app, "lovelace").await > 5);

    visitor.sign_in(&app, "lovelace@exemple.fr").await;
    assert!(visitor.get("/mon-parcours/effacer").await.body.contains("Effacer pour de bon"));
    assert_eq!(app.registrations(WORKSHOP).await.len(), 2, "asking erases nothing");
    visitor.post("/mon-parcours/effacer", &[]).await;
    assert_eq!(traces(&app, "lovelace").await, 0);
    assert_eq!(visitor.get(&link).await.status, 404);
    assert_eq!(visitor.get("/mon-parcours").await.status, 303, "signed out");

    let waiting: Vec<_> = app.registrations(WORKSHOP).await.into_iter().map(|one| (one.name, one.status)).collect();
    assert_eq!(waiting, [("bob".to_owned(), RegistrationStatus::Offered)]);
    let webinar = app.event(WEBINAR).await.id;
    let counts = registrations::erased_counts(&mut app.app.db.read().await.unwrap(), webinar).await.unwrap();
    assert_eq!(counts, [(RegistrationStatus::Confirmed, 1)]);
    let workshop = app.event(WORKSHOP).await.id;
    let counts = registrations::erased_counts(&mut app.app.db.read().await.unwrap(), workshop).await.unwrap();
    assert!(counts.is_empty(), "what is to come keeps nothing");
}

#[tokio::test]
async fn people_are_forgotten_once_their_last_event_is_older_than_the_settings_say() {
    let app = TestApp::start_with(|config| config.retention_days = 100).await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "past@exemple.fr").await;
    visitor.register(WORKSHOP, "coming@exemple.fr").await;
    // Somebody who never answered is known by the seat that was proposed to them.
    visitor.register(WEBINAR, "coming@exemple.fr").await;
    let link = app.link("coming@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/transmettre"), &[("name", "Silent"), ("email", "silent@exemple.fr")]).await;
    app.organiser().await;
    // A letter that has not left is not forgotten: it is still to be sent.
    app.delivered().await;
    // The webinar is on 7 December, the workshop on 26 March: 110 days lie between them.
    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    app.advance(24 * 100);
    assert_eq!(app::privacy::purge(&app.app).await.unwrap(), 0, "not a moment too early");
    assert!(traces(&app, "silent").await > 0);
    app.advance_millis(1);
    assert_eq!(app::privacy::purge(&app.app).await.unwrap(), 1);
    assert_eq!(traces(&app, "past").await, 0);
    assert_eq!(traces(&app, "silent").await, 0);
    assert!(traces(&app, "coming").await > 0);
    app.advance(24 * 1000);
    assert_eq!(app::privacy::purge(&app.app).await.unwrap(), 1);
    let mut tx = app.app.db.snapshot().await.unwrap();
    let left: Vec<String> =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select email from person").fetch_all(conn).await).unwrap();
    assert_eq!(left, ["orga@exemple.fr"], "organisers stay");
}

#[tokio::test]
async fn who_was_invited_and_never_came_is_forgotten_too() {
    let app = TestApp::start_with(|config| config.retention_days = 200).await;
    keep_a_seat_for(&app, "guest@exemple.fr").await;
    invite(&app, "guest@exemple.fr").await;
    app.advance(24 * 200);
    app::privacy::purge(&app.app).await.unwrap();
    assert_eq!(traces(&app, "guest").await, 3, "the letter, the invitation, the kept seat");
    app.advance_millis(1);
    app::privacy::purge(&app.app).await.unwrap();
    assert_eq!(traces(&app, "guest").await, 1, "the workshop's list stays as long after the workshop");
    app.app.clock.advance(app.event(WORKSHOP).await.ends_at.since(app.app.clock.now()));
    app.advance(24 * 200);
    app.advance_millis(1);
    app::privacy::purge(&app.app).await.unwrap();
    assert_eq!(traces(&app, "guest").await, 0);
}

#[tokio::test]
async fn what_an_organiser_wrote_about_somebody_goes_with_them_and_nothing_else_does() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let desk = app.desk().await;
    for (email, why) in [("ada@exemple.fr", "Mme Lovelace part à Lyon"), ("bob@exemple.fr", "M. Bobin est muté")] {
        visitor.register(WORKSHOP, email).await;
        let path = format!("/organisation/inscriptions/{}/retirer", app.registration(WORKSHOP, email).await.id);
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
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
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
    assert_eq!(history(&app, "ada@exemple.fr").await, ["confirmed", "cancelled"]);
    assert_eq!(history(&app, "bob@exemple.fr").await, ["waiting", "offered", "confirmed"]);
}
