//! Transfers a seat to a colleague of the same organisation: they accept by mail, and the seat is never free in
//! between. Until then it is the giver's, who can take the proposal back; the colleague can decline it.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;
mod store;

use serde::{Deserialize, Serialize};

use super::admission::Place;
use super::audience::Standing;
use super::notifications::notify;
use super::register;
use super::{
    ActError, NewRegistration, Open, Refusal, Registration, RegistrationStatus, audience, is_own, letters as common,
    store as registrations, token,
};
use crate::accounts::{self, EmailAddress};
use crate::context::Context;
use crate::organisations;
use crate::programme::{self, Event, UnlistedPolicy};
use crate::proof_requests::{self, Answer, NewProofRequest, ProofPurpose, Requester};
use db::{WriteTx, with_retry};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, RegistrationId, TransferId};
use kernel::key::{Purpose, Token};
use mail::outbox;

pub use store::last_of;

/// A transfer of a seat to a colleague, pending or not.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Transfer {
    /// Its identifier.
    pub id: TransferId,
    /// The giver's registration.
    pub registration_id: RegistrationId,
    /// The colleague's name.
    pub name: String,
    /// The colleague's address.
    pub email: EmailAddress,
    /// What the colleague, or the giver, decided.
    pub status: TransferStatus,
    /// The colleague's registration, once they accepted.
    pub recipient_registration_id: Option<RegistrationId>,
    /// When it was offered to them.
    pub created_at: Timestamp,
}

/// The status of a transfer. Only a pending one can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum TransferStatus {
    /// The colleague has yet to answer; the seat is the giver's.
    Pending,
    /// The seat is the colleague's.
    Accepted,
    /// The colleague does not want it; the seat stays the giver's.
    Declined,
    /// The giver keeps the seat, or asked somebody else.
    Withdrawn,
}

/// Asks a colleague by mail to take the seat of this link; an earlier proposal to somebody else ends. The same colleague
/// gets no second letter.
///
/// # Errors
///
/// When the link is about nothing, the seat is not confirmed, the event has begun, the colleague is the giver or not on the
/// event's list, too many letters of this kind went to the colleague, or the database fails.
pub async fn propose_transfer(
    context: &Context,
    link: &Token,
    (name, email): (&str, &EmailAddress),
    requester: Requester,
) -> Result<(), ActError> {
    let found = registrations::find_by_token(&mut context.db.read().await?, &link.hash()).await?;
    let mut open = Open::lock(context, found.ok_or(ActError::NotFound)?.id).await?;
    let Open { tx, event, registration, now } = &mut open;
    may_leave(event, registration, *now)?;
    if registration.email == *email {
        return Err(Refusal::AlreadyThere.into());
    }
    admits(event, registration, email)?;
    if let Some(asked) = store::asked(tx, registration.id).await? {
        if asked.email == *email {
            return Ok(());
        }
        close(tx, &asked, TransferStatus::Withdrawn).await?;
    }
    count_letter(context, tx, email, (event.starts_at, requester)).await?;
    let id = TransferId::new(*now);
    let transfer = Transfer {
        id,
        registration_id: registration.id,
        name: name.to_owned(),
        email: email.clone(),
        status: TransferStatus::Pending,
        recipient_registration_id: None,
        created_at: *now,
    };
    let secret = context.key.token(Purpose::Transfer, id.0, 0);
    store::insert(tx, &transfer, &secret.hash()).await?;
    notify(context, tx, event, letters::propose_transfer(context, event, registration, &transfer), *now).await?;
    open.commit().await.map(drop)
}

/// Counts the letter to a colleague with all others that their mailbox may get because strangers ask.
async fn count_letter(
    context: &Context,
    tx: &mut WriteTx,
    email: &EmailAddress,
    (expires_at, requester): (Timestamp, Requester),
) -> Result<(), ActError> {
    let request = NewProofRequest {
        purpose: ProofPurpose::Transfer,
        email: email.to_string(),
        details: serde_json::Value::Null,
        expires_at,
        requester,
    };
    let is_proved = accounts::is_proved(tx, email).await?;
    for written in proof_requests::insert_all(context, tx, &[request]).await? {
        let answer = if is_proved { Answer::Proved } else { Answer::Unproved };
        proof_requests::answered(tx, &[written?], answer, context.clock.now()).await?;
    }
    Ok(())
}

