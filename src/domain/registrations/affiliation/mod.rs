//! Whom registered people work for: when they change it, registrations follow if they say so; when an organiser corrects
//! or merges organisations, they follow in any case.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod rules;
mod store;

use super::audience::Standing;
use super::reconcile::reconcile;
use super::refusal::Refusal;
use super::register;
use super::{ActError, NewRegistration, Registration, admission, store as registrations};
use crate::accounts;
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::organisations::{self, Organisation};
use crate::programme::{self, Event};
use db::{Transient, WriteTx};
use kernel::id::{OrganisationId, PersonId};

/// Why somebody's registrations cannot follow them to another organisation.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// These events do not take it; nothing was changed.
    #[error("refused at {} events", .0.len())]
    Refused(Vec<(Event, Refusal)>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Transient for FollowError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// Whether registrations follow their person to another organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Those of events to come do.
    Coming,
    /// Each stays with the organisation that it was made for.
    Stay,
}

/// Sets the organisation of a person, in the transaction of the caller.
///
/// # Errors
///
/// When an event to come does not take a registration over, or the database fails.
pub async fn work_for(
    context: &Context,
    tx: &mut WriteTx,
    person: PersonId,
    name: &str,
    follow: Follow,
) -> Result<OrganisationId, FollowError> {
    let now = context.clock.now();
    // Events first, as everywhere, so that there is no deadlock.
    let coming = if follow == Follow::Coming { lock_coming(context, tx, person).await? } else { Vec::new() };
    let before = accounts::find(tx, person).await?.ok_or(sqlx::Error::RowNotFound)?;
    let organisation = organisations::of(tx, name, None, now).await?;
    let mut refused = Vec::new();
    for (event, registration) in &coming {
        if let Some(refusal) = take_along(tx, event, registration, &organisation, name).await? {
            refused.push((event.clone(), refusal));
        }
    }
    if !refused.is_empty() {
        return Err(FollowError::Refused(refused));
    }
    for (event, _) in &coming {
        // Their former organisation has a seat less.
        reconcile(context, tx, event, now).await?;
    }
    accounts::rename(tx, person, &before.name, Some(organisation.id)).await?;
    if before.organisation_id != Some(organisation.id) {
        let note = format!("{} → {}", before.organisation, organisation.name);
        audit::write(tx, &Entry::new(person, Act::ChangedOwnOrganisation, None).person(person).note(note), now).await?;
    }
    Ok(organisation.id)
}

/// What a person has at events to come, each under its event's lock.
async fn lock_coming(
    context: &Context,
    tx: &mut WriteTx,
    person: PersonId,
) -> sqlx::Result<Vec<(Event, Registration)>> {
    let now = context.clock.now();
    let mut events = store::live_events_of(tx, person).await?;
    events.sort_unstable();
    let mut coming = Vec::new();
    for event in events {
        let event = programme::lock(tx, event).await?.ok_or(sqlx::Error::RowNotFound)?;
        if event.ends_at <= now {
            continue;
        }
        reconcile(context, tx, &event, now).await?;
        if let Some(registration) = registrations::find_live(tx, event.id, person).await? {
            coming.push((event, registration));
        }
    }
    Ok(coming)
}

/// Takes one registration along to the new organisation; tells why, if it cannot be.
async fn take_along(
    tx: &mut WriteTx,
    event: &Event,
    registration: &Registration,
    organisation: &Organisation,
    name: &str,
) -> sqlx::Result<Option<Refusal>> {
    if registration.organisation_id != Some(organisation.id) {
        let request = NewRegistration {
            name: registration.name.clone(),
            email: registration.email.clone(),
            organisation: name.to_owned(),
            siret: None,
            buyer: registration.buyer,
            short_notice: registration.short_notice,
            answers: Vec::new(),
            request: None,
        };
        let mut asker = register::asker(tx, event, &request, organisation).await?;
        if registration.approved {
            asker.standing = Standing::Listed;
        }
        if let Err(refusal) = rules::may_follow(&admission(event), registration.status, &asker) {
            return Ok(Some(refusal));
        }
    }
    store::set_organisation(tx, registration.id, organisation.id, name).await?;
    Ok(None)
}

/// Corrects an organisation; `false` when another has its SIRET.
pub async fn correct_organisation(context: &Context, by: PersonId, organisation: &Organisation) -> sqlx::Result<bool> {
    let mut tx = context.db.write().await?;
    if !organisations::correct(&mut tx, organisation).await? {
        return Ok(false);
    }
    let entry = Entry::new(by, Act::ChangedOrganisation, None).note(&organisation.name);
    audit::write(&mut tx, &entry, context.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// What merging two organisations would do.
#[derive(Debug)]
pub struct Merger {
    /// The one that ends.
    pub from: Organisation,
    /// The one that stays.
    pub into: Organisation,
    /// Registrations that go over.
    pub registrations: i64,
    /// People whose organisation changes.
    pub people: i64,
    /// Events to come at which the one that stays would have more seats than it may: their title, how many seats, and
    /// how many it may have. Nobody loses theirs.
    pub beyond_cap: Vec<(String, i64, i64)>,
}

/// Tells what merging two organisations would do, without doing it; `None` when one of them is not there.
pub async fn preview_merger(
    context: &Context,
    from: OrganisationId,
    into: OrganisationId,
) -> sqlx::Result<Option<Merger>> {
    let mut tx = context.db.snapshot().await?;
    let both = (organisations::find(&mut tx, from).await?, organisations::find(&mut tx, into).await?);
    let (Some(from), Some(into)) = both else { return Ok(None) };
    Ok(Some(Merger {
        registrations: store::count_of_organisation(&mut tx, from.id).await?,
        people: accounts::count_of_organisation(&mut tx, from.id).await?,
        beyond_cap: store::beyond_cap(&mut tx, from.id, into.id, context.clock.now()).await?,
        from,
        into,
    }))
}

/// Registrations follow when two organisations become one. No seat comes to who waits by that: the one has as many seats as
/// the two had, so under a cap fewer of its people may have one.
pub async fn on_organisation_merged(tx: &mut WriteTx, from: OrganisationId, into: OrganisationId) -> sqlx::Result<()> {
    store::move_registrations(tx, from, into).await
}

/// Says, as an organiser, that two organisations which look like one are two.
///
/// # Errors
///
/// When one of them is not there, or the database fails.
pub async fn keep_organisations_apart(
    context: &Context,
    by: PersonId,
    one: OrganisationId,
    other: OrganisationId,
) -> Result<(), ActError> {
    let mut tx = context.db.write().await?;
    let one = organisations::find(&mut tx, one).await?.ok_or(ActError::NotFound)?;
    let other = organisations::find(&mut tx, other).await?.ok_or(ActError::NotFound)?;
    organisations::keep_apart(&mut tx, one.id, other.id).await?;
    let entry = Entry::new(by, Act::ChangedOrganisation, None).note(format!("{} ≠ {}", one.name, other.name));
    audit::write(&mut tx, &entry, context.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
