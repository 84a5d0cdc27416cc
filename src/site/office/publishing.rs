//! An event leaves the programme, or comes on it: first what that does, then the act.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use super::event_path;
use crate::App;
use crate::office::french;
use domain::accounts::Person;
use domain::programme::{Event, EventStatus};
use domain::registrations::{self, Notify, Registration, RegistrationStatus, StatusCounts};
use http::error::{Error, Result};
use http::form::Form;
use http::page::{self, Page};
use mail::outbox;

/// So many names are shown; the list has the others.
const SHOWN: usize = 30;

/// The addresses of these pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/evenements/{slug}/retirer", get(ask_to_unpublish).post(unpublish))
        .route("/organisation/evenements/{slug}/publier", get(ask_to_publish).post(publish))
}

#[derive(Template)]
#[template(path = "organiser-publishing.html")]
struct PublishingPage {
    page: Page,
    path: String,
    event: Event,
    /// How many are registered, by what became of it.
    counts: Vec<(RegistrationStatus, u32)>,
    registered: Vec<Registration>,
    /// Reminders that wait to leave, and other letters about the event.
    reminders: i64,
    letters: i64,
}

impl PublishingPage {
    async fn new(app: &App, person: Person, event: Event) -> Result<Self> {
        let mut tx = app.db.snapshot().await?;
        let mut registered = registrations::of_event(&mut tx, event.id).await?;
        registered.retain(|one| one.status.can_be_cancelled());
        let counts = StatusCounts::of(&mut tx, event.id).await?;
        let live = RegistrationStatus::ALL.into_iter().filter(|status| status.can_be_cancelled());
        let counts = live.map(|status| (status, counts.with(status))).filter(|(_, count)| *count > 0).collect();
        let waiting = outbox::waiting_about(&mut tx, event.id.0).await?;
        let of = |wanted: bool| waiting.iter().filter(|(kind, _)| (kind == "reminder") == wanted).map(|(_, n)| n).sum();
        let (page, path) = (Page::new(app, Some(person)), event_path(&event));
        Ok(Self { page, path, event, counts, reminders: of(true), letters: of(false), registered })
    }

    fn first(&self) -> &[Registration] {
        &self.registered[..self.registered.len().min(SHOWN)]
    }

    fn others(&self) -> usize {
        self.registered.len().saturating_sub(SHOWN)
    }
}

/// The event, when it is in this state: a page that was left open asks for nothing that is done already.
fn in_state(event: Event, status: EventStatus) -> Result<Event> {
    if event.status == status { Ok(event) } else { Err(Error::NotFound) }
}

/// `GET /organisation/evenements/{slug}/retirer`
async fn ask_to_unpublish(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let event = in_state(event, EventStatus::Published)?;
    page::render(&PublishingPage::new(&app, person, event).await?)
}

/// `GET /organisation/evenements/{slug}/publier`
async fn ask_to_publish(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let event = in_state(event, EventStatus::Draft)?;
    page::render(&PublishingPage::new(&app, person, event).await?)
}

#[derive(Debug, Default, Deserialize)]
struct TellingForm {
    /// A ticked box: those who are registered are written to.
    prevenir: Option<String>,
}

impl TellingForm {
    const fn notify(&self) -> Notify {
        if self.prevenir.is_some() { Notify::Participants } else { Notify::Nobody }
    }
}

/// `POST /organisation/evenements/{slug}/retirer`
async fn unpublish(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<TellingForm>,
) -> Result<Response> {
    app::revise::unpublish(&app, person.id, event.id, form.notify()).await?;
    Ok(Redirect::to(&format!("{}?fait=retire", event_path(&event))).into_response())
}

/// `POST /organisation/evenements/{slug}/publier`
async fn publish(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<TellingForm>,
) -> Result<Response> {
    app::revise::publish(&app, person.id, event.id, form.notify()).await?;
    Ok(Redirect::to(&format!("{}?fait=publie", event_path(&event))).into_response())
}
