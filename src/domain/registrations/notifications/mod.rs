//! Puts letters about registrations into the outbox, with what they mean for the recipient's calendar: an invitation
//! goes with a seat, follows the event, and is taken back with the seat (RFC 5546, RFC 6047).
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use super::joining;
use crate::context::Context;
use crate::programme::calendar::{Invitation, Method, invitation_ics};
use crate::programme::{Event, PublicEvent};
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::PersonId;
use mail::{Letter, outbox};

/// The letter about a change of an event.
pub(super) const MOVED: &str = "event-moved";

/// Reminders that wait say nothing true any more after these.
fn ends_reminders(kind: &str) -> bool {
    matches!(kind, "cancelled" | "withdrawn" | "handed-over" | "event-moved" | "event-cancelled")
}

/// A change of the event that is yet to be told goes without saying after these: they say how things are, or it is nothing to
/// their reader any more.
fn ends_news(kind: &str) -> bool {
    ends_reminders(kind) || matches!(kind, "confirmed" | "promoted" | "seat-offered" | "offer-lapsed" | "refused")
}

/// Puts a letter about an event into the outbox, in the transaction of its cause and under the event's lock.
pub async fn notify(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    letter: Letter,
    now: Timestamp,
) -> sqlx::Result<()> {
    notify_all(context, tx, event, vec![letter], now).await
}

/// Puts letters to several people into the outbox, as [`notify`] does.
pub async fn notify_all(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    mut letters: Vec<Letter>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let ended = letters.iter().filter(|letter| ends_reminders(letter.kind)).filter_map(|letter| letter.to.person);
    outbox::withdraw(tx, &ended.collect::<Vec<_>>(), event.id.0, "reminder").await?;
    let known = letters.iter().filter(|letter| ends_news(letter.kind)).filter_map(|letter| letter.to.person);
    outbox::withdraw(tx, &known.collect::<Vec<_>>(), event.id.0, MOVED).await?;
    for letter in &mut letters {
        let Some(person) = letter.to.person else { continue };
        if let Some(method) = method(tx, event, letter.kind, person).await? {
            let invitation = invitation(context, tx, event, person, letter, method, now).await?;
            letter.calendar = Some(invitation);
        }
    }
    outbox::enqueue_all(tx, &letters, now).await.map(drop)
}

/// What a letter of this kind asks of a person's calendar, by what that was sent before and whether they have a seat.
async fn method(tx: &mut ReadConn, event: &Event, kind: &str, person: PersonId) -> sqlx::Result<Option<Method>> {
    Ok(match kind {
        "confirmed" | "promoted" => Some(Method::Request),
        // An event that takes place after all comes back into calendars that had struck it out.
        "event-moved" => store::has_seat(tx, event.id, person).await?.then_some(Method::Request),
        "cancelled" | "event-cancelled" | "event-unpublished" | "withdrawn" | "handed-over" => {
            store::has_in_calendar(tx, event.id, person).await?.then_some(Method::Cancel)
        }
        _ => None,
    })
}

/// The invitation for a letter, numbered above every earlier one to this person.
async fn invitation(
    context: &Context,
    tx: &mut WriteTx,
    event: &Event,
    person: PersonId,
    letter: &Letter,
    method: Method,
    now: Timestamp,
) -> sqlx::Result<String> {
    let booked = method == Method::Request;
    // What the letter tells, its calendar tells. The secret is put in when it is sent: none is at rest.
    let join = letter.links.iter().find(|link| booked && link.name == joining::LINK);
    let join = join.map(|link| link.unfilled(&context.config.base_url));
    let sequence = store::next_sequence(tx, event, person, booked).await?;
    let (name, address) = context.mail.answers_to();
    let invitation = Invitation {
        method,
        sequence,
        organiser: (&name, &address),
        attendee: (&letter.to.name, &letter.to.address),
        join: join.as_deref(),
        now,
    };
    Ok(invitation_ics(&context.config.base_url, &PublicEvent::from(event), &invitation))
}
