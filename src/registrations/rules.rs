//! Who gets a seat, until when, and who comes next. Pure: no clock, no database.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Seat;
use crate::clock::Timestamp;

/// The part of an event that decides who gets in.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// Whether the event is on the programme: published, not cancelled.
    pub takes_place: bool,
    /// When registrations open; at once if absent.
    pub opens_at: Option<Timestamp>,
    /// When registrations close.
    pub closes_at: Timestamp,
    /// When the event starts.
    pub starts_at: Timestamp,
    /// Seats; without a limit if absent.
    pub capacity: Option<u32>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
}

/// How full an event is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Seats held, offered or confirmed.
    pub taken: u32,
    /// People in the waiting list.
    pub waiting: u32,
    /// Those of them who can come at short notice and have proven their address.
    pub ready: u32,
}

/// How far the start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Far enough to offer a freed seat and wait for the answer.
    InTime,
    /// On the last day: a freed seat goes at once to who said that they can come at short notice.
    Short,
}

/// On the last day nobody has the time to answer an offer.
const SHORT_NOTICE: Duration = Duration::from_secs(24 * 3600);

/// An offer is open for an hour at least, so that it can be seen.
const SHORTEST_OFFER: Duration = Duration::from_secs(3600);

/// The share of the time that is left until the start that one offer may take, so that several people get their turn.
const OFFER_SHARE: u32 = 4;

/// Working hours, in which an offer may end: from 8:00 to 20:00, Monday to Friday.
const WORKING_HOURS: std::ops::Range<i8> = 8..20;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event does not take place.
    #[error("the event does not take place")]
    NotOnProgramme,
    /// Registrations have not opened yet.
    #[error("registrations are not open yet")]
    NotYetOpen,
    /// Registrations have closed.
    #[error("registrations are closed")]
    Closed,
    /// Only public buyers may come, and the person did not attest to be one.
    #[error("only public buyers may come")]
    BuyersOnly,
}

impl Admission {
    /// Whether a request can be made at `now`.
    ///
    /// # Errors
    ///
    /// Refuses before registrations open, once they have closed, and when the event does not take place.
    pub fn open(&self, now: Timestamp) -> Result<(), Refusal> {
        if !self.takes_place {
            return Err(Refusal::NotOnProgramme);
        }
        if self.opens_at.is_some_and(|opens_at| now < opens_at) {
            return Err(Refusal::NotYetOpen);
        }
        if self.closes_at <= now {
            return Err(Refusal::Closed);
        }
        Ok(())
    }

    /// Decides on a request by somebody who attests to be a public `buyer` or not.
    ///
    /// Nobody passes those who wait: a newcomer joins their end. On the last day a free seat that nobody who waits
    /// can take at short notice is the newcomer's.
    ///
    /// # Errors
    ///
    /// As [`Admission::open`]; and refuses who is not a public buyer where only they may come.
    pub fn admit(&self, buyer: bool, occupancy: Occupancy, now: Timestamp) -> Result<Seat, Refusal> {
        self.open(now)?;
        if self.buyers_only && !buyer {
            return Err(Refusal::BuyersOnly);
        }
        let free = self.free(occupancy) > self.entitled(occupancy, now);
        Ok(if free { Seat::Held } else { Seat::Waiting })
    }

    /// Seats that nobody holds; `u32::MAX` without a limit.
    #[must_use]
    pub fn free(&self, occupancy: Occupancy) -> u32 {
        self.capacity.map_or(u32::MAX, |capacity| capacity.saturating_sub(occupancy.taken))
    }

