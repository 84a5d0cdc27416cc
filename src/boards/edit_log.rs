//! Durable before visible: a batch of edits is on disk before it is shown or acknowledged.
//!
//! On SQLite the batches of all boards that wait are one transaction (`kernel::batch`), so that flushes to disk do not queue
//! behind each other. On PostgreSQL each board commits by itself and the server groups the flushes.

use tracing::warn;

use super::store::{self, Batch};
use db::Db;
use kernel::batch::{Answers, Batcher};
use kernel::id::BoardId;
use kernel::jobs::Jobs;

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
    /// Into one transaction with those of the other boards.
    Sqlite {
        /// The database.
        db: Db,
        /// Where commits run, so that a room that ends stops none.
        jobs: Jobs,
        /// The batches that wait: all of them form one group.
        waiting: Batcher<(), Batch, bool, sqlx::Error>,
    },
    /// Straight to the database.
    Postgres(Db),
}

impl EditLog {
    /// The log of this database.
    pub(super) fn open(db: &Db, jobs: &Jobs) -> Self {
        match db {
            Db::Postgres(..) => Self::Postgres(db.clone()),
            Db::Sqlite { .. } => Self::Sqlite { db: db.clone(), jobs: jobs.clone(), waiting: Batcher::default() },
        }
    }

    /// Appends a batch and waits until it is on disk.
    pub(super) async fn append(&self, batch: Batch) -> Appended {
        let board = batch.board;
        let fits = match self {
            Self::Postgres(db) => append(db, &batch).await,
            Self::Sqlite { db, jobs, waiting } => {
                let db = db.clone();
                waiting.decide(jobs, (), batch, move |batches| append_together(db.clone(), batches)).await
            }
        };
        outcome(board, fits)
    }
}

fn outcome(board: BoardId, fits: sqlx::Result<bool>) -> Appended {
    match fits {
        Ok(true) => Appended::Stored,
        Ok(false) => Appended::Behind,
        Err(error) => {
            warn!(%error, %board, "edits could not be stored");
            // An error that the database itself sent is a no; anything else may have come after it stored them.
            if matches!(error, sqlx::Error::Database(_)) { Appended::Refused } else { Appended::Unknown }
        }
    }
}

/// Appends the batches of several boards; says of each whether it fitted. An error means that none was stored.
async fn append_together(db: Db, batches: Vec<Batch>) -> sqlx::Result<Answers<bool, sqlx::Error>> {
    let mut tx = db.write().await?;
    let mut fits = Vec::with_capacity(batches.len());
    for batch in &batches {
        fits.push(Ok(store::append(&mut tx, batch).await?));
    }
    tx.commit().await?;
    Ok(fits)
}

async fn append(db: &Db, batch: &Batch) -> sqlx::Result<bool> {
    let mut tx = db.write().await?;
    let fits = store::append(&mut tx, batch).await?;
    tx.commit().await?;
    Ok(fits)
}
