//! The letters about a registration. Each is numbered by the event's version at the act that causes it, so that an
//! act writes it once.

use serde_json::{Value, json};

use super::joining::with_joining;
use super::notifications::MOVED;
use super::{Registration, RegistrationStatus};
use crate::context::Context;
use crate::programme::french;
use crate::programme::{Announced, Change, Difference, Event, told};
use kernel::clock::Timestamp;
use kernel::id::MessageId;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, Priority, To, paragraphs};

/// What organisers wrote to somebody who registered.
pub(super) fn message(
    context: &Context,
    kind: &'static str,
    event: &Event,
    (registration, more): (&Registration, Value),
    id: MessageId,
) -> Letter {
    let letter = about(context, kind, event, registration, more);
    Letter { subject: id.0, version: 0, priority: Priority::Announcement, ..letter }
}

/// A letter about a registration, with its link.
pub(super) fn about(
    context: &Context,
    kind: &'static str,
    event: &Event,
    registration: &Registration,
    more: Value,
) -> Letter {
    let mut data = json!({ "event": told(&context.config.base_url, event), "person": { "name": registration.name } });
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    if let Some(text) = event.letter_texts.of_kind(kind) {
        data["own_text"] = json!(paragraphs(text));
    }
    let to = To::person(registration.person_id, registration.email.as_str(), &registration.name);
    Letter::new(kind, to, event.id.0)
        .version(event.version)
        .data(data)
        .link(LetterLink::secret("registration", "/inscriptions/{token}", Purpose::Registration, registration.id.0, 0))
        .expires_at(useful_until(context, event))
}

/// Until when a letter about an event is worth sending: until it starts, or for one that is written later, until it ends.
pub(super) fn useful_until(context: &Context, event: &Event) -> Timestamp {
    if context.clock.now() < event.starts_at { event.starts_at } else { event.ends_at }
}

fn held_until(event: &Event, registration: &Registration) -> Value {
    registration.held_until.map_or(Value::Null, |until| french::moment(until, event).into())
}

/// How things are with a registration that was just made or changed; `position` is its place in the waiting list.
pub(super) fn state(context: &Context, event: &Event, registration: &Registration, position: i64) -> Letter {
    match registration.status {
        RegistrationStatus::Waiting => {
            let more = json!({ "position": position, "verified": registration.verified });
            about(context, "waiting", event, registration, more)
        }
        RegistrationStatus::Confirmed | RegistrationStatus::Attended | RegistrationStatus::Absent => {
            confirmed(context, event, registration)
        }
        RegistrationStatus::Pending => {
            let more = json!({ "verified": registration.verified });
            about(context, "to-be-approved", event, registration, more)
        }
        RegistrationStatus::Refused => {
            about(context, "refused", event, registration, json!({ "reason": registration.reason }))
        }
        RegistrationStatus::Held | RegistrationStatus::Offered => {
            let more = json!({ "offered_until": held_until(event, registration) });
            about(context, "seat-offered", event, registration, more)
        }
        RegistrationStatus::Expired => offer_lapsed(context, event, registration),
        RegistrationStatus::Cancelled => cancelled(context, event, registration),
    }
}

pub(super) fn confirmed(context: &Context, event: &Event, registration: &Registration) -> Letter {
    seated(event, registration, about(context, "confirmed", event, registration, json!({})))
}

/// Somebody asked again with this address: its owner is told how things are, and nobody else.
pub(super) fn asked_again(context: &Context, event: &Event, registration: &Registration, position: i64) -> Letter {
    if registration.verified {
        let position =
            if registration.status == RegistrationStatus::Waiting { Value::from(position) } else { Value::Null };
        about(context, "already-registered", event, registration, json!({ "position": position }))
    } else {
        state(context, event, registration, position)
    }
}

/// Out of the waiting list: the seat is offered until a deadline, or theirs at once.
pub(super) fn out_of_the_waiting_list(context: &Context, event: &Event, registration: &Registration) -> Letter {
    if registration.status == RegistrationStatus::Offered {
        return state(context, event, registration, 0);
    }
    seated(event, registration, about(context, "promoted", event, registration, json!({})))
}

/// The offer was not answered in time; the seat has gone to the next.
pub(super) fn offer_lapsed(context: &Context, event: &Event, registration: &Registration) -> Letter {
    about(context, "offer-lapsed", event, registration, json!({}))
}

/// With what somebody whose seat is theirs needs: the ways to the board and to the video meeting, if the event has them.
pub(super) fn seated(event: &Event, registration: &Registration, letter: Letter) -> Letter {
    with_joining(event, registration, with_board(event, letter))
}

/// With the way to the board, if the event has one.
pub(super) fn with_board(event: &Event, letter: Letter) -> Letter {
    match event.board_kind {
        Some(_) => letter.link(LetterLink::open("board", event.board_path())),
        None => letter,
    }
}

/// The person gave their seat, or their place in the list, back.
pub(super) fn cancelled(context: &Context, event: &Event, registration: &Registration) -> Letter {
    about(context, "cancelled", event, registration, json!({}))
}

/// An organiser withdrew the registration.
pub(super) fn withdrawn(context: &Context, event: &Event, registration: &Registration) -> Letter {
    about(context, "withdrawn", event, registration, json!({ "reason": registration.reason }))
}

/// What a letter about a change keeps of the event as its reader knew it.
pub(super) const BEFORE: &str = "before";

/// The event is at another time or place, or not at all: what was, what is, and a button to step back. News of a change leave
/// at a moment, the others at once.
pub(super) fn changed(
    context: &Context,
    change: &Change,
    differences: &[Difference],
    (registration, leaves_at): (&Registration, Timestamp),
) -> Letter {
    let Change { before, after } = change;
    let step_back = "/inscriptions/{token}?annuler=1";
    let step_back = LetterLink::secret("step_back", step_back, Purpose::Registration, registration.id.0, 0);
    let has = |difference| differences.contains(&difference);
    let over = has(Difference::Cancelled).then_some("event-cancelled");
    if let Some(kind) = over.or(has(Difference::Unpublished).then_some("event-unpublished")) {
        // By the date that its reader knows.
        let mut letter = about(context, kind, after, registration, json!({})).link(step_back);
        letter.data["event"] = told(&context.config.base_url, before);
        return letter.expires_at(useful_until(context, before));
    }
    let was_when = has(Difference::Time).then(|| french::when(before));
    let was_where = has(Difference::Place).then(|| before.place.clone());
    let video = has(Difference::Video).then(|| if after.video_url.is_some() { "added" } else { "removed" });
    let more = json!({
        "was_when": was_when,
        "was_where": was_where,
        "video": video,
        "restored": has(Difference::Restored) || has(Difference::Published),
        "status": registration.status,
        BEFORE: Announced::from(before),
    });
    let letter = about(context, MOVED, after, registration, more).link(step_back).due_at(leaves_at);
    if registration.status == RegistrationStatus::Confirmed { seated(after, registration, letter) } else { letter }
}
