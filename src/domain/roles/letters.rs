//! The letters that tell somebody of a role.

use serde_json::{Value, json};

use super::{Grant, french};
use crate::accounts::Person;
use mail::{Letter, LetterLink, To};

/// They have a role from now on; in the place of another, if one is given with where it held.
pub(super) fn granted(person: &Person, grant: &Grant, place: &str, before: Option<(&Grant, &str)>) -> Letter {
    let before = before.map(|(before, place)| french::role_at(before.role, place));
    about("role-granted", person, grant, json!({ "place": place, "before": before }))
}

/// They have it no more.
pub(super) fn ended(person: &Person, grant: &Grant, place: &str) -> Letter {
    about("role-ended", person, grant, json!({ "place": place }))
}

fn about(kind: &'static str, person: &Person, grant: &Grant, mut data: Value) -> Letter {
    data["person"] = json!({ "name": person.name });
    data["role_label"] = french::role(grant.role).into();
    data["may_label"] = french::may(grant.role).into();
    Letter::new(kind, To::person(person.id, person.email.as_str(), &person.name), grant.id.0)
        .data(data)
        .link(LetterLink::open("sign_in", "/connexion"))
}
