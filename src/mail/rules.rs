//! What becomes of a letter after a try to send it.

use std::time::Duration;

use kernel::clock::Timestamp;
use kernel::id::LetterId;

/// Waits after the first, second… failed try; the last one again and again, until the letter is given up.
const WAITS_MINUTES: [u64; 5] = [1, 5, 15, 60, 240];

/// Given up after so many tries: 1 + 5 + 15 + 60 + 5 × 240 minutes are 21 hours, and four more would be over a day. Tries
/// are counted and not hours, so that a pause of the whole queue costs no letter anything.
const MOST_TRIES: u32 = 10;

/// What came of one try. Reasons are for organisers to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The mail server took it over.
    Sent,
    /// Not now: a 4xx answer, a connection lost half-way.
    NotNow(String),
    /// Never: a 5xx answer about this recipient or this text.
    Never(String),
    /// It has nothing to do with this letter: the mail server cannot be reached, or does not let us in.
    Blocked(String),
}

/// What to write into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Done.
    Sent,
    /// Tried again then; this try counts.
    RetryAt(Timestamp, String),
    /// Back into the queue as if it had not been tried; the whole queue pauses.
    Release(String),
    /// Given up.
    Failed(String),
}

/// Decides on a letter that had failed `attempts` times before this try, and is worthless after `expires_at`. It is given
/// up after a day of tries, or then.
pub fn after(outcome: SendOutcome, id: LetterId, attempts: u32, now: Timestamp, expires_at: Timestamp) -> Next {
    match outcome {
        SendOutcome::Sent => Next::Sent,
        SendOutcome::Never(reason) => Next::Failed(reason),
        SendOutcome::Blocked(reason) => Next::Release(reason),
        SendOutcome::NotNow(reason) => {
            let retry_at = now + wait(id, attempts);
            let worth_it = attempts.saturating_add(1) < MOST_TRIES && retry_at < expires_at;
            if worth_it { Next::RetryAt(retry_at, reason) } else { Next::Failed(reason) }
        }
    }
}

/// The wait after the failed try number `attempts` (from zero), ±20 % so that letters refused together
/// do not come back together.
fn wait(id: LetterId, attempts: u32) -> Duration {
    let index = usize::try_from(attempts).unwrap_or(usize::MAX).min(WAITS_MINUTES.len() - 1);
    let spread = (id.0.as_u128() ^ (id.0.as_u128() >> 64)).wrapping_add(u128::from(attempts) * 7919) % 401;
    let permille = 800 + u64::try_from(spread).unwrap_or(200);
    Duration::from_millis(WAITS_MINUTES[index] * 60 * permille)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn retry(id: u128, attempts: u32) -> Duration {
        let refused = SendOutcome::NotNow("450 later".into());
        match after(refused, LetterId(Uuid::from_u128(id)), attempts, NOW, NOW + DAY) {
            Next::RetryAt(at, _) => at.since(NOW),
            next => panic!("{next:?}"),
        }
    }

    #[test]
    fn waits_grow_from_a_minute_to_four_hours_give_or_take_a_fifth() {
        for (attempts, minutes) in [(0, 1), (1, 5), (2, 15), (3, 60), (4, 240), (5, 240), (8, 240)] {
            for id in 0..1000 {
                let wait = retry(id * 0x0123_4567_89ab, attempts).as_secs_f64() / 60.0 / f64::from(minutes);
                assert!((0.8..=1.2).contains(&wait), "{wait} × {minutes} min");
            }
        }
    }

    #[test]
    fn letters_refused_together_do_not_come_back_together() {
        let waits: std::collections::BTreeSet<_> = (0..100).map(|id| retry(id, 0)).collect();
        assert!(waits.len() > 50, "{} different waits", waits.len());
    }

    #[test]
    fn a_letter_that_is_refused_for_a_day_is_given_up() {
        let month = NOW + DAY * 30;
        for id in 0..100 {
            let (mut at, mut attempts) = (NOW, 0);
            loop {
                let refused = SendOutcome::NotNow("450 later".into());
                match after(refused, LetterId(Uuid::from_u128(id)), attempts, at, month) {
                    Next::RetryAt(again, _) => (at, attempts) = (again, attempts + 1),
                    next => break assert_eq!(next, Next::Failed("450 later".into())),
                }
            }
            let hours = at.since(NOW).as_secs() / 3600;
            assert!((17..=25).contains(&hours), "given up after {hours} h");
        }
    }

    #[test]
    fn a_letter_that_would_come_too_late_is_given_up() {
        let refused = SendOutcome::NotNow("450 later".into());
        let id = LetterId(Uuid::nil());
        let next = after(refused, id, 4, NOW, NOW + Duration::from_secs(3600));
        assert_eq!(next, Next::Failed("450 later".into()));
    }

    #[test]
    fn a_blocked_queue_costs_no_letter_a_try() {
        let id = LetterId(Uuid::nil());
        let next = after(SendOutcome::Blocked("refused".into()), id, 0, NOW, NOW);
        assert_eq!(next, Next::Release("refused".into()));
    }
}
