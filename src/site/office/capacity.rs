//! How many seats there are, with what a change would do; closing and opening registrations.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use super::event_path;
use crate::App;
use crate::office::french;
use domain::audit::{Act, Entry};
use domain::programme::Event;
use domain::registrations::{self, Occupancy, Preview};
use http::error::Result;
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};

/// More seats than any room has.
const MAX_CAPACITY: i64 = 100_000;

#[derive(Template)]
#[template(path = "organiser-capacity.html")]
struct CapacityPage {
    page: Page,
    path: String,
    event: Event,
    occupancy: Occupancy,
    form: CapacityForm,
    problems: FieldErrors,
    preview: Option<Preview>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CapacityForm {
    places: Option<String>,
    /// A ticked box: as many as come.
    illimite: Option<String>,
}

impl CapacityForm {
    /// The number of seats; `None` inside for no limit.
    fn parse(&self) -> Result<Option<i64>, FieldErrors> {
        if self.illimite.is_some() {
            return Ok(None);
        }
        let seats = self.places.as_deref().unwrap_or("").trim().parse();
        match seats.ok().filter(|seats| (1..=MAX_CAPACITY).contains(seats)) {
            Some(seats) => Ok(Some(seats)),
            None => Err(FieldErrors::one("places", french::NOT_A_NUMBER)),
        }
    }

    fn shown(&self) -> &str {
        self.places.as_deref().unwrap_or("")
    }
}

/// `GET /organisation/evenements/{slug}/capacite`: with `places`, what that would do.
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(form): Query<CapacityForm>,
) -> Result<Response> {
    let occupancy = registrations::occupancy(&mut app.db.read().await?, event.id).await?;
    let (page, path) = (Page::new(&app, Some(person)), event_path(&event));
    if form.places.is_none() && form.illimite.is_none() {
        let places = event.capacity.map(|seats| seats.to_string());
        let form = CapacityForm { illimite: event.capacity.is_none().then(String::new), places };
        let problems = FieldErrors::default();
        return page::render(&CapacityPage { page, path, event, occupancy, form, problems, preview: None });
    }
    match form.parse() {
        Ok(capacity) => {
            let preview = Some(registrations::preview_capacity(&app, &event, capacity).await?);
            let problems = FieldErrors::default();
            page::render(&CapacityPage { page, path, event, occupancy, form, problems, preview })
        }
        Err(problems) => {
            page::unprocessable(&CapacityPage { page, path, event, occupancy, form, problems, preview: None })
        }
    }
}

/// `POST /organisation/evenements/{slug}/capacite`
pub(super) async fn change(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<CapacityForm>,
) -> Result<Response> {
    let path = event_path(&event);
    let capacity = match form.parse() {
        Ok(capacity) => capacity,
        Err(problems) => {
            let occupancy = registrations::occupancy(&mut app.db.read().await?, event.id).await?;
            let page = Page::new(&app, Some(person));
            return page::unprocessable(&CapacityPage { page, path, event, occupancy, form, problems, preview: None });
        }
    };
    let note = format!("{} → {}", french::seats(event.capacity), french::seats(capacity));
    let edit = |event: &mut Event| event.capacity = capacity;
    app::revise::revise(&app, &Entry::new(person.id, Act::ChangedCapacity, event.id).note(note), edit).await?;
    Ok(Redirect::to(&format!("{path}?fait=places")).into_response())
}

/// `POST /organisation/evenements/{slug}/fermer`
pub(super) async fn close(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let now = app.clock.now();
    let edit = |event: &mut Event| event.closes_at = event.closes_at.min(now);
    app::revise::revise(&app, &Entry::new(person.id, Act::Closed, event.id), edit).await?;
    Ok(Redirect::to(&format!("{}?fait=fermees", event_path(&event))).into_response())
}

/// `POST /organisation/evenements/{slug}/rouvrir`: until the start.
pub(super) async fn reopen(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let edit = |event: &mut Event| {
        event.opens_at = None;
        event.closes_at = event.starts_at;
    };
    app::revise::revise(&app, &Entry::new(person.id, Act::Reopened, event.id), edit).await?;
    Ok(Redirect::to(&format!("{}?fait=rouvertes", event_path(&event))).into_response())
}
