//! An event's video meeting by the address of one registration: a page with a button, and after it the plain link.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;

use crate::App;
use domain::registrations::{self, EventView, JoinRefusal, Joining, Occupancy};
use http::error::{Error, Result};
use http::extract::Path;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::key::Token;

#[derive(Template)]
#[template(path = "join.html")]
struct JoinPage {
    page: Page,
    view: EventView,
    /// The host of the video meeting.
    host: String,
    token: String,
    /// Whether the session has yet to begin.
    early: bool,
}

#[derive(Template)]
#[template(path = "join-link.html")]
struct LinkPage {
    page: Page,
    view: EventView,
    host: String,
    /// Where the video meeting is.
    url: String,
}

#[derive(Template)]
#[template(path = "join-refused.html")]
struct RefusedPage {
    page: Page,
    view: EventView,
    refusal: JoinRefusal,
}

/// Keeps the page out of search engines: its address is a secret, and calendars that hold it are shared.
fn unlisted(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// The page that says why somebody cannot join: 410 when that stays so, else 409.
fn refuse(page: Page, view: EventView, refusal: JoinRefusal) -> Result<Response> {
    let answer = RefusedPage { page, view, refusal };
    if refusal.is_final() { page::gone(&answer) } else { page::conflict(&answer) }
}

/// `GET /rejoindre/{token}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    let found = registrations::by_joining_link(&app, &Token::received(&token)).await?;
    let Joining { event, host, .. } = found.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    let early = now < event.starts_at;
    let view = EventView::new(event, Occupancy::default(), now);
    let answer = match host {
        Ok(host) => page::render(&JoinPage { page, view, host, token, early }),
        Err(refusal) => refuse(page, view, refusal),
    };
    answer.map(unlisted)
}

/// `POST /rejoindre/{token}`: no redirect, which `form-action 'self'` would stop on its way to the host.
pub(super) async fn join(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    let found = registrations::join(&app, &Token::received(&token)).await?;
    let Joining { mut event, host, .. } = found.ok_or(Error::NotFound)?;
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    let url = event.video_url.take().unwrap_or_default();
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let answer = match host {
        Ok(host) => page::render(&LinkPage { page, view, host, url }),
        Err(refusal) => refuse(page, view, refusal),
    };
    answer.map(unlisted)
}
