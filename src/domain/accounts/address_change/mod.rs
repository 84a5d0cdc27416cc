//! Another address for a person. A link goes to the new one; once that is proved, a notice goes to the old one, whose owner may stop
//! the change for a day, or have it at once. Whether somebody has the new address already is looked up later, by
//! [`write_letters`]: neither the answer nor the work before it tells.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;
mod rules;
mod store;

use serde_json::Value;

use super::{EmailAddress, Person, sign_in};
use crate::context::Context;
use crate::proof_requests::{self, DueRequest, NewProofRequest, ProofPurpose, Requester, TooOften};
use db::{ReadConn, Transient, WriteTx, with_retry};
use kernel::clock::Timestamp;
use kernel::id::{AddressChangeId, PersonId, ProofRequestId};
use kernel::key::{Purpose, Token};
use mail::outbox;

pub use rules::{STOPPED_FOR, TAKES};
pub use store::{due as due_address_changes, of_person as address_changes_of};

/// How far a change of an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AddressChangeStatus {
    /// The new address is yet to be proved.
    Asked,
    /// It is proved; the change waits for its time.
    Proved,
    /// It was stopped, or somebody else has the address by now.
    Stopped,
    /// The person has it.
    Done,
}

/// A change of a person's address.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AddressChange {
    /// Its identifier.
    pub id: AddressChangeId,
    /// Whose address.
    pub person_id: PersonId,
    /// The request that proves the new address.
    pub proof_request_id: ProofRequestId,
    /// The new address.
    pub email: EmailAddress,
    /// How far it is.
    pub status: AddressChangeStatus,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was proved or stopped, else when it was asked for.
    pub changed_at: Timestamp,
    /// When it takes effect, once it is proved.
    pub takes_effect_at: Option<Timestamp>,
}

/// Why an address is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The link is used, out of date, or none.
    #[error("the link is used, out of date, or none")]
    Gone,
    /// The old address stopped a change lately.
    #[error("the old address stopped a change lately")]
    Stopped,
    /// The mailbox or the network asked too often.
    #[error(transparent)]
    TooOften(TooOften),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Transient for AddressError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// Asks for another address of this person.
///
/// # Errors
///
/// When a change was stopped within a day, the mailbox or the network asked too often, or the database fails.
pub async fn request_address(
    context: &Context,
    person: PersonId,
    email: &EmailAddress,
    requester: Requester,
) -> Result<(), AddressError> {
    with_retry(|| request_once(context, person, email, requester)).await
}

async fn request_once(
    context: &Context,
    person: PersonId,
    email: &EmailAddress,
    requester: Requester,
) -> Result<(), AddressError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let earlier = store::of_person(&mut tx, person).await?;
    if earlier.iter().any(|one| one.status == AddressChangeStatus::Stopped && now < one.changed_at + STOPPED_FOR) {
        return Err(AddressError::Stopped);
    }
    let request = NewProofRequest {
        purpose: ProofPurpose::Address,
        email: email.to_string(),
        details: Value::Null,
        expires_at: now + TAKES,
        requester,
    };
    let mut written = proof_requests::insert_all(context, &mut tx, &[request]).await?;
    let proof_request_id = written.pop().ok_or(sqlx::Error::RowNotFound)?.map_err(AddressError::TooOften)?;
    store::delete_asked(&mut tx, person).await?;
    let change = AddressChange {
        id: AddressChangeId::new(now),
        person_id: person,
        proof_request_id,
        email: email.clone(),
        status: AddressChangeStatus::Asked,
        created_at: now,
        changed_at: now,
        takes_effect_at: None,
    };
    store::insert(&mut tx, &change, &token(context, change.id).hash()).await?;
    Ok(tx.commit().await?)
}

/// The token of the links in the notice to the old address.
fn token(context: &Context, id: AddressChangeId) -> Token {
    context.key.token(Purpose::AddressChange, id.0, 0)
}

/// Writes the letters of requests that were made lately.
pub async fn write_letters(context: &Context) -> sqlx::Result<()> {
    proof_requests::answer_due(context, ProofPurpose::Address, || write_some_letters(context)).await
}

