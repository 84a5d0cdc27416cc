//! How fast one client may go: a bucket of tokens that refills steadily.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of tokens.
#[derive(Debug)]
pub(super) struct Pace {
    per_second: u32,
    burst: u32,
    /// When the bucket would be full: each token taken puts it off.
    full_at: Instant,
}

impl Pace {
    /// A full bucket of `burst` tokens that refills with `per_second`, at least one.
    pub(super) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { per_second: per_second.max(1), burst, full_at: now }
    }

    /// Takes a token if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let token = Duration::from_secs(1) / self.per_second;
        let full_at = self.full_at.max(now) + token;
        if full_at > now + token * self.burst {
            return false;
        }
        self.full_at = full_at;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_a_steady_pace() {
        let start = Instant::now();
        let mut pace = Pace::new(50, 200, start);
        assert_eq!((0..300).filter(|_| pace.take(start)).count(), 200);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..300).filter(|_| pace.take(later)).count(), 50);
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..300).filter(|_| pace.take(much_later)).count(), 200);
        let mut none = Pace::new(0, 1, start);
        assert!(none.take(start) && !none.take(start), "no pace is one a second");
    }
}
