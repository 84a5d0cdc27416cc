//! Asking for a seat.

use std::collections::HashMap;

use super::admission::{Actor, AdmissionBatch, Decided, Place};
use super::counts::{self, SeatCounts};
use super::notifications::notify_all;
use super::reconcile::reconcile;
use super::rules::Asker;
use super::{
    ActError, Batches, NewRegistration, Refusal, RegisterOutcome, Registration, RegistrationStatus, admission,
    audience, letters, reserved_seats, store, token,
};
use crate::accounts::{self, EmailAddress, Newcomer, Person};
use crate::context::Context;
use crate::organisations::{self, Organisation};
use crate::programme::{self, Event};
use db::{ReadConn, WriteTx, with_retry};
use kernel::batch::Answers;
use kernel::id::{EventId, OrganisationId, PersonId, RegistrationId};
use mail::Letter;

/// Asks for a seat: holds one until the address is confirmed, or joins the waiting list. Asking twice with one
/// address takes no second seat; its owner gets a letter with the status. Concurrent requests for one event are decided
/// in one batch.
///
/// # Errors
///
/// When there is no such event, its rules refuse, or the database fails.
pub async fn register(
    context: &Context,
    batches: &Batches,
    event: EventId,
    request: NewRegistration,
) -> Result<RegisterOutcome, ActError> {
    let all = context.clone();
    let decide = move |requests: Vec<NewRegistration>| {
        let context = all.clone();
        async move { with_retry(|| decide(&context, event, &requests)).await }
    };
    batches.registering.decide(&context.jobs, event, request, decide).await
}

/// Decides on a batch of requests for one event, in their order, in one transaction with their letters.
async fn decide(
    context: &Context,
    event: EventId,
    requests: &[NewRegistration],
) -> Result<Answers<RegisterOutcome, ActError>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let answers = ask_all(context, &mut tx, &event, Actor::Themselves, requests).await?;
    let letters = answers.iter().flatten().map(|answer| answer.letter(context, &event)).collect();
    notify_all(context, &mut tx, &event, letters, now).await?;
    tx.commit().await?;
    Ok(answers.into_iter().map(|answer| Ok(answer?.outcome)).collect())
}

/// What became of a request.
#[derive(Clone)]
pub(super) struct RegisterAnswer {
    /// The new registration, or the one that stood already.
    pub registration: Registration,
    /// Whether one stood already.
    pub known: bool,
    /// Its place in the waiting list.
    pub position: i64,
    /// What the answer may tell.
    pub outcome: RegisterOutcome,
}

impl RegisterAnswer {
    /// The letter to the address's owner.
    pub(super) fn letter(&self, context: &Context, event: &Event) -> Letter {
        match self.known {
            true => letters::asked_again(context, event, &self.registration, self.position),
            false => letters::state(context, event, &self.registration, self.position),
        }
    }

    /// Whether the seat has just been confirmed, so that a calendar invitation goes with the letter.
    pub(super) fn is_invited(&self) -> bool {
        !self.known && self.registration.status == RegistrationStatus::Confirmed
    }
}

/// Decides on requests in their order and writes them, under the event's lock. The letters are the caller's.
pub(super) async fn ask_all(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    by: Actor,
    requests: &[NewRegistration],
) -> sqlx::Result<Vec<Result<RegisterAnswer, Refusal>>> {
    let now = context.clock.now();
    let occupancy = reconcile(context, tx, event, now).await?;
    let admission = admission(event);
    let may_ask = requests.iter().filter(|request| by.may_ask(&admission, request.buyer, now).is_ok());
    let given: Vec<_> = may_ask.map(|request| (request.organisation.as_str(), request.siret.as_ref())).collect();
    let organisations = organisations::of_all(tx, &given, now).await?;
    let addresses = || requests.iter().map(|request| &request.email);
    let live = store::live_of(tx, event.id, addresses()).await?;
    let mut batch = AdmissionBatch {
        by,
        admission,
        buyer_list: &event.buyer_list,
        now,
        counts: SeatCounts::of(tx, event, occupancy).await?,
        live: live.into_iter().map(|one| (one.email.clone(), one)).collect(),
        invited: reserved_seats::invited(tx, event, addresses()).await?,
    };
    let decided = batch.decide_all(requests, organisations);
    write(context, tx, event, (requests, decided)).await
}

