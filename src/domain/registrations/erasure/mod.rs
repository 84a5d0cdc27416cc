//! Erases a person: their registrations are deleted, seats to come go to those who wait, and past events
//! keep how many people they had.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reconcile::reconcile;
use super::{joined_at, last_transfer, steps, store as registrations};
use crate::accounts::{self, EmailAddress, Person};
use crate::context::Context;
use crate::programme::{self, Event};
use crate::proof_requests;
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::PersonId;

pub use store::erased_counts;

/// Deletes every registration of a person, and what knows them by their address, in the transaction that deletes the person.
pub async fn erase_person(context: &Context, tx: &mut WriteTx, person: &Person) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut locked = Vec::new();
    lock_events(tx, person.id, &mut locked).await?;
    accounts::hold(tx, person.id).await?;
    // Events of requests made meanwhile; from here on no request can be made in their name.
    lock_events(tx, person.id, &mut locked).await?;
    for event in locked {
        if event.ends_at <= now {
            store::count_erased(tx, event.id, person.id).await?;
        }
        store::delete(tx, event.id, person.id).await?;
        reconcile(context, tx, &event, now).await?;
    }
    proof_requests::delete_of(tx, person.email.as_str()).await?;
    store::delete_by_address(tx, &person.email).await
}

/// Deletes the people that events which ended before this moment knew by their address alone: guests and colleagues.
pub async fn purge(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    store::purge(tx, before).await
}

/// What is kept about a person's registrations, to take away.
pub async fn export_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<Value>> {
    let mut requests = Vec::new();
    for registration in registrations::all_of_person(tx, person).await? {
        let event = programme::event_by_id(tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        let steps = steps(tx, registration.id).await?;
        let transfer = last_transfer(tx, registration.id).await?;
        let joined_at = joined_at(tx, registration.id).await?;
        let steps: Vec<_> =
            steps.iter().map(|step| json!({ "at": step.at.to_string(), "state": step.status })).collect();
        requests.push(json!({
            "event": event.title,
            "starts_at": event.starts_at.to_string(),
            "name": registration.name,
            "organisation": registration.organisation,
            "public_buyer": registration.buyer,
            "short_notice": registration.short_notice,
            "state": registration.status,
            "reason": registration.reason,
            "history": steps,
            "answers": registration.answers.iter().map(|one| json!({ "question": one.question, "answer": one.answer })).collect::<Vec<_>>(),
            "joined_at": joined_at.map(|at| at.to_string()),
            "hand_over": transfer.map(|last| json!({ "colleague": last.name, "state": last.status })),
        }));
    }
    Ok(requests)
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

/// Lets what knows a person by their address follow them to another one.
pub async fn move_address(tx: &mut WriteTx, from: &EmailAddress, to: &EmailAddress) -> sqlx::Result<()> {
    proof_requests::move_address(tx, from.as_str(), to.as_str()).await?;
    store::move_address(tx, from, to).await
}

/// Corrects the name of a person in their registrations.
pub async fn rename(tx: &mut WriteTx, person: PersonId, name: &str) -> sqlx::Result<()> {
    store::rename(tx, person, name).await
}
