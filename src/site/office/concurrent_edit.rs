//! Forms that two people fill in at once: what the other stored meanwhile is taken over, and what both changed is told.

use serde_json::json;

use http::form::{FieldError, FieldErrors};

/// The fields of a form, each with its name.
pub(super) type Fields<'a, const N: usize> = [(&'static str, &'a mut String); N];

/// What the fields hold, as JSON, for the form to bring back as what they held when it was opened.
pub(super) fn seen<const N: usize>(fields: Fields<'_, N>) -> String {
    json!(fields.map(|(_, value)| &*value).as_slice()).to_string()
}

/// Takes over what somebody else has stored since the form was opened; says which fields both have changed. Nothing of either
/// when the form does not tell what it saw.
pub(super) fn follow<const N: usize>(seen: &str, typed: Fields<'_, N>, stored: Fields<'_, N>) -> FieldErrors {
    let mut problems = FieldErrors::default();
    let seen = serde_json::from_str::<Vec<String>>(seen).unwrap_or_default();
    for (((field, typed), (_, now)), seen) in typed.into_iter().zip(stored).zip(seen) {
        let (is_mine, is_theirs) = (unix(typed) != unix(&seen), unix(now) != unix(&seen));
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