/// Whether the event's audience admits a colleague of this address in place of the giver, of whom an organiser may have approved.
fn admits(event: &Event, giver: &Registration, email: &EmailAddress) -> Result<(), Refusal> {
    let is_known = giver.approved || audience::standing(&event.buyer_list, email, None) == Standing::Listed;
    if event.unlisted_policy == UnlistedPolicy::Admit || is_known { Ok(()) } else { Err(Refusal::NotListed) }
}

/// Whether a seat can be given to somebody else by now.
///
/// # Errors
///
/// Refuses when it is not confirmed, or when the event has begun or does not take place.
pub fn may_leave(event: &Event, registration: &Registration, now: Timestamp) -> Result<(), Refusal> {
    if registration.status != RegistrationStatus::Confirmed {
        return Err(Refusal::NotFromHere);
    }
    if event.starts_at <= now || !event.status.takes_place() {
        return Err(Refusal::NotOnProgramme);
    }
    Ok(())
}

/// Ends a pending transfer without the seat's leaving, and drops its letter if that still waits.
async fn close(tx: &mut WriteTx, asked: &Transfer, state: TransferStatus) -> sqlx::Result<()> {
    store::close(tx, asked.id, state, None).await?;
    outbox::withdraw_all(tx, asked.id.0, "hand-over").await.map(drop)
}

/// Ends the pending transfers of seats at an event that is cancelled: colleagues who were asked are told.
pub(super) async fn end_all(context: &Context, tx: &mut WriteTx, event: &Event, now: Timestamp) -> sqlx::Result<()> {
    for transfer in store::pending_at(tx, event.id).await? {
        store::close(tx, transfer.id, TransferStatus::Withdrawn, None).await?;
        // A letter that never left needs no second one.
        if outbox::withdraw_all(tx, transfer.id.0, "hand-over").await? > 0 {
            continue;
        }
        let Some(giver) = registrations::find(tx, transfer.registration_id).await? else { continue };
        notify(context, tx, event, letters::ended(context, event, &giver, &transfer), now).await?;
    }
    Ok(())
}

/// Keeps the seat of this registration: a pending proposal ends. Returns the status of the last proposal, which may have
/// been accepted just before.
///
/// # Errors
///
/// When there is no such registration, or the database fails.
pub async fn take_back(context: &Context, id: RegistrationId) -> Result<Option<TransferStatus>, ActError> {
    let mut open = Open::lock(context, id).await?;
    if let Some(asked) = store::asked(&mut open.tx, id).await? {
        close(&mut open.tx, &asked, TransferStatus::Withdrawn).await?;
    }
    let last = last_of(&mut open.tx, id).await?;
    open.commit().await?;
    Ok(last.map(|last| last.status))
}

/// Keeps a seat of this person, as [`take_back`] does.
///
/// # Errors
///
/// When it is not theirs, there is none, or the database fails.
pub async fn take_back_own(
    context: &Context,
    person: PersonId,
    id: RegistrationId,
) -> Result<Option<TransferStatus>, ActError> {
    is_own(context, person, id).await?;
    take_back(context, id).await
}

/// Declines the seat by the letter's link. It stays the giver's, who gets a letter.
///
/// # Errors
///
/// When the link is about nothing, or the database fails.
pub async fn decline(context: &Context, link: &Token) -> Result<(), ActError> {
    let (mut open, transfer) = open_asked(context, link).await?;
    let Open { tx, event, registration: giver, now } = &mut open;
    if transfer.status != TransferStatus::Pending {
        return Ok(());
    }
    close(tx, &transfer, TransferStatus::Declined).await?;
    if may_leave(event, giver, *now).is_ok() {
        notify(context, tx, event, letters::declined(context, event, giver, &transfer), *now).await?;
    }
    open.commit().await.map(drop)
}

