//! The two databases behind one face: SQLite (the embedded default) and PostgreSQL.
//!
//! [`Db::write`] opens a transaction that takes the write lock at once on SQLite, where writers of one
//! process queue in arrival order. [`Db::read`] gives a connection for one statement, [`Db::snapshot`] one whose statements
//! see the same state. `dispatch!` runs one query on whichever
//! engine it is. The dialect that both share is described in `migrations/README.md`.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod backup;
mod change_events;
mod connection;
pub mod migrations;
mod readers;
mod retry;
mod server_lock;
pub mod settings;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Database, Encode, PgConnection, PgPool, QueryBuilder, SqlitePool, Type};

use change_events::{Listeners, Pending};
use connection::{Link, PostgresTx, SqliteSnapshot};
use kernel::clock::Timestamp;
use readers::Readers;

pub use change_events::ChangeEvent;
#[cfg(debug_assertions)]
pub use connection::work;
pub use connection::{Engine, ReadConn, WriteTx};

pub use backup::{BackupError, backup};
pub use migrations::SchemaError;
pub use retry::{Transient, with_retry};
pub use server_lock::{LockError, ServerLock, lock_for_server};

/// How long a request waits for a connection before it is told that the service is overloaded.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

/// A connection to PostgreSQL that has answered within this time is taken to be there still.
const SURE_FOR: Duration = Duration::from_millis(100);

/// How long SQLite waits for the write lock of another process (`parcours import` beside a server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// An SQLite file, by its readers and its one writer.
    Sqlite {
        /// Connections that only read.
        readers: Readers,
        /// The connection that writes; those who wait for it are served in order.
        writer: SqlitePool,
        /// Who is told of what commits touched.
        listeners: Listeners,
    },
    /// A PostgreSQL database, possibly shared by several nodes, and who is told of what commits touched.
    Postgres(PgPool, Listeners),
}

/// Runs one query on whichever engine a [`ReadConn`] or a [`WriteTx`] is on:
/// `dispatch!(tx, |conn| sqlx::query_as(…).bind(…).fetch_one(conn).await)`.
#[macro_export]
macro_rules! dispatch {
    ($tx:expr, |$conn:ident| $query:expr) => {
        match $tx.engine() {
            $crate::Engine::Sqlite($conn) => $query,
            $crate::Engine::Postgres($conn) => $query,
        }
    };
}

