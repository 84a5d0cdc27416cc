//! Letters that were written to leave a little later: until then they can be read again and replaced.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use serde_json::Value;
use uuid::Uuid;

use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{LetterId, PersonId};

/// A letter whose time has not come.
#[derive(Debug, Clone)]
pub struct Delayed {
    /// Which one.
    pub id: LetterId,
    /// Whom it goes to.
    pub person: PersonId,
    /// What fills it in.
    pub data: Value,
    /// When it leaves.
    pub due_at: Timestamp,
}

/// The letters of one kind about one subject, to people we know, whose time has not come.
pub async fn of_subject(tx: &mut ReadConn, subject: Uuid, kind: &str, now: Timestamp) -> sqlx::Result<Vec<Delayed>> {
    store::of_subject(tx, subject, kind, now).await
}

/// Takes such letters back, as if they had not been written.
pub async fn take_back(tx: &mut WriteTx, letters: &[LetterId]) -> sqlx::Result<()> {
    store::delete(tx, letters).await
}
