//! What an answer says of a link. Only « there is nothing » and « the server fails », for three days, mean that it is dead:
//! many servers refuse programs, and a silence may be a network's.

use std::time::Duration;

use hyper::Uri;

use super::{LinkCheck, LinkState};
use kernel::clock::Timestamp;
use kernel::id::ResourceId;

/// A link is asked this often.
const EVERY: Duration = Duration::from_secs(24 * 3600);

/// A link that fails for so long is dead.
const DEAD_AFTER: Duration = Duration::from_secs(3 * 24 * 3600);

/// What came back when an address was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A status, and where the server sends whoever asks.
    Status(u16, Option<String>),
    /// None, or none that can be understood.
    Nothing,
}

/// What organisers are told of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was seen.
    Seen,
    /// It is elsewhere.
    Moved,
    /// The server refuses programs.
    Refused,
    /// Nobody answered.
    Silent,
    /// It fails, and may be back soon.
    Failing,
    /// It has failed for three days.
    Dead,
    /// An organiser says that it works.
    Overruled,
}

/// What a status says.
const fn state(status: u16) -> LinkState {
    match status {
        301 | 308 => LinkState::Moved,
        // A redirect for the moment, to a consent or a language, leads on.
        100..=399 => LinkState::Seen,
        404 | 410 | 500..=599 => LinkState::Failing,
        _ => LinkState::Refused,
    }
}

impl LinkCheck {
    /// What is known after another answer.
    #[must_use]
    pub fn after(
        before: Option<&Self>,
        (resource_id, url): (ResourceId, &str),
        answer: Answer,
        now: Timestamp,
    ) -> Self {
        let (state, location) = match answer {
            Answer::Status(status, location) => (state(status), location),
            Answer::Nothing => (LinkState::Silent, None),
        };
        let failing_since = before.and_then(|before| before.failing_since);
        let is_there = matches!(state, LinkState::Seen | LinkState::Moved);
        Self {
            resource_id,
            url: url.to_owned(),
            state,
            checked_at: now,
            seen_at: if is_there { Some(now) } else { before.and_then(|before| before.seen_at) },
            failing_since: match state {
                LinkState::Failing => failing_since.or(Some(now)),
                // A silence tells nothing: what failed before goes on failing.
                LinkState::Silent => failing_since,
                _ => None,
            },
            moved_to: location.filter(|_| state == LinkState::Moved),
            overruled_at: if state == LinkState::Seen { None } else { before.and_then(|before| before.overruled_at) },
        }
    }

    /// What organisers are told.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.overruled_at.is_some() {
            return Verdict::Overruled;
        }
        match self.state {
            LinkState::Seen => Verdict::Seen,
            LinkState::Moved => Verdict::Moved,
            LinkState::Refused => Verdict::Refused,
            LinkState::Silent => Verdict::Silent,
            LinkState::Failing => match self.failing_since {
                Some(since) if self.checked_at.since(since) >= DEAD_AFTER => Verdict::Dead,
                _ => Verdict::Failing,
            },
        }
    }
}

/// Whether an address that was last asked then is to be asked now.
#[must_use]
pub fn is_due(checked_at: Option<Timestamp>, now: Timestamp) -> bool {
    checked_at.is_none_or(|at| at + EVERY <= now)
}

/// The host that an address asks, in lower case, with its port if it names one.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    uri.authority().map(|authority| authority.as_str().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn at(hours: u64) -> Timestamp {
        Timestamp::from_millis(0) + Duration::from_secs(hours * HOUR)
    }

    fn check(before: Option<&LinkCheck>, status: u16, hours: u64) -> LinkCheck {
        let about = (ResourceId(uuid::Uuid::nil()), "https://exemple.fr");
        LinkCheck::after(before, about, Answer::Status(status, Some("https://ailleurs.fr/".into())), at(hours))
    }

    #[test]
    fn only_what_is_not_found_or_fails_for_three_days_is_dead() {
        for status in [404, 410, 500, 503] {
            let first = check(None, status, 0);
            assert_eq!(first.verdict(), Verdict::Failing);
            assert_eq!(check(Some(&first), status, 71).verdict(), Verdict::Failing);
            assert_eq!(check(Some(&first), status, 72).verdict(), Verdict::Dead);
        }
        for status in [401, 403, 405, 429, 451, 999] {
            let first = check(None, status, 0);
            assert_eq!(check(Some(&first), status, 500).verdict(), Verdict::Refused, "{status}");
        }
        for status in [200, 204, 302, 303, 307] {
            assert_eq!(check(None, status, 0).verdict(), Verdict::Seen, "{status}");
        }
        let moved = check(None, 308, 0);
        assert_eq!((moved.verdict(), moved.moved_to.as_deref()), (Verdict::Moved, Some("https://ailleurs.fr/")));
    }

    #[test]
    fn an_answer_in_between_begins_the_three_days_anew_and_a_silence_does_not() {
        let silent = |before: &LinkCheck, hours| {
            LinkCheck::after(Some(before), (before.resource_id, &before.url), Answer::Nothing, at(hours))
        };
        let failing = check(None, 404, 0);
        let after_silence = silent(&failing, 48);
        assert_eq!(after_silence.verdict(), Verdict::Silent);
        assert_eq!(check(Some(&after_silence), 404, 80).verdict(), Verdict::Dead);
        let seen = check(Some(&failing), 200, 48);
        assert_eq!(check(Some(&seen), 404, 80).verdict(), Verdict::Failing);
        let mut alone = silent(&failing, 500);
        alone.failing_since = None;
        assert_eq!(silent(&alone, 1000).verdict(), Verdict::Silent, "silence alone never means dead");
    }

    #[test]
    fn what_an_organiser_says_holds_until_the_link_is_seen() {
        let overruled = LinkCheck { overruled_at: Some(at(1)), ..check(None, 404, 0) };
        let still = check(Some(&overruled), 404, 200);
        assert_eq!(still.verdict(), Verdict::Overruled);
        let seen = check(Some(&still), 200, 224);
        assert_eq!((seen.verdict(), seen.overruled_at), (Verdict::Seen, None));
    }

    #[test]
    fn hosts_are_told_apart_by_name_and_port() {
        assert_eq!(host("https://Exemple.fr/a?b").as_deref(), Some("exemple.fr"));
        assert_eq!(host("http://127.0.0.1:8080/a").as_deref(), Some("127.0.0.1:8080"));
        assert!(is_due(None, at(0)) && !is_due(Some(at(0)), at(23)) && is_due(Some(at(0)), at(24)));
    }
}
