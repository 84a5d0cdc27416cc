//! How full an event is: counted by the database, and then from request to request while several are decided.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use std::collections::BTreeMap;

pub(super) use store::{colleagues, occupancies, occupancy};

use super::admission;
use super::rules::{Colleagues, Occupancy, Waiter};
use super::status::RegistrationStatus;
use crate::programme::Event;
use db::ReadConn;
use kernel::id::{EventId, OrganisationId};

/// How many requests at an event became what.
#[derive(Debug, Clone, Default)]
pub struct StatusCounts {
    by_status: BTreeMap<RegistrationStatus, u32>,
    invited: u32,
}

impl StatusCounts {
    /// Counts them, in one query.
    pub async fn of(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Self> {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let mut counts = Self::default();
        for (status, all, invited) in store::by_status(tx, event).await? {
            counts.by_status.insert(status, count(all));
            counts.invited += if status.is_taken() { count(invited) } else { 0 };
        }
        Ok(counts)
    }

    /// How many became this.
    #[must_use]
    pub fn with(&self, status: RegistrationStatus) -> u32 {
        self.by_status.get(&status).copied().unwrap_or(0)
    }

    /// What of it counts against the capacity; of those who wait it does not tell who is passed.
    #[must_use]
    pub fn occupancy(&self) -> Occupancy {
        let taken = self.by_status.iter().filter(|(status, _)| status.is_taken()).map(|(_, count)| count).sum();
        Occupancy {
            taken,
            invited: self.invited,
            waiting: self.with(RegistrationStatus::Waiting),
            ..Occupancy::default()
        }
    }
}

/// The people of one organisation on the waiting list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// How many.
    pub waiting: u32,
    /// Those of them who can come at short notice and have proven their address.
    pub ready: u32,
}

/// The counts that decide on the next request, kept true from request to request without asking the database again.
#[derive(Debug, Default)]
pub struct SeatCounts {
    /// How full the event is.
    pub occupancy: Occupancy,
    /// Seats that one organisation may have.
    pub cap: Option<u32>,
    /// Seats that organisations have; only needed with a cap.
    pub seats: Colleagues,
    /// The people on the waiting list by organisation; only needed with a cap.
    pub queues: BTreeMap<OrganisationId, Queue>,
}

impl SeatCounts {
    /// The counts that decide on requests at an event that is so full.
    pub(super) async fn of(tx: &mut ReadConn, event: &Event, occupancy: Occupancy) -> sqlx::Result<Self> {
        let cap = admission(event).cap;
        let Some(_) = cap else { return Ok(Self { occupancy, ..Self::default() }) };
        let (seats, queues) = (store::colleagues(tx, event.id).await?, store::queues(tx, event.id).await?);
        Ok(Self { occupancy, cap, seats, queues })
    }

    /// Seats that an organisation has; 0 where no cap asks for it.
    #[must_use]
    pub fn colleagues(&self, organisation: OrganisationId) -> u32 {
        self.seats.get(&organisation).copied().unwrap_or(0)
    }

    fn is_capped(&self, organisation: Option<OrganisationId>) -> bool {
        let seats = organisation.map_or(0, |organisation| self.colleagues(organisation));
        self.cap.is_some_and(|cap| seats >= cap)
    }

    /// Counts a request that got this place.
    pub fn add(&mut self, status: RegistrationStatus, who: Waiter) {
        if status.is_taken() {
            self.occupancy.taken += 1;
            self.occupancy.invited += u32::from(who.invited);
            self.take_seat(who.organisation);
        } else if status == RegistrationStatus::Waiting {
            self.occupancy.waiting += 1;
            if self.is_capped(who.organisation) {
                self.occupancy.blocked += 1;
            } else {
                self.occupancy.ready += u32::from(who.ready);
            }
            if let Some(organisation) = who.organisation {
                let queue = self.queues.entry(organisation).or_default();
                queue.waiting += 1;
                queue.ready += u32::from(who.ready);
            }
        }
    }

    /// One more seat of an organisation; once it has all that it may have, those of it who wait are blocked.
    fn take_seat(&mut self, organisation: Option<OrganisationId>) {
        let Some(organisation) = organisation else { return };
        let was_capped = self.is_capped(Some(organisation));
        *self.seats.entry(organisation).or_default() += 1;
        if !was_capped && self.is_capped(Some(organisation)) {
            let queue = self.queues.get(&organisation).copied().unwrap_or_default();
            self.occupancy.blocked += queue.waiting;
            self.occupancy.ready -= queue.ready;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn of(number: u128) -> Waiter {
        Waiter { organisation: Some(OrganisationId(Uuid::from_u128(number))), invited: false, ready: true }
    }

    #[test]
    fn who_waits_is_blocked_from_the_seat_on_that_fills_their_organisations_cap() {
        let mut counts = SeatCounts { cap: Some(2), ..SeatCounts::default() };
        counts.add(RegistrationStatus::Held, of(1));
        counts.add(RegistrationStatus::Waiting, of(1));
        counts.add(RegistrationStatus::Waiting, of(2));
        assert_eq!((counts.occupancy.blocked, counts.occupancy.ready), (0, 2));
        counts.add(RegistrationStatus::Confirmed, of(1));
        assert_eq!((counts.occupancy.blocked, counts.occupancy.ready), (1, 1));
        counts.add(RegistrationStatus::Waiting, of(1));
        assert_eq!((counts.occupancy.waiting, counts.occupancy.blocked, counts.occupancy.ready), (3, 2, 1));
        assert_eq!((counts.occupancy.taken, counts.colleagues(of(1).organisation.unwrap())), (2, 2));
    }

    #[test]
    fn a_request_to_be_approved_takes_no_place() {
        let mut counts = SeatCounts::default();
        counts.add(RegistrationStatus::Pending, Waiter { invited: true, ..of(1) });
        assert_eq!(counts.occupancy, Occupancy::default());
        counts.add(RegistrationStatus::Held, Waiter { invited: true, ..of(1) });
        assert_eq!((counts.occupancy.taken, counts.occupancy.invited), (1, 1));
    }
}
