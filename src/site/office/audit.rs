//! `/organisation/journal`: what organisers did.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::find;
use crate::App;
use crate::office::french::{self, moment};
use crate::office::mailbox::zone;
use domain::audit::{self, Line};
use domain::programme::Event;
use http::error::Result;
use http::extract::Query;
use http::page::{self, Page};
use http::session::Organiser;

/// The page shows this many lines, the youngest ones.
const SHOWN: u32 = 500;

#[derive(Template)]
#[template(path = "organiser-audit.html")]
struct AuditPage {
    page: Page,
    event: Option<Event>,
    lines: Vec<Line>,
    zone: TimeZone,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct About {
    #[serde(default)]
    evenement: String,
}

impl AuditPage {
    fn at(&self, line: &Line) -> String {
        moment(line.at, &self.zone)
    }
}

/// `GET /organisation/journal`
pub(super) async fn show(
    State(app): State<App>,
    Organiser(person): Organiser,
    Query(about): Query<About>,
) -> Result<Response> {
    let event = if about.evenement.is_empty() { None } else { Some(find(&app, &about.evenement).await?) };
    let mut tx = app.db.snapshot().await?;
    let lines = match &event {
        Some(event) => audit::of_event(&mut tx, event.id, SHOWN).await?,
        None => audit::youngest(&mut tx, SHOWN).await?,
    };
    let zone = zone(&mut tx).await?;
    page::render(&AuditPage { page: Page::new(&app, Some(person)), event, lines, zone })
}
