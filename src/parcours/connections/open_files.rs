//! How many files the process may have open, and how many of them connections may be.

use rustix::process::{Resource, getrlimit, setrlimit};
use tracing::debug;

/// Kept for the database, letters and calendars that are fetched, at least.
const RESERVE: u64 = 64;

/// More connections than one process can serve well.
const MOST: u64 = 100_000;

/// Asks the system for as many open files as it grants, and says how many connections fit.
pub(super) fn room_for_connections() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    // Most systems start programs with 1,024, for the sake of `select`, which nothing here uses.
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        debug!(%error, "the limit of open files stays as it is");
        limit.current = before;
    }
    room(limit.current.unwrap_or(MOST))
}

/// How many connections fit into so many open files: an eighth is kept for everything else, and never all of it.
fn room(files: u64) -> usize {
    let reserve = RESERVE.max(files / 8).min(files / 2);
    usize::try_from((files - reserve).clamp(1, MOST)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_database() {
        assert_eq!(room(512), 448);
        assert_eq!(room(1024), 896);
        assert_eq!(room(16), 8);
        assert_eq!(room(u64::MAX), 100_000);
    }
}
