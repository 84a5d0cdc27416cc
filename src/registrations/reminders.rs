//! Reminders: seven days, one day and one hour before, on the clocks of the event's zone.

use std::time::Duration;

use jiff::ToSpan;

use super::rules::Reminder;
use super::{letters, store};
use crate::app::App;
use crate::clock::Timestamp;
use crate::mail::outbox;
use crate::programme::{self, Event};

/// The farthest reminder, and a day to spare for changes to summer time.
const FARTHEST: Duration = Duration::from_secs(8 * 24 * 3600);

/// When a reminder is due; `None` when that time cannot be expressed.
fn due_at(which: Reminder, event: &Event) -> Option<Timestamp> {
    let (days, hours) = which.before();
    let civil = event.starts_civil().checked_sub(days.days()).ok()?;
    let day = Timestamp::from_civil(civil, &event.time_zone()).ok()?;
    Some(day - Duration::from_secs(u64::try_from(hours).unwrap_or(0) * 3600))
}

/// Writes the reminders that are due and still useful: not to who registered after that moment, and once per
/// person, event, reminder and revision of the event.
///
/// # Errors
///
/// When the database fails.
pub async fn remind(app: &App) -> sqlx::Result<()> {
    let now = app.clock.now();
    let events = programme::starting_between(&mut app.db.read().await?, now, now + FARTHEST).await?;
    for event in events {
        for which in Reminder::ALL {
            let due = due_at(which, &event).filter(|due| *due <= now && now < which.useful_until(event.starts_at));
            if let Some(due_at) = due {
                remind_of(app, &event, which, due_at).await?;
            }
        }
    }
    Ok(())
}

async fn remind_of(app: &App, event: &Event, which: Reminder, due_at: Timestamp) -> sqlx::Result<()> {
    let now = app.clock.now();
    let version = which.version(event.sequence);
    if store::to_remind(&mut app.db.read().await?, event.id, due_at, version).await?.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    // Under the lock: who leaves at this moment is not reminded, and an event that moved is looked at next time.
    let Some(event) = programme::lock(&mut tx, event.id).await?.filter(|now| now.sequence == event.sequence) else {
        return Ok(());
    };
    for registration in store::to_remind(&mut tx, event.id, due_at, version).await? {
        outbox::enqueue(&mut tx, &letters::reminder(app, &event, &registration, which), now).await?;
    }
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}