    /// Whether there is still time to offer a freed seat and wait for the answer.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> Notice {
        if now + SHORT_NOTICE < self.starts_at { Notice::InTime } else { Notice::Short }
    }

    /// How many of those who wait may have a seat that is freed now.
    fn entitled(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        match self.notice(now) {
            Notice::InTime => occupancy.waiting,
            Notice::Short => occupancy.ready,
        }
    }

    /// How many of those who wait get a seat now. Until the start a freed seat is worth having, even once
    /// registrations have closed.
    #[must_use]
    pub fn promotions(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        let worth_it = self.takes_place && now < self.starts_at;
        if worth_it { self.free(occupancy).min(self.entitled(occupancy, now)) } else { 0 }
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

    /// Until when a seat is held for somebody who has yet to confirm: `hold` at most, and never after
    /// registrations close. Where seats have no limit nothing is gained by taking one back.
    #[must_use]
    pub fn hold_until(&self, hold: Duration, now: Timestamp) -> Timestamp {
        match self.capacity {
            Some(_) => (now + hold).min(self.closes_at),
            None => self.closes_at,
        }
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

/// `time` itself in working hours, else the last evening that closed them.
fn last_working(time: DateTime) -> DateTime {
    if is_working_day(time) && WORKING_HOURS.contains(&time.hour()) {
        return time;
    }
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

/// A reminder of an event. The names are kept in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// Fourteen days before.
    TwoWeeks,
    /// Seven days before.
    Week,
    /// Three days before.
    ThreeDays,
    /// Two days before.
    TwoDays,
    /// The day before.
    Day,
    /// Three hours before.
    ThreeHours,
    /// One hour before.
    Hour,
    /// A quarter of an hour before.
    Quarter,
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

impl Reminder {
    /// All there are, the farthest first.
    pub const ALL: [Self; 8] = [
        Self::TwoWeeks,
        Self::Week,
        Self::ThreeDays,
        Self::TwoDays,
        Self::Day,
        Self::ThreeHours,
        Self::Hour,
        Self::Quarter,
    ];

    /// Those of an event whose organisers chose none.
    pub const USUAL: [Self; 3] = [Self::Week, Self::Day, Self::Hour];

    /// Tells the letters of one revision apart; never changes.
    const fn number(self) -> i64 {
        match self {
            Self::Week => 0,
            Self::Day => 1,
            Self::Hour => 2,
            Self::TwoWeeks => 3,
            Self::ThreeDays => 4,
            Self::TwoDays => 5,
            Self::ThreeHours => 6,
            Self::Quarter => 7,
        }
    }

    /// Its name in forms and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoWeeks => "two_weeks",
            Self::Week => "week",
            Self::ThreeDays => "three_days",
            Self::TwoDays => "two_days",
            Self::Day => "day",
            Self::ThreeHours => "three_hours",
            Self::Hour => "hour",
            Self::Quarter => "quarter",
        }
    }

    /// The version of its letters for a revision of the event: a moved event is reminded of again.
    #[must_use]
    pub const fn version(self, sequence: i64) -> i64 {
        sequence * 10 + self.number()
    }

    /// The last moment at which it is still of use: a reminder of the week before is of none when that of the day
    /// before is near.
    #[must_use]
    pub fn useful_until(self, starts_at: Timestamp) -> Timestamp {
        let before = match self {
            Self::TwoWeeks => 8 * DAY,
            Self::Week => 2 * DAY,
            Self::ThreeDays => 36 * HOUR,
            Self::TwoDays => 26 * HOUR,
            Self::Day => 3 * HOUR,
            Self::ThreeHours => 65 * 60,
            Self::Hour => 5 * 60,
            Self::Quarter => 60,
        };
        starts_at - Duration::from_secs(before)
    }

    /// Civil days and seconds before the start, on the clocks of the event's zone.
    #[must_use]
    pub const fn before(self) -> (i64, u64) {
        match self {
            Self::TwoWeeks => (14, 0),
            Self::Week => (7, 0),
            Self::ThreeDays => (3, 0),
            Self::TwoDays => (2, 0),
            Self::Day => (1, 0),
            Self::ThreeHours => (0, 3 * HOUR),
            Self::Hour => (0, HOUR),
            Self::Quarter => (0, HOUR / 4),
        }
    }

    /// Whether it counts in days.
    #[must_use]
    pub const fn is_of_days(self) -> bool {
        self.before().0 > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
    const HOUR: Duration = Duration::from_secs(super::HOUR);

    fn workshop() -> Admission {
        Admission {
            takes_place: true,
            opens_at: None,
            closes_at: NOW + HOUR * 24 * 10,
            starts_at: NOW + HOUR * 24 * 12,
            capacity: Some(60),
            buyers_only: true,
        }
    }

    fn taken(taken: u32, waiting: u32) -> Occupancy {
        Occupancy { taken, waiting, ready: 0 }
    }

    #[test]
    fn the_sixtieth_gets_a_seat_and_the_sixty_first_waits() {
        assert_eq!(workshop().admit(true, taken(59, 0), NOW), Ok(Seat::Held));
        assert_eq!(workshop().admit(true, taken(60, 0), NOW), Ok(Seat::Waiting));
    }

    #[test]
    fn nobody_passes_those_who_wait() {
        assert_eq!(workshop().admit(true, taken(59, 1), NOW), Ok(Seat::Waiting));
    }

    #[test]
    fn a_webinar_without_a_limit_is_never_full() {
        let webinar = Admission { capacity: None, buyers_only: false, ..workshop() };
        assert_eq!(webinar.admit(false, taken(100_000, 0), NOW), Ok(Seat::Held));
        assert_eq!(webinar.hold_until(HOUR, NOW), webinar.closes_at);
    }

    #[test]
    fn only_public_buyers_come_to_a_workshop() {
        assert_eq!(workshop().admit(false, taken(0, 0), NOW), Err(Refusal::BuyersOnly));
    }

    #[test]
    fn nobody_registers_before_the_opening_or_after_the_close_or_for_what_is_cancelled() {
        let opening = Admission { opens_at: Some(NOW + HOUR), ..workshop() };
        assert_eq!(opening.admit(true, taken(0, 0), NOW), Err(Refusal::NotYetOpen));
        assert_eq!(workshop().admit(true, taken(0, 0), workshop().closes_at), Err(Refusal::Closed));
        let cancelled = Admission { takes_place: false, ..workshop() };
        assert_eq!(cancelled.admit(true, taken(0, 0), NOW), Err(Refusal::NotOnProgramme));
    }

    #[test]
    fn freed_seats_go_to_as_many_as_wait_and_never_beyond_the_capacity() {
        assert_eq!(workshop().promotions(taken(58, 5), NOW), 2);
        assert_eq!(workshop().promotions(taken(58, 1), NOW), 1);
        assert_eq!(workshop().promotions(taken(70, 5), NOW), 0, "a lowered capacity throws nobody out");
        assert_eq!(workshop().promotions(taken(0, 5), workshop().closes_at), 5, "after the close, until the start");
        assert_eq!(workshop().promotions(taken(0, 5), workshop().starts_at), 0);
    }

    #[test]
    fn on_the_last_day_seats_go_only_to_who_can_come_at_short_notice() {
        let last_day = workshop().starts_at - HOUR * 20;
        let open = Admission { closes_at: workshop().starts_at, ..workshop() };
        let one_is_ready = Occupancy { taken: 58, waiting: 5, ready: 1 };
        assert_eq!(open.notice(last_day), Notice::Short);
        assert_eq!(open.promotions(one_is_ready, last_day), 1);
        assert_eq!(open.admit(true, one_is_ready, last_day), Ok(Seat::Held), "the other seat is a newcomer's");
        assert_eq!(open.admit(true, Occupancy { taken: 59, ..one_is_ready }, last_day), Ok(Seat::Waiting));
    }

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
    }

    #[test]
    fn a_seat_is_not_held_beyond_the_close_of_registrations() {
        assert_eq!(workshop().hold_until(HOUR, NOW), NOW + HOUR);
        assert_eq!(workshop().hold_until(HOUR * 24 * 30, NOW), workshop().closes_at);
    }
}
