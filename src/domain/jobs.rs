//! Background work that features register: each has a `JOBS`, which the program starts.

use std::pin::Pin;
use std::time::Duration;

use super::Context;

/// One run of a job.
pub type Run<'a> = Pin<Box<dyn Future<Output = sqlx::Result<()>> + Send + 'a>>;

/// Work that is done again and again: what is due at each moment, so that a missed run loses nothing.
#[derive(Debug)]
pub struct Job {
    /// Its name in the log.
    pub name: &'static str,
    /// How often it runs.
    pub every: Duration,
    /// Does what is due.
    pub run: for<'a> fn(&'a Context) -> Run<'a>,
}
