//! The whole queue pauses when the mail server cannot be reached or does not let us in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use crate::clock::Timestamp;

/// The first pause; each one after it is twice as long.
const FIRST: Duration = Duration::from_secs(1);

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

/// Shared by the workers of one process.
#[derive(Debug, Default)]
pub struct Pause(Mutex<Option<Paused>>);

#[derive(Debug)]
struct Paused {
    since: Timestamp,
    reason: String,
    length: Duration,
    until: Instant,
}

impl Pause {
    /// The mail server was of no use, at `now` on the clock and at `instant` for waiting.
    pub fn begin(&self, reason: String, now: Timestamp, instant: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.as_mut() {
            // Workers fail together: that is one failure.
            Some(paused) if instant < paused.until => {}
            Some(paused) => {
                paused.length = (paused.length * 2).min(LONGEST);
                paused.until = instant + paused.length;
                paused.reason = reason;
            }
            None => {
                warn!(%reason, "letters wait: the mail server is of no use");
                *state = Some(Paused { since: now, reason, length: FIRST, until: instant + FIRST });
            }
        }
    }

    /// The mail server let us in.
    pub fn end(&self) {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            info!("letters go again");
        }
    }

    /// When to try again; `None` when nothing is wrong.
    pub fn until(&self) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|paused| paused.until)
    }

    /// How the sending of letters is.
    pub fn health(&self) -> Health {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(paused) => Health::Paused { since: paused.since, reason: paused.reason.clone() },
            None => Health::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(5);

    #[test]
    fn pauses_grow_to_a_minute_and_workers_that_fail_together_count_once() {
        let pause = Pause::default();
        let mut instant = Instant::now();
        let mut lengths = Vec::new();
        for _ in 0..8 {
            for _worker in 0..4 {
                pause.begin("refused".into(), NOW, instant);
            }
            let until = pause.until().unwrap();
            lengths.push((until - instant).as_secs());
            instant = until;
        }
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_pause_is_visible_until_the_server_lets_us_in() {
        let pause = Pause::default();
        assert_eq!(pause.health(), Health::Fine);
        pause.begin("535 bad password".into(), NOW, Instant::now());
        assert_eq!(pause.health(), Health::Paused { since: NOW, reason: "535 bad password".into() });
        pause.end();
        assert_eq!(pause.health(), Health::Fine);
    }
}
