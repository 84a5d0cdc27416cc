//! The processes that serve one database, and the minor version of the messages that each of them knows. Every node applies
//! edits itself, so an edit is accepted only while every running node can apply it: during an upgrade, none of a new kind.

mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tracing::warn;
use uuid::Uuid;

use board_model::protocol::VERSION;
use db::Db;
use kernel::clock::Timestamp;

/// How often a node says that it runs, and looks which others do. A node of an earlier version that starts is known to the
/// others after this.
pub const REPORT_EVERY: Duration = Duration::from_secs(20);
/// A node that has not reported for so long does not count: it reports three times in between. Clocks of nodes may differ by
/// much less than this.
const GONE_AFTER: Duration = Duration::from_secs(60);
/// Rows of nodes that ended without deleting theirs are deleted after this.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3600);

/// This node among those that run. What it knows of the others is as old as its last report, so that no edit waits for a
/// question to the database.
#[derive(Debug)]
pub(super) struct NodeRegistry {
    id: Uuid,
    lowest_minor: AtomicI64,
    /// Whether this node has ended. Held while its row is written, so that no report in flight writes it again afterwards.
    ended: Mutex<bool>,
}

impl NodeRegistry {
    /// A node that has not reported yet: until then it takes only edits that every node of this major can apply.
    pub(super) fn new() -> Self {
        Self { id: Uuid::new_v4(), lowest_minor: AtomicI64::new(0), ended: Mutex::new(false) }
    }

    /// Whether every node that runs can apply an edit of this minor version.
    pub(super) fn all_read(&self, minor: u16) -> bool {
        i64::from(minor) <= self.lowest_minor.load(Ordering::Relaxed)
    }

    /// Says that this node runs, and looks which others do. While that fails, only edits that every node can apply are taken.
    pub(super) async fn report(&self, db: &Db, now: Timestamp) -> sqlx::Result<()> {
        let ended = self.ended.lock().await;
        if *ended {
            return Ok(());
        }
        match self.try_report(db, now).await {
            Ok(lowest) => {
                self.lowest_minor.store(lowest, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.lowest_minor.fetch_min(0, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    async fn try_report(&self, db: &Db, now: Timestamp) -> sqlx::Result<i64> {
        let own = i64::from(VERSION.minor);
        let mut tx = db.write().await?;
        store::put(&mut tx, self.id, own, now).await?;
        store::forget(&mut tx, now - FORGOTTEN_AFTER).await?;
        let lowest = store::lowest_minor(&mut tx, now - GONE_AFTER).await?;
        tx.commit().await?;
        Ok(lowest.map_or(own, |lowest| lowest.min(own)))
    }

    /// This node ends. One that does not say so is counted for a minute more.
    pub(super) async fn leave(&self, db: &Db) {
        *self.ended.lock().await = true;
        let left = async {
            let mut tx = db.write().await?;
            store::delete(&mut tx, self.id).await?;
            tx.commit().await
        };
        if let Err(error) = left.await {
            warn!(%error, "this node is counted as running for a minute more");
        }
    }
}
