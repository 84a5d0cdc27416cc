//! An event that changes: those who are registered are told, seats and waiting list are kept, and free seats passed on.

use super::notifications::notify;
use super::reconcile::{next_in_line, reconcile};
use super::{ActError, Registration, admission, counts, letters, store};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::programme::{self, Change, Difference, Event, EventStatus};
use db::WriteTx;
use kernel::id::{EventId, PersonId};
use mail::outbox;

/// Whether those who are registered are told that an event leaves the programme, or is on it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// They are not; of all else they should know, they are.
    Nobody,
    /// They are.
    Participants,
}

/// Takes an event off the programme for now: seats and waiting list are kept, reminders that wait are dropped.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn unpublish(context: &Context, by: PersonId, event: EventId, notice: Notify) -> Result<(), ActError> {
    let edit = |event: &mut Event| {
        if event.status.takes_place() {
            event.status = EventStatus::Draft;
        }
    };
    revise_telling(context, (by, Act::Unpublished), event, (edit, ""), notice).await.map(drop)
}

/// Puts an event on the programme, perhaps again: whom it reminds of itself is as if it had always been there.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn publish(context: &Context, by: PersonId, event: EventId, notice: Notify) -> Result<(), ActError> {
    let edit = |event: &mut Event| {
        if event.status == EventStatus::Draft {
            event.status = EventStatus::Published;
        }
    };
    revise_telling(context, (by, Act::Published), event, (edit, ""), notice).await.map(drop)
}

/// Changes an event as `edit` says: writes to those who are registered what they should know of, and passes on seats
/// that become free. `None` when nothing changed.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn revise(
    context: &Context,
    by: (PersonId, Act),
    event: EventId,
    edit: (impl FnOnce(&mut Event) + Send, &str),
) -> Result<Option<Change>, ActError> {
    revise_telling(context, by, event, edit, Notify::Nobody).await
}

async fn revise_telling(
    context: &Context,
    (by, act): (PersonId, Act),
    event: EventId,
    (edit, note): (impl FnOnce(&mut Event) + Send, &str),
    notice: Notify,
) -> Result<Option<Change>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let before = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let mut after = before.clone();
    edit(&mut after);
    let change = Change { after: programme::revised(&before, after, now), before };
    if change.is_empty() {
        return Ok(None);
    }
    programme::save(&mut tx, &change.after).await?;
    tell_of_change(context, &mut tx, &change, notice).await?;
    audit::write(&mut tx, &Entry::new(by, act, event).note(note), now).await?;
    tx.commit().await?;
    Ok(Some(change))
}

/// Writes to those who are registered what they should know of a change, and passes on seats that become free. Reminders
/// of what takes place no more are dropped. Under the event's lock, once the change is written.
///
/// # Errors
///
/// When the database fails.
pub async fn tell_of_change(context: &Context, tx: &mut WriteTx, change: &Change, notice: Notify) -> sqlx::Result<()> {
    let now = context.clock.now();
    let over = change.before.ends_at <= now && change.after.ends_at <= now;
    let mut differences = programme::differences(change);
    if notice == Notify::Nobody {
        differences.retain(|one| !matches!(one, Difference::Unpublished | Difference::Published));
    }
    if !change.after.status.takes_place() {
        outbox::withdraw_all(tx, change.after.id.0, "reminder").await?;
    }
    // That an event which does not take place is at another time is nobody's news.
    let ends = |one: &Difference| matches!(one, Difference::Cancelled | Difference::Unpublished);
    let is_news = change.after.status.takes_place() || differences.iter().any(ends);
    if !over && is_news && !differences.is_empty() {
        let all = store::of_event(tx, change.after.id).await?;
        for registration in all.iter().filter(|one| one.status.can_be_cancelled()) {
            notify(context, tx, &change.after, letters::changed(context, change, &differences, registration), now)
                .await?;
        }
    }
    reconcile(context, tx, &change.after, now).await.map(drop)
}

/// What another number of seats would do.
#[derive(Debug)]
pub struct Preview {
    /// Who would be offered a seat at once.
    pub offered: Vec<Registration>,
    /// Seats that would be taken beyond the capacity.
    pub excess: u32,
}

/// Tells what another number of seats would do, without doing it.
///
/// # Errors
///
/// When the database fails.
pub async fn preview_capacity(context: &Context, event: &Event, capacity: Option<i64>) -> sqlx::Result<Preview> {
    let now = context.clock.now();
    let mut tx = context.db.snapshot().await?;
    let admission = admission(&Event { capacity, ..event.clone() });
    let occupancy = counts::occupancy(&mut tx, event.id).await?;
    let offered = next_in_line(&mut tx, event, &admission, (occupancy, now)).await?;
    Ok(Preview { offered, excess: admission.excess(occupancy) })
}
