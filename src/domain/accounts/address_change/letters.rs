//! The letters about another address of a person.

use serde_json::json;

use super::AddressChange;
use super::rules::TAKES;
use crate::accounts::Person;
use crate::proof_requests::ProofRequest;
use kernel::id::ProofRequestId;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, To};

/// To the new address: the link that proves it. No word of whoever asked.
pub(super) fn prove(request: &ProofRequest) -> Letter {
    Letter::new("address-prove", To::address(&request.email), request.id.0)
        .data(json!({ "person": { "name": "" } }))
        .link(LetterLink::secret("prove", "/adresse/nouvelle/{token}", Purpose::ProofRequest, request.id.0, 0))
        .expires_at(request.expires_at)
}

/// To an address that somebody has: only they learn that.
pub(super) fn taken(email: &str, request: ProofRequestId) -> Letter {
    Letter::new("address-taken", To::address(email), request.0)
        .data(json!({ "person": { "name": "" } }))
        .link(LetterLink::open("sign_in", "/connexion"))
}

/// To the old address: what will happen, and the page that stops it or has it at once.
pub(super) fn notice(person: &Person, change: &AddressChange) -> Letter {
    Letter::new("address-notice", To::person(person.id, person.email.as_str(), &person.name), change.id.0)
        .data(json!({ "person": { "name": person.name }, "new_address": change.email }))
        .link(LetterLink::secret("notice", "/adresse/ancienne/{token}", Purpose::AddressChange, change.id.0, 0))
        .expires_at(change.changed_at + TAKES)
}
