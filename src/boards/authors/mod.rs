//! Who wrote on a board: names to show, and what somebody wrote, to take away.

mod store;

use kernel::id::PersonId;

pub use store::{names, written_by};

/// Somebody whom a board names.
#[derive(Debug, Clone, serde::Serialize, sqlx::FromRow)]
pub struct Author {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// What somebody wrote on a board.
#[derive(Debug, Clone, serde::Serialize, sqlx::FromRow)]
pub struct BoardTrace {
    /// Which board.
    pub title: String,
    /// How many edits.
    pub edits: i64,
}
