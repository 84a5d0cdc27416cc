//! What organisers do is done to whom they chose, once, and stands in the log: each test fails without one guard.

use domain::accounts::EmailAddress;
use domain::registrations::{self, Registration, RegistrationStatus};

use crate::harness::{Answer, TestApp, Visitor, WEBINAR, WORKSHOP};

const DESK: &str = "/organisation/evenements/atelier-2-indicateurs";

async fn all(app: &TestApp) -> Vec<Registration> {
    let event = app.event(WORKSHOP).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn of(app: &TestApp, email: &str) -> Registration {
    all(app).await.into_iter().rfind(|one| one.email.as_str() == email).unwrap()
}

async fn seats(app: &TestApp) -> Vec<RegistrationStatus> {
    all(app).await.into_iter().map(|one| one.status).collect()
}

/// An act on chosen people; where it leads.
async fn select(app: &TestApp, act: &str, emails: &[&str]) -> Answer {
    let mut fields = vec![("acte", act.to_owned()), ("reason", "Réservé aux communes".to_owned())];
    for email in emails {
        fields.push(("id", of(app, email).await.id.to_string()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    app.desk().await.post(&format!("{DESK}/selection"), &fields).await
}

async fn audience(app: &TestApp, fields: &[(&str, &str)]) {
    let answer = app.desk().await.post(&format!("{DESK}/public"), fields).await;
    assert_eq!(answer.status, 303);
}

async fn act_on(app: &TestApp, email: &str, act: &str, fields: &[(&str, &str)]) -> u16 {
    let path = format!("/organisation/inscriptions/{}/{act}", of(app, email).await.id);
    app.desk().await.post(&path, fields).await.status.as_u16()
}

async fn log(app: &TestApp) -> String {
    app.desk().await.get("/organisation/journal").await.body
}

/// Everybody who is not of Angers waits for an organiser's answer; these people do.
async fn to_be_approved(emails: &[&str]) -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    audience(&app, &[("buyers_only", "oui"), ("unlisted", "approuver"), ("buyer_list", "angers.fr")]).await;
    let visitor = app.visitor();
    for email in emails {
        assert!(visitor.register(WORKSHOP, email).await.location().ends_with("issue=approbation"));
    }
    (app, visitor)
}

/// Ada has the only seat, the others wait.
async fn full(app: &TestApp, waiting: &[&str]) -> Visitor {
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(app, WORKSHOP, "ada@exemple.fr").await;
    for email in waiting {
        visitor.register(WORKSHOP, email).await;
    }
    visitor
}

#[tokio::test]
async fn answers_are_counted_logged_and_read_by_whom_they_are_about() {
    let (app, visitor) = to_be_approved(&["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"]).await;
    assert!(select(&app, "approuver", &["bob@exemple.fr"]).await.location().contains("fait=approuver-1"));
    assert!(select(&app, "refuser", &["cleo@exemple.fr"]).await.location().contains("fait=refuser-1"));
    assert_eq!(
        seats(&app).await,
        [RegistrationStatus::Held, RegistrationStatus::Refused, RegistrationStatus::Pending],
        "nobody else"
    );
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    assert!(visitor.get(&cleo).await.body.contains("Réservé aux communes"));
    let log = log(&app).await;
    for line in ["a accepté la demande de", "a refusé la demande de", "Réservé aux communes"] {
        assert!(log.contains(line), "{line}");
    }
}

#[tokio::test]
async fn who_is_accepted_has_a_seat_held_as_long_as_anybody_and_waits_without_end() {
    let (app, _) = to_be_approved(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    app.set_capacity(WORKSHOP, 1).await;
    select(&app, "approuver", &["bob@exemple.fr", "cleo@exemple.fr"]).await;
    assert_eq!(seats(&app).await, [RegistrationStatus::Held, RegistrationStatus::Waiting]);
    assert_eq!(of(&app, "cleo@exemple.fr").await.held_until, None);
    app.app.clock.advance(app.app.config.hold());
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(seats(&app).await, [RegistrationStatus::Expired, RegistrationStatus::Offered]);
}

#[tokio::test]
async fn withdrawals_offers_and_lists_of_guests_are_in_the_log() {
    let app = TestApp::start().await;
    full(&app, &["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let guests = [("kept", "1"), ("kept_until", "2026-12-01T12:00"), ("kept_for", "guest@exemple.fr")];
    audience(&app, &guests).await;
    app.set_capacity(WORKSHOP, 2).await;
    assert_eq!(act_on(&app, "cleo@exemple.fr", "proposer", &[("why", "promis")]).await, 303);
    assert_eq!(act_on(&app, "ada@exemple.fr", "retirer", &[("reason", "Doublon")]).await, 303);
    let read = log(&app).await;
    for line in ["a offert une place à", "promis", "a retiré l’inscription de", "Doublon", "0 → 1"] {
        assert!(read.contains(line), "{line}");
    }
    audience(&app, &guests).await;
    assert_eq!(log(&app).await.matches("a changé la liste des personnes invitées").count(), 1, "the same is no change");
}

#[tokio::test]
async fn who_was_there_is_noted_of_the_chosen_only_once_and_from_an_hour_before() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register_and_confirm(&app, WORKSHOP, email).await;
    }
    let doors = app.event(WORKSHOP).await.starts_at - std::time::Duration::from_secs(3600);
    app.app.clock.advance(doors.since(app.app.clock.now()));
    assert!(select(&app, "present", &["ada@exemple.fr"]).await.location().contains("fait=present-1"));
    assert!(select(&app, "present", &["ada@exemple.fr"]).await.location().contains("fait=present-0"), "once");
    assert_eq!(seats(&app).await, [RegistrationStatus::Attended, RegistrationStatus::Confirmed]);
    assert!(log(&app).await.contains("a noté la présence de"));
    select(&app, "absent", &["ada@exemple.fr"]).await;
    assert!(log(&app).await.contains("a noté l’absence de"));
    assert!(!log(&app).await.contains("a effacé le pointage de"));
    select(&app, "depointer", &["ada@exemple.fr"]).await;
    assert!(log(&app).await.contains("a effacé le pointage de"));
}

#[tokio::test]
async fn who_gets_a_freed_seat_in_that_moment_is_neither_moved_nor_offered_a_second_one() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "eve@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    // Two held seats are overdue, and nobody has looked yet.
    app.app.clock.advance(app.app.config.hold());
    assert_eq!(act_on(&app, "bob@exemple.fr", "deplacer", &[("place", "1"), ("why", "intervient")]).await, 409);
    assert_eq!(act_on(&app, "bob@exemple.fr", "proposer", &[("why", "promis")]).await, 409);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(
        seats(&app).await,
        [RegistrationStatus::Expired, RegistrationStatus::Expired, RegistrationStatus::Offered]
    );
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting", "seat-offered"]);
}

#[tokio::test]
async fn a_list_of_guests_is_replaced_and_is_of_one_event() {
    let app = TestApp::start().await;
    let by = app.organiser().await;
    let guests = |names: &[&str]| -> Vec<EmailAddress> {
        names.iter().map(|name| EmailAddress::parse(&format!("{name}@exemple.fr")).unwrap()).collect()
    };
    let (workshop, webinar) = (app.event(WORKSHOP).await.id, app.event(WEBINAR).await.id);
    registrations::set_kept_for(&app.app, by, webinar, &guests(&["zoe"])).await.unwrap();
    registrations::set_kept_for(&app.app, by, workshop, &guests(&["bob", "ada"])).await.unwrap();
    registrations::set_kept_for(&app.app, by, workshop, &guests(&["cleo", "ada"])).await.unwrap();
    let mut tx = app.app.db.snapshot().await.unwrap();
    assert_eq!(registrations::kept_for(&mut tx, workshop).await.unwrap(), guests(&["ada", "cleo"]));
    assert_eq!(registrations::kept_for(&mut tx, webinar).await.unwrap(), guests(&["zoe"]));
}

#[tokio::test]
async fn who_is_on_the_list_takes_no_kept_seat_where_none_is_kept() {
    let app = TestApp::start().await;
    audience(&app, &[("buyers_only", "oui"), ("kept_for", "ada@exemple.fr")]).await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    assert!(!of(&app, "ada@exemple.fr").await.invited);
}

#[tokio::test]
async fn seats_at_one_event_do_not_count_at_another() {
    let app = TestApp::start().await;
    audience(&app, &[("buyers_only", "oui"), ("cap", "1")]).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WEBINAR, email).await;
    }
    assert!(visitor.register(WORKSHOP, "cleo@exemple.fr").await.location().ends_with("issue=confirmer"));
    let mut tx = app.app.db.snapshot().await.unwrap();
    for (event, taken) in [(WEBINAR, 2), (WORKSHOP, 1)] {
        let event = app.event(event).await.id;
        assert_eq!(registrations::occupancy(&mut tx, event).await.unwrap().taken, taken);
    }
}

#[tokio::test]
async fn a_freed_seat_goes_to_who_was_moved_to_the_head_of_the_line() {
    let app = TestApp::start().await;
    let visitor = full(&app, &["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let elsewhere = app.visitor();
    app.set_capacity(WEBINAR, 1).await;
    for email in ["eve@exemple.fr", "zoe@exemple.fr"] {
        elsewhere.register(WEBINAR, email).await;
    }
    assert_eq!(act_on(&app, "cleo@exemple.fr", "deplacer", &[("place", "1"), ("why", "intervient")]).await, 303);
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    let page = visitor.get(&cleo).await.body;
    assert!(page.contains("<strong class=\"position\">1</strong>"), "those who wait elsewhere do not count");
    let bob = app.link("bob@exemple.fr", "registration").await;
    assert!(visitor.get(&bob).await.body.contains("<strong class=\"position\">2</strong>"));
    visitor.post(&format!("{}/annuler", app.link("ada@exemple.fr", "registration").await), &[]).await;
    assert_eq!(of(&app, "cleo@exemple.fr").await.status, RegistrationStatus::Offered);
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Waiting);
    let webinar = app.event(WEBINAR).await.id;
    let others = registrations::of_event(&mut app.app.db.read().await.unwrap(), webinar).await.unwrap();
    assert_eq!(others[1].status, RegistrationStatus::Waiting, "nor are they given a seat of this one");
}
