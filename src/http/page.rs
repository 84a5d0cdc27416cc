//! What every page has: its frame, and the ways to answer with it.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::Web;
use super::assets;
use crate::error::{Error, Result};
use crate::refusals::Refusal;
use domain::accounts::Person;
use mail::Delivery;

/// What the layout shows around every page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Who is signed in.
    pub person: Option<Person>,
    /// Whether the demo mailbox is there.
    pub demo: bool,
    /// The public address of the site.
    pub base_url: String,
}

impl Page {
    /// The frame for who is signed in.
    #[must_use]
    pub fn new(web: &Web, person: Option<Person>) -> Self {
        Self { person, demo: web.mail.delivery() == Delivery::Mailbox, base_url: web.config.base_url.clone() }
    }

    /// Whether who is signed in sees something of the back office.
    #[must_use]
    pub fn has_office(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.has_office)
    }

    /// The whole address of a path of this site.
    #[must_use]
    pub fn url(&self, path: impl std::fmt::Display) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The address of a style or script.
    #[must_use]
    pub fn asset(&self, path: &str) -> String {
        assets::url(path)
    }
}

/// A letter runs no script, fetches nothing, and opens its links in the whole window.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox";

/// A letter for a frame of one of our pages.
#[must_use]
pub fn letter(html: &str) -> Response {
    // Links leave the frame.
    let html = html.replacen("<head>", "<head><base target=\"_top\">", 1);
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(LETTER_POLICY));
    response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

fn answer(page: &impl Template, status: StatusCode) -> Result<Response> {
    Ok((status, Html(page.render()?)).into_response())
}

/// The page, as asked for.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn render(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::OK)
}

/// A form again, with what is wrong: 422.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn unprocessable(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::UNPROCESSABLE_ENTITY)
}

/// A page that says that this is not possible now: 409.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn conflict(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::CONFLICT)
}

/// A page that says why this visitor may not come in: 403.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn forbid(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::FORBIDDEN)
}

/// A page that says that there is nothing at this address: 404.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn missing(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::NOT_FOUND)
}

/// A page for a link that works no more: 410.
///
/// # Errors
///
/// When it cannot be rendered.
pub fn gone(page: &impl Template) -> Result<Response> {
    answer(page, StatusCode::GONE)
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    status: u16,
    retry_minutes: u64,
}

/// A failure, as one sentence; who could do something about it finds it in the log.
#[must_use]
pub fn error(failure: &Error) -> Response {
    match failure {
        Error::SignIn { then } => {
            let to = format!("/connexion?vers={}", kernel::percent::encode(then));
            return Redirect::to(&to).into_response();
        }
        Error::Prove { then, unsent } => {
            let unsent = if *unsent { "&envoi=1" } else { "" };
            let to = format!("/connexion/preuve?vers={}{unsent}", kernel::percent::encode(then));
            return Refusal::Proof.mark(Redirect::to(&to).into_response());
        }
        _ => {}
    }
    let status = failure.status();
    if status.is_server_error() {
        tracing::error!(error = %failure, "a request failed");
    }
    let mut retry_minutes = 0;
    let mut response_headers = axum::http::HeaderMap::new();
    if let Error::TooMany { retry_after } = failure {
        retry_minutes = retry_after.div_ceil(60);
        response_headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    let page = ErrorPage { page: Page::default(), status: status.as_u16(), retry_minutes };
    let body = page.render().unwrap_or_else(|_| status.to_string());
    (status, response_headers, Html(body)).into_response()
}
