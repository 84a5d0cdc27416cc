//! What follows from the change of an event: those who are registered are told, seats and waiting list are kept, and free seats passed on.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::notifications::notify_all;
use super::reconcile::{next_on_waiting_list, reconcile};
use super::{Registration, admission, counts, letters, store};
use crate::context::Context;
use crate::programme::{self, Change, Difference, Event};
use db::WriteTx;
use mail::outbox;

/// Whether those who are registered are told that an event leaves the programme, or is on it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// They are not; of all else they should know, they are.
    Nobody,
    /// They are.
    Participants,
}

/// Writes to those who are registered what they should know of a change, and passes on seats that become free. Reminders
/// of what takes place no more are dropped. Under the event's lock, once the change is written.
pub async fn on_event_revised(
    context: &Context,
    tx: &mut WriteTx,
    change: &Change,
    notice: Notify,
) -> sqlx::Result<()> {
    let now = context.clock.now();
    let over = change.before.ends_at <= now && change.after.ends_at <= now;
    let mut differences = programme::differences(change);
    if notice == Notify::Nobody {
        differences.retain(|one| !matches!(one, Difference::Unpublished | Difference::Published));
    }
    if !change.after.status.takes_place() {
        outbox::withdraw_all(tx, change.after.id.0, "reminder").await?;
    }
    // A new time of an event that does not take place needs no letter.
    let ends = |one: &Difference| matches!(one, Difference::Cancelled | Difference::Unpublished);
    let is_news = change.after.status.takes_place() || differences.iter().any(ends);
    if !over && is_news && !differences.is_empty() {
        let all = store::of_event(tx, change.after.id).await?;
        let told = all.iter().filter(|one| one.status.can_be_cancelled());
        let letters = told.map(|registration| letters::changed(context, change, &differences, registration)).collect();
        notify_all(context, tx, &change.after, letters, now).await?;
    }
    reconcile(context, tx, &change.after, now).await.map(drop)
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
