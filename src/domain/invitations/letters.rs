//! The invitation as a letter.

use serde_json::{Value, json};

use super::fill_in::fill_in;
use super::rules::Guest;
use super::{Invitation, NewRound, Round};
use crate::accounts::Person;
use crate::context::Context;
use crate::programme::{Event, told};
use kernel::clock::Timestamp;
use kernel::id::RoundId;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, Priority, Rendered, TemplateError, To, paragraphs};

/// The letter's folder in `mail-templates/`.
pub const KIND: &str = "invitation";

fn data(context: &Context, (subject, message): (&str, &str), events: &[Event], guest: &Guest) -> Value {
    let events = events.iter().map(|event| told(&context.config.base_url, event));
    json!({
        "person": { "name": guest.name },
        "title": fill_in(subject, guest),
        "paragraphs": paragraphs(&fill_in(message, guest)),
        "events": events.collect::<Vec<_>>(),
    })
}

/// The invitation of one person; `version` 1 follows up.
pub fn invitation(context: &Context, round: &Round, events: &[Event], to: &Invitation, version: i64) -> Letter {
    let Invitation { id, address, name, organisation, .. } = to.clone();
    let guest = Guest { address, name, organisation };
    let last = events.iter().map(|event| event.closes_at).max();
    let to = To { name: guest.name.clone(), ..To::address(guest.address.as_str()) };
    let letter = Letter::new(KIND, to, id.0)
        .version(version)
        .data(data(context, (&round.subject, &round.message), events, &guest))
        .link(LetterLink::secret("invitation", "/invitations/{token}", Purpose::Invitation, id.0, 0))
        .priority(Priority::Announcement);
    match last {
        Some(last) => letter.expires_at(last),
        None => letter,
    }
}

/// The same to the organiser who writes it.
pub fn test(context: &Context, to: &Person, new: &NewRound, now: Timestamp) -> Letter {
    let guest = sample(to);
    Letter::new(KIND, To::person(to.id, to.email.as_str(), &to.name), RoundId::new(now).0)
        .data(data(context, (&new.subject, &new.message), &new.events, &guest))
        .link(LetterLink::open("invitation", "/organisation/invitations"))
}

/// What a guest would read.
pub fn preview(context: &Context, organiser: &Person, new: &NewRound) -> Result<Rendered, TemplateError> {
    let own = sample(organiser);
    let guest = new.guests.first().unwrap_or(&own);
    let mut values = data(context, (&new.subject, &new.message), &new.events, guest);
    values["links"] = json!({ "invitation": format!("{}/invitations/…", context.config.base_url) });
    context.mail.preview(KIND, values)
}

fn sample(organiser: &Person) -> Guest {
    let Person { email, name, organisation, .. } = organiser.clone();
    Guest { address: email, name, organisation }
}
