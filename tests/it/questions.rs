//! Questions of the organisers' own: edited, answered, shown to them, taken away and erased.

use domain::accounts::{self, EmailAddress};
use domain::programme::QuestionKind;

use crate::harness::{DESK, TestApp, Visitor, WORKSHOP};

const MEAL: [(&str, &str); 4] =
    [("label-1", "Repas"), ("kind-1", "choix"), ("options-1", "Végétarien\r\n\r\nOrdinaire"), ("required-1", "oui")];

/// The workshop asks for the meal, which is needed, and whether somebody comes by train.
async fn asking() -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let fields = [&MEAL[..], &[("label-3", "Venez-vous en train"), ("kind-3", "oui-non")]].concat();
    assert_eq!(desk.post(&format!("{DESK}/questions"), &fields).await.location(), format!("{DESK}?fait=questions"));
    (app, desk)
}

#[tokio::test]
async fn organisers_ask_up_to_five_questions_of_their_own() {
    let (app, desk) = asking().await;
    let before = app.event(WORKSHOP).await;
    let kinds: Vec<_> = before.questions.iter().map(|one| (one.number, one.kind, one.required)).collect();
    assert_eq!(kinds, [(1, QuestionKind::Choice, true), (3, QuestionKind::YesNo, false)]);
    assert_eq!(before.questions[0].options, ["Végétarien", "Ordinaire"]);
    let page = desk.get(&format!("{DESK}/questions")).await.body;
    assert!(page.contains("value=\"Repas\"") && page.contains("modele=accessibilite"), "{page}");
    let model = desk.get(&format!("{DESK}/questions?modele=accessibilite")).await.body;
    assert!(model.contains("id=\"label-2\" name=\"label-2\" value=\"Avez-vous besoin d’un aménagement"), "{model}");
    assert_eq!(app.event(WORKSHOP).await.questions, before.questions, "offering it asks nothing");
    let wrong = [("label-2", "Repas"), ("kind-2", "choix"), ("options-2", "Seul")];
    let answer = desk.post(&format!("{DESK}/questions"), &wrong).await;
    assert!(answer.status == 422 && answer.body.contains("id=\"options-2-error\""), "{}", answer.body);
    assert!(answer.body.contains(">Seul</textarea>"), "what was typed stays");
    assert_eq!(desk.post(&format!("{DESK}/questions"), &[]).await.status, 303);
    assert!(app.event(WORKSHOP).await.questions.is_empty());
    assert!(app.log().await.contains("questions du formulaire"));
}

#[tokio::test]
async fn the_form_asks_them_and_says_what_is_missing_beside_its_field() {
    let (app, _) = asking().await;
    let visitor = app.visitor();
    let page = visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body;
    assert!(page.contains("id=\"question-1\"") && page.contains("name=\"question-3\" value=\"oui\""), "{page}");
    for answers in [&[("question-3", "non")][..], &[("question-1", "Autre"), ("question-3", "non")]] {
        let refused = visitor.ask_with(WORKSHOP, "ada@exemple.fr", answers).await;
        assert!(refused.status == 422 && refused.body.contains("id=\"question-1-error\""), "{}", refused.body);
        assert!(refused.body.contains("value=\"non\" checked"), "what was chosen stays: {}", refused.body);
    }
    assert!(app.letters("ada@exemple.fr").await.is_empty());
}

#[tokio::test]
async fn answers_are_kept_with_the_request_corrected_on_its_page_and_shown_to_organisers_alone() {
    let (app, desk) = asking().await;
    let visitor = app.visitor();
    let answers = [("question-1", "Végétarien"), ("question-3", "oui")];
    assert_eq!(visitor.ask_with(WORKSHOP, "ada@exemple.fr", &answers).await.status, 303);
    let link = app.link("ada@exemple.fr", "request").await;
    assert!(visitor.get(&link).await.body.contains("value=\"Végétarien\" checked"));
    let corrected =
        [("name", "Ada"), ("organisation", "Ville"), ("buyer", "oui"), ("question-1", "Ordinaire"), ("question-3", "")];
    assert_eq!(visitor.post(&link, &corrected).await.status, 303);
    let registration = app.registration(WORKSHOP, "ada@exemple.fr").await;
    let told: Vec<_> = registration.answers.iter().map(|one| (one.question.as_str(), one.answer.as_str())).collect();
    assert_eq!(told, [("Repas", "Ordinaire")]);
    let own = visitor.get(&app.link("ada@exemple.fr", "registration").await).await.body;
    assert!(own.contains("<dt>Repas</dt><dd>Ordinaire</dd>"), "{own}");
    desk.post(&format!("{DESK}/questions"), &[("label-1", "Autre question")]).await;
    for page in [DESK.to_owned(), format!("/organisation/inscriptions/{}", registration.id)] {
        let body = desk.get(&page).await.body;
        assert!(body.contains("Repas") && body.contains("Ordinaire"), "with the question as it was: {body}");
    }
    let csv = desk.get(&format!("{DESK}/inscriptions.csv")).await.body;
    assert!(csv.lines().next().unwrap().ends_with("Autre question;Repas") && csv.contains("Ordinaire"), "{csv}");
}

#[tokio::test]
async fn answers_are_in_ones_data_and_erased_with_the_rest() {
    let (app, _) = asking().await;
    let visitor = app.visitor();
    visitor.ask_with(WORKSHOP, "ada@exemple.fr", &[("question-1", "Végétarien")]).await;
    visitor.prove("ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    assert!(visitor.get("/mon-parcours/donnees").await.body.contains("Repas Végétarien"));
    let email = EmailAddress::parse("ada@exemple.fr").unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let ada = accounts::person_for(&mut tx, &email, "", None, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let data = app::privacy::data_of(&app.app, &ada).await.unwrap();
    assert_eq!(data["registrations"][0]["answers"][0]["answer"], "Végétarien");
    app::privacy::erase(&app.app, &ada).await.unwrap();
    assert!(app.registrations(WORKSHOP).await.is_empty());
}
