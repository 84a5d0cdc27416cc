//! What machines look for at addresses that others have fixed: whom to tell of a weakness (RFC 9116), and what search engines
//! leave alone (RFC 9309).

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::App;

/// The file is good for so long from when it is asked for: RFC 9116 wants less than a year.
const VALID_FOR: Duration = Duration::from_secs(180 * 86_400);

/// Pages that belong to somebody: behind a secret address or a sign-in.
const PRIVATE: [&str; 17] = [
    "/adresse/",
    "/calendrier/prive/",
    "/connexion",
    "/courriels",
    "/courriels-recus/",
    "/deconnexion",
    "/demandes/",
    "/evenements/*/tableau",
    "/inscriptions/",
    "/invitations/",
    "/metrics",
    "/mon-parcours",
    "/organisation",
    "/rejoindre/",
    "/t/",
    "/tableaux",
    "/transmissions/",
];

/// `GET /.well-known/security.txt`
pub(super) async fn security(State(app): State<App>) -> impl IntoResponse {
    let contact = app.config.security_contact.clone();
    let contact = contact.unwrap_or_else(|| format!("mailto:{}", app.mail.answers_to().1));
    let expires = app.clock.now() + VALID_FOR;
    text(format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: fr, en\n\
         Canonical: {}/.well-known/security.txt\n",
        app.config.base_url
    ))
}

/// `GET /robots.txt`
pub(super) async fn robots() -> impl IntoResponse {
    let mut lines = "User-agent: *\n".to_owned();
    for path in PRIVATE {
        lines += &format!("Disallow: {path}\n");
    }
    text(lines + "Allow: /\n")
}

fn text(lines: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines)
}
