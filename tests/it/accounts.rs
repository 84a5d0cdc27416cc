//! Accounts: signing in by a link in a letter, sessions, a person's name.

use domain::{accounts, registrations};
use kernel::key::Purpose;
use reqwest::Method;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

#[tokio::test]
async fn a_sign_in_link_works_once_and_opening_it_uses_nothing() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
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
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    bob.register(WORKSHOP, "bob@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    bob.sign_in(&app, "bob@exemple.fr").await;
    let mine = ada.get("/mon-parcours").await.body;
    let start = mine.find("/mon-parcours/inscriptions/").unwrap();
    let path: String = mine[start..].chars().take_while(|letter| *letter != '"').collect();

    assert_eq!(bob.post(&path, &[]).await.status, 404);
    assert!(ada.get(&path).await.body.contains("Annuler votre inscription"));
    assert_eq!(ada.post(&path, &[]).await.location(), "/mon-parcours?fait=annulee");
    assert!(ada.get("/mon-parcours").await.body.contains("Vous n’êtes inscrit à aucun rendez-vous"));
}

#[tokio::test]
async fn somebody_signed_in_registers_without_a_second_letter_to_confirm() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    let answer = ada.ask("atelier-4-foire-aux-questions", "ada@exemple.fr").await;
    assert!(answer.location().ends_with("issue=confirmee"));
    let other = ada.ask("atelier-4-foire-aux-questions", "colleague@exemple.fr").await;
    assert!(other.location().contains("issue=demande"), "their colleague's address is not proven");
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
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "board").await;
    assert_eq!(ada.get(&link).await.location(), format!("/connexion?vers={link}"));
    ada.sign_in(&app, "ada@exemple.fr").await;
    let board = ada.get(&link).await.location().to_owned();
    assert!(board.starts_with("/tableaux/"), "{board}");
    assert_eq!(ada.get(&board).await.status, 200);
    assert_eq!(ada.get("/evenements/webinaire-spaser-quezaco/tableau").await.status, 404);
    assert_eq!(ada.get("/evenements/nulle-part/tableau").await.status, 404);
}

/// The name that a person reads of themselves.
async fn is_called(visitor: &Visitor, name: &str) -> bool {
    visitor.get("/mon-parcours/donnees").await.body.contains(&format!("value=\"{name}\""))
}

#[tokio::test]
async fn who_types_anothers_address_does_not_rename_them() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    app.advance_millis(1);
    assert_eq!(app.visitor().ask_named(WEBINAR, "Ada L.", "ada@exemple.fr", "").await.status, 303);
    assert!(is_called(&ada, "ada").await);
    ada.prove("ada@exemple.fr").await;
    assert!(is_called(&ada, "Ada L.").await, "the letter's button says that it was herself");
    assert_eq!(ada.ask_named("atelier-1-role-de-l-acheteur", "Ada Lovelace", "ada@exemple.fr", "").await.status, 303);
    assert!(is_called(&ada, "Ada Lovelace").await, "and so does who is signed in");
}

#[tokio::test]
async fn a_button_pressed_again_brings_no_old_name_back() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.sign_in(&app, "ada@exemple.fr").await;
    assert_eq!(ada.register_named(WEBINAR, "Ada Lovelace", "ada@exemple.fr", "").await.status, 303);
    let link = app.app.key.token(Purpose::Registration, app.registrations(WORKSHOP).await[0].id.0, 0);
    registrations::confirm(&app.app, &app.app.batches, &link).await.unwrap();
    assert!(is_called(&ada, "Ada Lovelace").await);
}

/// Signs in; what a thief would copy of the browser.
async fn sign_in_copied(app: &TestApp, visitor: &Visitor, email: &str) -> String {
    visitor.post("/connexion", &[("email", email)]).await;
    let entered = visitor.post(&app.link(email, "sign_in").await, &[]).await;
    entered.cookie("_session").split(';').next().unwrap().to_owned()
}

async fn is_in(app: &TestApp, cookie: &str) -> bool {
    app.visitor().request(Method::GET, "/mon-parcours", &[("cookie", cookie)]).await.status == 200
}

#[tokio::test]
async fn signing_out_ends_this_session_even_for_who_copied_it_and_no_other() {
    let app = TestApp::start().await;
    let (desk, phone, bob) = (app.visitor(), app.visitor(), app.visitor());
    desk.register(WORKSHOP, "ada@exemple.fr").await;
    desk.register(WORKSHOP, "bob@exemple.fr").await;
    let on_desk = sign_in_copied(&app, &desk, "ada@exemple.fr").await;
    let on_phone = sign_in_copied(&app, &phone, "ada@exemple.fr").await;
    let bobs = sign_in_copied(&app, &bob, "bob@exemple.fr").await;
    assert!(is_in(&app, &on_desk).await && is_in(&app, &on_phone).await && is_in(&app, &bobs).await);

    let out = desk.post("/deconnexion", &[]).await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/"));
    assert_eq!(desk.get("/mon-parcours").await.status, 303);
    assert!(!is_in(&app, &on_desk).await, "the cookie is worth nothing any more");
    assert!(is_in(&app, &on_phone).await && is_in(&app, &bobs).await);
    assert_eq!(desk.post("/deconnexion", &[]).await.location(), "/", "who is out goes out");

    assert_eq!(phone.post("/mon-parcours/deconnexion-partout", &[]).await.location(), "/");
    assert!(!is_in(&app, &on_phone).await);
    assert!(is_in(&app, &bobs).await, "everywhere, not everybody");
    assert_eq!(phone.post("/mon-parcours/deconnexion-partout", &[]).await.status, 303, "to sign in first");
}

#[tokio::test]
async fn a_link_to_sign_in_that_is_too_old_says_so_and_leads_to_a_new_one() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let link = app.link("ada@exemple.fr", "sign_in").await;
    app.app.clock.advance(accounts::SIGN_IN_LASTS - std::time::Duration::from_millis(1));
    let fresh = ada.get(&link).await;
    assert!(fresh.status == 200 && fresh.body.contains("<button"), "{}", fresh.body);
    app.advance_millis(1);
    let old = ada.get(&link).await;
    assert_eq!(old.status, 410);
    assert!(old.body.contains("href=\"/connexion\"") && !old.body.contains("Se connecter</button>"), "{}", old.body);
    assert_eq!(ada.get("/mon-parcours").await.status, 303);
}

#[tokio::test]
async fn a_session_lasts_thirty_days_in_a_cookie_that_scripts_cannot_read_and_what_is_over_is_forgotten() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    let entered = ada.post(&app.link("ada@exemple.fr", "sign_in").await, &[]).await;
    let cookie = entered.cookie("_session");
    for says in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(says), "{says}: {cookie}");
    }
    let kept = async || -> Vec<i64> {
        let mut counts = Vec::new();
        let mut tx = app.app.db.snapshot().await.unwrap();
        for table in ["session", "sign_in_link"] {
            let count = format!("select cast(count(*) as bigint) from {table}");
            let count = sqlx::AssertSqlSafe(count);
            counts.push(db::dispatch!(&mut tx, |conn| sqlx::query_scalar(count).fetch_one(conn).await).unwrap());
        }
        counts
    };
    app.advance(30 * 24 - 1);
    ada.ask_for_link(&app, "ada@exemple.fr").await;
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(kept().await, [1, 1], "the session, and the new link");
    app.advance_millis(3_600_000 - 1);
    assert_eq!(ada.get("/mon-parcours").await.status, 200);
    app.advance_millis(1);
    assert_eq!(ada.get("/mon-parcours").await.status, 303);
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(kept().await, [0, 0]);
}
