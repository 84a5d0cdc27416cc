//! Registrations for several events in one form, answered by one letter.

use domain::programme::Event;
use domain::registrations::{self, RegistrationStatus};
use mail::outbox;

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

#[tokio::test]
async fn the_whole_parcours_is_asked_for_in_one_form_and_answered_by_one_letter() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(visitor.get("/parcours/inscription").await.body.matches("name=\"evenement\"").count(), 6);

    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
    ];
    let without = visitor.post("/parcours/inscription", &fields).await;
    assert!(without.status == 422 && without.body.contains("attestez en être un, ou décochez-les"));
    let fields = [&fields[..], &[("buyer", "oui")]].concat();
    let answer = visitor.post("/parcours/inscription", &fields).await;
    assert!(answer.location().contains(&format!("{WORKSHOP}:attente-1")), "{}", answer.location());
    let page = visitor.get(answer.location()).await.body;
    assert!(page.matches("Place réservée").count() == 2 && page.contains("position 1"));
    assert_eq!(app.letters("ada@exemple.fr").await, ["parcours"]);

    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&link).await.body.contains("Confirmer mes 2 inscriptions"));
    visitor.post(&format!("{link}/tout-confirmer"), &[]).await;
    assert_eq!(app.registrations(WEBINAR).await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(app.registrations("atelier-1-role-de-l-acheteur").await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(app.registrations(WORKSHOP).await[1].status, RegistrationStatus::Waiting);
}

#[tokio::test]
async fn events_at_the_same_time_are_told_apart_in_the_form_and_in_the_letter() {
    let app = TestApp::start().await;
    let (visitor, told) = (app.visitor(), "en même temps qu’un autre rendez-vous de la liste");
    assert!(!visitor.get("/parcours/inscription").await.body.contains(told));
    let webinar = app.event(WEBINAR).await;
    let edit = |event: &mut Event| {
        (event.starts_local, event.ends_local) = (webinar.starts_local.clone(), webinar.ends_local.clone());
        (event.starts_at, event.ends_at) = (webinar.starts_at, webinar.ends_at);
    };
    app.revise(WORKSHOP, edit).await;
    let form = visitor.get("/parcours/inscription").await.body;
    assert_eq!(form.matches(told).count(), 2, "both of them, and no other");

    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    assert_eq!(visitor.post("/parcours/inscription", &fields).await.status, 303);
    let mut tx = app.app.db.snapshot().await.unwrap();
    let letter = outbox::latest(&mut tx, 1).await.unwrap().remove(0);
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert_eq!(read.text.matches("en même temps qu’un autre de vos choix").count(), 2, "{}", read.text);
}

#[tokio::test]
async fn asking_for_the_parcours_again_tells_a_stranger_nothing_and_needs_an_event() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let ask = async |email: &str| {
        let fields =
            [("evenement", WORKSHOP), ("name", "X"), ("email", email), ("organisation", "V"), ("buyer", "oui")];
        visitor.post("/parcours/inscription", &fields).await
    };
    assert_eq!(ask("ada@exemple.fr").await.location(), ask("new@exemple.fr").await.location());
    assert_eq!(app.registrations(WORKSHOP).await.len(), 2);
    let none = [("name", "X"), ("email", "x@exemple.fr"), ("organisation", "V")];
    let none = visitor.post("/parcours/inscription", &none).await;
    assert!(none.status == 422 && none.body.contains("Choisissez au moins un rendez-vous"));
}

#[tokio::test]
async fn the_letter_about_the_parcours_says_until_when_seats_are_kept_and_why_one_is_refused() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let audience = [("buyers_only", "oui"), ("unlisted", "refuser"), ("buyer_list", "angers.fr")];
    desk.post(&format!("/organisation/evenements/{WORKSHOP}/public"), &audience).await;
    let visitor = app.visitor();
    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville de Metz"),
        ("buyer", "oui"),
    ];
    let answer = visitor.post("/parcours/inscription", &fields).await;
    let page = visitor.get(answer.location()).await.body;
    assert!(page.contains("ni votre organisation ne sont de celles"), "{page}");
    let letter = outbox::latest(&mut app.app.db.read().await.unwrap(), 1).await.unwrap().remove(0);
    let text = app.app.mail.render(&letter, &app.app.key).unwrap().text;
    assert_eq!(text.matches("une place vous est réservée, à confirmer").count(), 1, "a webinar has no limit: {text}");
    assert_eq!(text.matches("une place vous est réservée jusqu’au").count(), 1, "{text}");
    assert_eq!(text.matches("ni cette adresse ni votre organisation ne sont de celles").count(), 1, "{text}");
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
async fn only_the_workshops_that_are_chosen_ask_for_an_attestation() {
    let app = TestApp::start().await;
    let fields = [
        ("evenement", WEBINAR),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Mairie de Bordeaux"),
        ("siret", "21330063500017"),
        ("short_notice", "oui"),
    ];
    assert_eq!(app.visitor().post("/parcours/inscription", &fields).await.status, 303);
    assert!(app.registrations(WEBINAR).await[0].short_notice);
    let wrong = [&fields[..4], &[("siret", "21330063500018")]].concat();
    let wrong = app.visitor().post("/parcours/inscription", &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"siret-error\""));
}