/// Pushes a list of values in parentheses, for `in`; at least one. Both engines take some ten thousand.
pub fn push_list<'a, DB, T>(query: &mut QueryBuilder<DB>, values: impl IntoIterator<Item = T>)
where
    DB: Database,
    T: Encode<'a, DB> + Type<DB> + 'a,
{
    query.push("(");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// Whether a URL names a PostgreSQL database.
fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// How connections to the SQLite file at `url` are opened.
///
/// # Errors
///
/// When the URL cannot be understood.
pub fn sqlite_options(url: &str) -> sqlx::Result<SqliteConnectOptions> {
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What anyone has been shown survives a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", "-4000"))
}

impl Db {
    /// Opens the database at `url` (`sqlite://parcours.db`, `postgres://…`), creating an SQLite file that
    /// is not there, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// When the URL cannot be understood, the database cannot be reached, or its schema cannot be migrated.
    pub async fn open(url: &str, max_connections: u32) -> Result<Self, SchemaError> {
        if is_postgres(url) {
            // The pool would retry a refused connection until its time-out; a wrong URL is better told at once.
            let mut connection = PgConnection::connect(url).await?;
            let migrated = migrations::migrate_postgres(&mut connection, &migrations::POSTGRES).await;
            connection.close().await?;
            migrated?;
            let pool = PgPoolOptions::new()
                .max_connections(max_connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                // Asking each time whether the server still answers would cost a round trip as long as a short query.
                .test_before_acquire(false)
                .before_acquire(|connection, last| {
                    Box::pin(async move {
                        if last.idle_for >= SURE_FOR {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect(url)
                .await?;
            return Ok(Self::Postgres(pool, Listeners::default()));
        }
        let options = sqlite_options(url)?;
        migrations::check_sqlite(options.get_filename(), &migrations::SQLITE).await?;
        migrations::migrate_sqlite(&options, &migrations::SQLITE).await?;
        // A file does not hang up: asking a connection whether it still works would cost as much as a short query.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone())
            .await?;
        let readers = Readers::open(&options).await?;
        Ok(Self::Sqlite { readers, writer, listeners: Listeners::default() })
    }

    /// A connection for one statement that reads.
    ///
    /// # Errors
    ///
    /// When no connection can be had in time.
    pub async fn read(&self) -> sqlx::Result<ReadConn> {
        Ok(ReadConn::one(match self {
            Self::Sqlite { readers, .. } => Link::SqliteReader(readers.acquire(ACQUIRE_TIMEOUT).await?),
            Self::Postgres(pool, _) => Link::Postgres(pool.acquire().await?),
        }))
    }

    /// A connection for statements that read the database as it is at one instant.
    ///
    /// # Errors
    ///
    /// When no connection can be had in time.
    pub async fn snapshot(&self) -> sqlx::Result<ReadConn> {
        Ok(ReadConn::many(match self {
            Self::Sqlite { readers, .. } => {
                Link::SqliteSnapshot(SqliteSnapshot::begin(readers.acquire(ACQUIRE_TIMEOUT).await?).await?)
            }
            Self::Postgres(pool, _) => {
                let statement = "begin isolation level repeatable read read only";
                Link::PostgresTx(PostgresTx::begin(pool.acquire().await?, statement).await?)
            }
        }))
    }

    /// A transaction to write in; it rolls back unless [`WriteTx::commit`] is called.
    ///
    /// # Errors
    ///
    /// When no connection, or on SQLite the write lock, can be had in time.
    pub async fn write(&self) -> sqlx::Result<WriteTx> {
        Ok(match self {
            // A deferred transaction that reads first cannot always become a writer: 150 of 200 failed.
            Self::Sqlite { writer, listeners, .. } => {
                WriteTx::new(Link::SqliteTx(writer.begin_with("begin immediate").await?), Pending::new(listeners))
            }
            Self::Postgres(pool, listeners) => {
                let transaction = PostgresTx::begin(pool.acquire().await?, "begin").await?;
                WriteTx::new(Link::PostgresTx(transaction), Pending::new(listeners))
            }
        })
    }

    /// A connection to write with by one statement, which is a transaction of its own: durable once it returns. What it
    /// emits is passed on only by [`WriteTx::commit`].
    ///
    /// # Errors
    ///
    /// When no connection can be had in time.
    pub async fn write_alone(&self) -> sqlx::Result<WriteTx> {
        Ok(match self {
            Self::Sqlite { writer, listeners, .. } => {
                WriteTx::new(Link::SqliteWriter(writer.acquire().await?), Pending::new(listeners))
            }
            Self::Postgres(pool, listeners) => {
                WriteTx::new(Link::Postgres(pool.acquire().await?), Pending::new(listeners))
            }
        })
    }

    /// Sets the listener of this process, called after each commit that changed something.
    pub fn listen(&self, listener: impl Fn(&[ChangeEvent]) + Send + Sync + 'static) {
        match self {
            Self::Sqlite { listeners, .. } | Self::Postgres(_, listeners) => listeners.listen(listener),
        }
    }

    /// What the database's own clock shows: for comparing, never for deciding.
    pub async fn clock(&self) -> sqlx::Result<Timestamp> {
        let millis: i64 = match self {
            // The engines share no function for the time.
            Self::Sqlite { readers, .. } => {
                let mut reader = readers.acquire(ACQUIRE_TIMEOUT).await?;
                let now = "select cast(unixepoch('subsec') * 1000 as integer)";
                sqlx::query_scalar(now).fetch_one(&mut *reader).await?
            }
            Self::Postgres(pool, _) => {
                sqlx::query_scalar("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)")
                    .fetch_one(pool)
                    .await?
            }
        };
        Ok(Timestamp::from_millis(millis))
    }

    /// Closes every connection, after those in use are given back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}
