//! `/organisation`: the events with their counts.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::authorized::{Authorized, Read, Somewhere};
use crate::App;
use boards::BoardInfo;
use domain::identity::french as names;
use domain::programme::{self, Edition};
use domain::registrations::{self, EventView, Opening};
use domain::roles::{Permission, Place, Rights};
use http::error::Result;
use http::page::{self, Page};
use kernel::identity::Fact;
use mail::Health;

#[derive(Template)]
#[template(path = "organiser.html")]
struct OverviewPage {
    page: Page,
    events: Vec<EventRow>,
    /// Why letters wait, if they do.
    letters_wait: Option<String>,
    may: Links,
    /// What the legal pages lack, for whoever can say it.
    missing: Vec<Fact>,
}

/// Which pages the reader may open.
struct Links {
    /// What concerns all of the service.
    everything: bool,
    invitations: bool,
    organisations: bool,
    calendar: bool,
    roles: bool,
    identity: bool,
}

impl Links {
    const fn any(&self) -> bool {
        self.everything || self.invitations || self.organisations || self.calendar || self.roles || self.identity
    }

    fn new(rights: &Rights, edition: Option<&Edition>) -> Self {
        Self {
            everything: rights.may(Permission::Organise, Place::Everything),
            invitations: rights.may_somewhere(Permission::Organise),
            organisations: rights.may(Permission::Read, Place::Everything),
            calendar: edition.is_some_and(|edition| rights.may(Permission::Organise, Place::Edition(edition.id))),
            roles: rights.may_somewhere(Permission::GrantRoles),
            identity: rights.may(Permission::SetIdentity, Place::Everything),
        }
    }
}

struct EventRow {
    view: EventView,
    taken: u32,
    boards: Vec<BoardInfo>,
}

/// `GET /organisation`: the events that the reader may see.
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Read, Somewhere>,
) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let occupancies = registrations::occupancies(&mut tx).await?;
    let edition = programme::current_edition(&mut tx).await?;
    let mut events = match &edition {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    events.retain(|event| rights.may(Permission::Read, event));
    let mut rows = Vec::new();
    for event in events {
        let occupancy = occupancies.get(&event.id).copied().unwrap_or_default();
        let boards = match rights.may(Permission::RunBoards, &event) {
            true => boards::of_event(&mut tx, event.id).await?,
            false => Vec::new(),
        };
        rows.push(EventRow { view: EventView::new(event, occupancy, now), taken: occupancy.taken, boards });
    }
    let mut letters_wait = match app.mail.health(&mut tx).await? {
        Health::Fine => None,
        Health::Held => Some(String::new()),
        Health::Paused { reason, .. } => Some(reason),
    };
    let may = Links::new(&rights, edition.as_ref());
    letters_wait = letters_wait.filter(|_| may.everything);
    let missing = if may.identity { app.identity().get().missing() } else { Vec::new() };
    page::render(&OverviewPage { page: Page::new(&app, Some(person)), events: rows, letters_wait, may, missing })
}
