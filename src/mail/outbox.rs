//! The outbox: letters wait here, exactly once each, until a worker has sent them.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::time::Duration;

use uuid::Uuid;

use db::{ChangeEvent, Db, ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{LetterId, PersonId};

use super::letter::Letter;
use super::store::{self, Lease};
use super::suppressions;

pub use super::store::Stored;

/// How long after it was due a letter is still worth sending, unless it says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a letter does not leave that an organiser dropped.
pub const DROPPED: &str = "an organiser dropped it";

/// Letters written, or people named, by one statement; engines limit what one may bind.
const AT_ONCE: usize = 100;

/// Puts a letter into the outbox, in the transaction of its cause. Returns whether it was new: a second one for the
/// same (person, subject, kind, version) is dropped. The commit wakes the workers.
pub async fn enqueue(tx: &mut WriteTx, letter: &Letter, now: Timestamp) -> sqlx::Result<bool> {
    Ok(enqueue_all(tx, std::slice::from_ref(letter), now).await? == 1)
}

/// Puts letters into the outbox, as [`enqueue`] does; returns how many were new.
pub async fn enqueue_all(tx: &mut WriteTx, letters: &[Letter], now: Timestamp) -> sqlx::Result<u64> {
    let mut new = 0;
    for letters in letters.chunks(AT_ONCE) {
        let refusals =
            suppressions::Suppressions::of(tx, letters.iter().map(|letter| letter.to.address.as_str())).await?;
        let rows: Vec<store::New<'_>> = letters
            .iter()
            .map(|letter| {
                let due_at = letter.due_at.unwrap_or(now);
                let expires_at = letter.expires_at.unwrap_or(due_at + PATIENCE);
                let refusal = refusals.reason(&letter.to.address, letter.priority);
                store::New { id: LetterId::new(now), letter, times: store::Times { now, due_at, expires_at }, refusal }
            })
            .collect();
        new += store::insert(tx, &rows).await?;
    }
    if new > 0 {
        tx.emit(ChangeEvent::LettersQueued);
    }
    Ok(new)
}

/// Takes letters of one kind to these people back that have not left yet, since what they say is no longer true.
pub async fn withdraw(tx: &mut WriteTx, people: &[PersonId], subject: Uuid, kind: &str) -> sqlx::Result<()> {
    for people in people.chunks(AT_ONCE) {
        store::withdraw(tx, people, subject, kind).await?;
    }
    Ok(())
}

/// Takes back the letters of one kind about these subjects that wait and were never tried, as if they had not been written:
/// the same may be written again.
pub async fn take_back(tx: &mut WriteTx, kind: &str, subjects: &[Uuid]) -> sqlx::Result<()> {
    if subjects.is_empty() { Ok(()) } else { store::delete_untried(tx, kind, subjects).await }
}

/// Drops the letters of one kind about these subjects that wait.
pub async fn drop_about(tx: &mut WriteTx, kind: &str, subjects: &[Uuid]) -> sqlx::Result<()> {
    if subjects.is_empty() { Ok(()) } else { store::drop_about(tx, kind, subjects, DROPPED).await }
}

/// Takes letters of one kind about one subject back from the queue, whoever they are to; returns how many.
pub async fn withdraw_all(tx: &mut WriteTx, subject: Uuid, kind: &str) -> sqlx::Result<u64> {
    store::withdraw_all(tx, subject, kind).await
}

/// How many letters about one subject wait, by kind.
pub async fn waiting_about(tx: &mut ReadConn, subject: Uuid) -> sqlx::Result<Vec<(String, i64)>> {
    store::waiting_about(tx, subject).await
}

/// Which letters to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waiting to go, or going.
    Queued,
    /// Taken over by the mail server.
    Sent,
    /// Given up.
    Failed,
    /// Not to be sent.
    Suppressed,
}

impl State {
    /// What the column `status` of a letter means.
    #[must_use]
    pub fn of(status: &str) -> Option<Self> {
        match status {
            "queued" | "sending" => Some(Self::Queued),
            "sent" => Some(Self::Sent),
            "failed" => Some(Self::Failed),
            "suppressed" => Some(Self::Suppressed),
            _ => None,
        }
    }
}

/// Letters of one state, youngest first, `limit` of them after `skip`.
pub async fn list(tx: &mut ReadConn, state: State, skip: u32, limit: u32) -> sqlx::Result<Vec<Stored>> {
    store::list(tx, state, i64::from(skip), i64::from(limit)).await
}

/// How many letters are in each state: queued, sent, failed, suppressed.
pub async fn counts(tx: &mut ReadConn) -> sqlx::Result<[i64; 4]> {
    store::counts(tx).await
}

/// Puts a letter that was given up, or not to be sent, back into the queue. Returns whether it was such a one.
pub async fn retry(tx: &mut WriteTx, id: LetterId, now: Timestamp) -> sqlx::Result<bool> {
    let is_queued = store::requeue(tx, id, now, now + PATIENCE).await?;
    if is_queued {
        tx.emit(ChangeEvent::LettersQueued);
    }
    Ok(is_queued)
}

/// Takes a letter that has not left out of the queue. Returns whether it was still there.
pub async fn drop_queued(tx: &mut WriteTx, id: LetterId) -> sqlx::Result<bool> {
    store::drop_queued(tx, id, DROPPED).await
}

/// The youngest `limit` letters, youngest first.
pub async fn latest(tx: &mut ReadConn, limit: u32) -> sqlx::Result<Vec<Stored>> {
    store::latest(tx, i64::from(limit)).await
}

/// One letter.
pub async fn find(tx: &mut ReadConn, id: LetterId) -> sqlx::Result<Option<Stored>> {
    store::find(tx, id).await
}

/// Takes hold of letters that are due, the most urgent first; none is most often the answer.
/// At most `per_minute` leave in a minute, from all processes together.
pub(super) async fn claim(
    db: &Db,
    lease: Lease,
    now: Timestamp,
    limit: u32,
    per_minute: Option<u32>,
) -> sqlx::Result<Vec<Stored>> {
    // Looking first costs a reader, and most often spares the one writer.
    if !store::any_claimable(&mut db.read().await?, now).await? {
        return Ok(Vec::new());
    }
    let Some(per_minute) = per_minute else {
        return store::claim(&mut db.write_alone().await?, lease, now, i64::from(limit)).await;
    };
    let mut tx = db.write().await?;
    let limit = limit.min(store::allowance(&mut tx, per_minute, now).await?);
    let letters = store::claim(&mut tx, lease, now, i64::from(limit)).await?;
    tx.commit().await?;
    Ok(letters)
}

/// Puts all that a worker still holds back into the queue, untried.
pub(super) async fn release(db: &Db, owner: Uuid) -> sqlx::Result<()> {
    let mut tx = db.write().await?;
    store::release(&mut tx, owner).await?;
    tx.commit().await
}
