//! The edition as a timeline, and one event.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use boards::labels;
use db::ReadConn;
use domain::programme::{self, Event, PublicEdition, Slug};
use domain::registrations::{self, EventView, Opening};
use http::error::{Error, Result};
use http::extract::Path;
use http::page::{self, Page};
use http::session::SignedIn;

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    page: Page,
    edition: Option<PublicEdition>,
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
    let mut tx = app.db.snapshot().await?;
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
    let edition = edition.map(PublicEdition::from);
    page::render(&TimelinePage { page, edition, events, webcal: webcal(&app, "/calendrier.ics") })
}

/// The event of that name, if visitors may see it.
pub(super) async fn public_event(tx: &mut ReadConn, slug: &str) -> Result<Event> {
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    programme::event(tx, &slug).await?.filter(Event::is_public).ok_or(Error::NotFound)
}

/// The event of that name, with its seats, if visitors may see it.
pub(super) async fn public_view(app: &App, slug: &str) -> Result<EventView> {
    // Seats are counted a moment after the event is read: everybody opens this page, and a snapshot costs two statements more.
    let mut conn = app.db.read().await?;
    let event = public_event(&mut conn, slug).await?;
    view(app, conn.one_more(), event).await
}

/// An event with its seats.
pub(super) async fn view(app: &App, tx: &mut ReadConn, event: Event) -> Result<EventView> {
    let occupancy = registrations::occupancy(tx, event.id).await?;
    Ok(EventView::new(event, occupancy, app.clock.now()))
}

/// `GET /evenements/{slug}`
pub(super) async fn event(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(slug): Path<String>,
) -> Result<Response> {
    let view = public_view(&app, &slug).await?;
    page::render(&EventPage { page: Page::new(&app, person.map(|SignedIn(person)| person)), view })
}
