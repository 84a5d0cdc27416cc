//! What became of letters, written down for several workers in one commit: whoever finds the pen free writes for all.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::rules::Next;
use super::store;
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::id::LetterId;

/// What became of one letter.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Which letter.
    pub letter: LetterId,
    /// The worker that held it.
    pub owner: Uuid,
    /// What is next.
    pub next: Next,
    /// When.
    pub at: Timestamp,
}

/// Who waits for a mark, and hears why it could not be written.
type Waiting = (Mark, oneshot::Sender<Result<(), String>>);

/// Shared by the workers of one process.
#[derive(Debug, Default)]
pub struct Marks {
    waiting: Mutex<Vec<Waiting>>,
    pen: tokio::sync::Mutex<()>,
}

impl Marks {
    /// Writes a mark, together with those of other workers that wait meanwhile. Durable once it returns.
    ///
    /// # Errors
    ///
    /// When the database refuses.
    pub async fn write(&self, db: &Db, mark: Mark) -> sqlx::Result<()> {
        let (answer, written) = oneshot::channel();
        self.waiting().push((mark, answer));
        let pen = self.pen.lock().await;
        let waiting = std::mem::take(&mut *self.waiting());
        if !waiting.is_empty() {
            let (marks, answers): (Vec<Mark>, Vec<_>) = waiting.into_iter().unzip();
            let result = write_all(db, &marks).await.map_err(|error| error.to_string());
            for answer in answers {
                // Who gave up waiting gave up the letter: its lease ends by itself.
                let _ = answer.send(result.clone());
            }
        }
        drop(pen);
        let result = written.await.unwrap_or_else(|_| Err("whoever wrote for all was stopped".to_owned()));
        result.map_err(sqlx::Error::Protocol)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes marks in one commit.
///
/// # Errors
///
/// When the database refuses.
pub async fn write_all(db: &Db, marks: &[Mark]) -> sqlx::Result<()> {
    let is_sent = |mark: &&Mark| mark.next == Next::Sent;
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

async fn write_one(tx: &mut Tx, mark: &Mark) -> sqlx::Result<()> {
    match &mark.next {
        // With all the others.
        Next::Sent => Ok(()),
        Next::RetryAt(at, reason) => store::retry(tx, mark.letter, mark.owner, (*at, reason)).await,
        Next::Failed(reason) => store::mark_failed(tx, mark.letter, mark.owner, reason).await,
        Next::Release(_) => store::release(tx, mark.owner).await,
    }
}
