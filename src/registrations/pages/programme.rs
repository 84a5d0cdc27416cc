//! The edition as a timeline, and one event.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::programme::{self, BoardKind, Edition, Event, Slug};
use crate::registrations::{self, EventView, Occupancy, Opening};

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    page: Page,
    edition: Option<Edition>,
    events: Vec<EventView>,
    webcal: String,
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    page: Page,
    view: EventView,
}

/// `webcal:` makes calendar apps offer to subscribe.
fn webcal(app: &App, path: &str) -> String {
    let address = app.config.base_url.split_once("://").map_or("", |(_, rest)| rest);
    format!("webcal://{address}{path}")
}

/// `GET /`
pub(super) async fn timeline(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let mut events = match &edition {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    events.retain(Event::is_public);
    let occupancies = registrations::occupancies(&mut tx).await?;
    drop(tx);
    let occupancy = |event: &Event| occupancies.get(&event.id).copied().unwrap_or_default();
    let mut events: Vec<EventView> = events
        .into_iter()
        .map(|event| (occupancy(&event), event))
        .map(|(taken, event)| EventView::new(event, taken, now))
        .collect();
    let next = events.iter_mut().filter(|view| !matches!(view.opening, Opening::Past | Opening::Cancelled));
    if let Some(next) = next.min_by_key(|view| view.event.starts_at) {
        next.is_next = true;
    }
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::show(&TimelinePage { page, edition, events, webcal: webcal(&app, "/calendrier.ics") })
}

/// The event of that name, if visitors may see it.
pub(super) async fn find(app: &App, slug: &str) -> Result<(Event, Occupancy)> {
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let event = programme::event(&mut tx, &slug).await?.filter(Event::is_public).ok_or(Error::NotFound)?;
    let occupancy = registrations::occupancy(&mut tx, event.id).await?;
    Ok((event, occupancy))
}

/// `GET /evenements/{slug}`
pub(super) async fn event(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(slug): Path<String>,
) -> Result<Response> {
    let (event, occupancy) = find(&app, &slug).await?;
    let view = EventView::new(event, occupancy, app.clock.now());
    page::show(&EventPage { page: Page::new(&app, person.map(|SignedIn(person)| person)), view })
}
