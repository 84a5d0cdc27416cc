//! Seats reserved for invited people: some of an event's seats, until a date, are for the addresses on its
//! list; until then nobody else gets them, waiting or not. Who is on the list and registers takes one of them, and
//! passes the waiting list as long as any is left; when none is left they are treated as everybody is. A reserved seat
//! that is given back is reserved again. At the date what is left goes to those who wait.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use std::collections::HashSet;

use super::reconcile::reconcile;
use super::{ActError, admission};
use crate::accounts::EmailAddress;
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::programme::{self, Event};
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};

/// How many seats an event reserves for people whom organisers invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservedSeatsChange {
    /// As many as it does already.
    Unchanged,
    /// So many, until then.
    Seats(i64, Timestamp),
}

/// Puts addresses on the list that an event's reserved seats are for, and reserves as many seats as `change` says.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn reserve_seats(
    context: &Context,
    tx: &mut WriteTx,
    by: PersonId,
    event: EventId,
    change: ReservedSeatsChange,
    addresses: &[EmailAddress],
) -> Result<(), ActError> {
    let now = context.clock.now();
    let before = programme::lock(tx, event).await?.ok_or(ActError::NotFound)?;
    let mut event = before.clone();
    if let ReservedSeatsChange::Seats(seats, until) = change {
        (event.reserved_seats, event.reserved_until) = (seats, Some(until));
        event = programme::revised(&before, event, now);
        programme::save(tx, &event).await?;
    }
    if before.reserved_seats != event.reserved_seats {
        let note = format!("{} → {}", before.reserved_seats, event.reserved_seats);
        audit::write(tx, &Entry::new(by, Act::ChangedAudience, event.id).note(note), now).await?;
    }
    store::reserve_for(tx, event.id, addresses).await?;
    Ok(reconcile(context, tx, &event, now).await.map(drop)?)
}

/// The addresses that an event's reserved seats are for.
pub async fn reserved_for(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<EmailAddress>> {
    store::reserved_for(tx, event).await
}

/// Replaces that list, if it is another. Who has taken a reserved seat keeps it.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn set_reserved_for(
    context: &Context,
    by: PersonId,
    event: EventId,
    addresses: &[EmailAddress],
) -> Result<(), ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let before = store::reserved_for(&mut tx, event.id).await?;
    store::clear_reserved_for(&mut tx, event.id).await?;
    store::reserve_for(&mut tx, event.id, addresses).await?;
    if before == store::reserved_for(&mut tx, event.id).await? {
        return Ok(());
    }
    let note = format!("{} → {}", before.len(), addresses.len());
    audit::write(&mut tx, &Entry::new(by, Act::ChangedGuests, event.id).note(note), now).await?;
    reconcile(context, &mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Which of these addresses a reserved seat may be for.
pub(super) async fn invited(
    tx: &mut ReadConn,
    event: &Event,
    addresses: impl Iterator<Item = &EmailAddress> + Send,
) -> sqlx::Result<HashSet<EmailAddress>> {
    match admission(event).reserved {
        0 => Ok(HashSet::new()),
        _ => store::among_reserved_for(tx, event.id, addresses).await.map(HashSet::from_iter),
    }
}
