//! What no request may do, and what every answer carries.

use reqwest::Method;

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

#[tokio::test]
async fn every_answer_carries_the_security_headers_errors_included() {
    let app = TestApp::start().await;
    for path in ["/", "/nulle-part", "/mon-parcours", "/healthz"] {
        let answer = app.visitor().get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "same-origin", "{path}");
    }
}

#[tokio::test]
async fn a_form_sent_by_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let path = format!("/evenements/{WORKSHOP}/inscription");
    for headers in [&[("origin", "https://mechant.fr")], &[("origin", "null")], &[("sec-fetch-site", "cross-site")]] {
        assert_eq!(app.visitor().request(Method::POST, &path, headers).await.status, 403, "{headers:?}");
    }
    let own = format!("http://{}", app.address);
    assert_eq!(app.visitor().request(Method::POST, &path, &[("origin", &own)]).await.status, 400, "without a body");
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let app = TestApp::start_with(|config| config.base_url = "https://exemple.fr".into()).await;
    let ada = app.visitor();
    let browser = kernel::key::Token::random();
    let asked = format!("__Host-parcours_asking={}", browser.as_str());
    let origin = [
        ("origin", "https://exemple.fr"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("cookie", asked.as_str()),
    ];
    crate::harness::make_organiser(&app.app, &domain::accounts::EmailAddress::parse("a@b.fr").unwrap()).await;
    let email = domain::accounts::EmailAddress::parse("a@b.fr").unwrap();
    let requester = domain::proof_requests::Requester { network: [192, 0, 2, 0].into(), has_proved: false };
    domain::accounts::request_sign_in(&app.app, &email, &browser, (None, requester)).await.unwrap();
    let link = app.link("a@b.fr", "sign_in").await;
    let answer = ada.request(Method::POST, &link, &origin).await;
    let cookie = answer.cookie("_session");
    for part in ["__Host-parcours_session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(answer.headers["strict-transport-security"].to_str().unwrap().contains("max-age"));
}

#[tokio::test]
async fn who_asks_too_often_is_told_to_wait_and_how_long() {
    let app = TestApp::start_with(|config| config.rate_per_email = 3).await;
    let ada = app.visitor();
    for _ in 0..3 {
        assert_eq!(ada.post("/connexion", &[("email", "ada@exemple.fr")]).await.status, 303);
    }
    let answer = ada.post("/connexion", &[("email", "ada@exemple.fr")]).await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert!(answer.body.contains("Trop de demandes"));
    assert_eq!(ada.post("/connexion", &[("email", "bob@exemple.fr")]).await.status, 303, "others are not concerned");
    assert_eq!(ada.ask(WORKSHOP, "ada@exemple.fr").await.status, 429, "registering counts, too");
}

#[tokio::test]
async fn a_body_larger_than_any_form_is_refused() {
    let app = TestApp::start().await;
    let huge = "x".repeat(300 * 1024);
    let answer = app.visitor().post("/connexion", &[("email", &huge)]).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_link_to_nothing_is_not_found_and_says_what_to_do() {
    let app = TestApp::start().await;
    for path in ["/inscriptions/xyz", "/evenements/rien", "/evenements/..%2F..", "/calendrier/prive/xyz.ics"] {
        assert_eq!(app.visitor().get(path).await.status, 404, "{path}");
    }
    assert!(app.visitor().get("/inscriptions/xyz").await.body.contains("copiez le lien en entier"));
}

#[tokio::test]
async fn nobody_is_written_to_again_and_again_by_any_form() {
    let app = TestApp::start_with(|config| config.rate_per_email = 2).await;
    let visitor = app.visitor();
    let parcours = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(visitor.post("/parcours/inscription", &parcours).await.status.as_u16());
    }
    assert_eq!(statuses, [303, 303, 429]);
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let give = format!("{}/transmettre", app.link("bob@exemple.fr", "registration").await);
    let unnamed = visitor.post(&give, &[("name", ""), ("email", "cleo@exemple.fr")]).await;
    assert!(unnamed.status == 422 && unnamed.body.contains("id=\"name-error\""));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(visitor.post(&give, &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
}
