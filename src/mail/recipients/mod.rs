//! What the outbox keeps of a recipient: shown to them, erased with them, and purged once it is old.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use serde::Serialize;

use crate::suppressions;
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;

/// A letter that was written to somebody.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct LetterTrace {
    /// Which.
    pub kind: String,
    /// When it was written.
    #[serde(serialize_with = "kernel::clock::as_text")]
    pub created_at: Timestamp,
    /// What became of it.
    #[sqlx(rename = "status")]
    pub state: String,
}

/// The letters that were written to an address, the oldest first.
pub async fn written_to(tx: &mut ReadConn, address: &str) -> sqlx::Result<Vec<LetterTrace>> {
    store::written_to(tx, address).await
}

/// Lets the letters to an address, and what is not to be sent there, follow its owner to another one.
pub async fn move_to(tx: &mut WriteTx, from: &str, to: &str) -> sqlx::Result<()> {
    store::move_letters(tx, from, to).await?;
    suppressions::copy(tx, from, to).await
}

/// Deletes every letter to an address.
pub async fn erase(tx: &mut WriteTx, address: &str) -> sqlx::Result<()> {
    store::delete_to(tx, address).await
}

/// Deletes letters that were written before this moment and do not wait.
pub async fn purge(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    store::delete_before(tx, before).await
}
