//! Decides on requests that met on one event, one after the other. Pure.

use std::collections::{HashMap, HashSet};

use super::counts::SeatCounts;
use super::refusal::Refusal;
use super::rules::{Admission, Asker, Waiter};
use super::{NewRegistration, Registration, RegistrationStatus, audience};
use crate::accounts::EmailAddress;
use crate::organisations::Organisation;
use kernel::clock::Timestamp;
use kernel::id::{OrganisationId, RegistrationRequestId};

/// Who asks for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    /// People, for themselves, once their address is proved.
    Themselves,
    /// An organiser, for others: whatever the audience and even while registrations are closed. Who is registered already
    /// is refused.
    Organiser,
}

/// What the decisions on several requests rest on, read once.
pub(super) struct AdmissionBatch<'a> {
    /// Who asks.
    pub by: Actor,
    /// The event's rules.
    pub admission: Admission,
    /// Whose people count as public buyers.
    pub buyer_list: &'a str,
    /// When it is decided.
    pub now: Timestamp,
    /// How full the event is.
    pub counts: SeatCounts,
    /// Registrations of these people that stand.
    pub live: HashMap<EmailAddress, Registration>,
    /// What became of those of the requests that were decided before.
    pub decided: HashMap<RegistrationRequestId, Registration>,
    /// Addresses that a reserved seat may be for.
    pub invited: HashSet<EmailAddress>,
}

/// What is decided on one request, before it is written.
pub(super) enum Decided {
    /// The rules refuse.
    Refused(Refusal),
    /// One stood already, or the request was decided before.
    Known(Box<Registration>),
    /// Asked twice in this very moment: the answer is that of the earlier request, by its place.
    Again(usize),
    /// A new registration.
    New(Place),
}

/// What was decided for a new registration.
pub(super) struct Place {
    pub status: RegistrationStatus,
    pub organisation: OrganisationId,
    pub invited: bool,
    pub approved: bool,
    /// Whether the address is proved.
    pub verified: bool,
}

impl Actor {
    /// Whether a request may be made, whoever its person works for.
    pub(super) fn may_ask(self, admission: &Admission, buyer: bool, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self::Themselves => admission.may_ask(buyer, now),
            Self::Organiser => Ok(()),
        }
    }
}

