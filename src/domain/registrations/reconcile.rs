//! Brings an event up to date: seats held too long are taken back, free ones go to the waiting list.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::notifications::notify;
use super::rules::{Colleagues, Notice, Waiter};
use super::{Admission, Occupancy, Registration, RegistrationStatus, admission, counts, letters, store};
use crate::context::Context;
use crate::programme::{self, Event};
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::EventId;

/// Brings an event up to date: takes back seats held too long, gives free ones to the waiting list in order, and
/// writes the letters. Every act begins or ends with it, under the lock.
pub(super) async fn reconcile(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    now: Timestamp,
) -> sqlx::Result<Occupancy> {
    for mut late in store::overdue(tx, event.id, now).await? {
        if late.status == RegistrationStatus::Offered {
            notify(context, tx, event, letters::offer_lapsed(context, event, &late), now).await?;
        }
        late.becomes(RegistrationStatus::Expired, now).expect("what is overdue is held or offered");
        store::update(tx, &late, now).await?;
    }
    let occupancy = counts::occupancy(tx, event.id).await?;
    let admission = admission(event);
    let next = next_on_waiting_list(tx, event, &admission, (occupancy, now)).await?;
    if next.is_empty() {
        return Ok(occupancy);
    }
    for mut next in next {
        pass_on(context, event, &admission, &mut next);
        store::update(tx, &next, now).await?;
        notify(context, tx, event, letters::out_of_the_waiting_list(context, event, &next), now).await?;
    }
    counts::occupancy(tx, event.id).await
}

/// The people on the waiting list who get a seat now.
pub(super) async fn next_on_waiting_list(
    tx: &mut ReadConn,
    event: &Event,
    admission: &Admission,
    (occupancy, now): (Occupancy, Timestamp),
) -> sqlx::Result<Vec<Registration>> {
    // Most often the list is empty or no seat is free: then there is nothing to read.
    if occupancy.waiting == 0 || admission.free(occupancy) == 0 || !admission.is_worth_having(now) {
        return Ok(Vec::new());
    }
    let waiting = store::waiting(tx, event.id).await?;
    let waiters: Vec<Waiter> = waiting.iter().map(waiter).collect();
    let colleagues = match admission.cap {
        Some(_) => counts::colleagues(tx, event.id).await?,
        None => Colleagues::new(),
    };
    let places = admission.next_on_waiting_list(&waiters, (occupancy, colleagues), now);
    Ok(waiting
        .into_iter()
        .enumerate()
        .filter(|(place, _)| places.binary_search(place).is_ok())
        .map(|(_, one)| one)
        .collect())
}

fn waiter(registration: &Registration) -> Waiter {
    Waiter {
        organisation: registration.organisation_id,
        invited: registration.invited,
        ready: registration.short_notice && registration.verified,
    }
}

/// A freed seat is offered with a deadline; on the last day it is confirmed at once, since short notice was agreed to.
fn pass_on(context: &Context, event: &Event, admission: &Admission, next: &mut Registration) {
    let now = context.clock.now();
    match admission.notice(now) {
        Notice::InTime => offer(context, event, next, now),
        Notice::Short => next.becomes(RegistrationStatus::Confirmed, now),
    }
    .expect("who waits can be offered a seat");
}

/// Offers a seat with a deadline.
pub(super) fn offer(
    context: &Context,
    event: &Event,
    next: &mut Registration,
    now: Timestamp,
) -> Result<(), super::Refusal> {
    next.becomes(RegistrationStatus::Offered, now)?;
    next.held_until = Some(admission(event).offer_until(context.config.offer(), &event.time_zone(), now));
    Ok(())
}

/// Takes back seats held too long, at every event, and gives them to the waiting list.
pub async fn lapse_overdue(context: &Context) -> sqlx::Result<()> {
    let events = store::events_overdue(&mut context.db.read().await?, context.clock.now()).await?;
    for event in events {
        reconcile_event(context, event).await?;
    }
    Ok(())
}

/// Brings one event up to date, for instance after its capacity was raised.
pub async fn reconcile_event(context: &Context, event: EventId) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    if let Some(event) = programme::lock(&mut tx, event).await? {
        reconcile(context, &mut tx, &event, context.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}
