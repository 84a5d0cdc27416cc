//! Decides on seats: requests, deadlines, and the order of the waiting list. Pure: no clock, no database.

use std::collections::BTreeMap;

use super::audience::Standing;
use super::refusal::Refusal;
use super::status::RegistrationStatus;
use crate::programme::UnlistedPolicy;
use kernel::clock::Timestamp;
use kernel::id::OrganisationId;

/// How long it is until the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Far enough to offer a freed seat and wait for the answer.
    InTime,
    /// The last day: a freed seat goes at once to a person who can come at short notice.
    Short,
}

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
    /// What becomes of requests by people who are not on the event's list of buyers.
    pub unlisted: UnlistedPolicy,
    /// Seats reserved for invited people.
    pub reserved: u32,
    /// Until when they are reserved.
    pub reserved_until: Option<Timestamp>,
    /// Seats that one organisation may have.
    pub cap: Option<u32>,
}

/// How full an event is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Seats held, offered, confirmed, or used.
    pub taken: u32,
    /// Those of them that invited people have: they count against the reserved ones.
    pub invited: u32,
    /// People in the waiting list.
    pub waiting: u32,
    /// Those of them whose organisation has all the seats it may have.
    pub blocked: u32,
    /// Those of the others who can come at short notice and have proven their address.
    pub ready: u32,
}

/// A person who requests a seat.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asker {
    /// Whether they attest to be a public buyer.
    pub buyer: bool,
    /// How they stand to the event's list of buyers.
    pub standing: Standing,
    /// Whether they may take a reserved seat.
    pub invited: bool,
    /// Seats that their organisation has.
    pub colleagues: u32,
}

/// A person on the waiting list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiter {
    /// Their organisation.
    pub organisation: Option<OrganisationId>,
    /// Whether they may take a reserved seat.
    pub invited: bool,
    /// Whether they can come at short notice and have proven their address.
    pub ready: bool,
}

