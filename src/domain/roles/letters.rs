//! The letters that tell somebody of a role.

use serde_json::json;

use super::{Grant, french};
use crate::accounts::Person;
use mail::{Letter, LetterLink, To};

/// They have a role from now on.
pub(super) fn granted(person: &Person, grant: &Grant, place: &str) -> Letter {
    about("role-granted", person, grant, place)
}

/// They have it no more.
pub(super) fn ended(person: &Person, grant: &Grant, place: &str) -> Letter {
    about("role-ended", person, grant, place)
}

fn about(kind: &'static str, person: &Person, grant: &Grant, place: &str) -> Letter {
    let data = json!({
        "person": { "name": person.name },
        "role_label": french::role(grant.role),
        "may_label": french::may(grant.role),
        "place": place,
    });
    Letter::new(kind, To::person(person.id, person.email.as_str(), &person.name), grant.id.0)
        .data(data)
        .link(LetterLink::open("sign_in", "/connexion"))
}
