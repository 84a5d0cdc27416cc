//! What a person does with a registration of theirs: by a letter's link, or signed in.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::HashMap;

use super::audience::Standing;
use super::notifications::{notify, notify_all};
use super::reconcile::reconcile;
use super::register::colleagues;
use super::rules::Asker;
use super::{
    ActError, Batches, Open, Registration, RegistrationStatus, Transfer, admission, is_own, last_transfer, letters,
    store, token,
};
use crate::accounts;
use crate::context::Context;
use crate::programme::{self, Event};
use db::{ReadConn, WriteTx, with_retry};
use kernel::batch::Answers;
use kernel::id::{EventId, OrganisationId, PersonId, RegistrationId};
use kernel::key::Token;
use mail::Letter;

/// A registration as its person sees it.
#[derive(Debug)]
pub struct Shown {
    /// The registration.
    pub registration: Registration,
    /// Its event.
    pub event: Event,
    /// Its place in the waiting list; means nothing unless waiting.
    pub position: i64,
    /// Whether it is passed while it waits, because its organisation has all the seats it may have.
    pub capped: bool,
    /// The last colleague whom its seat was proposed to.
    pub transfer: Option<Transfer>,
}

/// The registration that a mail's link is about.
pub async fn by_link(context: &Context, link: &Token) -> sqlx::Result<Option<Shown>> {
    let mut tx = context.db.snapshot().await?;
    let Some(registration) = store::find_by_token(&mut tx, &link.hash()).await? else { return Ok(None) };
    let registration = standing(&mut tx, registration).await?;
    let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let position = position(&mut tx, &registration).await?;
    let capped = is_capped(&mut tx, &event, registration.status, registration.organisation_id).await?;
    let transfer = last_transfer(&mut tx, registration.id).await?;
    Ok(Some(Shown { registration, event, position, capped, transfer }))
}

/// Whether a person on the waiting list is passed because their organisation has all the seats it may have.
pub async fn is_capped(
    tx: &mut ReadConn,
    event: &Event,
    status: RegistrationStatus,
    organisation: Option<OrganisationId>,
) -> sqlx::Result<bool> {
    let Some(cap) = event.organisation_cap.filter(|_| status == RegistrationStatus::Waiting) else { return Ok(false) };
    Ok(i64::from(colleagues(tx, event, organisation).await?) >= cap)
}

/// The registration that a mail's link is about.
async fn linked(context: &Context, link: &Token) -> Result<RegistrationId, ActError> {
    let found = store::find_by_token(&mut context.db.read().await?, &link.hash()).await?;
    Ok(found.ok_or(ActError::NotFound)?.id)
}

/// Confirms a request by its mail's link: the address is proven, and a held or offered seat becomes the person's. One
/// that was kept too long is theirs all the same if one is free; else they join the waiting list's end. Those who
/// confirm at one event at once are answered together.
///
/// # Errors
///
/// When the link is about nothing, the rules refuse, or the database fails.
pub async fn confirm(context: &Context, batches: &Batches, link: &Token) -> Result<Registration, ActError> {
    let found = store::find_by_token(&mut context.db.read().await?, &link.hash()).await?.ok_or(ActError::NotFound)?;
    let (all, event) = (context.clone(), found.event_id);
    let decide = move |ids: Vec<RegistrationId>| {
        let context = all.clone();
        async move { with_retry(|| confirm_all(&context, event, &ids)).await }
    };
    batches.confirming.decide(&context.jobs, event, found.id, decide).await
}

/// Confirms requests at one event, in their order, in one transaction with their letters.
async fn confirm_all(
    context: &Context,
    event: EventId,
    ids: &[RegistrationId],
) -> Result<Answers<Registration, ActError>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    reconcile(context, &mut tx, &event, now).await?;
    let found = store::find_all(&mut tx, ids).await?;
    let mut found: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
    let (mut answers, mut letters) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        let answer = match found.get(id) {
            Some(one) => confirm_one(context, &mut tx, &event, one.clone(), &mut letters).await,
            None => Err(ActError::NotFound),
        };
        match answer {
            Err(ActError::Store(error)) => return Err(error.into()),
            // A second press of the button at the same moment finds the result of the first.
            Ok(registration) => answers.push(Ok(found.entry(registration.id).insert_entry(registration).get().clone())),
            refused => answers.push(refused),
        }
    }
    notify_all(context, &mut tx, &event, letters, now).await?;
    tx.commit().await?;
    Ok(answers)
}

