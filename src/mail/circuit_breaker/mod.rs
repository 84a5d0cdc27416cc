//! The whole queue pauses when the mail server cannot be reached or does not let us in. The pause is in the database, so
//! that every process knows of it and shows it; how long to wait, each counts for itself, from when it failed itself.

mod store;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use db::{Db, ReadConn};
use kernel::clock::Timestamp;

use store::PauseRow;

/// The longest pause: a server that is back is noticed within a minute.
const LONGEST: Duration = Duration::from_secs(60);

/// How the sending of letters is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Letters go.
    Fine,
    /// There is no mail server in the settings: letters stay in the outbox.
    Held,
    /// The mail server cannot be reached or does not let us in. No letter is lost; sending goes on by itself.
    Paused {
        /// Since when.
        since: Timestamp,
        /// What the mail server, or the network, said.
        reason: String,
    },
}

/// What one process knows of the pause; shared by its workers.
#[derive(Debug, Default)]
pub struct CircuitBreaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether this process failed itself since the pause began. Until then it tries: others may have other settings.
    has_failed: bool,
    paused: Option<Paused>,
}

#[derive(Debug, Clone, Copy)]
struct Paused {
    tries: i64,
    until: Instant,
}

/// A second after the first failure, twice as long after each one more.
fn length(tries: i64) -> Duration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(6);
    Duration::from_secs(1 << doublings).min(LONGEST)
}

impl State {
    /// Takes over what the database says.
    fn learn(&mut self, row: Option<&PauseRow>, now: Instant) {
        self.has_failed &= row.is_some();
        let wait = |tries| if self.has_failed { length(tries) } else { Duration::ZERO };
        self.paused = row.map(|row| match self.paused {
            Some(known) if known.tries == row.tries => known,
            _ => Paused { tries: row.tries, until: now + wait(row.tries) },
        });
    }
}

/// The pause, if there is one, as organisers see it: since when, and why.
pub(super) async fn found(tx: &mut ReadConn) -> sqlx::Result<Option<store::PauseRow>> {
    store::find(tx).await
}

impl CircuitBreaker {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether another process paused the queue, or lifted the pause. Returns whether letters may be tried.
    pub async fn look(&self, db: &Db) -> sqlx::Result<bool> {
        let row = store::find(&mut db.read().await?).await?;
        let now = Instant::now();
        let mut state = self.state();
        state.learn(row.as_ref(), now);
        Ok(state.paused.is_none_or(|paused| paused.until <= now))
    }

    /// The mail server was of no use.
    pub async fn begin(&self, db: &Db, reason: &str, now: Timestamp) -> sqlx::Result<()> {
        let known = self.state().paused;
        // Workers fail together: that is one failure.
        if known.is_some_and(|paused| Instant::now() < paused.until) {
            return Ok(());
        }
        let tries = known.map_or(1, |paused| paused.tries + 1);
        let mut tx = db.write().await?;
        store::put(&mut tx, &PauseRow { since: now, reason: reason.to_owned(), tries }).await?;
        let row = store::find(&mut tx).await?;
        tx.commit().await?;
        if known.is_none() {
            warn!(reason, "letters wait: the mail server is of no use");
        }
        let mut state = self.state();
        state.has_failed = true;
        state.learn(row.as_ref(), Instant::now());
        Ok(())
    }

    /// The mail server let us in.
    pub async fn end(&self, db: &Db) -> sqlx::Result<()> {
        if self.state().paused.is_none() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        store::lift(&mut tx).await?;
        tx.commit().await?;
        self.state().paused = None;
        info!("letters go again");
        Ok(())
    }

    /// When this process tries again; `None` when nothing is wrong as far as it knows.
    pub fn until(&self) -> Option<Instant> {
        self.state().paused.map(|paused| paused.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tries: i64) -> PauseRow {
        PauseRow { since: Timestamp::from_millis(5), reason: "535 bad password".into(), tries }
    }

    #[test]
    fn pauses_grow_to_a_minute() {
        let lengths: Vec<_> = (1..=8).map(|tries| length(tries).as_secs()).collect();
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_process_waits_once_it_failed_itself_from_when_it_hears() {
        let (mut state, now) = (State::default(), Instant::now());
        for tries in [7, 8] {
            state.learn(Some(&row(tries)), now);
            assert_eq!(state.paused.unwrap().until, now, "the others may have another password");
        }
        state.has_failed = true;
        state.learn(Some(&row(9)), now);
        let until = state.paused.unwrap().until;
        assert_eq!(until, now + LONGEST);
        state.learn(Some(&row(9)), now + Duration::from_secs(5));
        assert_eq!(state.paused.unwrap().until, until, "the same pause");
        state.learn(None, now);
        assert!(state.paused.is_none() && !state.has_failed);
    }
}
