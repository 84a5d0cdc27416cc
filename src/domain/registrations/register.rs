//! Asking for a seat.

use std::collections::HashMap;

use sqlx::types::Json;

use super::admission::{Actor, AdmissionBatch, Decided, Place};
use super::counts::{self, SeatCounts};
use super::notifications::notify_all;
use super::reconcile::reconcile;
use super::rules::Asker;
use super::{
    ActError, Batches, NewRegistration, Refusal, RegisterOutcome, Registered, Registration, RegistrationStatus,
    admission, audience, letters, reserved_seats, store, token,
};
use crate::accounts::{self, EmailAddress, Newcomer, Person};
use crate::context::Context;
use crate::organisations::{self, Organisation};
use crate::programme::{self, Event};
use db::{ReadConn, WriteTx, with_retry};
use kernel::batch::Answers;
use kernel::id::{EventId, OrganisationId, PersonId, RegistrationId, RegistrationRequestId};
use mail::Letter;

/// Asks for a seat with an address that is proved: takes one, or joins the waiting list. Asking twice with one address takes no
/// second seat. Concurrent requests for one event are decided in one batch.
///
/// # Errors
///
/// When there is no such event, its rules refuse, or the database fails.
pub async fn register(
    context: &Context,
    batches: &Batches,
    event: EventId,
    request: NewRegistration,
) -> Result<Registered, ActError> {
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
) -> Result<Answers<Registered, ActError>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let answers = ask_all(context, &mut tx, &event, Actor::Themselves, requests).await?;
    let letters = answers.iter().flatten().filter_map(|answer| answer.letter(context, &event)).collect();
    notify_all(context, &mut tx, &event, letters, now).await?;
    tx.commit().await?;
    Ok(answers.into_iter().map(|answer| Ok(answer?.registered())).collect())
}

/// What became of a request.
#[derive(Clone)]
pub(super) struct RegisterAnswer {
    /// The new registration, or the one that stood already.
    pub registration: Registration,
    /// Whether one stood already.
    pub known: bool,
    /// Its place in the waiting list; means nothing unless waiting.
    pub position: i64,
}

impl RegisterAnswer {
    /// What whoever asked is told.
    pub(super) const fn registered(&self) -> Registered {
        let outcome = match self.registration.status {
            status if self.known => RegisterOutcome::Known(status),
            RegistrationStatus::Waiting => RegisterOutcome::Waiting,
            RegistrationStatus::Pending => RegisterOutcome::Pending,
            _ => RegisterOutcome::Confirmed,
        };
        Registered { id: self.registration.id, outcome }
    }

    /// The letter about a new registration.
    pub(super) fn letter(&self, context: &Context, event: &Event) -> Option<Letter> {
        (!self.known).then(|| letters::state(context, event, &self.registration, self.position))
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
        decided: decided_before(tx, requests).await?,
        invited: reserved_seats::invited(tx, event, addresses()).await?,
    };
    let decided = batch.decide_all(requests, organisations);
    write(context, tx, event, (requests, decided)).await
}

/// What became of those of the requests that were decided before: their button was pressed again.
async fn decided_before(
    tx: &mut ReadConn,
    requests: &[NewRegistration],
) -> sqlx::Result<HashMap<RegistrationRequestId, Registration>> {
    let ids: Vec<_> = requests.iter().filter_map(|request| request.request.map(|request| request.id)).collect();
    let decided = store::proved_requests(tx, &ids).await?;
    if decided.is_empty() {
        return Ok(HashMap::new());
    }
    let registrations: Vec<_> = decided.values().copied().collect();
    let found = store::find_all(tx, &registrations).await?;
    let found: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
    Ok(decided.into_iter().filter_map(|(id, one)| Some((id, found.get(&one)?.clone()))).collect())
}