impl AdmissionBatch<'_> {
    /// Decides on requests in their order; each comes with whom its person works for, unless it [may not be
    /// made](Actor::may_ask) whoever that is.
    pub(super) fn decide_all(
        &mut self,
        requests: &[NewRegistration],
        organisations: impl IntoIterator<Item = Organisation>,
    ) -> Vec<Decided> {
        let mut organisations = organisations.into_iter();
        let mut earlier = HashMap::new();
        let mut decided = Vec::with_capacity(requests.len());
        for (place, request) in requests.iter().enumerate() {
            decided.push(
                match self.by.may_ask(&self.admission, request.buyer, self.now).map(|()| organisations.next()) {
                    Ok(Some(organisation)) => self.decide(request, &organisation, (&mut earlier, place)),
                    Ok(None) => unreachable!("every request that may be made comes with an organisation"),
                    Err(refusal) => Decided::Refused(refusal),
                },
            );
        }
        decided
    }

    fn decide(
        &mut self,
        request: &NewRegistration,
        organisation: &Organisation,
        (earlier, place): (&mut HashMap<EmailAddress, usize>, usize),
    ) -> Decided {
        if let Some(decided) = request.request.and_then(|request| self.decided.get(&request.id)) {
            return Decided::Known(Box::new(decided.clone()));
        }
        let asker = Asker {
            buyer: request.buyer,
            standing: audience::standing(self.buyer_list, &request.email, request.siret.as_ref()),
            invited: self.invited.contains(&request.email),
            colleagues: self.counts.colleagues(organisation.id),
        };
        let by_organiser = self.by == Actor::Organiser;
        if by_organiser && (self.live.contains_key(&request.email) || earlier.contains_key(&request.email)) {
            return Decided::Refused(Refusal::AlreadyThere);
        }
        if let Some(registration) = self.live.get(&request.email) {
            return Decided::Known(Box::new(registration.clone()));
        }
        if let Some(earlier) = earlier.get(&request.email) {
            return Decided::Again(*earlier);
        }
        let status = match self.by {
            Actor::Themselves => self.admission.admit(&asker, self.counts.occupancy, self.now),
            Actor::Organiser => Ok(self.admission.place(&asker, self.counts.occupancy, self.now)),
        };
        let status = match status {
            Ok(status) => status,
            Err(refusal) => return Decided::Refused(refusal),
        };
        earlier.insert(request.email.clone(), place);
        let verified = !by_organiser;
        let ready = request.short_notice && verified;
        self.counts.add(status, Waiter { organisation: Some(organisation.id), invited: asker.invited, ready });
        let (organisation, invited) = (organisation.id, asker.invited);
        Decided::New(Place { status, organisation, invited, approved: by_organiser, verified })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::programme::UnlistedPolicy;
    use crate::registrations::Occupancy;
    use crate::registrations::counts::Queue;

    fn request(email: &str, buyer: bool) -> NewRegistration {
        NewRegistration {
            name: "Ada".into(),
            email: EmailAddress::parse(email).unwrap(),
            organisation: "Ville d’Angers".into(),
            siret: None,
            buyer,
            short_notice: false,
            answers: Vec::new(),
            request: None,
        }
    }

    fn batch() -> AdmissionBatch<'static> {
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        AdmissionBatch {
            by: Actor::Themselves,
            admission: Admission {
                takes_place: true,
                opens_at: None,
                closes_at: at(90),
                starts_at: at(100),
                capacity: Some(2),
                buyers_only: true,
                unlisted: UnlistedPolicy::Admit,
                reserved: 0,
                reserved_until: None,
                cap: None,
            },
            buyer_list: "",
            now: at(1),
            counts: SeatCounts::default(),
            live: HashMap::new(),
            decided: HashMap::new(),
            invited: HashSet::new(),
        }
    }

    fn angers() -> Organisation {
        Organisation { id: OrganisationId(Uuid::nil()), name: "Ville d’Angers".into(), kind: None, siret: None }
    }

    #[test]
    fn who_asks_twice_in_one_moment_has_one_answer_and_one_seat() {
        let requests = ["ada@exemple.fr", "ada@exemple.fr", "bea@exemple.fr"].map(|email| request(email, true));
        let decided = batch().decide_all(&requests, [angers(), angers(), angers()]);
        assert!(matches!(
            decided.as_slice(),
            [
                Decided::New(_),
                Decided::Again(0),
                Decided::New(Place { status: RegistrationStatus::Confirmed, verified: true, .. })
            ]
        ));
    }

    #[test]
    fn an_organiser_registers_whom_the_rules_would_not_let_ask_and_nobody_twice() {
        let mut batch = AdmissionBatch { by: Actor::Organiser, now: Timestamp::from_millis(95 * 3_600_000), ..batch() };
        let requests = ["ada", "ada", "eve", "bea"].map(|name| request(&format!("{name}@exemple.fr"), false));
        let decided = batch.decide_all(&requests, [angers(), angers(), angers(), angers()]);
        let seats: Vec<_> = decided
            .iter()
            .map(|decided| match decided {
                Decided::New(place) => Ok((place.status, place.approved, place.verified)),
                Decided::Refused(refusal) => Err(*refusal),
                _ => panic!("who is there already is refused"),
            })
            .collect();
        let there = Ok((RegistrationStatus::Confirmed, true, false));
        assert_eq!(seats, [there, Err(Refusal::AlreadyThere), there, Ok((RegistrationStatus::Waiting, true, false))]);
    }

    #[test]
    fn each_is_decided_after_those_before_and_who_may_not_ask_takes_nobodys_organisation() {
        let requests = [("ada", true), ("eve", false), ("bea", true), ("cleo", true), ("dora", true)]
            .map(|(name, buyer)| request(&format!("{name}@exemple.fr"), buyer));
        let decided = batch().decide_all(&requests, [angers(), angers(), angers(), angers()]);
        let outcome: Vec<_> = decided
            .iter()
            .map(|decided| match decided {
                Decided::New(place) => Ok(place.status),
                Decided::Refused(refusal) => Err(*refusal),
                _ => panic!("nobody asked before"),
            })
            .collect();
        let expected = [
            Ok(RegistrationStatus::Confirmed),
            Err(Refusal::BuyersOnly),
            Ok(RegistrationStatus::Confirmed),
            Ok(RegistrationStatus::Waiting),
            Ok(RegistrationStatus::Waiting),
        ];
        assert_eq!(outcome, expected);
    }

    #[test]
    fn on_the_last_day_only_who_can_come_and_has_proven_their_address_holds_others_up() {
        let organisation = |number| Organisation { id: OrganisationId(Uuid::from_u128(number)), ..angers() };
        // Whom an organiser registers has proven nothing.
        for (short_notice, by) in [(true, Actor::Organiser), (false, Actor::Themselves)] {
            let mut batch = AdmissionBatch { by, ..batch() };
            batch.now = Timestamp::from_millis(80 * 3_600_000);
            let rules = &mut batch.admission;
            (rules.capacity, rules.cap, rules.reserved, rules.reserved_until) =
                (Some(3), Some(1), 1, Some(rules.starts_at));
            batch.invited.insert(EmailAddress::parse("bea@exemple.fr").unwrap());
            let one_is_ready = Occupancy { taken: 1, waiting: 1, ready: 1, ..Occupancy::default() };
            let queues = BTreeMap::from([(organisation(2).id, Queue { waiting: 1, ready: 1 })]);
            batch.counts = SeatCounts { occupancy: one_is_ready, cap: Some(1), queues, ..SeatCounts::default() };
            let [ada, bea, cleo] = ["ada", "bea", "cleo"].map(|name| request(&format!("{name}@exemple.fr"), true));
            let ada = NewRegistration { short_notice, ..ada };
            // Bea's seat is her organisation's last, so that her colleague who waits is passed from then on.
            let decided = batch.decide_all(&[ada, bea, cleo], [1, 2, 3].map(organisation));
            let seats: Vec<_> = decided
                .iter()
                .map(|decided| match decided {
                    Decided::New(place) => place.status,
                    _ => panic!("each is new"),
                })
                .collect();
            assert_eq!(
                seats,
                [RegistrationStatus::Waiting, RegistrationStatus::Confirmed, RegistrationStatus::Confirmed]
            );
        }
    }
}
