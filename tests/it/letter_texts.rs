//! The first sentences of an event's letters: shown to organisers, changed, and the standard ones again.

use domain::registrations;

use crate::harness::{TestApp, WORKSHOP};

fn page_of() -> String {
    format!("/organisation/evenements/{WORKSHOP}/textes")
}

/// What the newest letter of this kind says.
async fn newest(app: &TestApp, kind: &str) -> String {
    let letter = app.newest_letter(kind).await;
    let rendered = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert_eq!(rendered.html.contains("Apportez"), rendered.text.contains("Apportez"), "both parts say the same");
    rendered.text
}

#[tokio::test]
async fn an_organisers_text_stands_in_the_letters_until_the_standard_one_is_taken_again() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    let shown = desk.get(&page_of()).await.body;
    assert!(shown.contains("<strong><bdi>ada</bdi></strong>"), "whose letters are shown: {shown}");
    assert!(shown.contains("Votre inscription est confirmée.\n"), "the letter itself");

    let own = "Apportez vos clauses.\n\nLe bâtiment B est ouvert à 13 h 45.";
    let typed = [("confirmed", own), ("reminder", "Apportez votre badge."), ("thanks", "Apportez-nous vos retours.")];
    let tried = desk.post(&page_of(), &[&typed[..], &[("act", "essai")]].concat()).await;
    assert!(tried.status == 200 && tried.body.contains("data-tried") && tried.body.contains("13 h 45"));
    assert!(app.event(WORKSHOP).await.letter_texts.of_kind("confirmed").is_none(), "a dry run stores nothing");

    let stored = desk.post(&page_of(), &[&typed[..], &[("act", "enregistrer")]].concat()).await;
    assert_eq!(stored.status, 303);
    app.visitor().register(WORKSHOP, "bea@exemple.fr").await;
    let letter = newest(&app, "confirmed").await;
    assert!(letter.contains("Apportez vos clauses.\n\nLe bâtiment B"), "{letter}");
    app.pass_until(app.event(WORKSHOP).await.starts_at - std::time::Duration::from_secs(23 * 3600));
    registrations::remind(&app.app).await.unwrap();
    assert!(newest(&app, "reminder").await.contains("Apportez votre badge."));
    app.pass_until(app.event(WORKSHOP).await.ends_at);
    let message = app.desk().await.get(&format!("/organisation/evenements/{WORKSHOP}/message")).await.body;
    assert!(message.contains("Apportez-nous vos retours."), "thanks begin with it");

    let standard =
        app.desk().await.post(&page_of(), &[&typed[..], &[("standard", "confirmed"), ("act", "")]].concat()).await;
    let (first, second) = standard.body.split_once("data-letter-text=\"reminder\"").unwrap();
    assert!(first.contains("Texte standard</span>") && second.contains("Texte de ce rendez-vous"));
}

#[tokio::test]
async fn a_text_that_is_too_long_comes_back_with_the_reason_beside_it() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let long = "a".repeat(2_001);
    let answer = desk.post(&page_of(), &[("reminder", &*long), ("confirmed", "Bref."), ("act", "enregistrer")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(&long) && answer.body.contains(">Bref.</textarea>"), "nothing typed is lost");
    assert!(answer.body.contains("id=\"reminder-error\"") && !answer.body.contains("id=\"confirmed-error\""));
    assert!(app.event(WORKSHOP).await.letter_texts.of_kind("confirmed").is_none());
}
