//! The letters about a registration. Each is numbered by the event's version at the act that causes it, so that an
//! act writes it once.

use serde_json::{Value, json};

use super::{Registration, Seat};
use crate::app::App;
use crate::clock::Timestamp;
use crate::key::Purpose;
use crate::mail::{Letter, Link, Priority, To};
use crate::programme::Event;
use crate::programme::french;

use super::rules::Reminder;

/// What every letter about an event shows.
fn event_data(app: &App, event: &Event) -> Value {
    json!({
        "title": event.title,
        "kind_label": french::kind(event.kind),
        "date": french::date(event.starts_civil()),
        "time": format!("{}, {}", french::hours(event), french::zone_label(event)),
        "place": event.place,
        "url": format!("{}{}", app.config.base_url, event.path()),
        "video_url": event.video_url,
    })
}

/// A letter about a registration, with its link.
fn about(app: &App, kind: &'static str, event: &Event, registration: &Registration, more: Value) -> Letter {
    let mut data = json!({ "event": event_data(app, event), "person": { "name": registration.name } });
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    let to = To::person(registration.person_id, registration.email.as_str(), &registration.name);
    Letter::new(kind, to, event.id.0)
        .version(event.version)
        .data(data)
        .link(Link::secret("registration", "/inscriptions/{token}", Purpose::Registration, registration.id.0, 0))
        .expires_at(event.ends_at)
}

fn held_until(event: &Event, registration: &Registration) -> Value {
    registration.held_until.map_or(Value::Null, |until| french::moment(until, event).into())
}

/// How things are with a registration that was just made or changed; `position` is its place in the waiting list.
pub(super) fn state(app: &App, event: &Event, registration: &Registration, position: i64) -> Letter {
    match registration.seat {
        Seat::Waiting => {
            let more = json!({ "position": position, "proven": registration.proven });
            about(app, "waiting", event, registration, more)
        }
        Seat::Confirmed => confirmed(app, event, registration),
        Seat::Held | Seat::Offered | Seat::Lapsed | Seat::Cancelled => {
            let more = json!({ "held_until": held_until(event, registration) });
            about(app, "please-confirm", event, registration, more)
        }
    }
}

fn confirmed(app: &App, event: &Event, registration: &Registration) -> Letter {
    with_board(event, about(app, "confirmed", event, registration, json!({})))
}

/// Somebody asked again with this address: its owner is told how things are, and nobody else.
pub(super) fn asked_again(app: &App, event: &Event, registration: &Registration, position: i64) -> Letter {
    if registration.proven {
        let position = if registration.seat == Seat::Waiting { Value::from(position) } else { Value::Null };
        about(app, "already-registered", event, registration, json!({ "position": position }))
    } else {
        state(app, event, registration, position)
    }
}

/// Out of the waiting list: the seat is offered until a deadline, or theirs at once.
pub(super) fn out_of_the_waiting_list(app: &App, event: &Event, registration: &Registration) -> Letter {
    if registration.seat == Seat::Offered {
        let more = json!({ "offered_until": held_until(event, registration) });
        return about(app, "seat-offered", event, registration, more);
    }
    with_board(event, about(app, "promoted", event, registration, json!({})))
}

/// The offer was not answered in time; the seat has gone to the next.
pub(super) fn offer_lapsed(app: &App, event: &Event, registration: &Registration) -> Letter {
    about(app, "offer-lapsed", event, registration, json!({}))
}

/// With the way to the board, if the event has one.
fn with_board(event: &Event, letter: Letter) -> Letter {
    match event.board_kind {
        Some(_) => letter.link(Link::open("board", "/mon-parcours")),
        None => letter,
    }
}

/// The person gave their seat, or their place in the list, back.
pub(super) fn cancelled(app: &App, event: &Event, registration: &Registration) -> Letter {
    about(app, "cancelled", event, registration, json!({}))
}

/// The event comes nearer.
pub(super) fn reminder(app: &App, event: &Event, registration: &Registration, which: Reminder) -> Letter {
    let when = when_label(which, event, app.clock.now());
    let letter = about(app, "reminder", event, registration, json!({ "when_label": when }))
        .version(which.version(event.sequence))
        .priority(Priority::Reminder)
        .link(Link::secret("cancel", "/inscriptions/{token}?annuler=1", Purpose::Registration, registration.id.0, 0))
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
