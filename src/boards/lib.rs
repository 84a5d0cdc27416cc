//! Live boards: documents of one kind that a workshop's participants build together.
//!
//! `board-model` decides (pure), `store` holds the SQL, `edit_log` makes edits durable, a `room` owns one open board, `rooms`
//! finds it, `cluster` connects the rooms of several nodes. Sockets and pages are the site's.
//!
//! # Errors
//!
//! Every function that takes a transaction or the rooms fails when the database fails; only other errors are described.

mod authors;
pub mod client_sequences;
mod cluster;
mod code;
mod edit_log;
pub mod export;
mod format;
mod frame_buffer;
mod french;
pub mod import;
pub mod labels;
mod node_registry;
mod presence;
pub mod provenance;
pub mod rate_limiter;
pub mod results;
pub mod room;
pub mod rooms;
pub mod send_queue;
mod store;

use board_model::rights::Role;
use db::{ReadConn, WriteTx};
use domain::accounts::Person;
use domain::audit::{self, Act, Entry};
use domain::programme::Event;
use kernel::clock::Timestamp;
use kernel::id::{BoardId, ClientId, EventId, PersonId};

pub use authors::{Author, BoardTrace, names, written_by};
pub use code::BoardCode;
pub use node_registry::REPORT_EVERY;
pub use rooms::{ImportError, Rooms};
pub use store::{
    BoardRow, Found, by_code, cards_of, count_edits, edits_between, edits_of, edits_since, head, snapshot,
};

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
    /// The person holds no seat at its event, and no role that runs it.
    #[error("no seat at the event")]
    NoSeat(BoardRow),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// The board, for `person`, and what they are on it: whoever holds a confirmed seat opens it, and whoever has a role that runs it.
///
/// # Errors
///
/// When there is no such board, the person holds no seat, or the database fails.
pub async fn access(tx: &mut ReadConn, person: &Person, board: BoardId) -> Result<(BoardRow, Role), AccessError> {
    let found = access_with_client(tx, person, board, None).await?;
    let role = found.role();
    Ok((found.board, role))
}

/// The same for the person's client, if one is given; also what that client wrote last.
pub async fn access_with_client(
    tx: &mut ReadConn,
    person: &Person,
    board: BoardId,
    client: Option<ClientId>,
) -> Result<store::Found, AccessError> {
    let found = store::find_for(tx, board, person.id, client).await?.ok_or(AccessError::NoSuchBoard)?;
    if found.runs || found.has_seat { Ok(found) } else { Err(AccessError::NoSeat(found.board)) }
}

/// The board of that identifier.
pub async fn find(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<Option<BoardRow>> {
    store::find(tx, board).await
}

/// Lets a board only be read, from this moment on, by everybody everywhere; `by` is the organiser who wants it.
pub async fn archive(rooms: &Rooms, by: PersonId, board: &BoardRow) -> sqlx::Result<()> {
    set_archived(rooms, (by, Act::ArchivedBoard), board, true).await
}

/// Lets an archived board be written again.
pub async fn reopen(rooms: &Rooms, by: PersonId, board: &BoardRow) -> sqlx::Result<()> {
    set_archived(rooms, (by, Act::ReopenedBoard), board, false).await
}

/// Edits are appended under the lock of the board's row, which this changes: none is stored once it has committed.
async fn set_archived(rooms: &Rooms, (by, act): (PersonId, Act), board: &BoardRow, archived: bool) -> sqlx::Result<()> {
    let mut tx = rooms.db().write().await?;
    if !store::set_archived(&mut tx, board.id, archived).await? {
        // It is so already: an act done twice is done once.
        return Ok(());
    }
    audit::write(&mut tx, &Entry::new(by, act, board.event_id), rooms.now()).await?;
    cluster::tell_archived(&mut tx, board.id).await?;
    tx.commit().await?;
    rooms.refresh(board.id).await;
    Ok(())
}

/// The boards of an event, in their order.
pub async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<BoardInfo>> {
    store::of_event(tx, event).await
}

/// Makes the board that an event asks for, the last in its order, unless it has one of this kind.
pub async fn ensure_for_event(tx: &mut WriteTx, event: &Event, now: Timestamp) -> sqlx::Result<()> {
    match event.board_kind {
        Some(kind) => store::insert_unless_there(tx, event.id, kind, &event.title, &BoardCode::random(), now).await,
        None => Ok(()),
    }
}

/// The short code of a board.
pub async fn code(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<BoardCode> {
    store::code(tx, board).await
}
