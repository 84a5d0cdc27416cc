//! How long a seat is offered, and when nobody has the time to answer any more. Pure: no clock, no database.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

use super::rules::{Admission, Notice};
use kernel::clock::Timestamp;

/// On the last day nobody has the time to answer an offer.
const SHORT_NOTICE: Duration = Duration::from_secs(24 * 3600);

/// An offer is open for an hour at least, so that it can be seen.
const SHORTEST_OFFER: Duration = Duration::from_secs(3600);

/// The share of the time that is left until the start that one offer may take, so that several people get their turn.
const OFFER_SHARE: u32 = 4;

/// The hour at which offers end, on a working day: people still read their letters then.
const END_OF_AFTERNOON: i8 = 17;

/// The hour at which they end when no afternoon is left: people have read their letters by then.
const MORNING: i8 = 9;

/// Public holidays with a date of their own, month and day (code du travail, L. 3133-1).
const HOLIDAYS: [(i8, i8); 8] = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];

/// Public holidays that follow Easter, in days after it: Easter Monday, Ascension Day, Whit Monday.
const AFTER_EASTER: [i64; 3] = [1, 39, 50];

impl Admission {
    /// Whether there is still time to offer a freed seat and wait for the answer.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> Notice {
        if now + SHORT_NOTICE < self.starts_at { Notice::InTime } else { Notice::Short }
    }

    /// Until when a freed seat is offered: an afternoon of a working day in `zone`, the first after `longest` or a quarter of
    /// the time that is left, else the last before registrations close. Once they have closed, the start takes the place of
    /// the close.
    #[must_use]
    pub fn offer_until(&self, longest: Duration, zone: &TimeZone, now: Timestamp) -> Timestamp {
        let soonest = now + SHORTEST_OFFER;
        let bound = if self.closes_at >= soonest { self.closes_at.min(self.starts_at) } else { self.starts_at };
        let share = self.starts_at.since(now) / OFFER_SHARE;
        let wish = now + longest.min(share).max(SHORTEST_OFFER);
        let instant = |civil: Option<DateTime>| civil.and_then(|civil| Timestamp::from_civil(civil, zone).ok());
        let is_possible = |at: &Timestamp| soonest <= *at && *at <= bound;
        let last = |hour| instant(last_working(bound.civil(zone), hour)).filter(is_possible);
        let next = instant(next_working(wish.civil(zone), END_OF_AFTERNOON)).filter(is_possible);
        next.or_else(|| last(END_OF_AFTERNOON)).or_else(|| last(MORNING)).unwrap_or(bound)
    }
}

/// The Sunday of Easter (Meeus, Jones and Butcher's rule of the Gregorian calendar).
fn easter(year: i16) -> Option<Date> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

/// Whether it is a public holiday in France.
fn is_holiday(day: Date) -> bool {
    let follows_easter = |easter: Date| {
        AFTER_EASTER.iter().any(|after| easter.checked_add(after.days()).is_ok_and(|feast| feast == day))
    };
    HOLIDAYS.contains(&(day.month(), day.day())) || easter(day.year()).is_some_and(follows_easter)
}

fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// The first working day's `hour` at or after `time`.
fn next_working(time: DateTime, hour: i8) -> Option<DateTime> {
    let mut day = time.date();
    while !is_working_day(day) || day.at(hour, 0, 0, 0) < time {
        day = day.tomorrow().ok()?;
    }
    Some(day.at(hour, 0, 0, 0))
}

