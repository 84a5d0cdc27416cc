//! Requests for seats with an address that is not proved. A request counts for nothing: it makes no person and touches no
//! organisation, cap, count, position or seat. The button in its letter proves it; then it is decided as if it had come by that
//! moment, but for its place in the waiting list, which is that of its arrival. Several may stand for one address, each with
//! its own words; whoever presses a button sees these words before, and may correct them.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;
mod own;
mod rules;
mod store;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::bulk_register::register_all;
use super::refusal::Refusal;
use super::register::register;
use super::{
    ActError, Batches, NewRegistration, Registered, Registration, admission, audience, letters as common,
    store as registrations,
};
use crate::accounts::{self, EmailAddress};
use crate::context::Context;
use crate::organisations::Siret;
use crate::programme::{self, Answer as ProgrammeAnswer, Event, UnlistedPolicy};
use crate::proof_requests::{
    self, Answer, DueRequest, NewProofRequest, ProofPurpose, ProofRequest, Requester, TooOften,
};
use db::{ReadConn, WriteTx, with_retry};
use kernel::batch::Answers;
use kernel::clock::Timestamp;
use kernel::id::{EventId, ProofRequestId, RegistrationId, RegistrationRequestId};
use kernel::key::Token;
use mail::{Letter, outbox};

pub use own::{OwnRequest, own_requests, write_lapsed_letters};

/// What a request asks of one event.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct SeatRequest {
    /// Its identifier.
    pub id: RegistrationRequestId,
    /// The event.
    pub event_id: EventId,
    /// Its place in the order of requests at the event.
    pub arrival: i64,
    /// What became of it once it was proved.
    pub registration_id: Option<RegistrationId>,
}

/// What was typed with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Words {
    name: String,
    organisation: String,
    siret: Option<String>,
    buyer: bool,
    short_notice: bool,
    #[serde(default)]
    answers: Vec<ProgrammeAnswer>,
}

impl Words {
    fn of(request: &NewRegistration) -> Self {
        Self {
            name: request.name.clone(),
            organisation: request.organisation.clone(),
            siret: request.siret.as_ref().map(ToString::to_string),
            buyer: request.buyer,
            short_notice: request.short_notice,
            answers: request.answers.clone(),
        }
    }

    fn registration(self, email: EmailAddress) -> NewRegistration {
        NewRegistration {
            name: self.name,
            email,
            organisation: self.organisation,
            siret: self.siret.as_deref().and_then(Siret::parse),
            buyer: self.buyer,
            short_notice: self.short_notice,
            answers: self.answers,
            request: None,
        }
    }
}

/// A request for seats that is to be written.
#[derive(Debug, Clone)]
pub struct Asked {
    events: Vec<EventId>,
    request: NewProofRequest,
}

/// A request as its letter's page shows it.
#[derive(Debug)]
pub struct OpenRequest {
    /// What was typed with it; nothing once it is out of date.
    pub words: Option<NewRegistration>,
    /// Until when its button works.
    pub until: Timestamp,
    /// Whether it is out of date, and may be made again.
    pub again: bool,
    /// What it asks, by the time of the events.
    pub parts: Vec<OpenPart>,
}

/// What a request asks of one event, and what became of it there.
#[derive(Debug)]
pub struct OpenPart {
    /// The event.
    pub event: Event,
    /// What became of it.
    pub registration: Option<Registration>,
    asked: SeatRequest,
}

impl OpenPart {
    /// Whether it is undecided, and a seat can still be asked for.
    fn can_be_asked(&self, now: Timestamp) -> bool {
        self.registration.is_none() && admission(&self.event).open(now).is_ok()
    }
}

impl OpenRequest {
    /// Whether its button does something by now: it proves the request somewhere, or makes it again.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        (now < self.until || self.again) && self.parts.iter().any(|part| part.registration.is_none())
    }
}

/// Whether somebody may ask for a seat at an event, as far as what they typed tells.
///
/// # Errors
///
/// Refuses as [`may_ask`](super::Admission::may_ask) does, and people who are not listed where nobody else may come.
pub fn may_request(event: &Event, request: &NewRegistration, now: Timestamp) -> Result<(), Refusal> {
    let admission = admission(event);
    admission.may_ask(request.buyer, now)?;
    // With reserved seats the address may be one of those that they are for: only its owner is told.
    if admission.unlisted == UnlistedPolicy::Refuse && admission.reserved == 0 {
        return audience::may_hope(&event.buyer_list, request);
    }
    Ok(())
}

