//! The order of the waiting list, when an organiser changes it.

use super::reconcile::reconcile;
use super::{ActError, Open, Refusal, Registration, RegistrationStatus, store};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use kernel::id::{PersonId, RegistrationId};

/// Moves somebody who waits to this place of the waiting list, from 1, for a reason; those between make room.
///
/// # Errors
///
/// When they do not wait, there is no such registration, or the database fails.
pub async fn move_on_waiting_list(
    context: &Context,
    by: PersonId,
    id: RegistrationId,
    place: usize,
    reason: &str,
) -> Result<Registration, ActError> {
    let mut open = Open::lock(context, id).await?;
    let Open { tx, event, registration, now } = &mut open;
    reconcile(context, tx, event, *now).await?;
    let waiting = store::waiting(tx, event.id).await?;
    let Some(from) = waiting.iter().position(|one| one.id == id && one.status == RegistrationStatus::Waiting) else {
        return Err(Refusal::NotFromHere.into());
    };
    let to = place.clamp(1, waiting.len()) - 1;
    let arrivals: Vec<i64> = waiting.iter().map(|one| one.arrival).collect();
    let mut order: Vec<RegistrationId> = waiting.iter().map(|one| one.id).collect();
    let moved = order.remove(from);
    order.insert(to, moved);
    let between = from.min(to)..=from.max(to);
    // Two have never the same place, not even for a moment: first all step aside.
    for place in between.clone() {
        store::set_arrival(tx, order[place], -arrivals[place]).await?;
    }
    for place in between {
        store::set_arrival(tx, order[place], arrivals[place]).await?;
    }
    let note = format!("{} → {}\u{a0}: {reason}", from + 1, to + 1);
    let entry = Entry::new(by, Act::Moved, event.id).person(registration.person_id).note(note);
    audit::write(tx, &entry, *now).await?;
    open.commit().await
}
