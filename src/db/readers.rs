//! SQLite's reading connections. sqlx's own pool starts a task and asks the connection whether it still works whenever one is
//! given back, which costs as much as a short query; here it is put back, and the last one is the next that is taken.

use std::time::Duration;

use deadpool::unmanaged::{Object, Pool, PoolError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::time::timeout;

/// Readers run beside the writer in WAL mode; more than the cores serves those who wait for a long query.
const COUNT: usize = 4;

/// The reading connections of an SQLite file; cheap to clone.
#[derive(Debug, Clone)]
pub struct Readers(Pool<SqliteConnection>);

impl Readers {
    pub(super) async fn open(options: &SqliteConnectOptions) -> sqlx::Result<Self> {
        let mut connections = Vec::with_capacity(COUNT);
        for _ in 0..COUNT {
            connections.push(options.connect().await?);
        }
        Ok(Self(connections.into()))
    }

    pub(super) async fn acquire(&self, within: Duration) -> sqlx::Result<Object<SqliteConnection>> {
        match timeout(within, self.0.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(PoolError::Closed | PoolError::NoRuntimeSpecified)) => Err(sqlx::Error::PoolClosed),
            Ok(Err(PoolError::Timeout)) | Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// Closes them all, after those in use are given back.
    pub(super) async fn close(&self) {
        for _ in 0..COUNT {
            let Ok(connection) = self.0.get().await else { return };
            // It only read: nothing is lost with it.
            let _ = Object::take(connection).close().await;
        }
        self.0.close();
    }
}
