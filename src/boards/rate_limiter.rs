//! How fast one client may go: a bucket of tokens that refills steadily.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of tokens.
#[derive(Debug)]
pub struct RateLimiter {
    per_second: u32,
    burst: u32,
    /// When the bucket would be full: each token taken puts it off.
    full_at: Instant,
}

impl RateLimiter {
    /// A full bucket of `burst` tokens that refills with `per_second`, at least one.
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { per_second: per_second.max(1), burst, full_at: now }
    }

    /// Takes so many tokens, never more than the bucket holds, if they are there.
    pub fn take(&mut self, tokens: u32, now: Instant) -> bool {
        let token = Duration::from_secs(1) / self.per_second;
        let full_at = self.full_at.max(now) + token * tokens.min(self.burst);
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
        let mut limiter = RateLimiter::new(50, 200, start);
        assert_eq!((0..300).filter(|_| limiter.take(1, start)).count(), 200);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..300).filter(|_| limiter.take(1, later)).count(), 50);
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..300).filter(|_| limiter.take(2, much_later)).count(), 100);
        assert!(
            limiter.take(1_000, much_later + Duration::from_secs(4))
                && !limiter.take(1, much_later + Duration::from_secs(4))
        );
        let mut none = RateLimiter::new(0, 1, start);
        assert!(none.take(1, start) && !none.take(1, start), "no pace is one a second");
    }
}
