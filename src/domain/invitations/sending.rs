//! The acts on a round: sent, stopped, resumed, followed up. Its letters are written when it is time, from the programme and the
//! registrations of that moment: who has registered meanwhile is not written to, nor is anybody invited to what no longer
//! takes place.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::types::Json;

use super::{NewRound, Registered, Round, events, letters, store, token};
use crate::accounts::{EmailAddress, Person};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::registrations::{self, ActError};
use db::WriteTx;
use kernel::clock::Timestamp;
use kernel::id::{EventId, InvitationId, PersonId, RoundId};
use mail::outbox;

/// Writes down a round, each of its people once, but for who is registered already; reserves seats if it says so; and
/// writes the letters unless they are for later. `id` was made with the form, so that a form that is sent twice is one round.
pub async fn send(context: &Context, by: PersonId, id: RoundId, new: &NewRound) -> Result<(), ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let round = Round {
        id,
        subject: new.subject.clone(),
        message: new.message.clone(),
        events: Json(new.events.iter().map(|event| event.id).collect()),
        created_at: now,
        send_at: new.send_at.unwrap_or(now).max(now),
        written_at: None,
        stopped_at: None,
        followed_up_at: None,
    };
    if !store::insert_round(&mut tx, &round, by).await? {
        return Ok(());
    }
    reserve_seats(context, &mut tx, by, new).await?;
    let registered = Registered::at(&mut tx, &new.events).await?;
    let guests = new.guests.iter().filter(|guest| !registered.everywhere(&guest.address));
    let invitations: Vec<_> = guests
        .map(|guest| {
            let id = InvitationId::new(now);
            store::New { id, guest, token_hash: token(context, id).hash().to_vec() }
        })
        .collect();
    store::insert_all(&mut tx, round.id, &invitations).await?;
    write_if_due(context, &mut tx, id).await?;
    audit::write(&mut tx, &Entry::new(by, Act::Invited, None).note(&round.subject), now).await?;
    tx.commit().await?;
    Ok(())
}

async fn reserve_seats(context: &Context, tx: &mut WriteTx, by: PersonId, new: &NewRound) -> Result<(), ActError> {
    let Some(change) = new.reserved_seats else { return Ok(()) };
    let addresses: Vec<EmailAddress> = new.guests.iter().map(|guest| guest.address.clone()).collect();
    // Locked in one order everywhere, so that there is no deadlock.
    let mut ordered: Vec<EventId> = new.with_seats().map(|event| event.id).collect();
    ordered.sort_unstable();
    for event in ordered {
        registrations::reserve_seats(context, tx, by, event, change, &addresses).await?;
    }
    Ok(())
}

/// Writes the letters of every round whose time has come, and those anew that wait while an event is no longer what they
/// say.
pub async fn send_due(context: &Context) -> sqlx::Result<()> {
    let due = store::due(&mut context.db.read().await?, context.clock.now()).await?;
    for id in due {
        let mut tx = context.db.write().await?;
        write_if_due(context, &mut tx, id).await?;
        tx.commit().await?;
    }
    let outdated = store::outdated(&mut context.db.read().await?, context.clock.now()).await?;
    for id in outdated {
        let mut tx = context.db.write().await?;
        let Some(round) = store::round(&mut tx, id).await? else { continue };
        let subjects = store::ids(&mut tx, id).await?;
        outbox::take_back(&mut tx, letters::KIND, &subjects).await?;
        // A letter that a worker held when the round was stopped, and returned, stays unsent.
        if round.stopped_at.is_none() {
            write_owed(context, &mut tx, &round).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn write_if_due(context: &Context, tx: &mut WriteTx, id: RoundId) -> sqlx::Result<()> {
    match store::start(tx, id, context.clock.now()).await? {
        Some(round) => write_owed(context, tx, &round).await.map(drop),
        None => Ok(()),
    }
}

/// Writes the letters that a round's people are owed now.
async fn write_owed(context: &Context, tx: &mut WriteTx, round: &Round) -> sqlx::Result<u64> {
    let now = context.clock.now();
    let mut open = events(tx, round).await?;
    open.retain(|event| event.status.takes_place() && event.closes_at > now);
    if open.is_empty() {
        return Ok(0);
    }
    let registered = Registered::at(tx, &open).await?;
    let invitations = store::invitations(tx, round).await?;
    let invitations = invitations.iter().filter(|invitation| !registered.everywhere(&invitation.address));
    let owed = invitations.filter_map(|invitation| Some((invitation, invitation.owed(round)?)));
    let letters: Vec<_> =
        owed.map(|(invitation, version)| letters::invitation(context, round, &open, invitation, version)).collect();
    outbox::enqueue_all(tx, &letters, now).await
}

/// Sends the organiser the letter that a guest would get. Its link leads nowhere.
pub async fn send_test(context: &Context, to: &Person, new: &NewRound) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    outbox::enqueue(&mut tx, &letters::test(context, to, new, now), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Stops a round: what has not left stays. Returns whether it went on until now.
pub async fn stop(context: &Context, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(round) = store::stop(&mut tx, id, now).await? else { return Ok(false) };
    let subjects = store::ids(&mut tx, id).await?;
    outbox::take_back(&mut tx, letters::KIND, &subjects).await?;
    outbox::drop_about(&mut tx, letters::KIND, &subjects).await?;
    finish(tx, (by, Act::StoppedSending, &round), now).await
}

/// Resumes a stopped round: its remaining letters are written. Returns whether it was stopped.
pub async fn resume(context: &Context, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(round) = store::resume(&mut tx, id, now).await? else { return Ok(false) };
    write_if_due(context, &mut tx, id).await?;
    finish(tx, (by, Act::ResumedSending, &round), now).await
}

/// Writes again, once, to those whose invitation arrived and who have not answered. Returns whether it was not done before.
pub async fn follow_up(context: &Context, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(round) = store::start_follow_up(&mut tx, id, now).await? else { return Ok(false) };
    write_owed(context, &mut tx, &round).await?;
    finish(tx, (by, Act::FollowedUp, &round), now).await
}

async fn finish(mut tx: WriteTx, (by, act, round): (PersonId, Act, &Round), now: Timestamp) -> sqlx::Result<bool> {
    audit::write(&mut tx, &Entry::new(by, act, None).note(&round.subject), now).await?;
    tx.commit().await?;
    Ok(true)
}
