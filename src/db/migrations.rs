//! Brings a database's schema up to date. Migrations that both engines read are in `migrations/shared`, the others in a
//! folder per engine; `migrations/README.md` says how to write one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

/// The table in which the driver records the applied migrations.
const TABLE: &str = "_sqlx_migrations";

/// Migrations for both engines, embedded.
static SHARED: Migrator = sqlx::migrate!("../../migrations/shared");

/// The migrations of SQLite, in order.
pub static SQLITE: LazyLock<Migrator> = LazyLock::new(|| merge(&SHARED, &sqlx::migrate!("../../migrations/sqlite")));

/// The migrations of PostgreSQL, in order.
pub static POSTGRES: LazyLock<Migrator> =
    LazyLock::new(|| merge(&SHARED, &sqlx::migrate!("../../migrations/postgres")));

/// Why the schema of a database cannot be used, or not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// It has migrations of a version that was never released.
    #[error(
        "its schema is older than version 0.1.0 and cannot be migrated; nothing was changed: \
         set PARCOURS_DATABASE_URL to a new database, or start the version that made this one"
    )]
    TooOld,
    /// It has a migration that this program does not know.
    #[error(
        "its schema (migration {0}) is newer than this program; nothing was changed: \
         start the version that migrated it or a later one, or restore a backup made before"
    )]
    TooNew(i64),
    /// A migration differs from the one that was applied.
    #[error(
        "its migration {0} differs from the one of this program; nothing was changed: start the version that migrated it"
    )]
    Changed(i64),
    /// Rows would point to rows that are gone.
    #[error("migration {version} would leave {rows} rows that refer to missing rows, and was rolled back")]
    Dangling {
        /// Which migration.
        version: i64,
        /// How many rows.
        rows: usize,
    },
    /// The driver or the database failed.
    #[error(transparent)]
    Failed(#[from] MigrateError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// Both sets in one order.
fn merge(shared: &Migrator, own: &Migrator) -> Migrator {
    Migrator::with_migrations(shared.iter().chain(own.iter()).cloned().collect())
}

/// Refuses a schema that this program cannot bring up to date.
fn compare(applied: &[AppliedMigration], known: &Migrator) -> Result<(), SchemaError> {
    let checksums: BTreeMap<i64, &[u8]> = known.iter().map(|one| (one.version, &*one.checksum)).collect();
    for one in applied {
        match checksums.get(&one.version) {
            Some(checksum) if **checksum == *one.checksum => {}
            // The first migration of every release is the same: another one was made before the first release.
            Some(_) if one.version == 1 => return Err(SchemaError::TooOld),
            Some(_) => return Err(SchemaError::Changed(one.version)),
            None => return Err(SchemaError::TooNew(one.version)),
        }
    }
    Ok(())
}

/// Refuses an SQLite file whose schema this program cannot bring up to date, without writing to it.
///
/// # Errors
///
/// When the schema is too old, too new or changed, or the file cannot be read.
pub async fn check_sqlite(file: &Path, known: &Migrator) -> Result<(), SchemaError> {
    if !is_file(file) {
        return Ok(());
    }
    // Without the pragmas of the other connections, some of which write.
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).read_only(true);
    let mut connection = options.connect().await?;
    let table = "select count(*) from sqlite_schema where type = 'table' and name = $1";
    let found: i64 = sqlx::query_scalar(table).bind(TABLE).fetch_one(&mut connection).await?;
    let applied = if found == 0 { Vec::new() } else { connection.list_applied_migrations(TABLE).await? };
    connection.close().await?;
    compare(&applied, known)
}

/// A file with something in it: SQLite makes a database of an empty one.
fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// Applies the migrations that an SQLite file lacks, over a connection of its own on which foreign keys are off: with
/// them on, dropping a table to rebuild it deletes the rows that refer to it. Each migration is a transaction, and is
/// rolled back when a row would refer to a missing row.
///
/// # Errors
///
/// When a migration fails; those before it stay.
pub async fn migrate_sqlite(options: &SqliteConnectOptions, known: &Migrator) -> Result<(), SchemaError> {
    let mut connection = options.clone().foreign_keys(false).connect().await?;
    let migrated = apply_all(&mut connection, known).await;
    connection.close().await?;
    migrated
}

async fn apply_all(connection: &mut SqliteConnection, known: &Migrator) -> Result<(), SchemaError> {
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.list_applied_migrations(TABLE).await?;
    let is_missing = |next: &&Migration| applied.iter().all(|one| one.version != next.version);
    for migration in known.iter().filter(is_missing) {
        apply(connection, migration, known).await?;
    }
    Ok(())
}

async fn apply(connection: &mut SqliteConnection, next: &Migration, known: &Migrator) -> Result<(), SchemaError> {
    // Takes the write lock first: another process may have applied it meanwhile.
    let mut tx = connection.begin_with("begin immediate").await?;
    let applied = tx.list_applied_migrations(TABLE).await?;
    compare(&applied, known)?;
    if applied.iter().any(|one| one.version == next.version) {
        return Ok(tx.rollback().await?);
    }
    tx.execute(sqlx::raw_sql(next.sql.clone()))
        .await
        .map_err(|error| MigrateError::ExecuteMigration(error, next.version))?;
    let dangling = tx.fetch_all("pragma foreign_key_check").await?;
    if !dangling.is_empty() {
        tx.rollback().await?;
        return Err(SchemaError::Dangling { version: next.version, rows: dangling.len() });
    }
    // Records it without running it a second time.
    tx.skip(TABLE, next).await?;
    Ok(tx.commit().await?)
}

/// Applies the migrations that a PostgreSQL database lacks, each in a transaction; nodes that start at the same time wait
/// for each other.
///
/// # Errors
///
/// When the schema is too old, too new or changed, or a migration fails; those before it stay.
pub async fn migrate_postgres(connection: &mut PgConnection, known: &Migrator) -> Result<(), SchemaError> {
    let table = "select to_regclass($1) is not null";
    let found: bool = sqlx::query_scalar(table).bind(TABLE).fetch_one(&mut *connection).await?;
    if found {
        compare(&connection.list_applied_migrations(TABLE).await?, known)?;
    }
    // Not `run`: its type of connection makes the future of `Db::open` impossible to send to another thread.
    Ok(known.run_direct(None, connection, false).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_stands_once_per_engine_and_both_engines_have_the_same() {
        let versions = |migrator: &Migrator| migrator.iter().map(|one| one.version).collect::<Vec<_>>();
        let sqlite = versions(&SQLITE);
        let all: Vec<i64> = (1..).take(sqlite.len()).collect();
        assert!(!sqlite.is_empty());
        assert_eq!(sqlite, all, "no version is missing, none stands twice");
        assert_eq!(versions(&POSTGRES), all);
    }
}
