//! A person is forgotten: what they were registered for is deleted, seats to come go to those who wait, and past events
//! keep how many people they had.

mod store;

use super::settle::settle;
use super::store as registrations;
use crate::app::App;
use crate::db::Tx;
use crate::id::PersonId;
use crate::programme;

pub use store::erased_counts;

/// Deletes every registration of a person, in the transaction that deletes the person.
///
/// # Errors
///
/// When the database fails.
pub async fn forget_person(app: &App, tx: &mut Tx, person: PersonId) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut all = registrations::all_of_person(tx, person).await?;
    // Locked in one order everywhere, so that nobody waits for each other in a circle.
    all.sort_by_key(|registration| registration.event_id);
    let mut events = Vec::new();
    for event in all.iter().map(|registration| registration.event_id) {
        if events.last() != Some(&event) {
            events.push(event);
        }
    }
    for event in events {
        let event = programme::lock(tx, event).await?.ok_or(sqlx::Error::RowNotFound)?;
        if event.ends_at <= now {
            store::count_erased(tx, event.id, person).await?;
        }
        store::delete(tx, event.id, person).await?;
        settle(app, tx, &event, now).await?;
    }
    Ok(())
}

/// Corrects the name of a person in their registrations.
///
/// # Errors
///
/// When the database fails.
pub async fn rename(tx: &mut Tx, person: PersonId, name: &str) -> sqlx::Result<()> {
    store::rename(tx, person, name).await
}
