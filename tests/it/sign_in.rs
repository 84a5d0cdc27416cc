//! Signing in by a link: in the browser that asked, or in another one with its code.

use domain::accounts::{self, MAX_WRONG_CODES, SignInAttempt, SignInCode, SignInError};
use kernel::key::Token;

use crate::harness::{TestApp, WORKSHOP};

const ADA: &str = "ada@exemple.fr";

/// A person with an account.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.visitor().register(WORKSHOP, ADA).await;
    app
}

/// Another code than this.
fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn the_page_of_a_link_says_whose_account_it_opens() {
    let app = start().await;
    let ada = app.visitor();
    let link = ada.ask_for_link(&app, ADA).await;
    let page = ada.get(&link).await.body;
    assert!(page.contains("id=\"compte\"") && page.contains(ADA), "{page}");
    assert!(!page.contains("name=\"code\""), "the asking browser needs the button only");
    assert!(app.visitor().get(&link).await.body.contains(ADA));
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_had_and_the_persons_other_links() {
    let app = start().await;
    app.visitor().register(WORKSHOP, "bob@exemple.fr").await;
    let browser = app.visitor();
    let bobs = browser.ask_for_link(&app, "bob@exemple.fr").await;
    let entered = browser.post(&bobs, &[]).await;
    let old = entered.cookie("_session").split(';').next().unwrap().to_owned();
    let is_in = async || app.visitor().request(reqwest::Method::GET, "/mon-parcours", &[("cookie", &old)]).await.status;
    assert_eq!(is_in().await, 200);

    let bob = app.visitor();
    let on_its_way = bob.ask_for_link(&app, "bob@exemple.fr").await;
    let first = browser.ask_for_link(&app, ADA).await;
    app.advance_millis(1);
    let second = browser.ask_for_link(&app, ADA).await;
    assert_ne!(first, second);
    assert_eq!(browser.post(&first, &[]).await.status, 303, "an earlier letter's link works too");
    assert!(browser.get("/mon-parcours").await.body.contains(ADA));
    assert_eq!(is_in().await, 303, "also for whoever copied it");
    assert_eq!(browser.post(&second, &[]).await.status, 410);
    assert_eq!(bob.post(&on_its_way, &[]).await.status, 303, "nobody else's link");
}

#[tokio::test]
async fn another_browser_opens_the_link_with_the_code_of_the_asking_one_only() {
    let app = start().await;
    let (desk, phone) = (app.visitor(), app.visitor());
    let link = desk.ask_for_link(&app, ADA).await;
    let code = desk.code().await;
    assert_eq!(code.len(), 6);
    assert!(phone.get(&link).await.body.contains("name=\"code\""));
    let wrong = other(&code);
    for (typed, left) in [("", "le code"), ("12", "six chiffres"), (wrong.as_str(), "quatre essais")] {
        let refused = phone.post(&link, &[("code", typed)]).await;
        assert_eq!(refused.status, 422, "{typed}");
        assert!(refused.body.contains("id=\"code-error\"") && refused.body.contains(left), "{}", refused.body);
        assert_eq!(phone.get("/mon-parcours").await.status, 303);
    }
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert_eq!(phone.post(&link, &[("code", &spaced)]).await.status, 303);
    assert_eq!(phone.get("/mon-parcours").await.status, 200);
    assert_eq!(desk.get("/mon-parcours").await.status, 303, "the asking browser was not signed in");
}

#[tokio::test]
async fn a_browser_that_asked_for_something_else_needs_the_code_too() {
    let app = start().await;
    let link = app.visitor().ask_for_link(&app, ADA).await;
    let eve = app.visitor();
    eve.post("/connexion", &[("email", "eve@exemple.fr")]).await;
    assert_eq!(eve.post(&link, &[("code", &eve.code().await)]).await.status, 422);
    assert_eq!(eve.get("/mon-parcours").await.status, 303);
}

#[tokio::test]
async fn five_wrong_codes_end_the_link_for_everybody() {
    let app = start().await;
    let (desk, phone) = (app.visitor(), app.visitor());
    let link = desk.ask_for_link(&app, ADA).await;
    let code = desk.code().await;
    for _ in 1..MAX_WRONG_CODES {
        assert_eq!(phone.post(&link, &[("code", &other(&code))]).await.status, 422);
    }
    let last = phone.post(&link, &[("code", &other(&code))]).await;
    assert!(last.status == 410 && last.body.contains("id=\"trop-de-codes\""), "{}", last.body);
    assert!(phone.post(&link, &[("code", &code)]).await.status == 410, "the right one comes too late");
    let there = desk.get(&link).await;
    assert!(there.status == 410 && there.body.contains("id=\"trop-de-codes\""), "{}", there.body);
    assert_eq!(desk.post(&link, &[]).await.status, 410);
    let fresh = desk.ask_for_link(&app, ADA).await;
    assert_eq!(desk.post(&fresh, &[]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_that_come_at_once_are_counted_one_after_another() {
    let app = start().await;
    let desk = app.visitor();
    let link = desk.ask_for_link(&app, ADA).await;
    let code = desk.code().await.parse::<u32>().unwrap();
    let link = Token::received(link.rsplit('/').next().unwrap());
    let guess = |code: u32| {
        let code = SignInCode::parse(&format!("{:06}", code % 1_000_000));
        let attempt = SignInAttempt { link: &link, browser: None, code, device: "", replaces: None };
        let app = &app.app;
        async move { accounts::sign_in(app, &attempt).await }
    };
    let guesses = (1..=30).map(|number| guess(code + number));
    let results = futures_util::future::join_all(guesses).await;
    let counted = results.iter().filter(|result| matches!(result, Err(SignInError::WrongCode { .. }))).count();
    assert_eq!(i64::try_from(counted).unwrap(), MAX_WRONG_CODES - 1, "{results:?}");
    assert!(results.iter().all(Result::is_err));
    assert!(matches!(guess(code).await, Err(SignInError::TooManyCodes)));
}

#[tokio::test]
async fn a_code_is_shown_to_everybody_who_asks_and_tells_nothing_about_the_address() {
    let app = start().await;
    let mut pages = Vec::new();
    for email in [ADA, "nobody@exemple.fr"] {
        let browser = app.visitor();
        let asked = browser.post("/connexion", &[("email", email)]).await;
        let cookie = asked.headers["set-cookie"].to_str().unwrap();
        for part in ["parcours_asking=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1200"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        let code = browser.code().await;
        let shown = format!("{}\u{a0}{}", &code[..3], &code[3..]);
        pages.push((asked.status, asked.body, browser.get("/connexion/envoyee").await.body.replace(&shown, "")));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(!app.visitor().get("/connexion/envoyee").await.body.contains("id=\"code\""), "nothing was asked here");
}

#[tokio::test]
async fn neither_code_nor_token_of_the_browser_is_at_rest() {
    let app = start().await;
    let desk = app.visitor();
    let asked = desk.post("/connexion", &[("email", ADA)]).await;
    let cookie = asked.headers["set-cookie"].to_str().unwrap();
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let code = desk.code().await;
    let details: Vec<String> = {
        let mut tx = app.app.db.read().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select cast(details as text) from proof_request")
            .fetch_all(conn)
            .await)
        .unwrap()
    };
    assert!(!details.concat().contains(&token) && !details.concat().contains(&code), "{details:?}");
    assert!(app.letters(ADA).await.contains(&"sign-in".to_owned()));
    let mut tx = app.app.db.snapshot().await.unwrap();
    let (browser_hash, code_hash): (Vec<u8>, Vec<u8>) =
        db::dispatch!(&mut tx, |conn| sqlx::query_as("select browser_hash, code_hash from sign_in_link")
            .fetch_one(conn)
            .await)
        .unwrap();
    assert_eq!(browser_hash, Token::received(&token).hash());
    assert_ne!(code_hash, Token::received(&code).hash(), "a million hashes are soon computed: it has a key");
}

#[tokio::test]
async fn a_link_sent_before_browsers_were_told_apart_works_without_a_code() {
    let app = start().await;
    let link = app.visitor().ask_for_link(&app, ADA).await;
    let mut tx = app.app.db.write().await.unwrap();
    let old = "update sign_in_link set browser_hash = null, code_hash = null";
    db::dispatch!(&mut tx, |conn| sqlx::query(old).execute(conn).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(app.visitor().post(&link, &[]).await.status, 303);
}
