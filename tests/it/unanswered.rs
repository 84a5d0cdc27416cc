//! What waits for an answer and what lapsed, on `/mon-parcours`: asked for again by one button, confirmed by one for all.

use domain::registrations::{self, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

const OTHER: &str = "atelier-4-foire-aux-questions";

/// Ada has proved her address at the webinar, is signed in, and has let a request for the workshop lapse.
async fn lapsed() -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    let stranger = app.visitor();
    stranger.register(OTHER, "ada@exemple.fr").await;
    app.advance_millis(1);
    stranger.ask(WORKSHOP, "ada@exemple.fr").await;
    app.link("ada@exemple.fr", "request").await;
    app.advance(25);
    registrations::write_lapsed_letters(&app.app).await.unwrap();
    let ada = app.visitor();
    ada.sign_in(&app, "ada@exemple.fr").await;
    (app, ada)
}

/// The address of the form of which a page has this button.
fn action(page: &str, before: &str) -> String {
    let (_, after) = page.split_once(before).expect("what lapsed");
    let (_, form) = after.split_once("action=\"").expect("a form");
    form.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_that_lapsed_is_told_once_by_letter_and_on_ones_page_and_made_again_by_one_button() {
    let (app, ada) = lapsed().await;
    registrations::write_lapsed_letters(&app.app).await.unwrap();
    let letters = app.letters("ada@exemple.fr").await;
    assert_eq!(letters.iter().filter(|kind| *kind == "request-lapsed").count(), 1, "{letters:?}");
    let page = ada.get("/mon-parcours").await.body;
    let button = action(&page, "data-lapsed=\"request\"");
    assert!(button.starts_with("/demandes/"), "{button}");
    assert_eq!(app.link("ada@exemple.fr", "request").await, button, "the letter leads to the same");
    assert!(ada.get(&button).await.body.contains("data-request=\"lapsed\""));
    assert!(app.registrations(WORKSHOP).await.is_empty(), "looking asks for nothing");
    assert!(ada.post(&button, &[]).await.location().starts_with("/inscriptions/"));
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed]);
    assert!(!ada.get("/mon-parcours").await.body.contains("data-lapsed"));
    assert!(ada.post(&button, &[]).await.location().starts_with("/inscriptions/"), "pressed twice");
    assert_eq!(app.registrations(WORKSHOP).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_is_made_again_waits_behind_those_who_came_meanwhile() {
    let (app, ada) = lapsed().await;
    app.set_capacity(WORKSHOP, 1).await;
    for email in ["bob@exemple.fr", "cleo@exemple.fr"] {
        app.visitor().register(WORKSHOP, email).await;
    }
    let button = action(&ada.get("/mon-parcours").await.body, "data-lapsed=\"request\"");
    ada.post(&button, &[]).await;
    let names: Vec<_> = app.registrations(WORKSHOP).await.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["bob", "cleo", "ada"]);
}

#[tokio::test]
async fn nothing_is_written_about_a_request_of_an_address_that_was_never_proved_or_that_was_answered_or_too_late() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.ask(WORKSHOP, "new@exemple.fr").await;
    let link = app.link("new@exemple.fr", "request").await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(OTHER, "bob@exemple.fr").await;
    app.advance_millis(1);
    visitor.ask(WORKSHOP, "bob@exemple.fr").await;
    app.letters("bob@exemple.fr").await;
    let closes = app.event(WORKSHOP).await.closes_at;
    app.advance(25);
    registrations::write_lapsed_letters(&app.app).await.unwrap();
    for (email, told) in [("new@exemple.fr", 0), ("ada@exemple.fr", 0), ("bob@exemple.fr", 1)] {
        let letters = app.letters(email).await;
        assert_eq!(letters.iter().filter(|kind| *kind == "request-lapsed").count(), told, "{email}: {letters:?}");
    }
    assert_eq!(visitor.get(&link).await.status, 410);
    let link = app.link("bob@exemple.fr", "request").await;
    assert_eq!(visitor.get(&link).await.status, 200);
    app.pass_until(closes);
    assert_eq!(visitor.post(&link, &[]).await.status, 410, "registrations are closed");
}

#[tokio::test]
async fn an_offer_that_lapsed_is_told_and_asked_for_again() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    let offered = app.registration(WORKSHOP, "bob@exemple.fr").await;
    app.pass_until(offered.held_until.unwrap());
    registrations::lapse_overdue(&app.app).await.unwrap();
    let bob = app.visitor();
    bob.sign_in(&app, "bob@exemple.fr").await;
    let button = action(&bob.get("/mon-parcours").await.body, "data-lapsed=\"offer\"");
    assert_eq!(bob.post(&button, &[]).await.location(), "/mon-parcours?fait=repondu");
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed]);
    assert!(!bob.get("/mon-parcours").await.body.contains("data-lapsed"));
}

#[tokio::test]
async fn one_button_confirms_all_that_waits_for_an_answer() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let bob = app.visitor();
    bob.sign_in(&app, "bob@exemple.fr").await;
    assert!(!bob.get("/mon-parcours").await.body.contains("tout-confirmer"));
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    for event in [WEBINAR, OTHER] {
        visitor.ask(event, "bob@exemple.fr").await;
    }
    let page = bob.get("/mon-parcours").await.body;
    assert!(page.contains("data-unanswered=\"3\""), "{page}");
    assert_eq!(bob.post("/mon-parcours/tout-confirmer", &[]).await.location(), "/mon-parcours?fait=repondu");
    for event in [WORKSHOP, WEBINAR, OTHER] {
        assert_eq!(app.registration(event, "bob@exemple.fr").await.status, RegistrationStatus::Confirmed, "{event}");
    }
    assert!(!bob.get("/mon-parcours").await.body.contains("data-unanswered"));
}

#[tokio::test]
async fn a_strangers_words_are_taken_over_by_no_button_that_does_not_show_them() {
    let (app, ada) = lapsed().await;
    let stranger = app.visitor();
    for event in [WORKSHOP, WEBINAR] {
        assert_eq!(stranger.ask_named(event, "Bécassine", "ada@exemple.fr", "").await.status, 303);
        app.advance_millis(1);
    }
    let page = ada.get("/mon-parcours").await.body;
    assert!(page.matches("Demandé au nom de Bécassine").count() == 2 && !page.contains("tout-confirmer"), "{page}");
    ada.post("/mon-parcours/tout-confirmer", &[]).await;
    assert!(app.registrations(WORKSHOP).await.is_empty() && app.registrations(WEBINAR).await.is_empty());

    app.advance(25);
    let page = ada.get("/mon-parcours").await.body;
    let (_, lapsed) = page.split_once("data-lapsed=\"request\"").unwrap();
    assert!(lapsed.contains("Vérifier et redemander") && !lapsed.contains("action=\"/demandes/"), "{lapsed}");
    assert!(ada.get("/mon-parcours/donnees").await.body.contains("value=\"ada\""), "her name is hers");
}
