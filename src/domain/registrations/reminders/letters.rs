//! The letter that reminds of an event.

use serde_json::json;

use super::{Reminder, french};
use crate::context::Context;
use crate::programme::Event;
use crate::registrations::Registration;
use crate::registrations::letters::{about, seated};
use kernel::key::Purpose;
use mail::{Letter, LetterLink, Priority};

/// The event comes nearer.
pub(in crate::registrations) fn reminder(
    context: &Context,
    event: &Event,
    registration: &Registration,
    which: Reminder,
) -> Letter {
    let when = french::when_label(which, event, context.clock.now());
    let letter = about(
        context,
        "reminder",
        event,
        registration,
        json!({ "when_label": when, "preparation": event.preparation, "is_of_days": which.is_of_days() }),
    )
    .version(which.version(event.sequence))
    .priority(Priority::Reminder)
    .link(LetterLink::secret("cancel", "/inscriptions/{token}?annuler=1", Purpose::Registration, registration.id.0, 0))
    .expires_at(which.useful_until(event.starts_at));
    seated(event, registration, letter)
}
