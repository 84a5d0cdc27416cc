//! `/organisation`: events with their counts, and each event's registrations.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::boards::{self, BoardInfo};
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::programme::{self, Event, Slug, french};
use crate::registrations::{self, EventView, Opening, Registration, Seat};

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation", get(overview))
        .route("/organisation/evenements/{slug}", get(event))
        .merge(super::outbox::routes())
        .merge(super::coming::routes())
}

#[derive(Template)]
#[template(path = "organiser.html")]
struct OverviewPage {
    page: Page,
    events: Vec<Row>,
}

struct Row {
    view: EventView,
    taken: u32,
    boards: Vec<BoardInfo>,
}

#[derive(Template)]
#[template(path = "organiser-event.html")]
struct EventPage {
    page: Page,
    view: EventView,
    counts: Counts,
    people: Vec<PersonRow>,
    boards: Vec<BoardInfo>,
}

/// How many requests became what.
#[derive(Debug, Default)]
struct Counts {
    confirmed: usize,
    held: usize,
    offered: usize,
    waiting: usize,
    gone: usize,
}

struct PersonRow {
    registration: Registration,
    asked: String,
    /// Place in the waiting list.
    position: Option<usize>,
}

/// `GET /organisation`
async fn overview(State(app): State<App>, Organiser(person): Organiser) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let occupancies = registrations::occupancies(&mut tx).await?;
    let events = match programme::current_edition(&mut tx).await? {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for event in events {
        let occupancy = occupancies.get(&event.id).copied().unwrap_or_default();
        let boards = boards::of_event(&mut tx, event.id).await?;
        rows.push(Row { view: EventView::new(event, occupancy, now), taken: occupancy.taken, boards });
    }
    page::show(&OverviewPage { page: Page::new(&app, Some(person)), events: rows })
}

/// `GET /organisation/evenements/{slug}`
async fn event(State(app): State<App>, Organiser(person): Organiser, Path(slug): Path<String>) -> Result<Response> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let event = programme::event(&mut tx, &slug).await?.ok_or(Error::NotFound)?;
    let occupancy = registrations::occupancy(&mut tx, event.id).await?;
    let registrations = registrations::of_event(&mut tx, event.id).await?;
    let boards = boards::of_event(&mut tx, event.id).await?;
    let (counts, people) = rows(registrations, &event);
    let view = EventView::new(event, occupancy, app.clock.now());
    page::show(&EventPage { page: Page::new(&app, Some(person)), view, counts, people, boards })
}

fn rows(registrations: Vec<Registration>, event: &Event) -> (Counts, Vec<PersonRow>) {
    let mut counts = Counts::default();
    let mut people = Vec::new();
    for registration in registrations {
        match registration.seat {
            Seat::Confirmed => counts.confirmed += 1,
            Seat::Held => counts.held += 1,
            Seat::Offered => counts.offered += 1,
            Seat::Waiting => counts.waiting += 1,
            Seat::Cancelled | Seat::Lapsed => counts.gone += 1,
        }
        let position = (registration.seat == Seat::Waiting).then_some(counts.waiting);
        let asked = french::moment(registration.created_at, event);
        people.push(PersonRow { registration, asked, position });
    }
    (counts, people)
}