/// Seats that organisations have.
pub type Colleagues = BTreeMap<OrganisationId, u32>;

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

    /// Whether a person can request a seat, whatever their organisation.
    ///
    /// # Errors
    ///
    /// As [`Admission::open`]; also refuses people who do not attest to be a public buyer, where only these may come.
    pub fn may_ask(&self, buyer: bool, now: Timestamp) -> Result<(), Refusal> {
        self.open(now)?;
        if self.buyers_only && !buyer { Err(Refusal::BuyersOnly) } else { Ok(()) }
    }

    /// Decides on a request.
    ///
    /// # Errors
    ///
    /// As [`Admission::may_ask`]; also refuses people who are neither on a list that is required, nor claim to be, nor are invited.
    pub fn admit(&self, asker: &Asker, occupancy: Occupancy, now: Timestamp) -> Result<RegistrationStatus, Refusal> {
        self.may_ask(asker.buyer, now)?;
        // Organisers know the people whom they invited by name.
        let standing = if asker.invited { Standing::Listed } else { asker.standing };
        match (self.unlisted, standing) {
            (UnlistedPolicy::Admit, _) | (_, Standing::Listed) => Ok(self.place(asker, occupancy, now)),
            (UnlistedPolicy::Approve, _) | (UnlistedPolicy::Refuse, Standing::Claimed) => {
                Ok(RegistrationStatus::Pending)
            }
            (UnlistedPolicy::Refuse, Standing::Unlisted) => Err(Refusal::NotListed),
        }
    }

    /// The place of a person who may come: a seat, or the waiting list.
    ///
    /// A newcomer joins the end of the waiting list. Only people whose organisation has all its seats are passed and, on
    /// the last day, those who cannot come at short notice. An invited person takes one of the reserved seats, whoever
    /// waits.
    #[must_use]
    pub fn place(&self, asker: &Asker, occupancy: Occupancy, now: Timestamp) -> RegistrationStatus {
        let capped = self.cap.is_some_and(|cap| asker.colleagues >= cap);
        let free = self.free_for_all(occupancy, now) > self.entitled(occupancy, now);
        let reserved = asker.invited && self.reserved_left(occupancy, now) > 0 && self.free(occupancy) > 0;
        if !capped && (free || reserved) { RegistrationStatus::Confirmed } else { RegistrationStatus::Waiting }
    }

    /// Seats that are not taken, reserved ones among them; `u32::MAX` without a limit.
    #[must_use]
    pub fn free(&self, occupancy: Occupancy) -> u32 {
        self.capacity.map_or(u32::MAX, |capacity| capacity.saturating_sub(occupancy.taken))
    }

    /// Seats that are still reserved for invited people.
    #[must_use]
    pub fn reserved_left(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        let reserved = if self.reserved_until.is_some_and(|until| now < until) { self.reserved } else { 0 };
        reserved.saturating_sub(occupancy.invited)
    }

    /// Seats that anybody may have.
    #[must_use]
    pub fn free_for_all(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        match self.capacity {
            Some(_) => self.free(occupancy).saturating_sub(self.reserved_left(occupancy, now)),
            None => u32::MAX,
        }
    }

    /// Seats taken beyond the capacity, after it was lowered: no registration is cancelled.
    #[must_use]
    pub fn excess(&self, occupancy: Occupancy) -> u32 {
        self.capacity.map_or(0, |capacity| occupancy.taken.saturating_sub(capacity))
    }

    /// How many people on the waiting list may have a seat that is freed now.
    fn entitled(&self, occupancy: Occupancy, now: Timestamp) -> u32 {
        match self.notice(now) {
            Notice::InTime => occupancy.waiting.saturating_sub(occupancy.blocked),
            Notice::Short => occupancy.ready,
        }
    }

    /// Whether a freed seat is still worth having: until the start, even once registrations have closed.
    #[must_use]
    pub fn is_worth_having(&self, now: Timestamp) -> bool {
        self.takes_place && now < self.starts_at
    }

    /// The people on the waiting list who get a seat now, in their order. A person is passed for one of three reasons: their
    /// organisation has all the seats it may have, they cannot come at short notice, or the seat is reserved for others.
    #[must_use]
    pub fn next_on_waiting_list(
        &self,
        waiters: &[Waiter],
        (mut occupancy, mut colleagues): (Occupancy, Colleagues),
        now: Timestamp,
    ) -> Vec<usize> {
        let mut next = Vec::new();
        if !self.is_worth_having(now) {
            return next;
        }
        for (place, waiter) in waiters.iter().enumerate() {
            let seats = waiter.organisation.and_then(|organisation| colleagues.get(&organisation)).copied();
            let capped = self.cap.is_some_and(|cap| seats.unwrap_or(0) >= cap);
            let in_time = self.notice(now) == Notice::InTime || waiter.ready;
            // Once no seat is reserved any more, every free one is for all.
            let free = if waiter.invited { self.free(occupancy) } else { self.free_for_all(occupancy, now) };
            if capped || !in_time || free == 0 {
                continue;
            }
            occupancy.taken += 1;
            occupancy.invited += u32::from(waiter.invited);
            if let Some(organisation) = waiter.organisation {
                *colleagues.entry(organisation).or_default() += 1;
            }
            next.push(place);
        }
        next
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    pub(in crate::registrations) const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
    pub(in crate::registrations) const HOUR: Duration = Duration::from_secs(3600);
    const BUYER: Asker = Asker { buyer: true, standing: Standing::Unlisted, invited: false, colleagues: 0 };

    pub(in crate::registrations) fn workshop() -> Admission {
        Admission {
            takes_place: true,
            opens_at: None,
            closes_at: NOW + HOUR * 24 * 10,
            starts_at: NOW + HOUR * 24 * 12,
            capacity: Some(60),
            buyers_only: true,
            unlisted: UnlistedPolicy::Admit,
            reserved: 0,
            reserved_until: None,
            cap: None,
        }
    }

    fn taken(taken: u32, waiting: u32) -> Occupancy {
        Occupancy { taken, waiting, ..Occupancy::default() }
    }

    /// How many of `waiting` people without an organisation get a seat.
    fn promoted(event: &Admission, occupancy: Occupancy, now: Timestamp) -> usize {
        let waiters = vec![Waiter::default(); occupancy.waiting as usize];
        event.next_on_waiting_list(&waiters, (occupancy, Colleagues::new()), now).len()
    }

    #[test]
    fn the_sixtieth_gets_a_seat_and_the_sixty_first_waits() {
        assert_eq!(workshop().admit(&BUYER, taken(59, 0), NOW), Ok(RegistrationStatus::Confirmed));
        assert_eq!(workshop().admit(&BUYER, taken(60, 0), NOW), Ok(RegistrationStatus::Waiting));
    }

    #[test]
    fn nobody_passes_those_who_wait() {
        assert_eq!(workshop().admit(&BUYER, taken(59, 1), NOW), Ok(RegistrationStatus::Waiting));
    }

    #[test]
    fn a_webinar_without_a_limit_is_never_full() {
        let webinar = Admission { capacity: None, buyers_only: false, ..workshop() };
        assert_eq!(webinar.admit(&Asker::default(), taken(100_000, 0), NOW), Ok(RegistrationStatus::Confirmed));
    }

    #[test]
    fn only_public_buyers_come_to_a_workshop() {
        assert_eq!(workshop().admit(&Asker::default(), taken(0, 0), NOW), Err(Refusal::BuyersOnly));
    }

    #[test]
    fn who_is_not_on_the_list_waits_for_an_organiser_or_is_refused() {
        let approving = Admission { unlisted: UnlistedPolicy::Approve, ..workshop() };
        let listed = Asker { standing: Standing::Listed, ..BUYER };
        let claimed = Asker { standing: Standing::Claimed, ..BUYER };
        assert_eq!(approving.admit(&BUYER, taken(0, 0), NOW), Ok(RegistrationStatus::Pending));
        assert_eq!(approving.admit(&listed, taken(0, 0), NOW), Ok(RegistrationStatus::Confirmed));
        let strict = Admission { unlisted: UnlistedPolicy::Refuse, ..workshop() };
        assert_eq!(strict.admit(&BUYER, taken(0, 0), NOW), Err(Refusal::NotListed));
        assert_eq!(strict.admit(&listed, taken(0, 0), NOW), Ok(RegistrationStatus::Confirmed));
        let guest = Asker { invited: true, ..BUYER };
        for rules in [approving, strict] {
            assert_eq!(
                rules.admit(&claimed, taken(0, 0), NOW),
                Ok(RegistrationStatus::Pending),
                "a claim is for an organiser to judge"
            );
            assert_eq!(
                rules.admit(&guest, taken(0, 0), NOW),
                Ok(RegistrationStatus::Confirmed),
                "who is invited by name is known"
            );
        }
    }

    #[test]
    fn nobody_registers_before_the_opening_or_after_the_close_or_for_what_is_cancelled() {
        let opening = Admission { opens_at: Some(NOW + HOUR), ..workshop() };
        assert_eq!(opening.admit(&BUYER, taken(0, 0), NOW), Err(Refusal::NotYetOpen));
        assert_eq!(
            opening.admit(&BUYER, taken(0, 0), NOW + HOUR),
            Ok(RegistrationStatus::Confirmed),
            "from the very moment that is said"
        );
        assert_eq!(workshop().admit(&BUYER, taken(0, 0), workshop().closes_at), Err(Refusal::Closed));
        let cancelled = Admission { takes_place: false, ..workshop() };
        assert_eq!(cancelled.admit(&BUYER, taken(0, 0), NOW), Err(Refusal::NotOnProgramme));
    }

    #[test]
    fn freed_seats_go_to_as_many_as_wait_and_never_beyond_the_capacity() {
        assert_eq!(promoted(&workshop(), taken(58, 5), NOW), 2);
        assert_eq!(promoted(&workshop(), taken(58, 1), NOW), 1);
        assert_eq!(promoted(&workshop(), taken(70, 5), NOW), 0, "a lowered capacity throws nobody out");
        assert_eq!(workshop().excess(taken(70, 5)), 10);
        assert_eq!(promoted(&workshop(), taken(0, 5), workshop().closes_at), 5, "after the close, until the start");
        assert_eq!(promoted(&workshop(), taken(0, 5), workshop().starts_at), 0);
    }

    #[test]
    fn no_seat_is_passed_on_once_the_event_has_begun_or_when_it_does_not_take_place() {
        let ready = [Waiter { ready: true, ..Waiter::default() }];
        let next = |event: &Admission, now| event.next_on_waiting_list(&ready, (taken(58, 1), Colleagues::new()), now);
        assert_eq!(next(&workshop(), workshop().starts_at - HOUR), [0]);
        let cancelled = Admission { takes_place: false, ..workshop() };
        assert!(next(&workshop(), workshop().starts_at).is_empty() && next(&cancelled, NOW).is_empty());
    }

    #[test]
    fn on_the_last_day_seats_go_only_to_who_can_come_at_short_notice() {
        let last_day = workshop().starts_at - HOUR * 20;
        let open = Admission { closes_at: workshop().starts_at, ..workshop() };
        let one_is_ready = Occupancy { ready: 1, ..taken(58, 3) };
        assert_eq!(open.notice(last_day), Notice::Short);
        let ready = Waiter { ready: true, ..Waiter::default() };
        let waiters = [Waiter::default(), Waiter::default(), ready];
        assert_eq!(open.next_on_waiting_list(&waiters, (one_is_ready, Colleagues::new()), last_day), [2]);
        assert_eq!(
            open.admit(&BUYER, one_is_ready, last_day),
            Ok(RegistrationStatus::Confirmed),
            "the other seat is a newcomer's"
        );
        assert_eq!(
            open.admit(&BUYER, Occupancy { taken: 59, ..one_is_ready }, last_day),
            Ok(RegistrationStatus::Waiting)
        );
    }

    #[test]
    fn who_is_over_their_organisations_cap_is_passed_and_keeps_their_place() {
        let capped = Admission { cap: Some(3), ..workshop() };
        let (city, region) = (OrganisationId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
        let of = |organisation| Waiter { organisation: Some(organisation), ..Waiter::default() };
        let waiters = [of(city), of(city), of(region), Waiter::default()];
        let colleagues = Colleagues::from([(city, 2)]);
        assert_eq!(capped.next_on_waiting_list(&waiters, (taken(57, 4), colleagues), NOW), [0, 2, 3]);

        let full_house = Asker { colleagues: 3, ..BUYER };
        assert_eq!(capped.admit(&full_house, taken(10, 0), NOW), Ok(RegistrationStatus::Waiting));
        let blocked = Occupancy { blocked: 1, ..taken(59, 1) };
        assert_eq!(
            capped.admit(&BUYER, blocked, NOW),
            Ok(RegistrationStatus::Confirmed),
            "the only one who waits may not have it"
        );
    }

    #[test]
    fn reserved_seats_are_for_invited_people_until_their_date() {
        let until = NOW + HOUR;
        let reserving = Admission { reserved: 10, reserved_until: Some(until), ..workshop() };
        let invited = Asker { invited: true, ..BUYER };
        assert_eq!(reserving.admit(&BUYER, taken(50, 0), NOW), Ok(RegistrationStatus::Waiting));
        assert_eq!(reserving.admit(&invited, taken(50, 3), NOW), Ok(RegistrationStatus::Confirmed), "whoever waits");
        let used = Occupancy { invited: 10, ..taken(58, 0) };
        assert_eq!(reserving.admit(&BUYER, used, NOW), Ok(RegistrationStatus::Confirmed), "the others are for all");
        assert_eq!(
            reserving.admit(&invited, taken(60, 0), NOW),
            Ok(RegistrationStatus::Waiting),
            "never more than there are"
        );
        assert_eq!(
            reserving.admit(&invited, Occupancy { waiting: 2, ..used }, NOW),
            Ok(RegistrationStatus::Waiting),
            "the eleventh"
        );

        let waiters = [Waiter::default(), Waiter { invited: true, ..Waiter::default() }];
        let four_came = Occupancy { invited: 4, ..taken(54, 2) };
        assert_eq!(reserving.next_on_waiting_list(&waiters, (four_came, Colleagues::new()), NOW), [1]);
        assert_eq!(
            reserving.next_on_waiting_list(&waiters, (four_came, Colleagues::new()), until),
            [0, 1],
            "then for all"
        );
    }

    #[test]
    fn a_reserved_seat_that_an_invited_person_gets_from_the_waiting_list_is_reserved_no_more() {
        let reserving = Admission { reserved: 10, reserved_until: Some(NOW + HOUR), ..workshop() };
        let invited = Waiter { invited: true, ..Waiter::default() };
        let next = |waiters: &[Waiter], occupancy| {
            reserving.next_on_waiting_list(waiters, (occupancy, Colleagues::new()), NOW)
        };
        let both = next(&[invited, Waiter::default()], Occupancy { invited: 9, ..taken(58, 2) });
        assert_eq!(both, [0, 1], "the other seat is for all");
        let full = next(&[invited], Occupancy { invited: 9, ..taken(60, 1) });
        assert!(full.is_empty(), "a reserved seat that others have is not there");
    }
}
