//! A copy of an SQLite database that somebody may be writing to.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL makes its own.
    #[error("PostgreSQL is backed up by its own tool: pg_dump --format=custom --file=FILE DATABASE")]
    Postgres,
    /// The database is not there.
    #[error("there is no database at {0}")]
    NoDatabase(PathBuf),
    /// Something is there already; it is left alone.
    #[error("{0} is there already; a backup overwrites nothing")]
    Exists(PathBuf),
    /// The copy could not be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// Copies the SQLite database at `url` to `file`, as it is at one moment, while others go on writing. The copy is
/// complete, on the disk, and readable by its owner alone, or it is not there.
///
/// # Errors
///
/// When the database is PostgreSQL or not there, `file` is there already or cannot be written.
pub async fn backup(url: &str, file: &Path) -> Result<(), BackupError> {
    if super::is_postgres(url) {
        return Err(BackupError::Postgres);
    }
    let options = SqliteConnectOptions::from_str(url)?;
    let database = options.get_filename();
    if !database.is_file() {
        return Err(BackupError::NoDatabase(database.to_owned()));
    }
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let written = |source| BackupError::Write { path: file.to_owned(), source };
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    // SQLite writes into an empty file, and leaves its rights as they are.
    private(&partial).map_err(written)?;
    let copied = copy(options, &partial).await;
    let kept = copied.and_then(|()| keep(&partial, file).map_err(written));
    if kept.is_err() {
        let _ = fs::remove_file(&partial);
    }
    kept
}

async fn copy(options: SqliteConnectOptions, partial: &Path) -> Result<(), BackupError> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.create_if_missing(false)).await?;
    let path = partial.to_string_lossy();
    let copied = sqlx::query("vacuum into $1").bind(path.as_ref()).execute(&pool).await;
    pool.close().await;
    copied?;
    Ok(())
}

/// Puts the copy on the disk, then under its name.
fn keep(partial: &Path, file: &Path) -> std::io::Result<()> {
    File::open(partial)?.sync_all()?;
    fs::rename(partial, file)
}

/// An empty file that only its owner may read: a backup holds people's data, and the key of their links.
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map(drop)
}
