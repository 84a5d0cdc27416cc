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
            connections.push(options.clone().pragma("query_only", "on").connect().await?);
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

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, TryStreamExt};

    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    async fn readers() -> Readers {
        Readers::open(&"sqlite::memory:".parse().unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_query_given_up_halfway_leaves_the_connection_fit_for_the_next() {
        let readers = readers().await;
        let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000) select i from n";
        for seven in 7_i64..100 {
            let mut reader = readers.acquire(SOON).await.unwrap();
            let begun = sqlx::query_scalar::<_, i64>(many).fetch(&mut *reader).try_next().await.unwrap();
            assert_eq!(begun, Some(1));
            drop(reader);
            let mut reader = readers.acquire(SOON).await.unwrap();
            let not_waited_for = sqlx::query_scalar::<_, i64>(many).fetch_all(&mut *reader).now_or_never();
            assert!(not_waited_for.is_none());
            drop(reader);
            let mut reader = readers.acquire(SOON).await.unwrap();
            let asked = sqlx::query_scalar::<_, i64>("select $1").bind(seven).fetch_one(&mut *reader).await.unwrap();
            assert_eq!(asked, seven);
        }
    }

    #[tokio::test]
    async fn who_finds_every_reader_in_use_waits_for_one_and_is_told_when_none_comes() {
        let readers = readers().await;
        let mut taken = Vec::new();
        for _ in 0..COUNT {
            taken.push(readers.acquire(SOON).await.unwrap());
        }
        assert!(matches!(readers.acquire(SOON).await, Err(sqlx::Error::PoolTimedOut)));
        let (next, ()) = tokio::join!(readers.acquire(Duration::from_secs(60)), async { drop(taken.pop()) });
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn closing_waits_for_those_in_use_and_then_there_are_none() {
        let readers = readers().await;
        let reader = readers.acquire(SOON).await.unwrap();
        let mut closing = Box::pin(readers.close());
        assert!(timeout(SOON, &mut closing).await.is_err(), "one is in use");
        drop(reader);
        closing.await;
        assert!(matches!(readers.acquire(SOON).await, Err(sqlx::Error::PoolClosed)));
    }
}
