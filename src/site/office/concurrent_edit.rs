//! Forms that two people fill in at once: what the other stored meanwhile is taken over, and what both changed is told.

use std::collections::BTreeMap;

use serde_json::json;

use http::form::{FieldError, FieldErrors};

/// The fields of a form, each with its name.
pub(super) type Fields<'a> = Vec<(&'static str, &'a mut String)>;

/// What the fields hold, as JSON by their names, for the form to bring back as what they held when it was opened.
pub(super) fn seen(fields: Fields<'_>) -> String {
    json!(fields.into_iter().map(|(name, value)| (name, &*value)).collect::<BTreeMap<_, _>>()).to_string()
}

/// Takes over what somebody else has stored since the form was opened; says which fields both have changed. Nothing of either
/// where the form does not tell what it saw.
pub(super) fn follow(seen: &str, typed: Fields<'_>, stored: Fields<'_>) -> FieldErrors {
    let mut problems = FieldErrors::default();
    let seen: BTreeMap<String, String> = serde_json::from_str(seen).unwrap_or_default();
    for ((field, typed), (_, now)) in typed.into_iter().zip(stored) {
        let Some(seen) = seen.get(field) else { continue };
        let (is_mine, is_theirs) = (unix(typed) != unix(seen), unix(now) != unix(seen));
        if is_theirs && !is_mine {
            typed.clone_from(now);
        } else if is_theirs && unix(typed) != unix(now) {
            problems.add(field, FieldError::CHANGED_MEANWHILE);
        }
    }
    problems
}

/// Lines ended as Unix ends them.
pub(super) fn unix(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}
