//! The letters about a seat that is handed over.

use serde_json::json;

use super::Transfer;
use crate::context::Context;
use crate::programme::Event;
use crate::registrations::Registration;
use crate::registrations::letters::about;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, To};

/// A colleague is asked to take a seat.
pub(super) fn propose_transfer(context: &Context, event: &Event, giver: &Registration, to: &Transfer) -> Letter {
    to_colleague(context, "hand-over", event, (giver, to))
        .link(LetterLink::secret("take_over", "/transmissions/{token}", Purpose::Transfer, to.id.0, 0))
        .expires_at(event.starts_at)
}

/// The event is cancelled, and with it what the colleague was asked.
pub(super) fn ended(context: &Context, event: &Event, giver: &Registration, to: &Transfer) -> Letter {
    to_colleague(context, "hand-over-ended", event, (giver, to))
}

/// A letter to somebody who has asked for nothing. No name that somebody typed, nor the giver's own: a stranger's letter carries
/// no stranger's words. The giver's address is proved.
fn to_colleague(
    context: &Context,
    kind: &'static str,
    event: &Event,
    (giver, to): (&Registration, &Transfer),
) -> Letter {
    let mut letter = about(context, kind, event, giver, json!({ "giver": giver.email }));
    letter.data["person"]["name"] = "".into();
    letter.links.clear();
    letter.subject = to.id.0;
    letter.to = To { person: None, address: to.email.to_string(), name: String::new() };
    letter
}

/// The colleague took the seat.
pub(super) fn given(context: &Context, event: &Event, giver: &Registration, taken: &Registration) -> Letter {
    about(context, "handed-over", event, giver, json!({ "colleague": taken.name }))
}

/// The colleague does not want the seat.
pub(super) fn declined(context: &Context, event: &Event, giver: &Registration, by: &Transfer) -> Letter {
    about(context, "hand-over-declined", event, giver, json!({ "colleague": by.name }))
}
