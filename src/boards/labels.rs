//! The French names of fields and choices, for pages, exports and the client. They live with the pages.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::kinds::{BoardKind, Field, Holds};
use super::model::Card;

static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../web/pages/board-labels.json")).expect("a test reads the carried labels")
});

#[derive(Debug, Deserialize)]
struct Labels {
    fields: HashMap<String, HashMap<String, String>>,
    choices: HashMap<String, String>,
    links: HashMap<String, String>,
}

/// A field's name in French, or that of its `votes`.
pub(super) fn field(kind: BoardKind, name: &'static str) -> &'static str {
    LABELS.fields.get(kind.name()).and_then(|fields| fields.get(name)).map_or(name, String::as_str)
}

/// What stands in a field of a card, in French.
pub(super) fn value(card: &Card, field: &Field) -> String {
    let Some(value) = card.fields.get(field.name) else { return String::new() };
    let text = value.to_string();
    match field.holds {
        Holds::Choice(_) => choice(field.name, &text).to_owned(),
        _ => text,
    }
}

/// What stands in a field, for a reader who has no form beside it: a priority is named too.
pub(super) fn in_full(card: &Card, field: &Field) -> String {
    let text = value(card, field);
    match field.holds {
        Holds::Integer { .. } => choice(field.name, &text).to_owned(),
        _ => text,
    }
}

/// What a choice of this field is called.
pub(super) fn choice<'a>(field: &str, name: &'a str) -> &'a str {
    let known = |key: &str| LABELS.choices.get(key).map(String::as_str);
    known(&format!("{field}.{name}")).or_else(|| known(name)).unwrap_or(name)
}

/// What a kind of link is called between two cards.
pub(super) fn link(kind: &str) -> &str {
    LABELS.links.get(kind).map_or(kind, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_every_choice_has_a_french_name() {
        for kind in BoardKind::ALL {
            let schema = kind.schema();
            for field in schema.fields {
                assert!(LABELS.fields[kind.name()].contains_key(field.name), "{kind:?} {}", field.name);
                if let Holds::Choice(choices) = field.holds {
                    assert!(choices.iter().all(|name| choice(field.name, name) != *name), "{}", field.name);
                }
            }
        }
        assert_eq!(field(BoardKind::Questions, "votes"), "Votes");
        for kind in BoardKind::Stakeholders.schema().links {
            assert!(LABELS.links.contains_key(*kind), "{kind}");
        }
    }
}
