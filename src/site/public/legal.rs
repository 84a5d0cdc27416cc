//! `/mentions-legales`, `/donnees-personnelles`, `/accessibilite`, `/contact`: who speaks, and what the law wants to be said.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::french;
use crate::App;
use domain::accounts::{ROLE_LASTS, SESSION_LASTS, SIGN_IN_LASTS};
use http::error::Result;
use http::page::{self, Page};
use http::proved;
use http::session::SignedIn;

/// The addresses of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/mentions-legales", get(notice))
        .route("/donnees-personnelles", get(personal_data))
        .route("/accessibilite", get(accessibility))
        .route("/contact", get(contact))
}

#[derive(Template)]
#[template(path = "legal-notice.html")]
struct NoticePage {
    page: Page,
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct AccessibilityPage {
    page: Page,
}

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage {
    page: Page,
}

#[derive(Template)]
#[template(path = "personal-data.html")]
struct PersonalDataPage {
    page: Page,
    /// How long things are kept, in words.
    request: String,
    sign_in: String,
    session: String,
    role_session: String,
    proved: String,
    /// Whether the security log has the addresses of clients.
    addresses: bool,
}

fn frame(app: &App, person: Option<SignedIn>) -> Page {
    Page::new(app, person.map(|SignedIn(person)| person))
}

/// `GET /mentions-legales`
async fn notice(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    page::render(&NoticePage { page: frame(&app, person) })
}

/// `GET /accessibilite`
async fn accessibility(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    page::render(&AccessibilityPage { page: frame(&app, person) })
}

/// `GET /contact`
async fn contact(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    page::render(&ContactPage { page: frame(&app, person) })
}

/// `GET /donnees-personnelles`: durations are those that the program keeps to.
async fn personal_data(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    let words = |duration: Duration| french::duration(duration);
    page::render(&PersonalDataPage {
        page: frame(&app, person),
        request: words(app.config.request_lasts()),
        sign_in: words(SIGN_IN_LASTS),
        session: words(SESSION_LASTS),
        role_session: words(ROLE_LASTS),
        proved: words(proved::LASTS),
        addresses: app.config.security_log_addresses,
    })
}