/// Asks for a seat at each of these events with an address that is not proved; returns until when its button works. Requests
/// that come at once are written together.
///
/// # Errors
///
/// When an event's rules refuse, when the mailbox or the network asked too often, or when the database fails; then nothing was
/// asked.
pub async fn request_seats(
    context: &Context,
    batches: &Batches,
    events: &[Event],
    (request, requester): (&NewRegistration, Requester),
) -> Result<Timestamp, ActError> {
    let now = context.clock.now();
    for event in events {
        may_request(event, request, now)?;
    }
    let lasts = context.config.request_lasts();
    let until = events.iter().map(|event| rules::button_works_until(&admission(event), lasts, now)).min();
    let until = until.ok_or(ActError::NotFound)?;
    let mut events: Vec<_> = events.iter().map(|event| event.id).collect();
    events.sort_unstable();
    events.dedup();
    let request = NewProofRequest {
        purpose: ProofPurpose::Registration,
        email: request.email.to_string(),
        details: serde_json::to_value(Words::of(request)).unwrap_or_default(),
        expires_at: until,
        requester,
    };
    let all = context.clone();
    let write = move |asked: Vec<Asked>| {
        let context = all.clone();
        async move { with_retry(|| write_all(&context, &asked)).await }
    };
    batches.requesting.decide(&context.jobs, (), Asked { events, request }, write).await?;
    Ok(until)
}

