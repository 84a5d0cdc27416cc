//! What follows from the change of an event: those who are registered are told, seats and waiting list are kept, and free seats passed on.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod rules;

use std::collections::HashMap;

use serde_json::Value;

use super::letters::BEFORE;
use super::notifications::{MOVED, notify_all};
use super::reconcile::{next_on_waiting_list, reconcile};
use super::{Registration, admission, counts, letters, store, transfer};
use crate::context::Context;
use crate::programme::{self, Announced, Change, Difference, Event};
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};
use mail::delayed::{self, Delayed};
use mail::outbox;
use rules::{is_off_again, leaves_at};

/// Whether those who are registered are told that an event leaves the programme, or is on it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// They are not; of all else they should know, they are.
    Nobody,
    /// They are.
    Participants,
}

/// Writes to those who are registered what they should know of a change, and passes on seats that become free. Reminders
/// of what takes place no more are dropped, and seats are handed over no more. Under the event's lock, once the change is
/// written.
pub async fn on_event_revised(
    context: &Context,
    tx: &mut WriteTx,
    change: &Change,
    notice: Notify,
) -> sqlx::Result<()> {
    let now = context.clock.now();
    let over = change.before.ends_at <= now && change.after.ends_at <= now;
    if !change.after.status.takes_place() {
        outbox::withdraw_all(tx, change.after.id.0, "reminder").await?;
    }
    if !over {
        tell(context, tx, change, notice).await?;
        if programme::differences(change).contains(&Difference::Cancelled) {
            transfer::end_all(context, tx, &change.after, now).await?;
        }
    }
    reconcile(context, tx, &change.after, now).await.map(drop)
}

/// Writes to each person what is new to them. Letters about an earlier change that still wait give way: the new ones say how
/// the event is against what their readers knew before.
async fn tell(context: &Context, tx: &mut WriteTx, change: &Change, notice: Notify) -> sqlx::Result<()> {
    let (now, after) = (context.clock.now(), &change.after);
    let waiting = delayed::of_subject(tx, after.id.0, MOVED, now).await?;
    if waiting.is_empty() && programme::differences(change).is_empty() {
        return Ok(());
    }
    let waiting: HashMap<PersonId, Delayed> = waiting.into_iter().map(|one| (one.person, one)).collect();
    let (mut letters, mut replaced) = (Vec::new(), Vec::new());
    for registration in store::of_event(tx, after.id).await? {
        if !registration.status.can_be_cancelled() {
            continue;
        }
        let delayed = waiting.get(&registration.person_id);
        let known = delayed.and_then(|one| announced(&one.data)).map(|known| known.of(after));
        let change = Change { before: known.unwrap_or_else(|| change.before.clone()), after: after.clone() };
        // Somebody who is owed the letter that an event is back is owed it still.
        let notice = if delayed.is_some() && after.status.takes_place() { Notify::Participants } else { notice };
        let news = rules::news(&change, notice, registration.status);
        if let Some(delayed) =
            delayed.filter(|_| !news.is_empty() || after.status.takes_place() || is_off_again(&change))
        {
            replaced.push(delayed.id);
        }
        if !news.is_empty() {
            letters.push(letters::changed(context, &change, &news, (&registration, leaves_at(&change, now))));
        }
    }
    delayed::take_back(tx, &replaced).await?;
    notify_all(context, tx, after, letters, now).await
}

/// What the reader of a letter that waits knew of the event.
fn announced(data: &Value) -> Option<Announced> {
    serde_json::from_value(data.get(BEFORE)?.clone()).ok()
}

/// Letters about a change of an event that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComingNews {
    /// How many people get one.
    pub people: usize,
    /// When the last of them leaves.
    pub at: Timestamp,
}

/// The letters about a change of an event that another change would still replace.
pub async fn coming_news(tx: &mut ReadConn, event: EventId, now: Timestamp) -> sqlx::Result<Option<ComingNews>> {
    let waiting = delayed::of_subject(tx, event.0, MOVED, now).await?;
    Ok(waiting.iter().map(|one| one.due_at).max().map(|at| ComingNews { people: waiting.len(), at }))
}

/// What another number of seats would do.
#[derive(Debug)]
pub struct Preview {
    /// The people who would be offered a seat at once.
    pub offered: Vec<Registration>,
    /// Seats that would be taken beyond the capacity.
    pub excess: u32,
}

/// Tells what another number of seats would do, without doing it.
pub async fn preview_capacity(context: &Context, event: &Event, capacity: Option<i64>) -> sqlx::Result<Preview> {
    let now = context.clock.now();
    let mut tx = context.db.snapshot().await?;
    let admission = admission(&Event { capacity, ..event.clone() });
    let occupancy = counts::occupancy(&mut tx, event.id).await?;
    let offered = next_on_waiting_list(&mut tx, event, &admission, (occupancy, now)).await?;
    Ok(Preview { offered, excess: admission.excess(occupancy) })
}
