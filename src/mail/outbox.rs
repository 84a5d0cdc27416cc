//! The outbox: letters wait here, exactly once each, until a worker has sent them.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::LetterId;

use super::letter::Letter;
use super::store;

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
