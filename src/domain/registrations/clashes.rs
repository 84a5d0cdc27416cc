//! Events that take place at the same time. Pure: no clock, no database.

use kernel::clock::Timestamp;

/// Whether the event at `place` takes place while another of these does; each is (start, end).
#[must_use]
pub fn clashes(times: &[(Timestamp, Timestamp)], place: usize) -> bool {
    let (starts_at, ends_at) = times[place];
    times.iter().enumerate().any(|(other, (starts, ends))| other != place && *starts < ends_at && starts_at < *ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registrations::rules::tests::{HOUR, NOW};

    #[test]
    fn events_clash_when_they_overlap_and_not_when_one_follows_the_other() {
        let times = [(NOW, NOW + HOUR), (NOW + HOUR, NOW + HOUR * 3), (NOW + HOUR * 2, NOW + HOUR * 4)];
        assert_eq!([0, 1, 2].map(|place| clashes(&times, place)), [false, true, true]);
        assert!(!clashes(&times[..2], 1), "it begins when the other ends");
    }
}
