//! A registration by its mail's link: the page shows it, and only its buttons act.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use domain::programme::french;
use domain::registrations::{
    self, ActError, EventView, Occupancy, Opening, Registration, RegistrationStatus, Shown, Transfer, TransferStatus,
};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::Form;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::key::Token;

#[derive(Template)]
#[template(path = "registration.html")]
struct RegistrationPage {
    page: Page,
    view: EventView,
    registration: Registration,
    position: i64,
    capped: bool,
    /// Where they join the video meeting, if they may.
    join: Option<String>,
    held_until: String,
    token: String,
    /// The last colleague whom the seat was proposed to.
    transfer: Option<Transfer>,
    asks_to_cancel: bool,
    refused: bool,
}

impl RegistrationPage {
    /// Whether a colleague has yet to say whether they take the seat.
    fn is_asked(&self) -> bool {
        self.transfer.as_ref().is_some_and(|last| last.status == TransferStatus::Pending)
    }

    /// The colleague who took the seat.
    fn taker(&self) -> Option<&str> {
        let last = self.transfer.as_ref().filter(|last| last.status == TransferStatus::Accepted)?;
        Some(&last.name)
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asks {
    #[serde(default)]
    annuler: Option<String>,
}

async fn page_of(app: &App, person: Option<SignedIn>, token: String) -> Result<RegistrationPage> {
    let shown = registrations::by_link(app, &Token::received(&token)).await?.ok_or(Error::NotFound)?;
    let Shown { registration, event, position, capped, transfer } = shown;
    let held_until = registration.held_until.map_or_else(String::new, |until| french::moment(until, &event));
    let join = registrations::joining_path(app, &event, (registration.id, registration.status));
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let page = Page::new(app, person.map(|SignedIn(person)| person));
    Ok(RegistrationPage {
        page,
        view,
        registration,
        position,
        capped,
        join,
        held_until,
        token,
        transfer,
        asks_to_cancel: false,
        refused: false,
    })
}

/// `GET /inscriptions/{token}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
    Query(asks): Query<Asks>,
) -> Result<Response> {
    let mut page = page_of(&app, person, token).await?;
    page.asks_to_cancel = asks.annuler.is_some() && page.registration.status.can_be_cancelled();
    page::render(&page)
}

/// `POST /inscriptions/{token}/confirmer`
pub(super) async fn confirm(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    match registrations::confirm(&app, &app.batches, &Token::received(&token)).await {
        Ok(_) => Ok(Redirect::to(&format!("/inscriptions/{token}")).into_response()),
        Err(ActError::Refused(_)) => {
            let mut page = page_of(&app, person, token).await?;
            page.refused = true;
            page::conflict(&page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /inscriptions/{token}/annuler`
pub(super) async fn cancel(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let shown = registrations::by_link(&app, &Token::received(&token)).await?.ok_or(Error::NotFound)?;
    registrations::cancel(&app, shown.registration.id).await?;
    Ok(Redirect::to(&format!("/inscriptions/{token}")).into_response())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ShortNotice {
    #[serde(default)]
    oui: bool,
}

/// `POST /inscriptions/{token}/dernier-moment`
pub(super) async fn set_short_notice(
    State(app): State<App>,
    Path(token): Path<String>,
    Form(answer): Form<ShortNotice>,
) -> Result<Response> {
    registrations::set_short_notice(&app, &Token::received(&token), answer.oui).await?;
    Ok(Redirect::to(&format!("/inscriptions/{token}")).into_response())
}
