//! A person is forgotten: what they were registered for is deleted, seats to come go to those who wait, and past events
//! keep how many people they had.

mod store;

use std::collections::BTreeSet;

use super::reconcile::reconcile;
use super::store as registrations;
use crate::accounts;
use crate::context::Context;
use crate::programme::{self, Event};
use db::WriteTx;
use kernel::id::PersonId;

pub use store::erased_counts;

/// Deletes every registration of a person, in the transaction that deletes the person.
///
/// # Errors
///
/// When the database fails.
pub async fn forget_person(context: &Context, tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut locked = Vec::new();
    lock_events(tx, person, &mut locked).await?;
    accounts::hold(tx, person).await?;
    // Where they asked meanwhile; from here on nobody can ask in their name.
    lock_events(tx, person, &mut locked).await?;
    for event in locked {
        if event.ends_at <= now {
            store::count_erased(tx, event.id, person).await?;
        }
        store::delete(tx, event.id, person).await?;
        reconcile(context, tx, &event, now).await?;
    }
    Ok(())
}

/// Locks the events of a person that are not locked yet, in one order everywhere, so that nobody waits for each other
/// in a circle.
async fn lock_events(tx: &mut WriteTx, person: PersonId, locked: &mut Vec<Event>) -> sqlx::Result<()> {
    let all = registrations::all_of_person(tx, person).await?;
    let events: BTreeSet<_> = all.iter().map(|registration| registration.event_id).collect();
    for event in events {
        if locked.iter().all(|known| known.id != event) {
            locked.push(programme::lock(tx, event).await?.ok_or(sqlx::Error::RowNotFound)?);
        }
    }
    Ok(())
}

/// Corrects the name of a person in their registrations.
///
/// # Errors
///
/// When the database fails.
pub async fn rename(tx: &mut WriteTx, person: PersonId, name: &str) -> sqlx::Result<()> {
    store::rename(tx, person, name).await
}