/// What a colleague's link is about, under the event's lock.
async fn open_asked(context: &Context, link: &Token) -> Result<(Open, Transfer), ActError> {
    let found = store::find(&mut context.db.read().await?, &link.hash()).await?.ok_or(ActError::NotFound)?;
    let mut open = Open::lock(context, found.registration_id).await?;
    let transfer = store::find(&mut open.tx, &link.hash()).await?.ok_or(ActError::NotFound)?;
    Ok((open, transfer))
}

/// What a colleague's link is about: the transfer, the giver's registration, and the event.
pub async fn transferred_to(context: &Context, link: &Token) -> sqlx::Result<Option<(Transfer, Registration, Event)>> {
    let mut tx = context.db.snapshot().await?;
    let Some(transfer) = store::find(&mut tx, &link.hash()).await? else { return Ok(None) };
    let registration = registrations::find(&mut tx, transfer.registration_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Some((transfer, registration, event)))
}

/// Takes the seat that a colleague transfers, by the link in the letter, which verifies the address: their registration
/// ends and this one begins in one transaction. Returns the link of the new registration; pressed again, the same.
///
/// # Errors
///
/// When the link is about nothing, the giver's seat is no longer theirs to give, it was declined or taken back, the
/// colleague has a seat already or is not on the event's list, or the database fails.
pub async fn take_over(context: &Context, link: &Token) -> Result<Token, ActError> {
    with_retry(|| take_over_once(context, link)).await
}

async fn take_over_once(context: &Context, link: &Token) -> Result<Token, ActError> {
    let (mut open, transfer) = open_asked(context, link).await?;
    if let Some(taken) = transfer.recipient_registration_id {
        return Ok(token(context, taken));
    }
    if transfer.status != TransferStatus::Pending {
        return Err(Refusal::NotFromHere.into());
    }
    may_leave(&open.event, &open.registration, open.now)?;
    let taken = receive(context, &mut open, &transfer).await?;
    let Open { tx, event, registration: giver, now } = &mut open;
    giver.becomes(RegistrationStatus::Cancelled, *now)?;
    registrations::update(tx, giver, *now).await?;
    store::close(tx, transfer.id, TransferStatus::Accepted, Some(taken.id)).await?;
    notify(context, tx, event, letters::given(context, event, giver, &taken), *now).await?;
    notify(context, tx, event, common::state(context, event, &taken, 0), *now).await?;
    open.commit().await?;
    Ok(token(context, taken.id))
}

/// Writes the colleague's registration, with what the giver's seat was.
async fn receive(context: &Context, open: &mut Open, transfer: &Transfer) -> Result<Registration, ActError> {
    let Open { tx, event, registration: giver, now } = open;
    let request = NewRegistration {
        name: transfer.name.clone(),
        email: transfer.email.clone(),
        organisation: giver.organisation.clone(),
        siret: None,
        buyer: giver.buyer,
        short_notice: false,
        answers: Vec::new(),
        request: None,
    };
    let organisation = match giver.organisation_id {
        Some(organisation) => organisations::find(tx, organisation).await?.ok_or(sqlx::Error::RowNotFound)?,
        None => organisations::of(tx, &giver.organisation, None, *now).await?,
    };
    admits(event, giver, &transfer.email)?;
    let person = register::person_for(context, tx, &request, organisation.id).await?;
    accounts::mark_proved(tx, person.id, *now).await?;
    if let Some(mut known) = registrations::find_live(tx, event.id, person.id).await? {
        if known.status.is_taken() {
            return Err(Refusal::AlreadyThere.into());
        }
        // A colleague who waits leaves the list: the seat is one of the giver's organisation.
        known.becomes(RegistrationStatus::Cancelled, *now)?;
        registrations::update(tx, &known, *now).await?;
    }
    let place = Place {
        status: RegistrationStatus::Confirmed,
        organisation: organisation.id,
        invited: giver.invited,
        approved: giver.approved,
        verified: true,
    };
    Ok(register::insert(context, tx, event, person.id, (&request, place)).await?)
}
