//! The letter that signs somebody in.

use serde_json::json;

use super::rules::SIGN_IN_LASTS;
use crate::accounts::Person;
use kernel::clock::Timestamp;
use kernel::id::SignInId;
use kernel::key::Purpose;
use mail::{Letter, LetterLink, To};

/// The link that signs `person` in and brings them to `then`, a path of this site.
pub(super) fn sign_in(person: &Person, id: SignInId, then: Option<&str>, now: Timestamp) -> Letter {
    let path = match then {
        Some(then) => format!("/connexion/{{token}}?vers={}", kernel::percent::encode(then)),
        None => "/connexion/{token}".to_owned(),
    };
    Letter::new("sign-in", To::person(person.id, person.email.as_str(), &person.name), id.0)
        .data(json!({ "person": { "name": person.name } }))
        .link(LetterLink::secret("sign_in", path, Purpose::SignIn, id.0, 0))
        .expires_at(now + SIGN_IN_LASTS)
}
