//! Connections in use: [`ReadConn`] reads, [`WriteTx`] writes. A function that writes takes a `WriteTx`; one that reads takes a
//! `ReadConn`, which a `WriteTx` is too.

use std::ops::{Deref, DerefMut};

use deadpool::unmanaged::Object;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgTransactionManager, Postgres};
use sqlx::sqlite::{Sqlite, SqliteTransactionManager};
use sqlx::{PgConnection, SqlSafeStr, SqliteConnection, Transaction};
use sqlx_core::transaction::TransactionManager;

use super::change_events::{ChangeEvent, Pending};

/// A connection that reads: one statement ([`Db::read`](crate::Db::read)), or several that see the database at one instant
/// ([`Db::snapshot`](crate::Db::snapshot)).
#[derive(Debug)]
pub struct ReadConn {
    link: Link,
    /// Statements that may still run; none: any number. Checked where debug assertions are, as in every test.
    left: Option<u32>,
}

/// What a [`ReadConn`] holds.
#[derive(Debug)]
pub(super) enum Link {
    /// One of SQLite's readers.
    SqliteReader(Object<SqliteConnection>),
    /// One of SQLite's readers, in a transaction.
    SqliteSnapshot(SqliteSnapshot),
    /// SQLite's writer, in a transaction.
    SqliteTx(Transaction<'static, Sqlite>),
    /// SQLite's writer, without a transaction.
    SqliteWriter(PoolConnection<Sqlite>),
    /// PostgreSQL, without a transaction.
    Postgres(PoolConnection<Postgres>),
    /// PostgreSQL, in a transaction.
    PostgresTx(PostgresTx),
}

/// A reader of SQLite in a transaction, which ends when this is dropped: an open one would keep the log from shrinking.
#[derive(Debug)]
pub(super) struct SqliteSnapshot(Object<SqliteConnection>);

impl SqliteSnapshot {
    pub(super) async fn begin(reader: Object<SqliteConnection>) -> sqlx::Result<Self> {
        // First: given up while it waits, it must end too.
        let mut snapshot = Self(reader);
        SqliteTransactionManager::begin(&mut snapshot.0, None).await?;
        Ok(snapshot)
    }
}

impl Drop for SqliteSnapshot {
    fn drop(&mut self) {
        SqliteTransactionManager::start_rollback(&mut self.0);
    }
}

/// A transaction of PostgreSQL, which rolls back when this is dropped. One of sqlx that is given up while it begins leaves its
/// connection in the transaction: whoever took that connection next could not write, or read an old state.
#[derive(Debug)]
pub(super) struct PostgresTx {
    conn: PoolConnection<Postgres>,
    begun: bool,
}

impl PostgresTx {
    pub(super) async fn begin(conn: PoolConnection<Postgres>, statement: &'static str) -> sqlx::Result<Self> {
        let mut transaction = Self { conn, begun: false };
        PgTransactionManager::begin(&mut transaction.conn, Some(statement.into_sql_str())).await?;
        transaction.begun = true;
        Ok(transaction)
    }

    async fn commit(mut self) -> sqlx::Result<()> {
        PgTransactionManager::commit(&mut self.conn).await
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        if self.begun {
            PgTransactionManager::start_rollback(&mut self.conn);
        } else {
            self.conn.close_on_drop();
        }
    }
}

/// The connection to whichever engine it is, for [`dispatch!`](crate::dispatch).
#[derive(Debug)]
pub enum Engine<'conn> {
    /// SQLite.
    Sqlite(&'conn mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'conn mut PgConnection),
}

impl ReadConn {
    /// For any number of statements.
    pub(super) fn many(link: Link) -> Self {
        Self { link, left: None }
    }

    /// For one statement.
    pub(super) fn one(link: Link) -> Self {
        Self { link, left: Some(1) }
    }

    /// The engine's connection, for one statement.
    ///
    /// # Panics
    ///
    /// In builds with debug assertions, when a second statement is run on a connection that was asked for one: the two might
    /// see different states of the database.
    pub fn engine(&mut self) -> Engine<'_> {
        #[cfg(debug_assertions)]
        work::count(1, 0);
        if let Some(left) = &mut self.left {
            debug_assert!(*left > 0, "several statements need Db::snapshot");
            *left = left.saturating_sub(1);
        }
        match &mut self.link {
            Link::SqliteReader(reader) => Engine::Sqlite(reader),
            Link::SqliteSnapshot(snapshot) => Engine::Sqlite(&mut snapshot.0),
            Link::SqliteTx(transaction) => Engine::Sqlite(transaction),
            Link::SqliteWriter(writer) => Engine::Sqlite(writer),
            Link::Postgres(connection) => Engine::Postgres(connection),
            Link::PostgresTx(transaction) => Engine::Postgres(&mut transaction.conn),
        }
    }

    /// Allows one statement more, which need not agree with the one before: for hot paths, where taking a connection costs as
    /// much as a short query.
    pub fn one_more(&mut self) -> &mut Self {
        self.left = self.left.map(|left| left + 1);
        self
    }
}

/// A transaction that writes; it rolls back unless committed.
#[derive(Debug)]
pub struct WriteTx {
    conn: ReadConn,
    pending: Pending,
}

impl WriteTx {
    pub(super) fn new(link: Link, pending: Pending) -> Self {
        Self { conn: ReadConn::many(link), pending }
    }

    /// Makes what was written durable, and then passes on the events that were emitted.
    ///
    /// # Errors
    ///
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> sqlx::Result<()> {
        #[cfg(debug_assertions)]
        work::count(0, 1);
        match self.conn.link {
            Link::SqliteTx(transaction) => transaction.commit().await?,
            Link::PostgresTx(transaction) => transaction.commit().await?,
            // Each statement was a transaction of its own.
            _ => {}
        }
        self.pending.notify();
        Ok(())
    }

    /// Tells the listener of this process of a change, once this transaction is committed.
    pub fn emit(&mut self, event: ChangeEvent) {
        self.pending.add(event);
    }
}

impl Deref for WriteTx {
    type Target = ReadConn;
    fn deref(&self) -> &ReadConn {
        &self.conn
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadConn {
        &mut self.conn
    }
}

/// What one thread asked of databases: tests compare what two ways cost. Only counted where debug assertions are.
#[cfg(debug_assertions)]
pub mod work {
    use std::cell::Cell;

    thread_local! {
        static DONE: Cell<Work> = const { Cell::new(Work { statements: 0, commits: 0 }) };
    }

    /// Statements and commits.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Work {
        /// Statements that were run.
        pub statements: u64,
        /// Transactions that were committed.
        pub commits: u64,
    }

    pub(super) fn count(statements: u64, commits: u64) {
        DONE.with(|done| {
            let before = done.get();
            done.set(Work { statements: before.statements + statements, commits: before.commits + commits });
        });
    }

    /// What this thread asked for since it was last asked.
    #[must_use]
    pub fn taken() -> Work {
        DONE.with(|done| done.replace(Work { statements: 0, commits: 0 }))
    }
}
