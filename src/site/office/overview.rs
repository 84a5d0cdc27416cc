//! `/organisation`: the events with their counts.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use boards::BoardInfo;
use domain::programme;
use domain::registrations::{self, EventView, Opening};
use domain::roles;
use http::error::Result;
use http::page::{self, Page};
use http::session::Organiser;
use mail::Health;

#[derive(Template)]
#[template(path = "organiser.html")]
struct OverviewPage {
    page: Page,
    events: Vec<EventRow>,
    /// Why letters wait, if they do.
    letters_wait: Option<String>,
    /// Whether the reader gives roles.
    gives_roles: bool,
}

struct EventRow {
    view: EventView,
    taken: u32,
    boards: Vec<BoardInfo>,
}

/// `GET /organisation`
pub(super) async fn show(State(app): State<App>, Organiser(person): Organiser) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let occupancies = registrations::occupancies(&mut tx).await?;
    let events = match programme::current_edition(&mut tx).await? {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for event in events {
        let occupancy = occupancies.get(&event.id).copied().unwrap_or_default();
        let boards = boards::of_event(&mut tx, event.id).await?;
        rows.push(EventRow { view: EventView::new(event, occupancy, now), taken: occupancy.taken, boards });
    }
    let letters_wait = match app.mail.health(&mut tx).await? {
        Health::Fine => None,
        Health::Held => Some(String::new()),
        Health::Paused { reason, .. } => Some(reason),
    };
    let gives_roles = roles::of_person(&mut tx, person.id).await?.iter().any(roles::Grant::is_owner_of_everything);
    page::render(&OverviewPage { page: Page::new(&app, Some(person)), events: rows, letters_wait, gives_roles })
}
