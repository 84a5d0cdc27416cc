//! Decides on requests that met on one event, one after the other. Pure.

use std::collections::{HashMap, HashSet};

use super::counts::Tally;
use super::rules::{Admission, Asker, Refusal, Waiter};
use super::{Asked, NewRegistration, Registration, Seat, audience};
use crate::accounts::EmailAddress;
use crate::clock::Timestamp;
use crate::id::OrganisationId;
use crate::organisations::Organisation;

/// What the decisions on several requests rest on, read once.
pub(super) struct Desk<'a> {
    /// The event's rules.
    pub admission: Admission,
    /// Whose people count as public buyers.
    pub buyer_list: &'a str,
    /// When it is decided.
    pub now: Timestamp,
    /// How full the event is.
    pub tally: Tally,
    /// Registrations of these people that stand.
    pub live: HashMap<EmailAddress, Registration>,
    /// Addresses that a kept seat may be for.
    pub invited: HashSet<EmailAddress>,
}

/// What is decided on one request, before it is written.
pub(super) enum Decided {
    /// The rules refuse.
    Refused(Refusal),
    /// One stood already; what whoever asked may know all the same.
    Known(Box<Registration>, Asked),
    /// Asked twice in this very moment: the answer is that of the earlier request, by its place.
    Again(usize, Asked),
    /// A new registration, and its place in the waiting list.
    New(Place, i64, Asked),
}

/// What was decided for a new registration.
pub(super) struct Place {
    pub seat: Seat,
    pub organisation: OrganisationId,
    pub invited: bool,
    pub approved: bool,
}

impl Desk<'_> {
    /// Decides on requests in their order; each comes with whom its person works for, unless it [may not be
    /// made](Admission::may_ask) whoever that is.
    pub(super) fn decide_all(
        &mut self,
        requests: &[NewRegistration],
        organisations: impl IntoIterator<Item = Organisation>,
    ) -> Vec<Decided> {
        let mut organisations = organisations.into_iter();
        let mut earlier = HashMap::new();
        let mut decided = Vec::with_capacity(requests.len());
        for (place, request) in requests.iter().enumerate() {
            decided.push(match self.admission.may_ask(request.buyer, self.now).map(|()| organisations.next()) {
                Ok(Some(organisation)) => self.decide(request, &organisation, (&mut earlier, place)),
                Ok(None) => unreachable!("every request that may be made comes with an organisation"),
                Err(refusal) => Decided::Refused(refusal),
            });
        }
        decided
    }

    fn decide(
        &mut self,
        request: &NewRegistration,
        organisation: &Organisation,
        (earlier, place): (&mut HashMap<EmailAddress, usize>, usize),
    ) -> Decided {
        let asker = Asker {
            buyer: request.buyer,
            listed: audience::is_listed(self.buyer_list, &request.email, organisation),
            invited: self.invited.contains(&request.email),
            colleagues: self.tally.colleagues(organisation.id),
        };
        let seat = match self.admission.admit(&asker, self.tally.occupancy, self.now) {
            Ok(Seat::Held) if request.proven => Seat::Confirmed,
            Ok(seat) => seat,
            Err(refusal) => return Decided::Refused(refusal),
        };
        let position = self.tally.occupancy.waiting.saturating_add(1);
        let told = match seat {
            Seat::Waiting => Asked::Waiting(position),
            Seat::Pending => Asked::Pending,
            Seat::Confirmed => Asked::Confirmed,
            _ => Asked::Held,
        };
        if let Some(registration) = self.live.get(&request.email) {
            return Decided::Known(Box::new(registration.clone()), told);
        }
        if let Some(earlier) = earlier.get(&request.email) {
            return Decided::Again(*earlier, told);
        }
        earlier.insert(request.email.clone(), place);
        let ready = request.short_notice && request.proven;
        self.tally.add(seat, Waiter { organisation: Some(organisation.id), invited: asker.invited, ready });
        let place = Place { seat, organisation: organisation.id, invited: asker.invited, approved: false };
        Decided::New(place, position.into(), told)
    }
}
