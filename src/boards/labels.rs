//! The French names of fields and choices, for pages, exports and the client. They live with the pages.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::french;
use board_model::kinds::indicators::Computed;
use board_model::kinds::{BoardKind, Field, Holds};
use board_model::model::{Card, Value};

static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../web/pages/board-labels.json")).expect("a test reads the carried labels")
});

#[derive(Debug, Deserialize)]
struct Labels {
    kinds: HashMap<String, KindLabels>,
    fields: HashMap<String, HashMap<String, String>>,
    columns: HashMap<String, String>,
    choices: HashMap<String, String>,
    links: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct KindLabels {
    board: String,
    plain_board: String,
}

/// What a board of this kind is called, with its article.
pub fn board(kind: BoardKind) -> &'static str {
    LABELS.kinds.get(kind.name()).map_or("", |labels| &labels.board)
}

/// What a board of this kind is called beside those of other kinds, with its article.
pub fn plain_board(kind: BoardKind) -> &'static str {
    LABELS.kinds.get(kind.name()).map_or("", |labels| &labels.plain_board)
}

/// A field's name in French, or that of its `votes`.
pub fn field(kind: BoardKind, name: &'static str) -> &'static str {
    LABELS.fields.get(kind.name()).and_then(|fields| fields.get(name)).map_or(name, String::as_str)
}

/// What the table view calls a field.
pub fn column(kind: BoardKind, name: &'static str) -> &'static str {
    LABELS.columns.get(name).map_or_else(|| field(kind, name), String::as_str)
}

/// What stands in a field of a card, in French; numbers as spreadsheets read them.
pub fn value(card: &Card, field: &Field) -> String {
    match card.fields.get(field.name) {
        Some(Value::Number(number)) => decimal(number.get()),
        Some(Value::Text(text)) if matches!(field.holds, Holds::Choice(_)) => choice(field.name, text).to_owned(),
        Some(Value::Text(text)) => text.clone(),
        None => String::new(),
    }
}

/// What stands in a field, for a reader who has no form beside it: a priority is named too, large numbers are grouped.
pub fn in_full(card: &Card, field: &Field) -> String {
    let text = value(card, field);
    match field.holds {
        Holds::Integer { .. } => choice(field.name, &text).to_owned(),
        Holds::Number => grouped(&text),
        _ => text,
    }
}

/// A number with the decimal sign of the French.
pub fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

/// What an indicator's figures come to, as the board says it: rounded to a tenth.
pub fn computed(Computed { value, unit, per }: Computed<'_>) -> String {
    let value = grouped(&decimal((value * 10.0).round() / 10.0));
    let of = |unit| choice("numerator_unit", unit);
    match per {
        Some(per) => french::average(&value, of(unit), of(per)),
        None => format!("{value}\u{202f}{}", of(unit)),
    }
}

/// A decimal number whose thousands stand apart.
pub fn grouped(decimal: &str) -> String {
    let (whole, rest) = decimal.split_at(decimal.find(',').unwrap_or(decimal.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut out = sign.to_owned();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out + rest
}

/// What a choice of this field is called.
pub fn choice<'a>(field: &str, name: &'a str) -> &'a str {
    let known = |key: &str| LABELS.choices.get(key).map(String::as_str);
    known(&format!("{field}.{name}")).or_else(|| known(name)).unwrap_or(name)
}

/// What a kind of link is called between two cards.
pub fn link(kind: &str) -> &str {
    LABELS.links.get(kind).map_or(kind, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_french_write_them() {
        let written = [0.0, 12.5, -1234.0, 123.0, 1_234_567.25].map(|number| grouped(&decimal(number)));
        assert_eq!(written, ["0", "12,5", "-1\u{202f}234", "123", "1\u{202f}234\u{202f}567,25"]);
        assert_eq!(computed(Computed { value: 12.34, unit: "percent", per: None }), "12,3\u{202f}%");
        let average = Computed { value: 1500.0, unit: "hours", per: Some("contracts") };
        assert_eq!(computed(average), "1\u{202f}500\u{202f}heures en moyenne (marchés)");
    }

    #[test]
    fn every_field_and_every_choice_has_a_french_name() {
        for kind in BoardKind::ALL {
            let schema = kind.schema();
            assert!(!board(kind).is_empty());
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
