//! Brings an event up to date: seats held too long are taken back, free ones go to those who wait.

use super::{Occupancy, Seat, admission, letters, rules, store};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::EventId;
use crate::mail::outbox;
use crate::programme::{self, Event};

/// Brings an event up to date: takes back seats held too long, gives free ones to those who wait, in order, and
/// writes to them. Every act begins and ends with it, under the lock.
pub(super) async fn settle(app: &App, tx: &mut Tx, event: &Event, now: Timestamp) -> sqlx::Result<Occupancy> {
    for mut late in store::overdue(tx, event.id, now).await? {
        late.seat = Seat::Lapsed;
        store::update(tx, &late, now).await?;
    }
    let mut occupancy = store::occupancy(tx, event.id).await?;
    let admission = admission(event);
    let promotions = admission.promotions(occupancy, now);
    if promotions > 0 {
        for mut next in store::first_waiting(tx, event.id, promotions).await? {
            next.seat = rules::promoted(next.proven);
            next.held_until = (next.seat == Seat::Held).then(|| admission.hold_until(app.config.hold(), now));
            next.confirmed_at = (next.seat == Seat::Confirmed).then_some(now);
            store::update(tx, &next, now).await?;
            outbox::enqueue(tx, &letters::promoted(app, event, &next), now).await?;
            occupancy.taken += 1;
            occupancy.waiting -= 1;
        }
    }
    Ok(occupancy)
}

/// Takes back seats held too long, at every event, and gives them to those who wait.
///
/// # Errors
///
/// When the database fails.
pub async fn lapse_overdue(app: &App) -> sqlx::Result<()> {
    let events = store::events_with_overdue(&mut app.db.read().await?, app.clock.now()).await?;
    for event in events {
        settle_event(app, event).await?;
    }
    Ok(())
}

/// Brings one event up to date, for instance after its capacity was raised.
///
/// # Errors
///
/// When the database fails.
pub async fn settle_event(app: &App, event: EventId) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    if let Some(event) = programme::lock(&mut tx, event).await? {
        settle(app, &mut tx, &event, app.clock.now()).await?;
    }
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}
