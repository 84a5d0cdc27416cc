//! What acts on registrations refuse, or leave as it is: each of these tests fails without one guard.

use domain::audit::Act;
use domain::programme::{Event, EventStatus, UnlistedPolicy};
use domain::registrations::{self, Registration, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WORKSHOP};

const DESK: &str = "/organisation/evenements/atelier-2-indicateurs";

async fn all(app: &TestApp) -> Vec<Registration> {
    let event = app.event(WORKSHOP).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn seats(app: &TestApp) -> Vec<RegistrationStatus> {
    all(app).await.into_iter().map(|one| one.status).collect()
}

async fn revise(app: &TestApp, edit: impl FnOnce(&mut Event) + Send) {
    let organiser = app.organiser().await;
    let event = app.event(WORKSHOP).await.id;
    app::revise::revise(&app.app, &domain::audit::Entry::new(organiser, Act::Edited, event), edit).await.unwrap();
}

/// Time passes until the workshop has begun, or is over.
async fn pass_until(app: &TestApp, moment: fn(&Event) -> kernel::clock::Timestamp) {
    let moment = moment(&app.event(WORKSHOP).await);
    app.app.clock.advance(moment.since(app.app.clock.now()));
}

async fn register_by_hand(app: &TestApp) -> u16 {
    let fields = [("name", "Ada"), ("email", "ada@exemple.fr"), ("organisation", "Ville")];
    app.desk().await.post(&format!("{DESK}/inscrire"), &fields).await.status.as_u16()
}

#[tokio::test]
async fn nobody_is_registered_by_hand_once_the_event_is_over() {
    let app = TestApp::start().await;
    pass_until(&app, |event| event.ends_at).await;
    assert_eq!(register_by_hand(&app).await, 409);
    assert!(all(&app).await.is_empty());
}

#[tokio::test]
async fn nobody_is_registered_by_hand_for_a_cancelled_event() {
    let app = TestApp::start().await;
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(register_by_hand(&app).await, 409);
    assert!(all(&app).await.is_empty());
}

/// Ada has the only seat, Bob waits.
async fn two_people(app: &TestApp) -> Visitor {
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    visitor
}

#[tokio::test]
async fn no_seat_is_offered_once_the_event_has_begun() {
    let app = TestApp::start().await;
    two_people(&app).await;
    pass_until(&app, |event| event.starts_at).await;
    app.set_capacity(WORKSHOP, 2).await;
    let path = format!("/organisation/inscriptions/{}/proposer", all(&app).await[1].id);
    assert_eq!(app.desk().await.post(&path, &[("why", "promis")]).await.status, 409);
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn only_requests_that_wait_for_an_answer_are_answered() {
    let app = TestApp::start().await;
    two_people(&app).await;
    let desk = app.desk().await;
    let ids: Vec<_> = all(&app).await.iter().map(|one| one.id.to_string()).collect();
    let refuse = [("id", ids[0].as_str()), ("id", &ids[1]), ("acte", "refuser"), ("reason", "non")];
    assert!(desk.post(&format!("{DESK}/selection"), &refuse).await.location().contains("fait=refuser-0"));
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn taking_a_note_back_gives_nobody_a_seat() {
    let app = TestApp::start().await;
    two_people(&app).await;
    pass_until(&app, |event| event.starts_at).await;
    let id = all(&app).await[1].id.to_string();
    let note = [("id", id.as_str()), ("acte", "depointer")];
    app.desk().await.post(&format!("{DESK}/selection"), &note).await;
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

/// Ada asks Cleo to take her seat; where Cleo does so.
async fn on_its_way(app: &TestApp) -> (Visitor, String, String) {
    let visitor = two_people(app).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let fields = [("name", "Cleo"), ("email", "cleo@exemple.fr")];
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &fields).await.status, 200);
    let take = app.link("cleo@exemple.fr", "take_over").await;
    (visitor, format!("{link}/transmettre"), take)
}

#[tokio::test]
async fn no_seat_is_handed_over_once_the_event_has_begun() {
    let app = TestApp::start().await;
    let (visitor, give, take) = on_its_way(&app).await;
    pass_until(&app, |event| event.starts_at).await;
    assert_eq!(visitor.post(&give, &[("name", "Dora"), ("email", "dora@exemple.fr")]).await.status, 409);
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn no_seat_of_a_cancelled_event_is_handed_over() {
    let app = TestApp::start().await;
    let (visitor, _, take) = on_its_way(&app).await;
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn a_colleague_whom_the_event_does_not_admit_takes_no_seat() {
    let app = TestApp::start().await;
    let (visitor, _, take) = on_its_way(&app).await;
    let listed = |event: &mut Event| {
        event.unlisted = UnlistedPolicy::Refuse;
        event.buyer_list = "nantes.fr".into();
    };
    revise(&app, listed).await;
    let refused = visitor.post(&take, &[("colleague", "oui")]).await;
    assert!(refused.status == 409 && refused.body.contains("adresse professionnelle"));
    assert_eq!(seats(&app).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn the_same_event_chosen_twice_is_asked_for_once() {
    let app = TestApp::start().await;
    let fields = [
        ("evenement", WORKSHOP),
        ("evenement", WORKSHOP),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    let workshop = app.event(WORKSHOP).await.id;
    assert_eq!(app.visitor().post("/parcours/inscription", &fields).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm"], "one event has its own letter");
    let request = registrations::NewRegistration {
        name: "Bob".into(),
        email: domain::accounts::EmailAddress::parse("bob@exemple.fr").unwrap(),
        organisation: "Ville".into(),
        siret: None,
        buyer: true,
        verified: false,
        short_notice: false,
    };
    let told = registrations::register_all(&app.app, &[workshop, workshop], &request).await.unwrap();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn a_change_of_what_is_over_or_does_not_take_place_is_nobodys_news() {
    let app = TestApp::start().await;
    two_people(&app).await;
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    let before = app.letters("ada@exemple.fr").await;
    revise(&app, |event| event.place = "Angers".into()).await;
    assert_eq!(app.letters("ada@exemple.fr").await, before, "it does not take place");
    revise(&app, |event| event.status = EventStatus::Published).await;
    pass_until(&app, |event| event.ends_at).await;
    let before = app.letters("ada@exemple.fr").await;
    revise(&app, |event| event.place = "Nantes".into()).await;
    assert_eq!(app.letters("ada@exemple.fr").await, before, "it is over");
}

#[tokio::test]
async fn a_change_of_nothing_leaves_no_line() {
    let app = TestApp::start().await;
    revise(&app, |event| event.place = "Angers".into()).await;
    revise(&app, |event| event.place = "Angers".into()).await;
    let log = app.desk().await.get("/organisation/journal").await.body;
    assert_eq!(log.matches("a modifié le rendez-vous").count(), 1);
}

#[tokio::test]
async fn a_seat_given_back_twice_is_given_back_once() {
    let app = TestApp::start().await;
    let visitor = two_people(&app).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    for _ in 0..2 {
        assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    }
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "cancelled"]);
}

#[tokio::test]
async fn who_was_approved_keeps_that_when_they_change_organisation() {
    let app = TestApp::start().await;
    let listed = |event: &mut Event| {
        event.unlisted = UnlistedPolicy::Refuse;
        event.buyer_list = "nantes.fr".into();
    };
    revise(&app, listed).await;
    assert_eq!(register_by_hand(&app).await, 303);
    let visitor = app.visitor();
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let to = [("name", "Ada"), ("organisation", "Ville de Rennes"), ("follow", "oui")];
    assert_eq!(visitor.post("/mon-parcours/donnees", &to).await.location(), "/mon-parcours/donnees?fait=1");
    assert_eq!(all(&app).await[0].organisation, "Ville de Rennes");
}
