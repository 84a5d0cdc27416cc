//! `/mon-parcours/appareils`: the browsers that a person is signed in with, and how to sign them out.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::french::moment;
use super::sign_in::signed_out;
use crate::App;
use domain::accounts::{self, Session};
use domain::programme;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::page::{self, Page};
use http::session::{CurrentSession, SignedIn};
use kernel::clock::Timestamp;
use kernel::id::SessionId;

const PAGE: &str = "/mon-parcours/appareils";

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PAGE, get(show))
        .route("/mon-parcours/appareils/{id}/fermer", post(close))
        .route("/mon-parcours/appareils/fermer-les-autres", post(close_others))
        .route("/mon-parcours/deconnexion-partout", post(leave_everywhere))
}

#[derive(Template)]
#[template(path = "devices.html")]
struct DevicesPage {
    page: Page,
    current: Session,
    others: Vec<Session>,
    /// Whether sessions of this person end sooner.
    holds_role: bool,
    zone: TimeZone,
    done: String,
}

impl DevicesPage {
    fn at(&self, instant: &Timestamp) -> String {
        moment(*instant, &self.zone)
    }
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    #[serde(default)]
    fait: String,
}

/// `GET /mon-parcours/appareils`
async fn show(
    State(app): State<App>,
    CurrentSession(current): CurrentSession,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let (now, holds_role) = (app.clock.now(), current.holds_role);
    let mut tx = app.db.snapshot().await?;
    let mut others = accounts::sessions(&mut tx, current.person.id).await?;
    others.retain(|session| session.id != current.session.id && !session.is_over(holds_role, now));
    let edition = programme::current_edition(&mut tx).await?;
    let zone = edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC);
    let page = Page::new(&app, Some(current.person));
    page::render(&DevicesPage { page, current: current.session, others, holds_role, zone, done: done.fait })
}

/// `POST /mon-parcours/appareils/{id}/fermer`
async fn close(
    State(app): State<App>,
    CurrentSession(current): CurrentSession,
    Path(id): Path<SessionId>,
    jar: CookieJar,
) -> Result<Response> {
    if !accounts::close_session(&app, current.person.id, id).await? {
        return Err(Error::NotFound);
    }
    if id == current.session.id {
        return Ok(signed_out(&app, jar).into_response());
    }
    Ok(Redirect::to(&format!("{PAGE}?fait=ferme")).into_response())
}

/// `POST /mon-parcours/appareils/fermer-les-autres`
async fn close_others(State(app): State<App>, CurrentSession(current): CurrentSession) -> Result<Response> {
    accounts::close_other_sessions(&app, current.person.id, current.session.id).await?;
    Ok(Redirect::to(&format!("{PAGE}?fait=autres")).into_response())
}

/// `POST /mon-parcours/deconnexion-partout`
async fn leave_everywhere(State(app): State<App>, SignedIn(person): SignedIn, jar: CookieJar) -> Result<Response> {
    accounts::sign_out_everywhere(&app, person.id).await?;
    Ok(signed_out(&app, jar).into_response())
}
