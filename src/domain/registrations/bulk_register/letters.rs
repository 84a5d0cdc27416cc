//! The letter about a request for several events.

use serde_json::{Value, json};

use super::Part;
use crate::context::Context;
use crate::programme::told;
use crate::registrations::letters::useful_until;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, To};

/// What became of a request for several events; nothing when every one was refused.
pub(super) fn parcours(context: &Context, parts: &[Part]) -> Option<Letter> {
    let answers = || parts.iter().filter_map(|part| part.answer.as_ref().ok());
    let first = answers().map(|answer| &answer.registration).next()?;
    let result = |part: &Part| {
        let (status, position, invited) = match &part.answer {
            Ok(answer) => (json!(answer.registration.status), answer.position, answer.is_invited()),
            Err(_) => (Value::Null, 0, false),
        };
        json!({
            "event": told(&context.config.base_url, &part.event),
            "status": status,
            "refusal": part.answer.as_ref().err(),
            "position": position,
            "invited": invited,
            "clashes": part.clashes,
        })
    };
    let data = json!({
        "person": { "name": first.name },
        "results": parts.iter().map(result).collect::<Vec<_>>(),
    });
    let to = To::person(first.person_id, first.email.as_str(), &first.name);
    let link = first.id;
    let letter = Letter::new("parcours", to, link.0)
        .data(data)
        .version(parts.iter().map(|part| part.event.version).sum())
        .link(LetterLink::secret("registration", "/inscriptions/{token}", Purpose::Registration, link.0, 0));
    Some(letter.expires_at(parts.iter().map(|part| useful_until(context, &part.event)).max()?))
}