/// Writes some of them; how many requests were looked at.
async fn write_some_letters(context: &Context) -> sqlx::Result<usize> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let due = proof_requests::take_due(context, &mut tx, ProofPurpose::Address).await?;
    for one in &due {
        write_letter(context, &mut tx, one).await?;
        proof_requests::answered(&mut tx, &[one.request.id], one.answer(), now).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// To an address that somebody has, that it is theirs already; to another one, the link that proves it.
async fn write_letter(context: &Context, tx: &mut WriteTx, due: &DueRequest) -> sqlx::Result<()> {
    let letter = match due.person_id {
        Some(_) => letters::taken(&due.request.email, due.request.id),
        None => letters::prove(&due.request),
    };
    outbox::enqueue(tx, &letter, context.clock.now()).await.map(drop)
}

/// The change that a link in the new mailbox is about, if it still works.
pub async fn address_to_prove(context: &Context, link: &Token) -> sqlx::Result<Option<AddressChange>> {
    to_prove(context, &mut context.db.snapshot().await?, link).await
}

async fn to_prove(context: &Context, tx: &mut ReadConn, link: &Token) -> sqlx::Result<Option<AddressChange>> {
    let Some(request) = proof_requests::find_by_token(tx, &link.hash()).await? else { return Ok(None) };
    let found = store::find_by_request(tx, request.id).await?.filter(|_| context.clock.now() < request.expires_at);
    let Some(found) = found.filter(|one| one.status == AddressChangeStatus::Asked) else { return Ok(None) };
    Ok(if store::is_free(tx, &found.email).await? { Some(found) } else { None })
}

/// Proves the new address: the change takes effect in a day, unless the old address stops it. A notice goes there. An earlier
/// change of this person ends.
///
/// # Errors
///
/// When the link does not work, or the database fails.
pub async fn prove_address(context: &Context, link: &Token) -> Result<AddressChange, AddressError> {
    with_retry(|| prove_once(context, link)).await
}

async fn prove_once(context: &Context, link: &Token) -> Result<AddressChange, AddressError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let mut change = to_prove(context, &mut tx, link).await?.ok_or(AddressError::Gone)?;
    let person = super::store::find(&mut tx, change.person_id).await?.ok_or(AddressError::Gone)?;
    store::delete_proved(&mut tx, person.id).await?;
    (change.status, change.changed_at, change.takes_effect_at) = (AddressChangeStatus::Proved, now, Some(now + TAKES));
    if !store::set(&mut tx, &change, AddressChangeStatus::Asked).await? {
        return Err(AddressError::Gone);
    }
    outbox::enqueue(&mut tx, &letters::notice(&person, &change), now).await?;
    tx.commit().await?;
    Ok(change)
}

/// The change that the notice to the old address is about, with its person, whatever became of it.
pub async fn address_change_by_notice(
    tx: &mut ReadConn,
    link: &Token,
) -> sqlx::Result<Option<(AddressChange, Person)>> {
    let Some(change) = store::find_by_token(tx, &link.hash()).await? else { return Ok(None) };
    let person = super::store::find(tx, change.person_id).await?;
    Ok(person.map(|person| (change, person)))
}

/// Stops a change that has not taken effect, by the link in the old mailbox: every session of the person ends, since somebody may
/// have stolen one.
///
/// # Errors
///
/// When the link is about nothing or too late, or the database fails.
pub async fn stop_address_change(context: &Context, link: &Token) -> Result<(), AddressError> {
    let found = address_change_by_notice(&mut context.db.snapshot().await?, link).await?;
    let (change, person) = found.ok_or(AddressError::Gone)?;
    end(context, change).await?;
    Ok(super::sign_out_everywhere(context, person.id).await?)
}

/// Takes back the changes that this person asked for and that have not taken effect.
pub async fn take_back_address_changes(context: &Context, person: PersonId) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::delete_asked(&mut tx, person).await?;
    store::delete_proved(&mut tx, person).await?;
    tx.commit().await
}

async fn end(context: &Context, mut change: AddressChange) -> Result<(), AddressError> {
    let mut tx = context.db.write().await?;
    (change.status, change.changed_at) = (AddressChangeStatus::Stopped, context.clock.now());
    if !store::set(&mut tx, &change, AddressChangeStatus::Proved).await? {
        return Err(AddressError::Gone);
    }
    Ok(tx.commit().await?)
}

/// Gives a person the proved address of a change, in the transaction of what follows from it; links on their way to the old
/// address end. `None`, and the change is over, when it was stopped or somebody else has the address by now.
pub async fn take_effect(
    tx: &mut WriteTx,
    change: &AddressChange,
    now: Timestamp,
) -> sqlx::Result<Option<EmailAddress>> {
    let Some(person) = super::store::find(tx, change.person_id).await? else { return Ok(None) };
    let is_free = store::is_free(tx, &change.email).await?;
    let status = if is_free { AddressChangeStatus::Done } else { AddressChangeStatus::Stopped };
    let over = AddressChange { status, changed_at: now, ..change.clone() };
    let was_proved = store::set(tx, &over, AddressChangeStatus::Proved).await?;
    if !was_proved {
        return Ok(None);
    }
    if !is_free {
        let letter = letters::taken(change.email.as_str(), change.proof_request_id);
        outbox::enqueue(tx, &letter.version(1), now).await?;
        return Ok(None);
    }
    super::store::set_address(tx, person.id, &change.email, now).await?;
    sign_in::delete_links(tx, person.id).await?;
    Ok(Some(person.email))
}

/// Forgets changes that are over or were never proved.
pub(super) async fn forget_over(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    store::delete_over(tx, now - STOPPED_FOR).await
}

/// Forgets the changes of somebody who is erased, and those of others to their address.
pub(super) async fn erase(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    for change in store::of_person(tx, person).await? {
        proof_requests::delete(tx, change.proof_request_id).await?;
    }
    store::delete_to_address_of(tx, person).await
}
