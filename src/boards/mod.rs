//! Live boards: documents of one kind that a workshop's participants build together.

mod edit;
mod history;
pub mod kinds;
pub mod model;
pub mod protocol;
pub mod text;
mod value;

use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{BoardId, EventId};
use crate::programme::BoardKind;

/// The open boards.
#[derive(Debug, Default)]
pub struct Rooms;

impl Rooms {
    /// Nothing yet.
    pub async fn stop(&self) {}
}

/// A board as other pages link to it.
#[derive(Debug, Clone)]
pub struct BoardInfo {
    /// Its identifier.
    pub id: BoardId,
    /// Its title.
    pub title: String,
}

/// The boards of an event.
///
/// # Errors
///
/// When the database fails.
pub async fn of_event(_tx: &mut Tx, _event: EventId) -> sqlx::Result<Vec<BoardInfo>> {
    Ok(Vec::new())
}

/// Makes the board of an event unless it has one of this kind.
///
/// # Errors
///
/// When the database fails.
pub async fn ensure_for_event(
    _tx: &mut Tx,
    _event: EventId,
    _kind: BoardKind,
    _title: &str,
    _now: Timestamp,
) -> sqlx::Result<()> {
    Ok(())
}

/// Nothing yet.
pub fn routes() -> axum::Router<App> {
    axum::Router::new()
}
