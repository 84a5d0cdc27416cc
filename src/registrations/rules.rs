//! Who gets a seat, until when, and who comes next. Pure: no clock, no database.

use std::time::Duration;

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
    /// Seats; without a limit if absent.
    pub capacity: Option<u32>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
}

/// How full an event is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Seats held or confirmed.
    pub taken: u32,
    /// People in the waiting list.
    pub waiting: u32,
}

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
    /// Nobody passes those who wait: with a waiting list, a newcomer joins its end.
    ///
    /// # Errors
    ///
    /// As [`Admission::open`]; and refuses who is not a public buyer where only they may come.
    pub fn admit(&self, buyer: bool, occupancy: Occupancy, now: Timestamp) -> Result<Seat, Refusal> {
        self.open(now)?;
        if self.buyers_only && !buyer {
            return Err(Refusal::BuyersOnly);
        }
        let free = self.free(occupancy) > 0 && occupancy.waiting == 0;
        Ok(if free { Seat::Held } else { Seat::Waiting })
    }

    /// Seats that nobody holds; `u32::MAX` without a limit.
    #[must_use]
    pub fn free(&self, occupancy: Occupancy) -> u32 {
        self.capacity.map_or(u32::MAX, |capacity| capacity.saturating_sub(occupancy.taken))
    }

    /// How many of those who wait get a seat now.
    #[must_use]
    pub fn promotions(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        // After registrations close a freed seat is still somebody's: until the event starts it is worth having.
        if self.takes_place && now < self.closes_at { self.free(occupancy).min(occupancy.waiting) } else { 0 }
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

/// What somebody who comes out of the waiting list gets: a seat at once when their address is proven, else a held one.
#[must_use]
pub const fn promoted(proven: bool) -> Seat {
    if proven { Seat::Confirmed } else { Seat::Held }
}

/// The reminders of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminder {
    /// Seven days before.
    Week,
    /// The day before.
    Day,
    /// One hour before.
    Hour,
}

impl Reminder {
    /// All of them, the farthest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Day, Self::Hour];

    const fn number(self) -> i64 {
        match self {
            Self::Week => 0,
            Self::Day => 1,
            Self::Hour => 2,
        }
    }

    /// The version of its letters for a revision of the event: a moved event is reminded of again.
    #[must_use]
    pub const fn version(self, sequence: i64) -> i64 {
        sequence * 10 + self.number()
    }

    /// The last moment at which it still says something true: a reminder of "tomorrow" is of no use an hour before.
    #[must_use]
    pub fn useful_until(self, starts_at: Timestamp) -> Timestamp {
        match self {
            Self::Week => starts_at - Duration::from_secs(2 * 24 * 3600),
            Self::Day => starts_at - Duration::from_secs(3 * 3600),
            Self::Hour => starts_at - Duration::from_secs(5 * 60),
        }
    }

    /// Civil days and hours before the start, on the clocks of the event's zone.
    #[must_use]
    pub const fn before(self) -> (i64, i64) {
        match self {
            Self::Week => (7, 0),
            Self::Day => (1, 0),
            Self::Hour => (0, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn workshop() -> Admission {
        Admission {
            takes_place: true,
            opens_at: None,
            closes_at: NOW + HOUR * 24,
            capacity: Some(60),
            buyers_only: true,
        }
    }

    fn taken(taken: u32, waiting: u32) -> Occupancy {
        Occupancy { taken, waiting }
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
        assert_eq!(workshop().promotions(taken(70, 5), NOW), 0);
        assert_eq!(workshop().promotions(taken(0, 5), workshop().closes_at), 0);
    }

    #[test]
    fn a_seat_is_not_held_beyond_the_close_of_registrations() {
        assert_eq!(workshop().hold_until(HOUR, NOW), NOW + HOUR);
        assert_eq!(workshop().hold_until(HOUR * 48, NOW), workshop().closes_at);
    }

    #[test]
    fn who_proved_their_address_gets_the_seat_at_once() {
        assert_eq!(promoted(true), Seat::Confirmed);
        assert_eq!(promoted(false), Seat::Held);
    }
}
