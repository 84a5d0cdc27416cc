//! What every page has: its frame, and the ways to answer with it.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::Web;
use super::{assets, french};
use crate::error::Result;
use domain::accounts::Person;
use kernel::identity::{Contact, Fact, Identity};
use mail::Delivery;

pub use crate::failure_page::{error, error_of, frame};

/// What the layout shows around every page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Who is signed in.
    pub person: Option<Person>,
    /// Whether the demo mailbox is there.
    pub demo: bool,
    /// The public address of the site.
    pub base_url: String,
    /// Who runs the service, and how it looks.
    pub identity: Arc<Identity>,
    /// Days that people's data is kept after their last event.
    pub(crate) retention_days: u32,
}

/// A logo of the theme.
#[derive(Debug)]
pub struct Logo {
    /// Where it is.
    pub light: String,
    /// Where the one for the dark is.
    pub dark: Option<String>,
    /// What it says; nothing when the name beside it says the same.
    pub text: String,
}

impl Page {
    /// The frame for who is signed in.
    #[must_use]
    pub fn new(web: &Web, person: Option<Person>) -> Self {
        Self {
            person,
            demo: web.mail.delivery() == Delivery::Mailbox,
            base_url: web.config.base_url.clone(),
            identity: web.identity().get(),
            retention_days: web.config.retention_days,
        }
    }

    /// What the service is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.identity.name()
    }

    /// Who runs it, and how to reach them: none where nobody has said it.
    #[must_use]
    pub fn contact(&self) -> Option<Contact> {
        self.identity.contact()
    }

    /// A fact about who runs it, by its name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.identity.fact(Fact::parse(name)?)
    }

    /// How long people's data is kept after their last event, in words.
    #[must_use]
    pub fn retention(&self) -> String {
        french::days(self.retention_days)
    }

    /// How accessible the site was found to be, in words.
    #[must_use]
    pub fn accessibility(&self) -> &'static str {
        french::accessibility(self.fact("accessibility").unwrap_or_default())
    }

    /// The theme's own style, icon or other file whose name begins so.
    #[must_use]
    pub fn theme_file(&self, stem: &str) -> Option<String> {
        self.identity.theme.url(stem)
    }

    /// The theme's logo.
    #[must_use]
    pub fn logo(&self) -> Option<Logo> {
        let theme = &self.identity.theme;
        let text = theme.logo_text.clone().unwrap_or_default();
        Some(Logo { light: theme.url("logo")?, dark: theme.url("logo-dark"), text })
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
