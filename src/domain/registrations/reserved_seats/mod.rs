//! Seats kept for invited people. An event keeps `reserved_seats` of its seats until `reserved_until` for the addresses on its
//! list; until then nobody else gets them, waiting or not. Who is on the list and registers takes one of them, and
//! passes the waiting list as long as any is left; when none is left they are treated as everybody is. A kept seat
//! that is given back is kept again. At the date what is left goes to those who wait.
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

/// How many seats an event keeps for people whom organisers invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// As many as it keeps already.
    AsItDoes,
    /// So many, until then.
    Seats(i64, Timestamp),
}

/// Puts addresses on the list that an event's kept seats are for, and keeps as many seats as `keep` says.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn keep_seats(
    context: &Context,
    tx: &mut WriteTx,
    by: PersonId,
    event: EventId,
    keep: Keep,
    addresses: &[EmailAddress],
) -> Result<(), ActError> {
    let now = context.clock.now();
    let before = programme::lock(tx, event).await?.ok_or(ActError::NotFound)?;
    let mut event = before.clone();
    if let Keep::Seats(seats, until) = keep {
        (event.reserved_seats, event.reserved_until) = (seats, Some(until));
        event = programme::revised(&before, event, now);
        programme::save(tx, &event).await?;
    }
    if before.reserved_seats != event.reserved_seats {
        let note = format!("{} → {}", before.reserved_seats, event.reserved_seats);
        audit::write(tx, &Entry::new(by, Act::ChangedAudience, event.id).note(note), now).await?;
    }
    store::keep_for(tx, event.id, addresses).await?;
    Ok(reconcile(context, tx, &event, now).await.map(drop)?)
}

/// The addresses that an event's kept seats are for.
pub async fn kept_for(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<EmailAddress>> {
    store::kept_for(tx, event).await
}

/// Replaces that list, if it is another. Who has taken a kept seat keeps it.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn set_kept_for(
    context: &Context,
    by: PersonId,
    event: EventId,
    addresses: &[EmailAddress],
) -> Result<(), ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let before = store::kept_for(&mut tx, event.id).await?;
    store::keep_for_nobody(&mut tx, event.id).await?;
    store::keep_for(&mut tx, event.id, addresses).await?;
    if before == store::kept_for(&mut tx, event.id).await? {
        return Ok(());
    }
    let note = format!("{} → {}", before.len(), addresses.len());
    audit::write(&mut tx, &Entry::new(by, Act::ChangedGuests, event.id).note(note), now).await?;
    reconcile(context, &mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Which of these addresses a kept seat may be for.
pub(super) async fn invited(
    tx: &mut ReadConn,
    event: &Event,
    addresses: impl Iterator<Item = &EmailAddress> + Send,
) -> sqlx::Result<HashSet<EmailAddress>> {
    match admission(event).kept {
        0 => Ok(HashSet::new()),
        _ => store::among_kept_for(tx, event.id, addresses).await.map(HashSet::from_iter),
    }
}
