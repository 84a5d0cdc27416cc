//! A lock beside an SQLite file, so that one process serves it: a second one would not see what the first one's boards
//! hold in memory. Commands that only read or write the database do not take it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;

/// The lock of a server; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServerLock(#[expect(dead_code, reason = "the open file is the lock")] Option<File>);

/// Why a server may not start.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process serves the file.
    #[error("another parcours serves {0} already: stop it first, or give this one a database of its own")]
    Taken(PathBuf),
    /// The lock file cannot be made.
    #[error("{path} cannot be locked: {source}")]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The URL cannot be read.
    #[error(transparent)]
    Url(#[from] sqlx::Error),
}

/// Takes the lock of the database at `url`; PostgreSQL, which several nodes share, and a database in memory need none.
///
/// # Errors
///
/// When another process has it, or the lock file cannot be made.
pub fn lock_for_server(url: &str) -> Result<ServerLock, LockError> {
    if super::is_postgres(url) || url.contains(":memory:") || url.contains("mode=memory") {
        return Ok(ServerLock(None));
    }
    let options = SqliteConnectOptions::from_str(url)?;
    // A link to the file is the same database.
    let database = options.get_filename();
    let database = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut path = database.clone().into_os_string();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |source| LockError::File { path: path.clone(), source };
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(ServerLock(Some(file))),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken(database)),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
