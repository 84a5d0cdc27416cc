//! Registrations for several events in one form, answered by one letter.

use domain::programme::Event;
use domain::registrations::{self, RegistrationStatus};

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

#[tokio::test]
async fn the_whole_parcours_is_asked_for_in_one_form_and_answered_by_one_letter() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
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
    assert!(visitor.get(answer.location()).await.body.contains("Un seul bouton suffit"));
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm"]);
    assert!(app.registrations(WEBINAR).await.is_empty(), "nothing counts before it is proved");

    let link = app.link("ada@exemple.fr", "request").await;
    assert!(visitor.get(&link).await.body.contains("Confirmer mes inscriptions"));
    visitor.post(&link, &[]).await;
    let page = visitor.get(&link).await.body;
    assert!(page.matches("Inscription confirmée").count() == 2 && page.contains("Liste d’attente"), "{page}");
    let letters = app.letters("ada@exemple.fr").await;
    assert_eq!(letters.iter().filter(|kind| *kind == "parcours").count(), 1, "one with the results: {letters:?}");
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
    visitor.prove("ada@exemple.fr").await;
    let letter = app.newest_letter("parcours").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert_eq!(read.text.matches("en même temps qu’un autre de vos choix").count(), 2, "{}", read.text);
}

#[tokio::test]
async fn asking_for_the_parcours_again_tells_a_stranger_nothing_and_needs_an_event() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let ask = async |email: &str| {
        let fields =
            [("evenement", WORKSHOP), ("name", "X"), ("email", email), ("organisation", "V"), ("buyer", "oui")];
        visitor.post("/parcours/inscription", &fields).await
    };
    assert_eq!(ask("ada@exemple.fr").await.location(), ask("new@exemple.fr").await.location());
    assert_eq!(app.registrations(WORKSHOP).await.len(), 1);
    let none = [("name", "X"), ("email", "x@exemple.fr"), ("organisation", "V")];
    let none = visitor.post("/parcours/inscription", &none).await;
    assert!(none.status == 422 && none.body.contains("Choisissez au moins un rendez-vous"));
}

#[tokio::test]
async fn one_of_several_events_that_is_not_for_them_is_told_before_anything_is_asked() {
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
    assert!(answer.status == 422 && answer.body.contains("décochez-les"), "{}", answer.body);
    assert!(answer.body.contains("value=\"Ville de Metz\""), "what was typed is still there");
    assert!(app.letters("ada@exemple.fr").await.is_empty());
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
        answers: Vec::new(),
        request: None,
        short_notice: false,
    };
    let requests = [(workshop, request.clone()), (workshop, request)];
    let told = registrations::register_all(&app.app, &requests).await.unwrap();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn who_has_a_seat_and_asks_for_the_parcours_gets_one_letter() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let fields = [
        ("evenement", WORKSHOP),
        ("evenement", WEBINAR),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    assert_eq!(visitor.post("/parcours/inscription", &fields).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "please-confirm", "confirmed"]);
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
    app.visitor().prove("ada@exemple.fr").await;
    assert!(app.registrations(WEBINAR).await[0].short_notice);
    let wrong = [&fields[..4], &[("siret", "21330063500018")]].concat();
    let wrong = app.visitor().post("/parcours/inscription", &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"siret-error\""));
}