/// The last working day's `hour` at or before `time`.
fn last_working(time: DateTime, hour: i8) -> Option<DateTime> {
    let mut day = time.date();
    while !is_working_day(day) || day.at(hour, 0, 0, 0) > time {
        day = day.yesterday().ok()?;
    }
    Some(day.at(hour, 0, 0, 0))
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

    /// Until when, on the clocks of Paris, a seat freed at `now` is offered when registrations close and the event starts then.
    fn until(now: &str, closes: &str, starts: &str) -> String {
        let event = Admission { starts_at: at(starts), closes_at: at(closes), ..workshop() };
        event.offer_until(HOUR * 24, &paris(), at(now)).civil(&paris()).to_string()
    }

    fn offered_until(now: &str, starts: &str) -> String {
        until(now, starts, starts)
    }

    #[test]
    fn an_offer_lasts_a_day_and_ends_on_a_working_afternoon() {
        assert_eq!(offered_until("2027-03-01T10:00", "2027-03-26T14:00"), "2027-03-02T17:00:00");
        assert_eq!(offered_until("2027-03-01T22:00", "2027-03-26T14:00"), "2027-03-03T17:00:00", "not at night");
        assert_eq!(offered_until("2027-03-05T15:00", "2027-03-26T14:00"), "2027-03-08T17:00:00", "not on a Saturday");
        assert_eq!(
            offered_until("2027-03-25T10:00", "2027-04-26T14:00"),
            "2027-03-26T17:00:00",
            "Good Friday is a working day in most of France"
        );
        assert_eq!(
            offered_until("2027-03-26T10:00", "2027-04-26T14:00"),
            "2027-03-30T17:00:00",
            "not on Easter Monday"
        );
        assert_eq!(
            offered_until("2027-05-05T12:00", "2027-06-26T14:00"),
            "2027-05-07T17:00:00",
            "not on Ascension Day"
        );
        assert_eq!(offered_until("2027-12-24T12:00", "2028-02-26T14:00"), "2027-12-27T17:00:00");
    }

    #[test]
    fn an_offer_is_shorter_as_the_event_nears_and_never_ends_after_the_close() {
        assert_eq!(offered_until("2027-03-24T14:00", "2027-03-26T14:00"), "2027-03-25T17:00:00");
        assert_eq!(offered_until("2027-03-25T09:00", "2027-03-26T14:00"), "2027-03-25T17:00:00", "a quarter");
        assert_eq!(offered_until("2027-03-25T13:00", "2027-03-26T14:00"), "2027-03-25T17:00:00", "the last before");
        assert_eq!(
            until("2027-03-01T10:00", "2027-03-02T12:00", "2027-03-26T14:00"),
            "2027-03-01T17:00:00",
            "registrations close before the afternoon of the next day"
        );
        assert_eq!(
            until("2027-03-03T10:00", "2027-03-02T12:00", "2027-03-26T14:00"),
            "2027-03-04T17:00:00",
            "seats are passed on after the close"
        );
    }

    #[test]
    fn an_offer_ends_in_the_morning_or_at_the_close_when_no_afternoon_is_left() {
        assert_eq!(offered_until("2027-03-26T18:00", "2027-03-30T10:00"), "2027-03-30T09:00:00", "after Easter");
        assert_eq!(offered_until("2027-03-27T09:00", "2027-03-28T10:00"), "2027-03-28T10:00:00", "a Sunday");
        assert_eq!(offered_until("2027-03-26T12:00", "2027-03-26T14:00"), "2027-03-26T14:00:00");
        assert_eq!(offered_until("2027-03-26T13:30", "2027-03-26T14:00"), "2027-03-26T14:00:00", "until the start");
    }

    #[test]
    fn easter_and_what_follows_it_are_known_for_many_years() {
        let known = [
            (1999, 4, 4),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2100, 3, 28),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), Date::new(year, month, day).ok(), "{year}");
        }
        let holidays = ["2024-05-09", "2024-05-20", "2026-05-14", "2026-05-25", "2027-03-29", "2027-11-11"];
        for day in holidays {
            assert!(is_holiday(day.parse().unwrap()), "{day}");
        }
        for day in ["2024-05-10", "2026-04-03", "2027-03-26", "2027-12-26"] {
            assert!(!is_holiday(day.parse().unwrap()), "{day}");
        }
    }

    #[test]
    fn no_offer_ends_on_a_day_off_or_after_the_close_in_fifty_years() {
        let (mut now, last) = (at("2026-01-01T00:30"), at("2076-01-01T00:00"));
        while now < last {
            let starts_at = now + HOUR * 24 * 15;
            let event = Admission { starts_at, closes_at: starts_at, ..workshop() };
            let until = event.offer_until(HOUR * 24, &paris(), now);
            let civil = until.civil(&paris());
            assert!(is_working_day(civil.date()) && civil.hour() == END_OF_AFTERNOON, "{civil}");
            assert!(until >= now + HOUR * 24 && until <= now + HOUR * 24 * 6, "{civil}");
            now = now + HOUR * 31;
        }
    }

    #[test]
    fn the_last_day_begins_twenty_four_hours_before_the_start() {
        let day_before = workshop().starts_at - HOUR * 24;
        assert_eq!(workshop().notice(day_before - Duration::from_millis(1)), Notice::InTime);
        assert_eq!(workshop().notice(day_before), Notice::Short);
    }
}
