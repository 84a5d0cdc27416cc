//! The letter that reminds of an event.

use serde_json::json;

use super::Reminder;
use crate::context::Context;
use crate::programme::Event;
use crate::registrations::Registration;
use crate::registrations::letters::{about, with_board};
use kernel::clock::Timestamp;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, Priority};

/// The event comes nearer.
pub(super) fn reminder(context: &Context, event: &Event, registration: &Registration, which: Reminder) -> Letter {
    let when = when_label(which, event, context.clock.now());
    let letter = about(
        context,
        "reminder",
        event,
        registration,
        json!({ "when_label": when, "preparation": event.preparation }),
    )
    .version(which.version(event.sequence))
    .priority(Priority::Reminder)
    .link(LetterLink::secret("cancel", "/inscriptions/{token}?annuler=1", Purpose::Registration, registration.id.0, 0))
    .expires_at(which.useful_until(event.starts_at));
    with_board(event, letter)
}

/// How long it still is, as the clocks of the event's zone tell it now: after an outage a reminder may come late.
fn when_label(which: Reminder, event: &Event, now: Timestamp) -> String {
    let today = now.civil(&event.time_zone()).date();
    let days = today.until(event.starts_civil().date()).map_or(0, |span| span.get_days());
    match (which.is_of_days(), days) {
        (true, 1) => "demain".to_owned(),
        (true, 2..) => format!("dans {days} jours"),
        (true, _) => "aujourd’hui".to_owned(),
        (false, _) => match which {
            Reminder::Quarter => "dans un quart d’heure".to_owned(),
            Reminder::ThreeHours => "dans trois heures".to_owned(),
            _ => "dans une heure".to_owned(),
        },
    }
}
