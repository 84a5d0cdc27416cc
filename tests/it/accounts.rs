//! Coming back by a link in a mail.

use domain::accounts;

use crate::harness::{TestApp, WORKSHOP};

#[tokio::test]
async fn a_sign_in_link_works_once_and_opening_it_uses_nothing() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(ada.get("/mon-parcours").await.location(), "/connexion?vers=/mon-parcours");

    ada.post("/connexion", &[("email", "Ada@exemple.fr")]).await;
    let link = app.link("ada@exemple.fr", "sign_in").await;
    assert!(ada.get(&link).await.body.contains("Se connecter"));
    assert!(ada.get(&link).await.body.contains("Se connecter"), "mail scanners may open it as often as they like");
    assert_eq!(ada.post(&link, &[]).await.location(), "/mon-parcours");
    assert!(ada.get("/mon-parcours").await.body.contains("Inscription confirmée"));

    let thief = app.visitor();
    assert_eq!(thief.post(&link, &[]).await.status, 410);
    assert_eq!(thief.get(&link).await.status, 410);
    assert_eq!(thief.get("/mon-parcours").await.status, 303);
}

#[tokio::test]
async fn a_sign_in_link_works_for_twenty_minutes() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let link = app.link("ada@exemple.fr", "sign_in").await;
    app.app.clock.advance(accounts::SIGN_IN_LASTS);
    assert_eq!(ada.post(&link, &[]).await.status, 410);
}

#[tokio::test]
async fn nobody_learns_whether_an_address_is_known() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let known = visitor.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let unknown = visitor.post("/connexion", &[("email", "nobody@exemple.fr")]).await;
    assert_eq!((known.status, known.location(), &known.body), (unknown.status, unknown.location(), &unknown.body));
    assert!(app.letters("nobody@exemple.fr").await.is_empty());
}

#[tokio::test]
async fn who_comes_to_a_page_that_needs_signing_in_is_brought_back_to_it() {
    let app = TestApp::start_with(|config| config.organiser_emails = vec!["chef@exemple.fr".into()]).await;
    let chef = app.visitor();
    let page = format!("/organisation/evenements/{WORKSHOP}");
    let sign_in = chef.get(&page).await;
    assert_eq!(sign_in.location(), format!("/connexion?vers={page}"));
    chef.post("/connexion", &[("email", "chef@exemple.fr"), ("vers", &page)]).await;
    let link = app.link("chef@exemple.fr", "sign_in").await;
    assert!(link.ends_with(&format!("?vers={page}")));
    let (path, _) = link.split_once('?').unwrap();
    assert_eq!(chef.post(path, &[("vers", &page)]).await.location(), page);
    assert_eq!(chef.get(&page).await.status, 200);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_every_link_on_its_way() {
    let app = TestApp::start().await;
    let (desk, phone) = (app.visitor(), app.visitor());
    desk.register(WORKSHOP, "ada@exemple.fr").await;
    desk.sign_in(&app, "ada@exemple.fr").await;
    phone.sign_in(&app, "ada@exemple.fr").await;
    desk.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let on_its_way = app.link("ada@exemple.fr", "sign_in").await;
    assert_eq!(phone.get("/mon-parcours").await.status, 200);

    assert_eq!(desk.post("/mon-parcours/deconnexion-partout", &[]).await.status, 303);
    assert_eq!(desk.get("/mon-parcours").await.status, 303);
    assert_eq!(phone.get("/mon-parcours").await.status, 303);
    assert_eq!(phone.post(&on_its_way, &[]).await.status, 410);
}

#[tokio::test]
async fn a_participant_gives_a_seat_back_from_their_page_and_nobody_elses() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.visitor(), app.visitor());
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    bob.register_and_confirm(&app, WORKSHOP, "bob@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    bob.sign_in(&app, "bob@exemple.fr").await;
    let mine = ada.get("/mon-parcours").await.body;
    let start = mine.find("/mon-parcours/inscriptions/").unwrap();
    let path: String = mine[start..].chars().take_while(|letter| *letter != '"').collect();

    assert_eq!(bob.post(&path, &[]).await.status, 404);
    assert!(ada.get(&path).await.body.contains("Vous désinscrire"));
    assert_eq!(ada.post(&path, &[]).await.location(), "/mon-parcours?fait=annulee");
    assert!(ada.get("/mon-parcours").await.body.contains("Vous n’êtes inscrit à aucun rendez-vous"));
}

#[tokio::test]
async fn somebody_signed_in_registers_without_a_second_letter_to_confirm() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    let answer = ada.register("atelier-4-foire-aux-questions", "ada@exemple.fr").await;
    assert!(answer.location().ends_with("issue=confirmee"));
    let other = ada.register("atelier-4-foire-aux-questions", "colleague@exemple.fr").await;
    assert!(other.location().ends_with("issue=confirmer"), "their colleague's address is not proven");
}

#[tokio::test]
async fn only_organisers_see_who_is_registered() {
    let app = TestApp::start_with(|config| config.organiser_emails = vec!["chef@exemple.fr".into()]).await;
    let (ada, chef) = (app.visitor(), app.visitor());
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    chef.sign_in(&app, "chef@exemple.fr").await;
    let page = format!("/organisation/evenements/{WORKSHOP}");
    assert_eq!(ada.get(&page).await.status, 403);
    assert_eq!(ada.get("/organisation").await.status, 403);
    assert!(chef.get("/organisation").await.body.contains("1 / 60"));
    assert!(chef.get(&page).await.body.contains("ada@exemple.fr"));
}

#[tokio::test]
async fn the_confirmation_leads_to_the_board_and_signs_in_on_the_way() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "board").await;
    assert_eq!(ada.get(&link).await.location(), format!("/connexion?vers={link}"));
    ada.sign_in(&app, "ada@exemple.fr").await;
    let board = ada.get(&link).await.location().to_owned();
    assert!(board.starts_with("/tableaux/"), "{board}");
    assert_eq!(ada.get(&board).await.status, 200);
    assert_eq!(ada.get("/evenements/webinaire-spaser-quezaco/tableau").await.status, 404);
    assert_eq!(ada.get("/evenements/nulle-part/tableau").await.status, 404);
}
