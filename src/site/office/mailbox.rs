//! `/courriels`, in the demo only: the letters that would have left, as their recipients would read them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::App;
use crate::office::french::moment;
use db::ReadConn;
use domain::programme;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::LetterId;
use kernel::search;
use mail::TemplateError;
use mail::outbox::{self, Stored};

/// The list shows this many letters, the youngest ones.
const SHOWN: usize = 100;

/// A search looks at this many letters, the youngest ones.
const SEARCHED: u32 = 5_000;

/// The addresses of the demo mailbox.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/courriels", get(list))
        .route("/courriels/{id}", get(letter))
        .route("/courriels/{id}/message.html", get(html))
        .route("/courriels/{id}/evenement.ics", get(calendar))
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct ListPage {
    page: Page,
    letters: Vec<MailboxRow>,
    /// What is looked for.
    q: String,
}

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    q: String,
}

struct MailboxRow {
    letter: Stored,
    subject: String,
    written: String,
}

#[derive(Template)]
#[template(path = "mailbox-letter.html")]
struct LetterPage {
    page: Page,
    row: MailboxRow,
    text: String,
}

/// `GET /courriels`
async fn list(
    State(app): State<App>,
    visitor: Option<SignedIn>,
    Query(Wanted { q }): Query<Wanted>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let zone = zone(&mut tx).await?;
    let letters = outbox::latest(&mut tx, SEARCHED).await?.into_iter().filter(|letter| says(letter, &q)).take(SHOWN);
    let letters = letters.map(|letter| row(&app, letter, &zone)).collect();
    page::render(&ListPage { page: Page::new(&app, visitor.map(|it| it.0)), letters, q })
}

/// Whether a letter goes to somebody, or tells of something, that is looked for.
fn says(letter: &Stored, wanted: &str) -> bool {
    search::matches(wanted, &[&letter.recipient, &letter.recipient_name, &letter.kind, &letter.words()])
}

/// `GET /courriels/{id}`
async fn letter(State(app): State<App>, visitor: Option<SignedIn>, Path(id): Path<String>) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let letter = find(&mut tx, &id).await?;
    let text = app.mail.render(&letter, &app.key).map_err(failed)?.text;
    let row = row(&app, letter, &zone(&mut tx).await?);
    page::render(&LetterPage { page: Page::new(&app, visitor.map(|it| it.0)), row, text })
}

/// `GET /courriels/{id}/message.html`
async fn html(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let letter = find(&mut app.db.read().await?, &id).await?;
    let rendered = app.mail.render(&letter, &app.key).map_err(failed)?;
    Ok(page::letter(&rendered.html))
}

/// `GET /courriels/{id}/evenement.ics`
async fn calendar(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let letter = find(&mut app.db.read().await?, &id).await?;
    let calendar = app.mail.calendar(&letter, &app.key).ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"evenement.ics\""),
    ];
    Ok((headers, calendar).into_response())
}

async fn find(tx: &mut ReadConn, id: &str) -> Result<Stored> {
    let id: LetterId = id.parse().map_err(|_| Error::NotFound)?;
    outbox::find(tx, id).await?.ok_or(Error::NotFound)
}

/// A letter of the list. One that cannot be rendered stands there with its kind.
fn row(app: &App, letter: Stored, zone: &TimeZone) -> MailboxRow {
    let subject = app.mail.render(&letter, &app.key).map_or_else(|_| letter.kind.clone(), |rendered| rendered.subject);
    let written = moment(letter.created_at, zone);
    MailboxRow { letter, subject, written }
}

/// The zone that the programme tells its times in.
pub(super) async fn zone(tx: &mut ReadConn) -> Result<TimeZone> {
    let edition = programme::current_edition(tx).await?;
    Ok(edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn failed(error: TemplateError) -> Error {
    Error::Other(error.to_string())
}
