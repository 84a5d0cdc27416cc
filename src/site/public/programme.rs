//! The edition as a timeline, and one event.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::archive::Archive;
use super::structured;
use crate::App;
use boards::labels;
use db::ReadConn;
use domain::programme::{self, Event, PublicEdition, Slug, french as dates};
use domain::registrations::{self, EventView, Opening, OwnRegistration, RegistrationStatus};
use http::error::{Error, Result};
use http::extract::Path;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::RegistrationId;

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    page: Page,
    edition: Option<PublicEdition>,
    events: Vec<EventView>,
    webcal: String,
    /// The registrations of who is signed in.
    own: Vec<OwnRegistration>,
    /// The paths of these registrations.
    own_paths: HashMap<RegistrationId, String>,
}

impl TimelinePage {
    /// What who is signed in has at an event.
    fn mine(&self, view: &EventView) -> Option<&OwnRegistration> {
        self.own.iter().rev().find(|one| one.event_id == view.event.id)
    }

    fn own_path(&self, own: &OwnRegistration) -> &str {
        self.own_paths.get(&own.id).map_or("/mon-parcours", String::as_str)
    }
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    page: Page,
    view: EventView,
    /// What who is signed in has here.
    mine: Option<OwnRegistration>,
    /// Until when they may accept a seat.
    held_until: String,
    /// Where their registration is.
    own_path: String,
    /// The event for search engines.
    structured: Value,
    /// What is left of it, once it has begun.
    archive: Option<Archive>,
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
    let own = match &person {
        Some(SignedIn(person)) => registrations::of_person(&mut tx, person.id).await?,
        None => Vec::new(),
    };
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
    let webcal = webcal(&app, "/calendrier.ics");
    let own_paths = own.iter().map(|one| (one.id, registrations::path(&app, one.id))).collect();
    page::render(&TimelinePage { page, edition, events, webcal, own, own_paths })
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
    let mine = own(&app, person.as_ref(), &view).await?;
    let until = mine.as_ref().and_then(|mine| mine.held_until);
    let held_until = until.map_or_else(String::new, |until| dates::moment(until, &view.event));
    let own_path = mine.as_ref().map_or_else(String::new, |mine| registrations::path(&app, mine.id));
    let archive =
        if view.event.starts_at <= app.clock.now() { Some(Archive::of(&app, &view.event).await?) } else { None };
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    let structured = structured::event(&view.event, &page.url(view.event.path()));
    page::render(&EventPage { page, view, mine, held_until, own_path, structured, archive })
}

/// What who is signed in has at an event.
pub(super) async fn own(app: &App, person: Option<&SignedIn>, view: &EventView) -> Result<Option<OwnRegistration>> {
    let Some(SignedIn(person)) = person else { return Ok(None) };
    let all = registrations::of_person(&mut app.db.read().await?, person.id).await?;
    Ok(all.into_iter().rfind(|one| one.event_id == view.event.id))
}
