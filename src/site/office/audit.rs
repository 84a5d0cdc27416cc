//! `/organisation/journal`: what organisers did.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::authorized::{About, Authorized, Organise};
use crate::App;
use crate::office::french::{self, moment};
use crate::office::mailbox::zone;
use domain::audit::{self, Line};
use domain::programme::Event;
use domain::roles::{Permission, Place};
use http::error::Result;
use http::page::{self, Page};

/// The page shows this many lines, the youngest ones.
const SHOWN: u32 = 500;

#[derive(Template)]
#[template(path = "organiser-audit.html")]
struct AuditPage {
    page: Page,
    event: Option<Event>,
    lines: Vec<Line>,
    /// Whether the reader may see all that concerns a person.
    may_see_people: bool,
    zone: TimeZone,
}

impl AuditPage {
    fn at(&self, line: &Line) -> String {
        moment(line.at, &self.zone)
    }
}

/// `GET /organisation/journal`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: About(event), .. }: Authorized<Organise, About>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let lines = match &event {
        Some(event) => audit::of_event(&mut tx, event.id, SHOWN).await?,
        None => audit::youngest(&mut tx, SHOWN).await?,
    };
    let zone = zone(&mut tx).await?;
    let may_see_people = rights.may(Permission::Read, Place::Everything);
    page::render(&AuditPage { page: Page::new(&app, Some(person)), event, lines, may_see_people, zone })
}
