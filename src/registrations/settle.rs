//! Brings an event up to date: seats kept too long are taken back, free ones are passed on to those who wait.

use super::post::post;
use super::rules::Notice;
use super::{Admission, Occupancy, Registration, Seat, admission, letters, store};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::EventId;
use crate::programme::{self, Event};

/// Brings an event up to date: takes back seats kept too long, passes free ones on to those who wait, in order, and
/// writes to them. Every act begins or ends with it, under the lock.
pub(super) async fn settle(app: &App, tx: &mut Tx, event: &Event, now: Timestamp) -> sqlx::Result<Occupancy> {
    for mut late in store::overdue(tx, event.id, now).await? {
        if late.seat == Seat::Offered {
            post(app, tx, event, letters::offer_lapsed(app, event, &late), now).await?;
        }
        late.seat = Seat::Lapsed;
        store::update(tx, &late, now).await?;
    }
    let mut occupancy = store::occupancy(tx, event.id).await?;
    let admission = admission(event);
    let promotions = admission.promotions(occupancy, now);
    if promotions > 0 {
        let notice = admission.notice(now);
        for mut next in store::first_waiting(tx, event.id, promotions, notice).await? {
            pass_on(app, event, &admission, &mut next);
            store::update(tx, &next, now).await?;
            post(app, tx, event, letters::out_of_the_waiting_list(app, event, &next), now).await?;
            occupancy.taken += 1;
            occupancy.waiting -= 1;
            occupancy.ready -= u32::from(next.short_notice && next.proven);
        }
    }
    Ok(occupancy)
}

/// A freed seat is offered with a deadline; on the last day it is theirs at once, since they said that this is enough.
fn pass_on(app: &App, event: &Event, admission: &Admission, next: &mut Registration) {
    let now = app.clock.now();
    match admission.notice(now) {
        Notice::InTime => {
            next.seat = Seat::Offered;
            next.held_until = Some(admission.offer_until(app.config.offer(), &event.time_zone(), now));
        }
        Notice::Short => {
            next.seat = Seat::Confirmed;
            next.confirmed_at = Some(now);
        }
    }
}

/// Takes back seats kept too long, at every event, and passes them on to those who wait.
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
