//! The letter about a request with an address that is not proved. It goes to whoever has the address, whoever made the request: it
//! holds no word that was typed.

use serde_json::json;

use super::OwnRequest;
use crate::accounts::EmailAddress;
use crate::context::Context;
use crate::programme::{Event, french, told};
use crate::proof_requests::DueRequest;
use crate::registrations::letters::useful_until;
use kernel::id::PersonId;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, To};

/// That seats were asked for, and the button that proves it.
pub(super) fn please_confirm(context: &Context, due: &DueRequest, events: &[&Event]) -> Letter {
    let request = &due.request;
    let until = events.first().map(|event| french::moment(request.expires_at, event));
    let data = json!({
        "person": { "name": "" },
        "events": events.iter().map(|event| told(&context.config.base_url, event)).collect::<Vec<_>>(),
        "until": until,
    });
    let useful_until = events.iter().map(|event| useful_until(context, event)).max();
    Letter::new("please-confirm", To::address(&request.email), request.id.0)
        .data(data)
        .link(LetterLink::secret("request", "/demandes/{token}", Purpose::ProofRequest, request.id.0, 0))
        .expires_at(useful_until.map_or(request.expires_at, |until| until.min(request.expires_at)))
}

/// A request was not confirmed in time: its button makes it again. To an address that was proved once.
pub(super) fn lapsed(context: &Context, (person, email): (PersonId, &EmailAddress), own: &OwnRequest) -> Letter {
    let events = own.request.parts.iter().map(|part| &part.event);
    let data = json!({
        "person": { "name": "" },
        "events": events.clone().map(|event| told(&context.config.base_url, event)).collect::<Vec<_>>(),
    });
    let letter = Letter::new("request-lapsed", To::person(person, email.as_str(), ""), own.id.0).data(data);
    let link = LetterLink::secret("request", "/demandes/{token}", Purpose::ProofRequest, own.id.0, 0);
    let closes = events.map(|event| event.closes_at).max();
    let letter = letter.link(link);
    match closes {
        Some(closes) => letter.expires_at(closes),
        None => letter,
    }
}