/// Writes what was decided: people, their registrations, the names of those whose address is proven.
async fn write(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    (requests, decided): (&[NewRegistration], Vec<Decided>),
) -> sqlx::Result<Vec<Result<RegisterAnswer, Refusal>>> {
    let newcomers = requests.iter().zip(&decided).filter_map(|(request, decided)| match decided {
        Decided::New(place) => {
            Some(Newcomer { email: &request.email, name: &request.name, organisation: Some(place.organisation) })
        }
        _ => None,
    });
    let people = accounts::people_for(tx, newcomers.collect(), context.clock.now()).await?;
    let people: HashMap<EmailAddress, PersonId> = people.into_iter().map(|one| (one.email, one.id)).collect();
    let mut arrivals = new_arrivals(tx, event.id, requests, &decided).await?;
    let mut answers: Vec<Result<RegisterAnswer, Refusal>> = Vec::with_capacity(decided.len());
    for (request, decided) in requests.iter().zip(decided) {
        answers.push(match decided {
            Decided::Refused(refusal) => Err(refusal),
            Decided::Known(registration) => {
                let registration = verified(context, tx, event, *registration).await?;
                Ok(RegisterAnswer { registration, known: true, position: 0 })
            }
            Decided::Again(earlier) => answers[earlier].clone().map(|answer| RegisterAnswer { known: true, ..answer }),
            Decided::New(place) => {
                let person = *people.get(&request.email).ok_or(sqlx::Error::RowNotFound)?;
                let arrival = request.request.map(|request| request.arrival).or_else(|| arrivals.next());
                let arrival = arrival.ok_or(sqlx::Error::RowNotFound)?;
                let registration = registration(context, event, (person, arrival), (request, place));
                Ok(RegisterAnswer { registration, known: false, position: 0 })
            }
        });
    }
    let new = answers.iter().flatten().filter(|answer| !answer.known).map(|answer| &answer.registration);
    let new: Vec<&Registration> = new.collect();
    store::insert(tx, &new, |id| token(context, id).hash()).await?;
    let proved: Vec<_> = new.iter().filter(|one| one.verified).map(|one| one.proved_person()).collect();
    accounts::prove(tx, &proved, context.clock.now()).await?;
    set_positions(tx, event.id, &mut answers).await?;
    let proved = requests
        .iter()
        .zip(&answers)
        .filter_map(|(request, answer)| Some((request.request?.id, answer.as_ref().ok()?.registration.id)));
    store::set_proved_requests(tx, &proved.collect::<Vec<_>>()).await?;
    Ok(answers)
}

/// A registration whose person has just proved their address: an organiser made it, or it is of before requests had to be proved.
async fn verified(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    mut registration: Registration,
) -> sqlx::Result<Registration> {
    if registration.verified || !registration.status.is_live() {
        return Ok(registration);
    }
    let now = context.clock.now();
    registration.verified = true;
    store::update(tx, &registration, now).await?;
    accounts::prove(tx, &[registration.proved_person()], now).await?;
    // On the last day a free seat goes to who can come and has proven their address.
    reconcile(context, tx, event, now).await?;
    Ok(store::find(tx, registration.id).await?.unwrap_or(registration))
}

/// Numbers of the event's order for the new registrations that come without one.
async fn new_arrivals(
    tx: &mut WriteTx,
    event: EventId,
    requests: &[NewRegistration],
    decided: &[Decided],
) -> sqlx::Result<impl Iterator<Item = i64> + Send + use<>> {
    let comes_now = |(request, decided): &(&NewRegistration, &Decided)| {
        matches!(decided, Decided::New(_)) && request.request.is_none()
    };
    let count = i64::try_from(requests.iter().zip(decided).filter(comes_now).count()).unwrap_or(i64::MAX);
    let last = if count > 0 { store::take_arrivals(tx, event, count).await? } else { 0 };
    Ok(last - count + 1..=last)
}

/// Says which place in the waiting list those who wait have.
async fn set_positions(
    tx: &mut ReadConn,
    event: EventId,
    answers: &mut [Result<RegisterAnswer, Refusal>],
) -> sqlx::Result<()> {
    let waits = |answer: &RegisterAnswer| answer.registration.status == RegistrationStatus::Waiting;
    if !answers.iter().flatten().any(waits) {
        return Ok(());
    }
    let arrivals = store::waiting_arrivals(tx, event).await?;
    for answer in answers.iter_mut().flatten().filter(|answer| waits(answer)) {
        let before = arrivals.partition_point(|arrival| *arrival < answer.registration.arrival);
        answer.position = i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1);
    }
    Ok(())
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
        verified: place.verified,
        short_notice: request.short_notice,
        invited: place.invited,
        approved: place.approved,
        reason: None,
        created_at: now,
        held_until: None,
        confirmed_at: (place.status == RegistrationStatus::Confirmed).then_some(now),
        cancelled_at: None,
        answers: Json(request.answers.clone()),
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
    let arrival = store::take_arrivals(tx, event.id, 1).await?;
    let registration = registration(context, event, (person, arrival), what);
    store::insert(tx, &[&registration], |id| token(context, id).hash()).await?;
    Ok(registration)
}
