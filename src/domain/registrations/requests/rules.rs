//! How long the button of a request works. Pure.

use std::time::Duration;

use crate::registrations::rules::Admission;
use kernel::clock::Timestamp;

/// The button works for an hour at least, so that there is time to read the letter.
const SHORTEST: Duration = Duration::from_secs(3600);

/// The share of the time that is left until the start for which it works at most.
const SHARE: u32 = 4;

/// Until when a request that is made at `now` can be proved: for `longest`, and for a quarter of the time that is left when the
/// event is near, at least for an hour; never once registrations have closed.
pub(super) fn button_works_until(admission: &Admission, longest: Duration, now: Timestamp) -> Timestamp {
    let share = admission.starts_at.since(now) / SHARE;
    (now + longest.min(share.max(SHORTEST))).min(admission.closes_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registrations::rules::tests::{HOUR, NOW, workshop};

    #[test]
    fn the_button_works_for_a_day_and_for_less_as_the_event_nears() {
        let until = |starts_in: Duration| {
            let event = Admission { starts_at: NOW + starts_in, closes_at: NOW + starts_in, ..workshop() };
            button_works_until(&event, HOUR * 24, NOW).since(NOW)
        };
        assert_eq!(until(HOUR * 24 * 30), HOUR * 24);
        assert_eq!(until(HOUR * 48), HOUR * 12);
        assert_eq!(until(HOUR * 2), HOUR, "time to read the letter");
        assert_eq!(until(HOUR / 2), HOUR / 2, "not after the start");
    }

    #[test]
    fn it_does_not_work_once_registrations_have_closed() {
        let event = Admission { closes_at: NOW + HOUR * 3, ..workshop() };
        assert_eq!(button_works_until(&event, HOUR * 24, NOW), NOW + HOUR * 3);
    }
}