/// Confirms one request; the letter to its person joins the letters.
async fn confirm_one(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    found: Registration,
    letters: &mut Vec<Letter>,
) -> Result<Registration, ActError> {
    let now = context.clock.now();
    let mut registration = standing(tx, found).await?;
    let before = registration.clone();
    match before.status {
        RegistrationStatus::Held | RegistrationStatus::Offered => {
            registration.becomes(RegistrationStatus::Confirmed, now)?
        }
        RegistrationStatus::Expired => admit_again(context, tx, event, &mut registration).await?,
        _ => {}
    }
    registration.verified |= registration.status.is_live();
    let changed = before.status != registration.status;
    if changed || before.verified != registration.verified {
        store::update(tx, &registration, now).await?;
        accounts::prove(tx, &[registration.proved_person()], now).await?;
    }
    if changed {
        let position = position(tx, &registration).await?;
        letters.push(letters::state(context, event, &registration, position));
    }
    Ok(registration)
}

/// A registration; or the newer one, when this one expired and its person has registered again: the older link leads to
/// the newer one, and verifies the address for it.
async fn standing(tx: &mut ReadConn, registration: Registration) -> sqlx::Result<Registration> {
    let newer = match registration.status {
        RegistrationStatus::Expired => store::find_live(tx, registration.event_id, registration.person_id).await?,
        _ => None,
    };
    Ok(newer.unwrap_or(registration))
}

/// The place in the waiting list of a registration; 0 unless it waits.
async fn position(tx: &mut ReadConn, registration: &Registration) -> sqlx::Result<i64> {
    match registration.status {
        RegistrationStatus::Waiting => store::position(tx, registration.event_id, registration.arrival).await,
        _ => Ok(0),
    }
}

/// Decides anew on a request whose held seat was taken back: a free seat is theirs, else they wait behind everybody.
async fn admit_again(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    registration: &mut Registration,
) -> Result<(), ActError> {
    let now = context.clock.now();
    let occupancy = reconcile(context, tx, event, now).await?;
    let asker = Asker {
        buyer: registration.buyer,
        // They were admitted once: a later change of the list does not count.
        standing: Standing::Listed,
        invited: registration.invited,
        colleagues: colleagues(tx, event, registration.organisation_id).await?,
    };
    let status = admission(event).admit(&asker, occupancy, now)?;
    registration.becomes(status, now)?;
    registration.arrival = store::take_arrivals(tx, event.id, 1).await?;
    store::set_arrival(tx, registration.id, registration.arrival).await?;
    Ok(())
}

/// Gives a seat, or a place in the waiting list, back; the first who waits gets it in the same transaction.
///
/// # Errors
///
/// When there is no such registration, or the database fails.
pub async fn cancel(context: &Context, id: RegistrationId) -> Result<Registration, ActError> {
    let mut open = Open::lock(context, id).await?;
    let Open { tx, event, registration, now } = &mut open;
    if registration.status.can_be_cancelled() {
        registration.becomes(RegistrationStatus::Cancelled, *now)?;
        store::update(tx, registration, *now).await?;
        notify(context, tx, event, letters::cancelled(context, event, registration), *now).await?;
    }
    reconcile(context, tx, event, *now).await?;
    open.commit().await
}

/// Says by the mail's link that one can come, or can not, even when told on the last day. If a seat is free, and it
/// is the last day, it is theirs at once.
///
/// # Errors
///
/// When the link is about nothing, or the database fails.
pub async fn set_short_notice(context: &Context, link: &Token, short_notice: bool) -> Result<(), ActError> {
    let mut open = Open::lock(context, linked(context, link).await?).await?;
    let Open { tx, event, registration, now } = &mut open;
    if registration.status == RegistrationStatus::Waiting {
        registration.short_notice = short_notice;
        registration.verified = true;
        store::update(tx, registration, *now).await?;
        accounts::mark_proved(tx, registration.person_id, *now).await?;
        reconcile(context, tx, event, *now).await?;
    }
    open.commit().await.map(drop)
}

/// Takes an offered or held seat of this person, who is signed in with the address it was offered to.
///
/// # Errors
///
/// When it is not theirs, there is none, the rules refuse, or the database fails.
pub async fn accept_own(
    context: &Context,
    batches: &Batches,
    person: PersonId,
    id: RegistrationId,
) -> Result<Registration, ActError> {
    is_own(context, person, id).await?;
    confirm(context, batches, &token(context, id)).await
}

/// Gives back a registration of this person.
///
/// # Errors
///
/// When it is not theirs, there is none, or the database fails.
pub async fn cancel_own(context: &Context, person: PersonId, id: RegistrationId) -> Result<Registration, ActError> {
    is_own(context, person, id).await?;
    cancel(context, id).await
}
