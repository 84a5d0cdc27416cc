//! What each kind of board holds: a schema of fields (types, limits, choices), in one file each.
//! Labels are French and live in the client.

mod cards;
pub mod indicators;
mod questions;
mod stakeholders;

use super::model::{Refusal, Value};
use serde::{Deserialize, Serialize};

/// Characters of a `line` at most.
pub const MAX_LINE: usize = 300;
/// Characters of a long text at most.
pub const MAX_TEXT: usize = 20_000;
/// The largest `number`, either side of zero: with four decimals it still survives a round trip through JSON.
pub const MAX_NUMBER: f64 = 99_999_999_999.0;

/// The kinds of boards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum BoardKind {
    /// Indicators of a SPASER.
    Indicators,
    /// A map of stakeholders.
    Stakeholders,
    /// Questions and answers.
    Questions,
    /// Free cards.
    Cards,
}

/// What a board of one kind holds.
#[derive(Debug, PartialEq)]
pub struct Schema {
    /// The fields of a card, in the order of the forms and of the exports.
    pub fields: &'static [Field],
    /// The field that names a card.
    pub title: &'static str,
    /// The field that gives a card its colour in drawings.
    pub coloured_by: &'static str,
    /// The kinds of links; none: no links on this board.
    pub links: &'static [&'static str],
    /// Whether people vote for cards.
    pub votes: bool,
}

/// A field of a card.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// Its name in edits.
    pub name: &'static str,
    /// What may stand in it.
    pub holds: Holds,
    /// Stays on the board: exports leave it out unless a facilitator asks for it.
    pub private: bool,
    /// The minor version of the messages that brought it.
    pub minor: u16,
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Holds {
    /// A short text of [`MAX_LINE`] characters; the last writer wins.
    Line,
    /// A long text of [`MAX_TEXT`] characters that merges typing.
    Text,
    /// A number with at most four decimals.
    Number,
    /// A whole number, bounds included.
    Integer {
        /// The smallest.
        min: i32,
        /// The largest.
        max: i32,
    },
    /// One of these.
    Choice(&'static [&'static str]),
}

impl BoardKind {
    /// Its name in SQL and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::Stakeholders => "stakeholders",
            Self::Questions => "questions",
            Self::Cards => "cards",
        }
    }

    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Indicators, Self::Stakeholders, Self::Questions, Self::Cards];

    /// What a board of this kind holds.
    #[must_use]
    pub const fn schema(self) -> &'static Schema {
        match self {
            Self::Indicators => &indicators::SCHEMA,
            Self::Stakeholders => &stakeholders::SCHEMA,
            Self::Questions => &questions::SCHEMA,
            Self::Cards => &cards::SCHEMA,
        }
    }
}

impl Schema {
    /// The field of this name.
    ///
    /// # Errors
    ///
    /// When cards of this kind have no such field.
    pub fn field(&self, name: &str) -> Result<&'static Field, Refusal> {
        self.fields.iter().find(|field| field.name == name).ok_or(Refusal::UnknownField)
    }
}

impl Field {
    const fn new(name: &'static str, holds: Holds) -> Self {
        Self { name, holds, private: false, minor: 0 }
    }

    const fn private(self) -> Self {
        Self { private: true, ..self }
    }

    const fn line(name: &'static str) -> Self {
        Self::new(name, Holds::Line)
    }

    const fn text(name: &'static str) -> Self {
        Self::new(name, Holds::Text)
    }

    const fn number(name: &'static str) -> Self {
        Self::new(name, Holds::Number)
    }

    const fn integer(name: &'static str, min: i32, max: i32) -> Self {
        Self::new(name, Holds::Integer { min, max })
    }

    const fn choice(name: &'static str, choices: &'static [&'static str]) -> Self {
        Self::new(name, Holds::Choice(choices))
    }

    /// Whether `value` may stand here.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `too_long`, `out_of_range`, `unknown_choice`, or `bad_text` for a NUL character.
    pub fn check(&self, value: &Value) -> Result<(), Refusal> {
        match (self.holds, value) {
            (Holds::Line, Value::Text(text)) => check_text(text, MAX_LINE),
            (Holds::Text, Value::Text(text)) => check_text(text, MAX_TEXT),
            (Holds::Choice(choices), Value::Text(text)) => {
                if choices.contains(&text.as_str()) {
                    Ok(())
                } else {
                    Err(Refusal::UnknownChoice)
                }
            }
            (Holds::Number, Value::Number(number)) => check_range(number.get(), -MAX_NUMBER, MAX_NUMBER),
            (Holds::Integer { min, max }, Value::Number(number)) if number.is_whole() => {
                check_range(number.get(), f64::from(min), f64::from(max))
            }
            _ => Err(Refusal::WrongType),
        }
    }
}

/// Whether `text` has at most `max` characters, all of which a database can keep.
pub(super) fn check_text(text: &str, max: usize) -> Result<(), Refusal> {
    // PostgreSQL cannot keep a NUL.
    if text.contains('\0') {
        return Err(Refusal::BadText);
    }
    if text.len() > max && text.chars().count() > max { Err(Refusal::TooLong) } else { Ok(()) }
}

pub(super) fn check_range(number: f64, min: f64, max: f64) -> Result<(), Refusal> {
    if (min..=max).contains(&number) { Ok(()) } else { Err(Refusal::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Number;

    fn check(kind: BoardKind, field: &str, value: impl Into<Value>) -> Result<(), Refusal> {
        kind.schema().field(field)?.check(&value.into())
    }

    #[test]
    fn a_field_takes_what_its_type_allows() {
        use BoardKind::{Indicators, Stakeholders};
        assert_eq!(check(Indicators, "name", "Part des marchés"), Ok(()));
        assert_eq!(check(Indicators, "name", "é".repeat(301).as_str()), Err(Refusal::TooLong));
        assert_eq!(check(Indicators, "definition", "é".repeat(20_000).as_str()), Ok(()));
        assert_eq!(check(Indicators, "name", Number::new(3.0)), Err(Refusal::WrongType));
        assert_eq!(check(Indicators, "expression", "shares"), Err(Refusal::UnknownChoice));
        assert_eq!(check(Indicators, "target", Number::new(1e12)), Err(Refusal::OutOfRange));
        assert_eq!(check(Indicators, "priority", Number::new(1.5)), Err(Refusal::WrongType));
        assert_eq!(check(Indicators, "priority", Number::new(4.0)), Err(Refusal::OutOfRange));
        assert_eq!(check(Indicators, "nonsense", "x"), Err(Refusal::UnknownField));
        assert_eq!(check(Stakeholders, "power", Number::new(100.0)), Ok(()));
        assert_eq!(check(Stakeholders, "role", "a\0b"), Err(Refusal::BadText));
    }

    #[test]
    fn every_kind_names_its_cards_by_one_of_its_fields_and_no_field_twice() {
        for kind in BoardKind::ALL {
            let schema = kind.schema();
            assert!(schema.field(schema.title).is_ok());
            let names: std::collections::BTreeSet<_> = schema.fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), schema.fields.len());
        }
    }
}
