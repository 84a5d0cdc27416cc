//! The acts on a round: sent, stopped, resumed, chased. Its letters are written when it is time, from the programme and the
//! registrations of that moment: who has registered meanwhile is not written to, nor is anybody invited to what no longer
//! takes place.

use sqlx::types::Json;

use super::{NewRound, Registered, Round, events, letters, store, token};
use crate::accounts::{EmailAddress, Person};
use crate::app::App;
use crate::audit::{self, Act, Entry};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{EventId, InvitationId, PersonId, RoundId};
use crate::mail::outbox;
use crate::registrations::{self, ActError};

/// Writes down a round, each of its people once, but for who is registered already; keeps seats for them if it says so; and
/// writes the letters unless they are for later. `id` was made with the form, so that a form that is sent twice is one round.
///
/// # Errors
///
/// When the database fails.
pub async fn send(app: &App, by: PersonId, id: RoundId, new: &NewRound) -> Result<(), ActError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let round = Round {
        id,
        subject: new.subject.clone(),
        message: new.message.clone(),
        events: Json(new.events.iter().map(|event| event.id).collect()),
        created_at: now,
        send_at: new.send_at.unwrap_or(now).max(now),
        written_at: None,
        stopped_at: None,
        chased_at: None,
    };
    if !store::insert_round(&mut tx, &round, by).await? {
        return Ok(());
    }
    keep_seats(app, &mut tx, by, new).await?;
    let registered = Registered::at(&mut tx, &new.events).await?;
    let guests = new.guests.people.iter().filter(|guest| !registered.everywhere(&guest.address));
    let invitations: Vec<_> = guests
        .map(|guest| {
            let id = InvitationId::new(now);
            store::New { id, guest, token_hash: token(app, id).hash().to_vec() }
        })
        .collect();
    store::insert_all(&mut tx, round.id, &invitations).await?;
    write_if_due(app, &mut tx, id).await?;
    audit::write(&mut tx, &Entry::new(by, Act::Invited, None).note(&round.subject), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}

async fn keep_seats(app: &App, tx: &mut Tx, by: PersonId, new: &NewRound) -> Result<(), ActError> {
    let Some(keep) = new.keep else { return Ok(()) };
    let addresses: Vec<EmailAddress> = new.guests.people.iter().map(|guest| guest.address.clone()).collect();
    // Locked in one order everywhere, so that nobody waits for each other in a circle.
    let mut ordered: Vec<EventId> = new.keeping().map(|event| event.id).collect();
    ordered.sort_unstable();
    for event in ordered {
        registrations::keep_seats(app, tx, by, event, (keep, &addresses)).await?;
    }
    Ok(())
}

/// Writes the letters of every round whose time has come, and those anew that wait while an event is no longer what they
/// say.
///
/// # Errors
///
/// When the database fails.
pub async fn send_due(app: &App) -> sqlx::Result<()> {
    let due = store::due(&mut app.db.read().await?, app.clock.now()).await?;
    for id in due {
        let mut tx = app.db.write().await?;
        write_if_due(app, &mut tx, id).await?;
        tx.commit().await?;
        app.mail.wake();
    }
    let outdated = store::outdated(&mut app.db.read().await?, app.clock.now()).await?;
    for id in outdated {
        let mut tx = app.db.write().await?;
        let Some(round) = store::round(&mut tx, id).await? else { continue };
        let subjects = store::ids(&mut tx, id).await?;
        outbox::take_back(&mut tx, letters::KIND, &subjects).await?;
        // What a worker had in hand when the round was stopped, and gave back, stays unsent.
        if round.stopped_at.is_none() {
            write_owed(app, &mut tx, &round).await?;
        }
        tx.commit().await?;
        app.mail.wake();
    }
    Ok(())
}

async fn write_if_due(app: &App, tx: &mut Tx, id: RoundId) -> sqlx::Result<()> {
    match store::start(tx, id, app.clock.now()).await? {
        Some(round) => write_owed(app, tx, &round).await.map(drop),
        None => Ok(()),
    }
}

/// Writes the letters that a round's people are owed now.
async fn write_owed(app: &App, tx: &mut Tx, round: &Round) -> sqlx::Result<u64> {
    let now = app.clock.now();
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
        owed.map(|(invitation, version)| letters::invitation(app, round, &open, invitation, version)).collect();
    outbox::enqueue_all(tx, &letters, now).await
}

/// Sends the organiser the letter that a guest would get. Its link leads nowhere.
///
/// # Errors
///
/// When the database fails.
pub async fn send_test(app: &App, to: &Person, new: &NewRound) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    outbox::enqueue(&mut tx, &letters::test(app, to, new, now), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}

/// Stops a round: what has not left stays. Returns whether it went on until now.
///
/// # Errors
///
/// When the database fails.
pub async fn stop(app: &App, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(round) = store::stop(&mut tx, id, now).await? else { return Ok(false) };
    let subjects = store::ids(&mut tx, id).await?;
    outbox::take_back(&mut tx, letters::KIND, &subjects).await?;
    outbox::drop_about(&mut tx, letters::KIND, &subjects).await?;
    finish(app, tx, (by, Act::StoppedSending, &round), now).await
}

/// Lets a stopped round go on: who has not been written to is. Returns whether it was stopped.
///
/// # Errors
///
/// When the database fails.
pub async fn resume(app: &App, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(round) = store::resume(&mut tx, id, now).await? else { return Ok(false) };
    write_if_due(app, &mut tx, id).await?;
    finish(app, tx, (by, Act::ResumedSending, &round), now).await
}

/// Writes again, once, to those whose invitation arrived and who have not answered. Returns whether it was not done before.
///
/// # Errors
///
/// When the database fails.
pub async fn chase(app: &App, by: PersonId, id: RoundId) -> sqlx::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(round) = store::start_chase(&mut tx, id, now).await? else { return Ok(false) };
    write_owed(app, &mut tx, &round).await?;
    finish(app, tx, (by, Act::Chased, &round), now).await
}

async fn finish(
    app: &App,
    mut tx: Tx,
    (by, act, round): (PersonId, Act, &Round),
    now: Timestamp,
) -> sqlx::Result<bool> {
    audit::write(&mut tx, &Entry::new(by, act, None).note(&round.subject), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(true)
}