/// Writes what was decided: people, their registrations, the names of those whose address is proven.
async fn write(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    (requests, decided): (&[NewRegistration], Vec<Decided>),
) -> sqlx::Result<Vec<Result<RegisterAnswer, Refusal>>> {
    let newcomers = requests.iter().zip(&decided).filter_map(|(request, decided)| match decided {
        Decided::New(place, ..) => {
            Some(Newcomer { email: &request.email, name: &request.name, organisation: Some(place.organisation) })
        }
        _ => None,
    });
    let people = accounts::people_for(tx, newcomers.collect(), context.clock.now()).await?;
    let people: HashMap<EmailAddress, PersonId> = people.into_iter().map(|one| (one.email, one.id)).collect();
    let mut arrival = store::next_arrival(tx, event.id).await?;
    let mut answers: Vec<Result<RegisterAnswer, Refusal>> = Vec::with_capacity(decided.len());
    for (request, decided) in requests.iter().zip(decided) {
        answers.push(match decided {
            Decided::Refused(refusal) => Err(refusal),
            Decided::Known(registration, outcome) => {
                let position = store::position(tx, event.id, registration.arrival).await?;
                Ok(RegisterAnswer { registration: *registration, known: true, position, outcome })
            }
            Decided::Again(earlier, outcome) => {
                answers[earlier].clone().map(|answer| RegisterAnswer { known: true, outcome, ..answer })
            }
            Decided::New(place, position, outcome) => {
                let person = *people.get(&request.email).ok_or(sqlx::Error::RowNotFound)?;
                let registration = registration(context, event, (person, arrival), (request, place));
                arrival += 1;
                Ok(RegisterAnswer { registration, known: false, position, outcome })
            }
        });
    }
    let new = answers.iter().flatten().filter(|answer| !answer.known).map(|answer| &answer.registration);
    let new: Vec<&Registration> = new.collect();
    store::insert(tx, &new, |id| token(context, id).hash()).await?;
    for one in new.iter().filter(|one| one.verified) {
        accounts::rename(tx, one.person_id, &one.name, one.organisation_id).await?;
    }
    Ok(answers)
}

/// The person who makes the request.
pub(super) async fn person_for(
    context: &Context,
    tx: &mut WriteTx,
    request: &NewRegistration,
    organisation: OrganisationId,
) -> sqlx::Result<Person> {
    accounts::person_for(tx, &request.email, &request.name, Some(organisation), context.clock.now()).await
}

/// That person, as the rules see them.
pub(super) async fn asker(
    tx: &mut ReadConn,
    event: &Event,
    request: &NewRegistration,
    organisation: &Organisation,
) -> sqlx::Result<Asker> {
    Ok(Asker {
        buyer: request.buyer,
        standing: audience::standing(&event.buyer_list, &request.email, request.siret.as_ref()),
        invited: !reserved_seats::invited(tx, event, std::iter::once(&request.email)).await?.is_empty(),
        colleagues: colleagues(tx, event, Some(organisation.id)).await?,
    })
}

/// The seats that an organisation has; not counted without a cap.
pub(super) async fn colleagues(
    tx: &mut ReadConn,
    event: &Event,
    organisation: Option<OrganisationId>,
) -> sqlx::Result<u32> {
    match (event.organisation_cap, organisation) {
        (Some(_), Some(organisation)) => {
            Ok(counts::colleagues(tx, event.id).await?.get(&organisation).copied().unwrap_or(0))
        }
        _ => Ok(0),
    }
}

/// A new registration.
fn registration(
    context: &Context,
    event: &Event,
    (person, arrival): (PersonId, i64),
    (request, place): (&NewRegistration, Place),
) -> Registration {
    let now = context.clock.now();
    Registration {
        id: RegistrationId::new(now),
        event_id: event.id,
        person_id: person,
        name: request.name.clone(),
        organisation: request.organisation.clone(),
        organisation_id: Some(place.organisation),
        buyer: request.buyer,
        status: place.status,
        arrival,
        verified: request.verified,
        short_notice: request.short_notice,
        invited: place.invited,
        approved: place.approved,
        reason: None,
        created_at: now,
        held_until: (place.status == RegistrationStatus::Held)
            .then(|| admission(event).hold_until(context.config.hold(), now)),
        confirmed_at: (place.status == RegistrationStatus::Confirmed).then_some(now),
        cancelled_at: None,
        email: request.email.clone(),
    }
}

/// Writes a new registration that comes after all others.
pub(super) async fn insert(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    person: PersonId,
    what: (&NewRegistration, Place),
) -> sqlx::Result<Registration> {
    let arrival = store::next_arrival(tx, event.id).await?;
    let registration = registration(context, event, (person, arrival), what);
    store::insert(tx, &[&registration], |id| token(context, id).hash()).await?;
    Ok(registration)
}
