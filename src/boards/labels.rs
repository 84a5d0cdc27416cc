//! The French names of fields and choices, for pages and exports. They live with the pages.

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
        Holds::Choice(_) => LABELS.choices.get(&text).cloned().unwrap_or(text),
        _ => text,
    }
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
                    assert!(choices.iter().all(|choice| LABELS.choices.contains_key(*choice)), "{}", field.name);
                }
            }
        }
        assert_eq!(field(BoardKind::Questions, "votes"), "Votes");
    }
}
