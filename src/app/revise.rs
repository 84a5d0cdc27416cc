//! An organiser changes an event.

use super::events::{DomainEvent, raise};
use domain::Context;
use domain::audit::{self, Act, Entry};
use domain::programme::{self, Change, Event, EventStatus};
use domain::registrations::{ActError, Notify};
use kernel::id::{EventId, PersonId};

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
    revise_with(context, &Entry::new(by, Act::Unpublished, event), edit, notice).await.map(drop)
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
    revise_with(context, &Entry::new(by, Act::Published, event), edit, notice).await.map(drop)
}

/// Changes the event that an audit entry names, as `edit` says, and writes the entry. Participants are told what they should
/// know of, and seats that become free are passed on. `None` when nothing changed.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn revise(
    context: &Context,
    entry: &Entry,
    edit: impl FnOnce(&mut Event) + Send,
) -> Result<Option<Change>, ActError> {
    revise_with(context, entry, edit, Notify::Nobody).await
}

async fn revise_with(
    context: &Context,
    entry: &Entry,
    edit: impl FnOnce(&mut Event) + Send,
    notice: Notify,
) -> Result<Option<Change>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = entry.event.ok_or(ActError::NotFound)?;
    let before = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let mut after = before.clone();
    edit(&mut after);
    let change = Change { after: programme::revised(&before, after, now), before };
    if change.is_empty() {
        return Ok(None);
    }
    programme::save(&mut tx, &change.after).await?;
    raise(context, &mut tx, &DomainEvent::EventRevised { change: &change, notice }).await?;
    audit::write(&mut tx, entry, now).await?;
    tx.commit().await?;
    Ok(Some(change))
}
