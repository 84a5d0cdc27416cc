//! Reminders: as an event's organisers chose, or seven days, one day and one hour before, on the clocks of its zone.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod french;
mod letters;
mod rules;
mod store;

use std::time::Duration;

use jiff::ToSpan;

pub(super) use letters::reminder;

use super::notifications::notify_all;
use super::{Registration, store as registrations};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::programme::{self, Event};
use db::ReadConn;
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};

pub(super) use rules::REVISION;
pub use rules::Reminder;

/// The farthest reminder, and a day to spare for changes to summer time.
const FARTHEST: Duration = Duration::from_secs(15 * 24 * 3600);

/// When a reminder is due; `None` when that time cannot be expressed.
fn due_at(which: Reminder, event: &Event) -> Option<Timestamp> {
    let (days, seconds) = which.before();
    let civil = event.starts_civil().checked_sub(days.days()).ok()?;
    let day = Timestamp::from_civil(civil, &event.time_zone()).ok()?;
    Some(day - Duration::from_secs(seconds))
}

/// The reminders of an event, the farthest first.
pub async fn reminders_of(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<Reminder>> {
    Ok(store::reminders(tx, event).await?.unwrap_or_else(|| Reminder::USUAL.to_vec()))
}

/// Chooses the reminders of an event, maybe none.
pub async fn set_reminders(context: &Context, by: PersonId, event: EventId, chosen: &[Reminder]) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::set_reminders(&mut tx, event, chosen).await?;
    audit::write(&mut tx, &Entry::new(by, Act::ChoseReminders, event), context.clock.now()).await?;
    tx.commit().await
}

/// The reminders of an event that will leave until `until`: which, when, and to whom as things are.
pub async fn coming_reminders(
    tx: &mut ReadConn,
    event: &Event,
    now: Timestamp,
    until: Timestamp,
) -> sqlx::Result<Vec<(Reminder, Timestamp, Vec<Registration>)>> {
    let mut coming = Vec::new();
    if !event.status.takes_place() {
        return Ok(coming);
    }
    for which in reminders_of(tx, event.id).await? {
        let useful = now < which.useful_until(event.starts_at);
        let Some(due_at) = due_at(which, event).filter(|due| useful && *due <= until) else { continue };
        let people = registrations::to_remind(tx, event.id, due_at, which.version(event.sequence), REVISION).await?;
        if due_at > now || !people.is_empty() {
            coming.push((which, due_at.max(now), people));
        }
    }
    Ok(coming)
}

/// Writes the reminders that are due and still useful: not to who registered after that moment, and once per
/// person, event, reminder and revision of the event.
pub async fn remind(context: &Context) -> sqlx::Result<()> {
    let now = context.clock.now();
    let events = programme::starting_between(&mut context.db.read().await?, now, now + FARTHEST).await?;
    for event in events {
        let chosen = reminders_of(&mut context.db.read().await?, event.id).await?;
        for which in chosen {
            let due = due_at(which, &event).filter(|due| *due <= now && now < which.useful_until(event.starts_at));
            if let Some(due_at) = due {
                remind_of(context, &event, which, due_at).await?;
            }
        }
    }
    Ok(())
}

async fn remind_of(context: &Context, event: &Event, which: Reminder, due_at: Timestamp) -> sqlx::Result<()> {
    let now = context.clock.now();
    let version = which.version(event.sequence);
    if registrations::to_remind(&mut context.db.read().await?, event.id, due_at, version, REVISION).await?.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.write().await?;
    // Under the lock: who leaves at this moment is not reminded, and an event that moved is looked at next time.
    let Some(event) = programme::lock(&mut tx, event.id).await?.filter(|now| now.sequence == event.sequence) else {
        return Ok(());
    };
    let people = registrations::to_remind(&mut tx, event.id, due_at, version, REVISION).await?;
    let letters = people.iter().map(|registration| letters::reminder(context, &event, registration, which)).collect();
    notify_all(context, &mut tx, &event, letters, now).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::file::{BUNDLED, Programme};

    /// The first event of the carried programme, at another time in Paris.
    fn event(starts: &str) -> Event {
        let now = Timestamp::from_millis(1_795_507_200_000);
        let mut event = Programme::read(BUNDLED, now).unwrap().into_events().remove(0);
        event.starts_local = starts.to_owned();
        event.starts_at = Timestamp::from_civil(event.starts_civil(), &event.time_zone()).unwrap();
        event
    }

    #[test]
    fn reminders_keep_the_hour_of_the_clock_when_the_clocks_change() {
        // Clocks go forward on 28 March 2027 and back on 31 October 2027.
        for (starts, due) in [
            ("2027-03-30T10:00", "2027-03-23T09:00:00Z"),
            ("2027-03-26T10:00", "2027-03-19T09:00:00Z"),
            ("2027-11-02T10:00", "2027-10-26T08:00:00Z"),
            ("2027-07-15T10:00", "2027-07-08T08:00:00Z"),
        ] {
            let due: jiff::Timestamp = due.parse().unwrap();
            assert_eq!(due_at(Reminder::Week, &event(starts)).unwrap().to_jiff(), due, "{starts}");
        }
        let event = event("2027-03-28T10:00");
        let hours = |which| event.starts_at.since(due_at(which, &event).unwrap()).as_secs() / 3600;
        assert_eq!((hours(Reminder::Day), hours(Reminder::Hour)), (23, 1));
    }

    #[test]
    fn a_reminder_is_of_use_until_after_it_is_due() {
        let event = event("2027-03-28T10:00");
        for which in Reminder::ALL {
            assert!(due_at(which, &event).unwrap() < which.useful_until(event.starts_at), "{which:?}");
        }
    }
}
