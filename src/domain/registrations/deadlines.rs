//! How long a seat is offered, and when nobody has the time to answer any more. Pure: no clock, no database.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

use super::rules::{Admission, Notice};
use kernel::clock::Timestamp;

/// On the last day nobody has the time to answer an offer.
const SHORT_NOTICE: Duration = Duration::from_secs(24 * 3600);

/// An offer is open for an hour at least, so that it can be seen.
const SHORTEST_OFFER: Duration = Duration::from_secs(3600);

/// The share of the time that is left until the start that one offer may take, so that several people get their turn.
const OFFER_SHARE: u32 = 4;

/// Working hours, in which an offer may end: from 8:00 to 20:00, Monday to Friday.
const WORKING_HOURS: std::ops::Range<i8> = 8..20;

impl Admission {
    /// Whether there is still time to offer a freed seat and wait for the answer.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> Notice {
        if now + SHORT_NOTICE < self.starts_at { Notice::InTime } else { Notice::Short }
    }

    /// Until when a freed seat is offered: `longest` at most and a quarter of the time that is left, ending in working
    /// hours of `zone`, and never after the start.
    #[must_use]
    pub fn offer_until(&self, longest: Duration, zone: &TimeZone, now: Timestamp) -> Timestamp {
        let share = self.starts_at.since(now) / OFFER_SHARE;
        let civil = (now + longest.min(share).max(SHORTEST_OFFER)).civil(zone);
        let instant = |civil: DateTime| Timestamp::from_civil(civil, zone).unwrap_or(self.starts_at);
        let next = instant(next_working(civil));
        if next <= self.starts_at {
            return next;
        }
        let last = instant(last_working(self.starts_at.civil(zone)));
        if last >= now + SHORTEST_OFFER { last } else { self.starts_at }
    }
}

fn is_working_day(time: DateTime) -> bool {
    !matches!(time.date().weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// `time` itself in working hours, else the next morning that opens them.
fn next_working(time: DateTime) -> DateTime {
    if is_working_day(time) && WORKING_HOURS.contains(&time.hour()) {
        return time;
    }
    let mut morning = at_hour(time, WORKING_HOURS.start);
    while morning < time || !is_working_day(morning) {
        let Ok(next) = morning.checked_add(1.day()) else { return time };
        morning = next;
    }
    morning
}

/// The last evening before `time` that closed working hours.
fn last_working(time: DateTime) -> DateTime {
    let mut evening = at_hour(time, WORKING_HOURS.end);
    while evening > time || !is_working_day(evening) {
        let Ok(before) = evening.checked_sub(1.day()) else { return time };
        evening = before;
    }
    evening
}

fn at_hour(time: DateTime, hour: i8) -> DateTime {
    time.date().at(hour, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registrations::rules::tests::{HOUR, workshop};

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(civil: &str) -> Timestamp {
        Timestamp::from_civil(civil.parse().unwrap(), &paris()).unwrap()
    }

    /// Until when, on the clocks of Paris, a seat freed at `now` is offered when the event starts at `starts`.
    fn offered_until(now: &str, starts: &str) -> String {
        let event = Admission { starts_at: at(starts), closes_at: at(starts), ..workshop() };
        event.offer_until(HOUR * 24, &paris(), at(now)).civil(&paris()).to_string()
    }

    #[test]
    fn an_offer_lasts_a_day_and_ends_in_working_hours() {
        assert_eq!(offered_until("2027-03-01T10:00", "2027-03-26T14:00"), "2027-03-02T10:00:00");
        assert_eq!(offered_until("2027-03-01T22:00", "2027-03-26T14:00"), "2027-03-03T08:00:00", "not at night");
        assert_eq!(offered_until("2027-03-05T15:00", "2027-03-26T14:00"), "2027-03-08T08:00:00", "not on a Saturday");
    }

    #[test]
    fn an_offer_is_shorter_as_the_event_nears_and_never_ends_after_the_start() {
        assert_eq!(
            offered_until("2027-03-24T14:00", "2027-03-26T14:00"),
            "2027-03-25T08:00:00",
            "a quarter of two days"
        );
        assert_eq!(offered_until("2027-03-25T09:00", "2027-03-26T14:00"), "2027-03-25T16:15:00");
        assert_eq!(
            offered_until("2027-03-26T18:00", "2027-03-28T10:00"),
            "2027-03-26T20:00:00",
            "the last evening before"
        );
        assert_eq!(offered_until("2027-03-28T09:30", "2027-03-28T10:00"), "2027-03-28T10:00:00");
        assert_eq!(
            offered_until("2027-03-26T18:00", "2027-03-29T07:30"),
            "2027-03-26T20:00:00",
            "before working hours begin, it is the evening of another day"
        );
    }

    #[test]
    fn an_offer_is_open_for_an_hour_at_least_while_there_is_one() {
        assert_eq!(offered_until("2027-03-26T12:00", "2027-03-26T14:00"), "2027-03-26T13:00:00");
        assert_eq!(offered_until("2027-03-26T13:30", "2027-03-26T14:00"), "2027-03-26T14:00:00", "until the start");
        assert_eq!(offered_until("2027-03-26T19:00", "2027-03-28T10:00"), "2027-03-26T20:00:00", "one hour is enough");
        assert_eq!(offered_until("2027-03-26T19:01", "2027-03-28T10:00"), "2027-03-28T10:00:00", "less is not");
    }

    #[test]
    fn the_last_day_begins_twenty_four_hours_before_the_start() {
        let day_before = workshop().starts_at - HOUR * 24;
        assert_eq!(workshop().notice(day_before - Duration::from_millis(1)), Notice::InTime);
        assert_eq!(workshop().notice(day_before), Notice::Short);
    }
}
