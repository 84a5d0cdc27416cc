//! What became of letters, written down for several workers in one commit.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use uuid::Uuid;

use super::rules::Next;
use super::{Tools, store};
use db::{Db, WriteTx};
use kernel::batch::Batcher;
use kernel::clock::Timestamp;
use kernel::id::LetterId;

/// What became of one letter.
#[derive(Debug, Clone)]
pub struct DeliveryStatus {
    /// Which letter.
    pub letter: LetterId,
    /// The worker that held it.
    pub owner: Uuid,
    /// What is next.
    pub next: Next,
    /// When.
    pub at: Timestamp,
}

/// The marks that wait to be written; shared by the workers of one process.
pub type DeliveryBatcher = Batcher<(), DeliveryStatus, (), sqlx::Error>;

/// Writes a mark, together with those of other workers that wait meanwhile. Durable once it returns.
pub async fn write(waiting: &DeliveryBatcher, tools: &Tools, mark: DeliveryStatus) -> sqlx::Result<()> {
    let db = tools.db.clone();
    let decide = move |marks: Vec<DeliveryStatus>| {
        let db = db.clone();
        async move { write_all(&db, &marks).await.map(|()| marks.iter().map(|_| Ok(())).collect()) }
    };
    waiting.decide(&tools.jobs, (), mark, decide).await
}

/// Writes marks in one commit.
pub async fn write_all(db: &Db, marks: &[DeliveryStatus]) -> sqlx::Result<()> {
    let is_sent = |mark: &&DeliveryStatus| mark.next == Next::Sent;
    let sent: Vec<LetterId> = marks.iter().filter(is_sent).map(|mark| mark.letter).collect();
    let Some(last) = marks.iter().map(|mark| mark.at).max() else { return Ok(()) };
    if sent.len() == marks.len() {
        // The usual case needs no more than one statement.
        return store::mark_sent(&mut db.write_alone().await?, &sent, last).await;
    }
    let mut tx = db.write().await?;
    store::mark_sent(&mut tx, &sent, last).await?;
    for mark in marks {
        write_one(&mut tx, mark).await?;
    }
    tx.commit().await
}

async fn write_one(tx: &mut WriteTx, mark: &DeliveryStatus) -> sqlx::Result<()> {
    match &mark.next {
        // With all the others.
        Next::Sent => Ok(()),
        Next::RetryAt(at, reason) => store::retry(tx, mark.letter, mark.owner, (*at, reason)).await,
        Next::Failed(reason) => store::mark_failed(tx, mark.letter, mark.owner, reason).await,
        Next::Release(_) => store::release(tx, mark.owner).await,
    }
}
