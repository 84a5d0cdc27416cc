//! The outbox: letters wait here, exactly once each, until a worker has sent them.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::id::LetterId;

use super::letter::Letter;
use super::rules::Next;
use super::store::{self, Lease};

pub use super::store::Stored;

/// How long after it was due a letter is still worth sending, unless it says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Puts a letter into the outbox, in the transaction of its cause. Returns whether it was new: a second one for the
/// same (person, subject, kind, version) is dropped. Call [`Mail::wake`](super::Mail::wake) once committed.
///
/// # Errors
///
/// When the database refuses.
pub async fn enqueue(tx: &mut Tx, letter: &Letter, now: Timestamp) -> sqlx::Result<bool> {
    let due_at = letter.due_at.unwrap_or(now);
    let expires_at = letter.expires_at.unwrap_or(due_at + PATIENCE);
    store::insert(tx, LetterId::new(now), letter, &store::Times { now, due_at, expires_at }).await
}

/// The youngest `limit` letters, youngest first.
///
/// # Errors
///
/// When the database refuses.
pub async fn latest(tx: &mut Tx, limit: u32) -> sqlx::Result<Vec<Stored>> {
    store::latest(tx, i64::from(limit)).await
}

/// One letter.
///
/// # Errors
///
/// When the database refuses.
pub async fn find(tx: &mut Tx, id: LetterId) -> sqlx::Result<Option<Stored>> {
    store::find(tx, id).await
}

/// Takes hold of letters that are due, the most urgent first; none is most often the answer.
pub(super) async fn claim(db: &Db, lease: Lease, now: Timestamp, limit: u32) -> sqlx::Result<Vec<Stored>> {
    // Looking first costs a reader, and most often spares the one writer.
    if !store::any_claimable(&mut db.read().await?, now).await? {
        return Ok(Vec::new());
    }
    let mut tx = db.write().await?;
    let letters = store::claim(&mut tx, lease, now, i64::from(limit)).await?;
    tx.commit().await?;
    Ok(letters)
}

/// Writes down what became of a letter.
pub(super) async fn settle(db: &Db, id: LetterId, owner: Uuid, next: &Next, now: Timestamp) -> sqlx::Result<()> {
    let mut tx = db.write().await?;
    match next {
        Next::Sent => store::mark_sent(&mut tx, id, now).await?,
        Next::RetryAt(at, reason) => store::retry(&mut tx, id, owner, (*at, reason)).await?,
        Next::Failed(reason) => store::mark_failed(&mut tx, id, owner, reason).await?,
        Next::Release(_) => store::release(&mut tx, owner).await?,
    }
    tx.commit().await
}

/// Puts all that a worker still holds back into the queue, untried.
pub(super) async fn release(db: &Db, owner: Uuid) -> sqlx::Result<()> {
    let mut tx = db.write().await?;
    store::release(&mut tx, owner).await?;
    tx.commit().await
}
