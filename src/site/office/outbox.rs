//! `/organisation/courriels`: the outbox as organisers see it. What went, what waits, what did not go and why; each
//! letter as it went, without the secrets in its links.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::authorized::{Authorized, Everything, Organise};
use crate::App;
use crate::office::french::moment;
use crate::office::mailbox::{failed, zone};
use db::WriteTx;
use domain::audit::{self, Act, Entry};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::page::{self, Page};
use kernel::id::{LetterId, PersonId};
use mail::outbox::{self, State as Which, Stored};
use mail::suppressions::{self, Scope};
use mail::{Health, french};

/// Letters on one page of the list.
const SHOWN: u32 = 50;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/courriels", get(list))
        .route("/organisation/courriels/{id}", get(letter))
        .route("/organisation/courriels/{id}/message.html", get(html))
        .route("/organisation/courriels/{id}/renvoyer", post(retry))
        .route("/organisation/courriels/{id}/abandonner", post(drop_queued))
        .route("/organisation/courriels/{id}/bloquer", post(stop))
        .route("/organisation/courriels/{id}/debloquer", post(lift))
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct ListPage {
    page: Page,
    counts: [i64; 4],
    which: Which,
    letters: Vec<OutboxRow>,
    health: Health,
    since: String,
    /// The number of the next page, if there is more.
    next: Option<u32>,
    stopped: Vec<(String, String)>,
}

struct OutboxRow {
    letter: Stored,
    subject: String,
    written: String,
    sent: Option<String>,
    /// When it is tried, or tried again.
    due: String,
}

#[derive(Template)]
#[template(path = "outbox-letter.html")]
struct LetterPage {
    page: Page,
    row: OutboxRow,
    text: String,
    stopped: bool,
    done: String,
}

#[derive(Debug, Default, Deserialize)]
struct OutboxFilter {
    #[serde(default)]
    etat: String,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    fait: String,
}

impl OutboxFilter {
    fn which(&self) -> Which {
        match self.etat.as_str() {
            "partis" => Which::Sent,
            "echecs" => Which::Failed,
            "bloques" => Which::Suppressed,
            _ => Which::Queued,
        }
    }
}

fn row(app: &App, letter: Stored, zone: &TimeZone) -> OutboxRow {
    let rendered = app.mail.render_without_secrets(&letter);
    let subject = rendered.map_or_else(|_| letter.kind.clone(), |rendered| rendered.subject);
    let written = moment(letter.created_at, zone);
    let sent = letter.sent_at.map(|at| moment(at, zone));
    let due = moment(letter.due_at, zone);
    OutboxRow { letter, subject, written, sent, due }
}

/// `GET /organisation/courriels`
async fn list(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Query(asked): Query<OutboxFilter>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let zone = zone(&mut tx).await?;
    let counts = outbox::counts(&mut tx).await?;
    let skip = asked.page.saturating_mul(SHOWN);
    let mut letters = outbox::list(&mut tx, asked.which(), skip, SHOWN + 1).await?;
    let more = letters.len() > usize::try_from(SHOWN).unwrap_or(usize::MAX);
    letters.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let stopped = suppressions::stopped(&mut tx).await?;
    let health = app.mail.health(&mut tx).await?;
    drop(tx);
    let since = match &health {
        Health::Paused { since, .. } => moment(*since, &zone),
        Health::Fine | Health::Held => String::new(),
    };
    let letters = letters.into_iter().map(|letter| row(&app, letter, &zone)).collect();
    let (page, which) = (Page::new(&app, Some(person)), asked.which());
    let next = more.then_some(asked.page + 1);
    page::render(&ListPage { page, counts, which, letters, health, since, next, stopped })
}

async fn find(app: &App, id: &str) -> Result<Stored> {
    let id: LetterId = id.parse().map_err(|_| Error::NotFound)?;
    outbox::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)
}

/// `GET /organisation/courriels/{id}`
async fn letter(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
    Query(asked): Query<OutboxFilter>,
) -> Result<Response> {
    let letter = find(&app, &id).await?;
    let mut tx = app.db.snapshot().await?;
    let stopped = suppressions::stopped(&mut tx).await?.iter().any(|(address, _)| *address == letter.recipient);
    let zone = zone(&mut tx).await?;
    drop(tx);
    let text = app.mail.render_without_secrets(&letter).map_err(failed)?.text;
    let row = row(&app, letter, &zone);
    page::render(&LetterPage { page: Page::new(&app, Some(person)), row, text, stopped, done: asked.fait })
}

/// `GET /organisation/courriels/{id}/message.html`
async fn html(State(app): State<App>, _: Authorized<Organise, Everything>, Path(id): Path<String>) -> Result<Response> {
    let letter = find(&app, &id).await?;
    Ok(page::letter(&app.mail.render_without_secrets(&letter).map_err(failed)?.html))
}

fn back(id: LetterId, done: bool, what: &str) -> Response {
    let what = if done { what } else { "rien" };
    Redirect::to(&format!("/organisation/courriels/{id}?fait={what}")).into_response()
}

/// Writes an act on a letter into the log: which letter, and to nobody's address.
async fn note(app: &App, tx: &mut WriteTx, (by, act): (PersonId, Act), letter: &Stored) -> Result<()> {
    Ok(audit::write(tx, &Entry::new(by, act, None).note(&letter.kind), app.clock.now()).await?)
}

/// `POST /organisation/courriels/{id}/renvoyer`
async fn retry(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let letter = find(&app, &id).await?;
    let mut tx = app.db.write().await?;
    let done = outbox::retry(&mut tx, letter.id, app.clock.now()).await?;
    if done {
        note(&app, &mut tx, (person.id, Act::SentAgain), &letter).await?;
    }
    tx.commit().await?;
    Ok(back(letter.id, done, "renvoye"))
}

/// `POST /organisation/courriels/{id}/abandonner`
async fn drop_queued(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let letter = find(&app, &id).await?;
    let mut tx = app.db.write().await?;
    let done = outbox::drop_queued(&mut tx, letter.id).await?;
    if done {
        note(&app, &mut tx, (person.id, Act::DroppedLetter), &letter).await?;
    }
    tx.commit().await?;
    Ok(back(letter.id, done, "abandonne"))
}

/// `POST /organisation/courriels/{id}/bloquer`
async fn stop(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let letter = find(&app, &id).await?;
    let mut tx = app.db.write().await?;
    let why = ("an organiser stopped writing to this address", app.clock.now());
    suppressions::refuse(&mut tx, &letter.recipient, Scope::Everything, why).await?;
    note(&app, &mut tx, (person.id, Act::ChangedRecipient), &letter).await?;
    tx.commit().await?;
    Ok(back(letter.id, true, "bloque"))
}

/// `POST /organisation/courriels/{id}/debloquer`
async fn lift(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let letter = find(&app, &id).await?;
    let mut tx = app.db.write().await?;
    suppressions::lift(&mut tx, &letter.recipient, Scope::Everything).await?;
    note(&app, &mut tx, (person.id, Act::ChangedRecipient), &letter).await?;
    tx.commit().await?;
    Ok(back(letter.id, true, "debloque"))
}
