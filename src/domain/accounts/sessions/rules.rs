//! How long a session lasts, and how long a proof counts.

use std::time::Duration;

use super::Session;
use kernel::clock::Timestamp;

/// How long a browser stays signed in.
pub const SESSION_LASTS: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whoever holds a role is signed out after so long without use: longer than a meeting, shorter than an evening at an office.
pub const ROLE_IDLE: Duration = Duration::from_secs(2 * 3600);

/// Whoever holds a role is signed out so long after signing in, whatever they do: one working day.
pub const ROLE_LASTS: Duration = Duration::from_secs(12 * 3600);

/// Use is written down at most this often for each session: a page costs no write.
pub const USE_NOTED_EVERY: Duration = Duration::from_secs(5 * 60);

/// So long after signing in by a fresh link nobody is asked to prove again that it is them.
pub const PROOF_LASTS: Duration = Duration::from_secs(15 * 60);

impl Session {
    /// Whether it is over; sooner for whoever holds a role.
    #[must_use]
    pub fn is_over(&self, holds_role: bool, now: Timestamp) -> bool {
        let is_too_old = holds_role && self.began_at + ROLE_LASTS <= now;
        let is_idle = holds_role && self.last_used_at + ROLE_IDLE <= now;
        self.expires_at <= now || is_too_old || is_idle
    }

    /// Whether a use at this moment is to be written down.
    #[must_use]
    pub fn is_use_to_be_noted(&self, now: Timestamp) -> bool {
        self.last_used_at + USE_NOTED_EVERY <= now
    }

    /// Whether a fresh link proved lately whose it is.
    #[must_use]
    pub fn is_proved(&self, now: Timestamp) -> bool {
        now < self.proved_at + PROOF_LASTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::SessionId;

    const MINUTE: Duration = Duration::from_secs(60);

    fn began() -> Timestamp {
        Timestamp::from_millis(1_795_507_200_000)
    }

    fn session(last_used_at: Timestamp) -> Session {
        let id = SessionId::new(began());
        let expires_at = began() + SESSION_LASTS;
        Session { id, began_at: began(), expires_at, last_used_at, proved_at: began(), device: String::new() }
    }

    #[test]
    fn whoever_holds_a_role_is_signed_out_after_two_hours_without_use_and_others_are_not() {
        let used = began() + 60 * MINUTE;
        let (before, after) = (used + 119 * MINUTE, used + 120 * MINUTE);
        assert!(!session(used).is_over(true, before));
        assert!(session(used).is_over(true, after));
        assert!(!session(used).is_over(false, after));
    }

    #[test]
    fn whoever_holds_a_role_is_signed_out_twelve_hours_after_they_began_though_they_are_busy() {
        let end = began() + ROLE_LASTS;
        let busy = session(end - MINUTE);
        assert!(!busy.is_over(true, end - MINUTE));
        assert!(busy.is_over(true, end));
        assert!(!busy.is_over(false, end));
    }

    #[test]
    fn a_session_without_a_role_lasts_thirty_days() {
        let end = began() + SESSION_LASTS;
        assert!(!session(began()).is_over(false, end - MINUTE));
        assert!(session(end).is_over(false, end));
    }

    #[test]
    fn use_is_noted_every_five_minutes_and_a_proof_counts_for_fifteen() {
        assert!(!session(began()).is_use_to_be_noted(began() + 4 * MINUTE));
        assert!(session(began()).is_use_to_be_noted(began() + 5 * MINUTE));
        assert!(session(began()).is_proved(began() + 14 * MINUTE));
        assert!(!session(began()).is_proved(began() + 15 * MINUTE));
    }
}
