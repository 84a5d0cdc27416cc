//! Puts letters about registrations into the outbox, with what they mean for the recipient's calendar: an invitation
//! goes with a seat, follows the event, and is taken back with the seat (RFC 5546, RFC 6047).

mod store;

use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::PersonId;
use crate::mail::{Letter, outbox};
use crate::programme::Event;
use crate::programme::calendar::{Invitation, Method, invitation_ics};

/// What a letter of this kind asks of the calendar of somebody who `has` the event in it, or has a seat.
fn method(kind: &str, has: bool, seated: bool) -> Option<Method> {
    match kind {
        "confirmed" | "promoted" => Some(Method::Request),
        // An event that takes place after all comes back into calendars that had struck it out.
        "event-moved" if seated => Some(Method::Request),
        "cancelled" | "event-cancelled" | "withdrawn" | "handed-over" if has => Some(Method::Cancel),
        _ => None,
    }
}

/// Reminders that wait say nothing true any more after these.
fn ends_reminders(kind: &str) -> bool {
    matches!(kind, "cancelled" | "withdrawn" | "handed-over" | "event-moved" | "event-cancelled")
}

/// Puts a letter about an event into the outbox, in the transaction of its cause and under the event's lock.
///
/// # Errors
///
/// When the database fails.
pub async fn post(app: &App, tx: &mut Tx, event: &Event, letter: Letter, now: Timestamp) -> sqlx::Result<()> {
    let Some(person) = letter.to.person else { return outbox::enqueue(tx, &letter, now).await.map(drop) };
    if ends_reminders(letter.kind) {
        outbox::withdraw(tx, person, event.id.0, "reminder").await?;
    }
    let has = store::has_in_calendar(tx, event.id, person).await?;
    let seated = letter.kind == "event-moved" && store::has_seat(tx, event.id, person).await?;
    let letter = match method(letter.kind, has, seated) {
        Some(method) => invite(app, tx, event, (person, letter), (method, now)).await?,
        None => letter,
    };
    outbox::enqueue(tx, &letter, now).await.map(drop)
}

/// The letter with its invitation, numbered above every earlier one to this person.
async fn invite(
    app: &App,
    tx: &mut Tx,
    event: &Event,
    (person, letter): (PersonId, Letter),
    (method, now): (Method, Timestamp),
) -> sqlx::Result<Letter> {
    let booked = method == Method::Request;
    let sequence = store::next_sequence(tx, event, person, booked).await?;
    let (name, address) = app.mail.answers_to();
    let invitation = Invitation {
        method,
        sequence,
        organiser: (&name, &address),
        attendee: (&letter.to.name, &letter.to.address),
        now,
    };
    let text = invitation_ics(&app.config.base_url, event, &invitation);
    Ok(letter.calendar(text))
}
