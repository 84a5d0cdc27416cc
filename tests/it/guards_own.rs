//! What people do with their registrations, and what whoever types their address can not: each test fails without one
//! guard.

use domain::accounts::EmailAddress;
use domain::registrations::{self, NewRegistration, Registration, RegistrationStatus};
use kernel::key::Purpose;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

async fn all(app: &TestApp, event: &str) -> Vec<Registration> {
    let event = app.event(event).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn seats(app: &TestApp, event: &str) -> Vec<RegistrationStatus> {
    all(app, event).await.into_iter().map(|one| one.status).collect()
}

/// Ada has the webinar's only seat.
async fn full_webinar(app: &TestApp) -> Visitor {
    app.set_capacity(WEBINAR, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(app, WEBINAR, "ada@exemple.fr").await;
    visitor
}

/// It is the webinar's last day.
async fn last_day(app: &TestApp) {
    let starts_at = app.event(WEBINAR).await.starts_at;
    app.app.clock.advance(starts_at.since(app.app.clock.now()) - std::time::Duration::from_secs(20 * 3600));
}

async fn press(app: &TestApp, visitor: &Visitor, email: &str, (button, fields): (&str, &[(&str, &str)])) {
    let link = app.link(email, "registration").await;
    assert_eq!(visitor.post(&format!("{link}/{button}"), fields).await.status, 303);
}

const CAN_COME: (&str, &[(&str, &str)]) = ("dernier-moment", &[("oui", "true")]);

async fn ask(visitor: &Visitor, event: &str, (name, email): (&str, &str), short_notice: &str) -> u16 {
    let fields = [
        ("name", name),
        ("email", email),
        ("organisation", "Ville d’Angers"),
        ("buyer", "oui"),
        ("short_notice", short_notice),
    ];
    visitor.post(&format!("/evenements/{event}/inscription"), &fields).await.status.as_u16()
}

#[tokio::test]
async fn who_says_by_the_letters_link_that_they_can_come_has_proven_their_address() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    visitor.register(WEBINAR, "bob@exemple.fr").await;
    press(&app, &visitor, "bob@exemple.fr", CAN_COME).await;
    last_day(&app).await;
    press(&app, &visitor, "ada@exemple.fr", ("annuler", &[])).await;
    assert_eq!(seats(&app, WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed]);
}

#[tokio::test]
async fn who_says_on_the_last_day_that_they_can_come_has_the_free_seat_at_once() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    visitor.register(WEBINAR, "bob@exemple.fr").await;
    last_day(&app).await;
    press(&app, &visitor, "ada@exemple.fr", ("annuler", &[])).await;
    assert_eq!(seats(&app, WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Waiting]);
    press(&app, &visitor, "bob@exemple.fr", CAN_COME).await;
    assert_eq!(seats(&app, WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed]);
}

#[tokio::test]
async fn on_the_last_day_it_takes_both_a_proven_address_and_a_word() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    assert_eq!(
        ask(&visitor, WEBINAR, ("Bob", "bob@exemple.fr"), "oui").await,
        303,
        "whose address may be a stranger's"
    );
    visitor.register_and_confirm(&app, WEBINAR, "cleo@exemple.fr").await;
    last_day(&app).await;
    press(&app, &visitor, "ada@exemple.fr", ("annuler", &[])).await;
    assert_eq!(
        seats(&app, WEBINAR).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Waiting, RegistrationStatus::Waiting]
    );
}

#[tokio::test]
async fn a_held_seat_is_not_changed_by_a_word_about_the_waiting_list() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    press(&app, &visitor, "ada@exemple.fr", CAN_COME).await;
    let ada = all(&app, WEBINAR).await.remove(0);
    assert_eq!((ada.status, ada.verified, ada.short_notice), (RegistrationStatus::Held, false, false));
    press(&app, &visitor, "ada@exemple.fr", ("confirmer", &[])).await;
    assert_eq!(all(&app, WEBINAR).await[0].held_until, None, "what is theirs ends no more");
}

/// The name that a person reads of themselves.
async fn is_called(visitor: &Visitor, name: &str) -> bool {
    visitor.get("/mon-parcours/donnees").await.body.contains(&format!("value=\"{name}\""))
}

#[tokio::test]
async fn who_types_anothers_address_does_not_rename_them() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    app.advance_millis(1);
    assert_eq!(ask(&app.visitor(), WEBINAR, ("Ada L.", "ada@exemple.fr"), "").await, 303);
    assert!(is_called(&ada, "ada").await);
    press(&app, &ada, "ada@exemple.fr", ("confirmer", &[])).await;
    assert!(is_called(&ada, "Ada L.").await, "the letter's button says that it was herself");
    assert_eq!(ask(&ada, "atelier-1-role-de-l-acheteur", ("Ada Lovelace", "ada@exemple.fr"), "").await, 303);
    assert!(is_called(&ada, "Ada Lovelace").await, "and so does who is signed in");
}

#[tokio::test]
async fn a_button_pressed_again_brings_no_old_name_back() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    assert_eq!(ask(&ada, WEBINAR, ("Ada Lovelace", "ada@exemple.fr"), "").await, 303);
    let link = app.app.key.token(Purpose::Registration, all(&app, WORKSHOP).await[0].id.0, 0);
    registrations::confirm(&app.app, &app.app.batches, &link).await.unwrap();
    assert!(is_called(&ada, "Ada Lovelace").await);
}

#[tokio::test]
async fn who_has_a_seat_is_not_told_that_their_organisation_has_too_many() {
    let app = TestApp::start().await;
    let cap = [("buyers_only", "oui"), ("cap", "1")];
    app.desk().await.post(&format!("/organisation/evenements/{WORKSHOP}/public"), &cap).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let mine = visitor.get("/mon-parcours").await.body;
    assert!(mine.contains("Inscription confirmée") && !mine.contains("Votre organisation a déjà"));
}

#[tokio::test]
async fn who_has_a_seat_and_asks_for_the_parcours_gets_one_letter() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let fields = [
        ("evenement", WORKSHOP),
        ("evenement", WEBINAR),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    assert_eq!(visitor.post("/parcours/inscription", &fields).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "parcours"]);
}

#[tokio::test]
async fn who_may_not_come_leaves_no_organisation_behind() {
    let app = TestApp::start().await;
    let request = NewRegistration {
        name: "Eve".into(),
        email: EmailAddress::parse("eve@exemple.fr").unwrap(),
        organisation: "Boîte à idées".into(),
        siret: None,
        buyer: false,
        verified: false,
        short_notice: false,
    };
    let workshop = app.event(WORKSHOP).await.id;
    assert!(registrations::register(&app.app, &app.app.batches, workshop, request).await.is_err());
    assert!(!app.desk().await.get("/organisation/organisations").await.body.contains("Boîte à idées"));
}