/// Writes requests in one transaction.
async fn write_all(context: &Context, asked: &[Asked]) -> Result<Answers<(), ActError>, ActError> {
    let mut tx = context.db.write().await?;
    let requests: Vec<_> = asked.iter().map(|one| one.request.clone()).collect();
    let written = proof_requests::insert_all(context, &mut tx, &requests).await?;
    // In one order everywhere, so that there is no deadlock.
    let mut by_event: BTreeMap<EventId, Vec<ProofRequestId>> = BTreeMap::new();
    for (one, id) in asked.iter().zip(&written).filter_map(|(one, id)| id.as_ref().ok().map(|id| (one, id))) {
        for event in &one.events {
            by_event.entry(*event).or_default().push(*id);
        }
    }
    let now = context.clock.now();
    let mut rows = Vec::new();
    for (event_id, ids) in by_event {
        let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let last = registrations::take_arrivals(&mut tx, event_id, count).await?;
        for (id, arrival) in ids.into_iter().zip(last - count + 1..) {
            let id_there = RegistrationRequestId::new(now);
            rows.push((id, SeatRequest { id: id_there, event_id, arrival, registration_id: None }));
        }
    }
    store::insert(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(written.into_iter().map(|one| one.map(drop).map_err(ActError::from)).collect())
}

/// The request that a letter's button is about; `None` when there is none, or it is out of date, was proved nowhere, and cannot be
/// made again.
pub async fn request_by_link(context: &Context, link: &Token) -> sqlx::Result<Option<OpenRequest>> {
    let mut tx = context.db.snapshot().await?;
    let Some(request) = proof_requests::find_by_token(&mut tx, &link.hash()).await? else { return Ok(None) };
    open_request(context, &mut tx, &request).await
}

async fn open_request(
    context: &Context,
    tx: &mut ReadConn,
    request: &ProofRequest,
) -> sqlx::Result<Option<OpenRequest>> {
    let now = context.clock.now();
    let mut parts = Vec::new();
    for asked in store::of_requests(tx, &[request.id]).await?.into_values().flatten() {
        let event = programme::event_by_id(tx, asked.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        let registration = match asked.registration_id {
            Some(id) => registrations::find(tx, id).await?,
            None => None,
        };
        parts.push(OpenPart { event, registration, asked });
    }
    let works = now < request.expires_at;
    let is_proved = parts.iter().any(|part| part.registration.is_some());
    let words = words(request);
    let again = match &words {
        Some(words) if !works && parts.iter().any(|part| part.can_be_asked(now)) => {
            accounts::is_proved(tx, &words.email).await?
        }
        _ => false,
    };
    Ok((works || is_proved || again).then_some(OpenRequest { words, until: request.expires_at, again, parts }))
}

fn words(request: &ProofRequest) -> Option<NewRegistration> {
    let email = EmailAddress::parse(&request.email)?;
    let words: Words = serde_json::from_value(request.details.0.clone()).ok()?;
    Some(words.registration(email))
}

/// Proves a request by the button of its letter, with these words, and decides on it: a free seat is theirs, else they wait in the
/// order of arrival. One that lapsed is made again. Tells what became of it at each event. Pressed again it finds what the first
/// time did.
///
/// # Errors
///
/// When the request no longer works, or the database fails. At one event, when its rules refuse.
pub async fn prove(
    context: &Context,
    batches: &Batches,
    request: &mut OpenRequest,
    words: &NewRegistration,
) -> Result<Vec<(EventId, Result<Registered, Refusal>)>, ActError> {
    let email = request.words.as_ref().map(|words| words.email.clone()).ok_or(Refusal::LinkExpired)?;
    if request.again {
        own::renew(context, request).await?;
    }
    // What was not proved in time, and is not made again, stays so. What was proved meanwhile is found under the event's lock.
    let now = context.clock.now();
    let works = |part: &&OpenPart| {
        now < request.until || part.registration.is_some() || (request.again && part.can_be_asked(now))
    };
    let seats = request.parts.iter().filter(works).map(|part| part.asked);
    let seats: Vec<_> = seats.collect();
    if seats.is_empty() {
        return Err(Refusal::LinkExpired.into());
    }
    let words = NewRegistration { email, ..words.clone() };
    let asking = |seat: &SeatRequest| NewRegistration { request: Some(*seat), ..words.clone() };
    if let [seat] = seats.as_slice() {
        return match register(context, batches, seat.event_id, asking(seat)).await {
            Ok(registered) => Ok(vec![(seat.event_id, Ok(registered))]),
            Err(ActError::Refused(refusal)) => Ok(vec![(seat.event_id, Err(refusal))]),
            Err(error) => Err(error),
        };
    }
    let asking: Vec<_> = seats.iter().map(|seat| (seat.event_id, asking(seat))).collect();
    let answers = register_all(context, &asking).await?;
    Ok(answers.into_iter().map(|(event, answer)| (event.id, answer)).collect())
}

/// Writes the letters of requests that were made lately.
pub async fn write_letters(context: &Context) -> sqlx::Result<()> {
    proof_requests::answer_due(context, ProofPurpose::Registration, || write_some_letters(context)).await
}

/// Writes some of them; how many.
async fn write_some_letters(context: &Context) -> sqlx::Result<usize> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let due = proof_requests::take_due(context, &mut tx, ProofPurpose::Registration).await?;
    let mut events: HashMap<EventId, Event> = HashMap::new();
    let mut letters = Vec::with_capacity(due.len());
    let mut answered: HashMap<bool, Vec<ProofRequestId>> = HashMap::new();
    let ids: Vec<_> = due.iter().map(|one| one.request.id).collect();
    let asked = store::of_requests(&mut tx, &ids).await?;
    for one in &due {
        let seats = asked.get(&one.request.id).map_or(&[][..], Vec::as_slice);
        letters.extend(letter_of(context, &mut tx, (one, seats), &mut events).await?);
        answered.entry(one.is_proved).or_default().push(one.request.id);
    }
    outbox::enqueue_all(&mut tx, &letters, now).await?;
    for (is_proved, ids) in answered {
        let answer = if is_proved { Answer::Proved } else { Answer::Unproved };
        proof_requests::answered(&mut tx, &ids, answer, now).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// The letter that the owner of an address gets: with the button; or, who is registered already, how things are.
async fn letter_of(
    context: &Context,
    tx: &mut WriteTx,
    (due, seats): (&DueRequest, &[SeatRequest]),
    events: &mut HashMap<EventId, Event>,
) -> sqlx::Result<Option<Letter>> {
    for seat in seats {
        if !events.contains_key(&seat.event_id) {
            let event = programme::event_by_id(tx, seat.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
            events.insert(event.id, event);
        }
    }
    let asked: Vec<&Event> = seats.iter().filter_map(|seat| events.get(&seat.event_id)).collect();
    if let ([event], Some(person)) = (asked.as_slice(), due.person_id)
        && let Some(live) = registrations::find_live(tx, event.id, person).await?
    {
        let position = registrations::position(tx, event.id, live.arrival).await?;
        let letter = common::asked_again(context, event, &live, position);
        return Ok(Some(Letter { subject: due.request.id.0, version: 0, ..letter }));
    }
    Ok((!asked.is_empty()).then(|| letters::please_confirm(context, due, &asked)))
}

/// What is kept of the requests with an address, for its owner to take away.
pub async fn requests_of(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<Vec<serde_json::Value>> {
    let all = proof_requests::of_address(tx, email.as_str()).await?;
    let told = |one: &ProofRequest| {
        serde_json::json!({
            "at": one.created_at.to_string(),
            "until": one.expires_at.to_string(),
            "typed": one.details.0,
        })
    };
    Ok(all.iter().map(told).collect())
}

impl From<TooOften> for ActError {
    fn from(often: TooOften) -> Self {
        Self::TooOften(often)
    }
}
