//! Live boards: documents of one kind that a workshop's participants build together.
//!
//! `model` decides (pure), `store` keeps, `log` makes durable, a `room` owns one open board, `rooms` finds it, `socket` and
//! `pages` are the doors. ARCHITECTURE.md describes the protocol.

mod card;
mod code;
mod downloads;
mod edit;
mod entrance;
mod export;
mod format;
mod history;
mod import;
mod importing;
pub mod kinds;
mod labels;
mod log;
pub mod model;
mod nodes;
mod outbox;
mod pace;
mod pages;
mod presence;
pub mod protocol;
mod provenance;
mod recent;
mod replay;
mod rights;
mod room;
mod rooms;
mod socket;
mod store;
pub mod text;
mod value;
mod writers;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};

use crate::accounts::Person;
use crate::app::App;
use crate::audit::{self, Act, Entry};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{BoardId, ClientId, EventId, PersonId};
use crate::programme::BoardKind;

pub use code::BoardCode;
pub use rights::Role;
pub use rooms::Rooms;
pub use store::{BoardRow, count_edits};

/// Close code: the server restarts.
const GOING_AWAY: u16 = 1001;
/// Close code: no `hello`, or what is no message.
const POLICY: u16 = 1008;
/// Close code: a message of more than 64 KiB.
const TOO_LARGE: u16 = 1009;
/// Close code: the board cannot be opened now.
const AGAIN_LATER: u16 = 1013;
/// Close code: not signed in, or no longer.
const SIGNED_OUT: u16 = 4001;
/// Close code: no seat at the event, or no such board.
const NO_ACCESS: u16 = 4003;
/// Close code: the page speaks the messages of another version; it must be loaded again.
const OUTDATED: u16 = 4010;
/// Close code: somebody else goes by this client's name; the page needs another.
const TAKEN: u16 = 4011;
/// Close code: a flood.
const FLOOD: u16 = 4008;
/// Close code: the board is full of people.
const FULL: u16 = 4013;
/// Close code: this reader is too slow.
const TOO_SLOW: u16 = 4009;

/// A board as other pages link to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BoardInfo {
    /// Its identifier.
    pub id: BoardId,
    /// Its title.
    pub title: String,
    /// The number of the breakout table that it belongs to; none: the plenary.
    pub table_no: Option<i64>,
    /// Its place among the boards of its event, from 1.
    pub position: i64,
    /// Whether it can only be read.
    pub archived: bool,
}

/// Why somebody does not get to a board.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such board.
    #[error("no such board")]
    NoSuchBoard,
    /// The person holds no seat at its event.
    #[error("no seat at the event")]
    NoSeat(BoardRow),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// The board, for `person`: organisers and whoever holds a confirmed seat open it.
///
/// # Errors
///
/// When there is no such board, the person holds no seat, or the database fails.
pub async fn access(tx: &mut Tx, person: &Person, board: BoardId) -> Result<BoardRow, AccessError> {
    Ok(come(tx, person, (board, None)).await?.board)
}

/// The same for somebody who comes with a client: also what that one wrote last.
async fn come(
    tx: &mut Tx,
    person: &Person,
    (board, client): (BoardId, Option<ClientId>),
) -> Result<store::Found, AccessError> {
    let found = store::find_for(tx, board, (person.id, client)).await?.ok_or(AccessError::NoSuchBoard)?;
    if person.organiser || found.has_seat { Ok(found) } else { Err(AccessError::NoSeat(found.board)) }
}

/// The board of that identifier.
///
/// # Errors
///
/// When the database fails.
pub async fn find(tx: &mut Tx, board: BoardId) -> sqlx::Result<Option<BoardRow>> {
    store::find(tx, board).await
}

/// Lets a board only be read, from this moment on, by everybody everywhere; `by` is the organiser who wants it.
///
/// # Errors
///
/// When the database fails.
pub async fn archive(app: &App, by: PersonId, board: &BoardRow) -> sqlx::Result<()> {
    set_archived(app, (by, Act::ArchivedBoard), board, true).await
}

/// Lets an archived board be written again.
///
/// # Errors
///
/// When the database fails.
pub async fn reopen(app: &App, by: PersonId, board: &BoardRow) -> sqlx::Result<()> {
    set_archived(app, (by, Act::ReopenedBoard), board, false).await
}

/// Edits are appended under the lock of the board's row, which this changes: none is stored once it has committed.
async fn set_archived(app: &App, (by, act): (PersonId, Act), board: &BoardRow, archived: bool) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    if !store::set_archived(&mut tx, board.id, archived).await? {
        // It is so already: an act done twice is done once.
        return Ok(());
    }
    audit::write(&mut tx, &Entry::new(by, act, board.event_id), app.clock.now()).await?;
    nodes::tell_archived(&mut tx, board.id).await?;
    tx.commit().await?;
    app.rooms.look_again(board.id).await;
    Ok(())
}

/// The boards of an event, in their order.
///
/// # Errors
///
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> sqlx::Result<Vec<BoardInfo>> {
    store::of_event(tx, event).await
}

/// Makes the board of an event, the last in its order, unless it has one of this kind.
///
/// # Errors
///
/// When the database fails.
pub async fn ensure_for_event(
    tx: &mut Tx,
    event: EventId,
    kind: BoardKind,
    title: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    store::insert_unless_there(tx, event, (kind, title, &BoardCode::random()), now).await
}

/// The short code of a board.
///
/// # Errors
///
/// When the database fails.
pub async fn code(tx: &mut Tx, board: BoardId) -> sqlx::Result<BoardCode> {
    store::code(tx, board).await
}

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/evenements/{slug}/tableau", get(entrance::of_event))
        .route("/t", get(entrance::ask_code))
        .route("/t/", get(entrance::ask_code))
        .route("/t/{code}", get(entrance::by_code))
        .route("/tableaux/{id}", get(pages::show))
        .route("/tableaux/{id}/auteurs.json", get(pages::authors))
        .route("/tableaux/{id}/journal.json", get(replay::journal))
        .route("/tableaux/{id}/revoir", get(replay::show))
        .route("/tableaux/{id}/fiches/{card}/auteurs.json", get(pages::writers))
        .route("/tableaux/{id}/export.json", get(downloads::json))
        .route("/tableaux/{id}/export.csv", get(downloads::csv))
        .route("/tableaux/{id}/export.xlsx", get(downloads::xlsx))
        .route("/tableaux/{id}/export.odt", get(downloads::odt))
        .route("/tableaux/{id}/export.svg", get(downloads::svg))
        .route("/tableaux/{id}/export.graphml", get(downloads::graphml))
        .route(
            "/tableaux/{id}/importer",
            get(importing::ask).post(importing::import).layer(DefaultBodyLimit::max(importing::MAX_FORM)),
        )
        .route("/tableaux/{id}/importer/annuler", post(importing::undo))
        .route("/tableaux/{id}/imprimer", get(downloads::print))
        .route("/tableaux/{id}/socket", any(socket::open))
}
