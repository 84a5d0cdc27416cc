//! Durable before visible: a batch of edits is on disk before it is shown or acknowledged.
//!
//! On SQLite one committer gathers the batches of all boards into one transaction, so that flushes to disk do not
//! queue behind each other. On PostgreSQL each board commits by itself and the server groups the flushes. This is not
//! `kernel::batch`, which gathers requests of one key: here one transaction holds batches of different boards.

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::store::{self, Batch};
use db::Db;
use kernel::jobs::Jobs;

/// Boards that may wait for the committer; each has one batch at a time.
const WAITING_BOARDS: usize = 256;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Appended {
    /// It is on disk.
    Stored,
    /// Another node has appended meanwhile: load, apply, try again. Nothing was stored.
    Behind,
    /// The database said no: nothing was stored.
    Refused,
    /// The database did not answer: whether the batch was stored is unknown.
    Unknown,
}

/// Where batches go.
#[derive(Debug)]
pub(super) enum EditLog {
    /// To the committer.
    Sqlite(mpsc::Sender<Request>),
    /// Straight to the database.
    Postgres(Db),
}

/// A batch on its way to the committer.
#[derive(Debug)]
pub(super) struct Request {
    batch: Batch,
    answer: oneshot::Sender<Appended>,
}

impl EditLog {
    /// The log of this database; on SQLite its committer is one of `jobs` and ends when the log is dropped or the
    /// jobs are stopped.
    pub(super) fn open(db: &Db, jobs: &Jobs) -> Self {
        if let Db::Postgres(..) = db {
            return Self::Postgres(db.clone());
        }
        let (sender, requests) = mpsc::channel(WAITING_BOARDS);
        jobs.spawn("board log", commit_all(db.clone(), requests, jobs.clone()));
        Self::Sqlite(sender)
    }

    /// Appends a batch and waits until it is on disk.
    pub(super) async fn append(&self, batch: Batch) -> Appended {
        match self {
            Self::Postgres(db) => append_alone(db, &batch).await,
            Self::Sqlite(committer) => {
                let (answer, answered) = oneshot::channel();
                if committer.send(Request { batch, answer }).await.is_err() {
                    return Appended::Unknown;
                }
                answered.await.unwrap_or(Appended::Unknown)
            }
        }
    }
}

/// The committer's work.
async fn commit_all(db: Db, mut requests: mpsc::Receiver<Request>, jobs: Jobs) {
    let mut gathered = Vec::new();
    loop {
        let count = tokio::select! {
            biased;
            count = requests.recv_many(&mut gathered, WAITING_BOARDS) => count,
            () = jobs.stopping() => break,
        };
        if count == 0 {
            break;
        }
        let answers = match append_together(&db, &gathered).await {
            Ok(answers) => answers,
            Err(error) => {
                warn!(%error, boards = gathered.len(), "edits could not be stored together; trying one by one");
                append_one_by_one(&db, &gathered).await
            }
        };
        for (request, answer) in gathered.drain(..).zip(answers) {
            // A room that is gone needs no answer.
            let _ = request.answer.send(answer);
        }
    }
}

async fn append_together(db: &Db, requests: &[Request]) -> sqlx::Result<Vec<Appended>> {
    let mut tx = db.write().await?;
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        let fits = store::append(&mut tx, &request.batch).await?;
        answers.push(if fits { Appended::Stored } else { Appended::Behind });
    }
    tx.commit().await?;
    Ok(answers)
}

async fn append_one_by_one(db: &Db, requests: &[Request]) -> Vec<Appended> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(append_alone(db, &request.batch).await);
    }
    answers
}

async fn append_alone(db: &Db, batch: &Batch) -> Appended {
    match try_append(db, batch).await {
        Ok(true) => Appended::Stored,
        Ok(false) => Appended::Behind,
        Err(error) => {
            warn!(%error, board = %batch.board, "edits could not be stored");
            // An error that the database itself sent is a no; anything else may have come after it stored them.
            if matches!(error, sqlx::Error::Database(_)) { Appended::Refused } else { Appended::Unknown }
        }
    }
}

async fn try_append(db: &Db, batch: &Batch) -> sqlx::Result<bool> {
    let mut tx = db.write().await?;
    let fits = store::append(&mut tx, batch).await?;
    tx.commit().await?;
    Ok(fits)
}
