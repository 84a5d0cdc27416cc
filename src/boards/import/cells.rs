//! What a cell of a table says in a field of a card.

use std::borrow::Cow;

use super::Why;
use super::numbers::{self, DecimalSign, Reading};
use crate::{french, labels};
use board_model::kinds::{Field, Holds};
use board_model::model::{Number, Refusal, Value};
use kernel::search;

/// Values of a whole number that have names, at most: a priority has three.
const MAX_NAMED: i32 = 20;

/// How the cells of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    /// The file is an export of ours: it is taken to the character.
    pub ours: bool,
    /// Some of its numbers are written as the English do.
    pub has_english: bool,
    /// What was answered to the question about doubtful numbers.
    pub decimal: Option<DecimalSign>,
}

/// Two ways to read a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubtful {
    /// As the file has it.
    pub text: String,
    /// If the comma stands before decimals.
    pub comma: Number,
    /// If the dot does.
    pub dot: Number,
}

/// What came of a cell.
#[derive(Debug, PartialEq)]
pub(super) enum Content {
    Value(Value),
    /// The value, of which decimals were cut off.
    Rounded(Value),
    Doubtful(Doubtful),
    Wrong(Why),
}

impl Writing {
    /// The value of a cell in which something stands.
    pub(super) fn value(self, field: &Field, cell: &str) -> Content {
        match field.holds {
            Holds::Text if self.ours => Content::Value(Value::Text(cell.to_owned())),
            Holds::Line if self.ours => Content::Value(Value::Text(cell.to_owned())),
            Holds::Text => Content::Value(Value::Text(with_plain_lines(cell.trim()).into_owned())),
            Holds::Line => Content::Value(Value::Text(cell.split_whitespace().collect::<Vec<_>>().join(" "))),
            Holds::Choice(choices) => {
                let known = choices.iter().find(|choice| is_choice(field, choice, cell));
                known.map_or(Content::Wrong(Refusal::UnknownChoice.into()), |choice| Content::Value((*choice).into()))
            }
            Holds::Integer { min, max } if max - min < MAX_NAMED => match named(field, min..=max, cell) {
                Some(number) => Content::Value(Number::new(number.into()).into()),
                None => self.number(cell),
            },
            Holds::Number | Holds::Integer { .. } => self.number(cell),
        }
    }

    fn number(self, cell: &str) -> Content {
        let number = match numbers::read(cell, self.has_english && !self.ours) {
            Reading::Clear(number) => number,
            Reading::Either { comma, dot } => match self.decimal {
                Some(DecimalSign::Comma) => comma,
                Some(DecimalSign::Dot) => dot,
                None => {
                    let (text, comma, dot) = (cell.trim().to_owned(), Number::new(comma), Number::new(dot));
                    return Content::Doubtful(Doubtful { text, comma, dot });
                }
            },
            Reading::None => return Content::Wrong(Refusal::WrongType.into()),
        };
        let rounded = Number::new(number);
        let is_exact = (rounded.get() - number).abs() <= f64::EPSILON * number.abs();
        if is_exact { Content::Value(rounded.into()) } else { Content::Rounded(rounded.into()) }
    }

    /// A coordinate.
    pub(super) fn coordinate(self, cell: &str) -> Content {
        self.number(cell)
    }
}

/// Lines ended alike, whichever program wrote them.
fn with_plain_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Whether a cell names a choice: as the board shows it, or by its own name.
pub(super) fn is_choice(field: &Field, choice: &str, cell: &str) -> bool {
    let words = [choice, labels::choice(field.name, choice)];
    words.into_iter().chain(french::choice_words(choice).iter().copied()).any(|word| is_alike(word, cell))
}

/// The number whose name stands in a cell, with its figure or without: "1 – au cœur des enjeux".
fn named(field: &Field, mut numbers: std::ops::RangeInclusive<i32>, cell: &str) -> Option<i32> {
    numbers.find(|number| {
        let figure = number.to_string();
        let name = labels::choice(field.name, &figure);
        let words = name.strip_prefix(&figure).map_or(name, |rest| rest.trim_start_matches([' ', '–', '-']));
        name != figure && [name, words].iter().any(|name| is_alike(name, cell))
    })
}

/// Whether two texts are the same but for case, accents, punctuation and blanks.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    let without_blanks = |text: &str| text.split_whitespace().collect::<String>();
    let folded = search::folded(one);
    without_blanks(one) == without_blanks(other) || !folded.is_empty() && folded == search::folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use board_model::kinds::BoardKind;

    const WRITING: Writing = Writing { ours: false, has_english: false, decimal: None };

    fn value(kind: BoardKind, field: &str, cell: &str) -> Content {
        WRITING.value(kind.schema().field(field).unwrap(), cell)
    }

    #[test]
    fn choices_are_known_by_what_is_shown_and_by_their_names() {
        for cell in
            ["1 – au cœur des enjeux", "1 - Au coeur des enjeux", "1 — AU CŒUR DES ENJEUX", "au cœur des enjeux", "1"]
        {
            assert_eq!(
                value(BoardKind::Indicators, "priority", cell),
                Content::Value(Number::new(1.0).into()),
                "{cell}"
            );
        }
        for (cell, unit) in
            [("€ HT", "euros"), ("€HT", "euros"), ("€", "euros"), ("%", "percent"), ("Marchés", "contracts")]
        {
            assert_eq!(value(BoardKind::Indicators, "numerator_unit", cell), Content::Value(unit.into()), "{cell}");
        }
        assert_eq!(
            value(BoardKind::Indicators, "legal_category", "economie circulaire"),
            Content::Value("circular".into())
        );
        for (field, cell) in [("numerator_unit", "€ TTC"), ("legal_category", "!"), ("numerator_unit", "kg")] {
            let wrong = Content::Wrong(Refusal::UnknownChoice.into());
            assert_eq!(value(BoardKind::Indicators, field, cell), wrong, "{cell}");
        }
    }

    #[test]
    fn a_doubtful_number_waits_for_its_answer_and_decimals_that_are_cut_off_are_told() {
        let doubtful = Doubtful { text: "1.250".to_owned(), comma: Number::new(1250.0), dot: Number::new(1.25) };
        assert_eq!(value(BoardKind::Indicators, "baseline", " 1.250 "), Content::Doubtful(doubtful));
        let answered = Writing { decimal: Some(DecimalSign::Dot), ..WRITING };
        let field = BoardKind::Indicators.schema().field("baseline").unwrap();
        assert_eq!(answered.value(field, "1.250"), Content::Value(Number::new(1.25).into()));
        assert_eq!(value(BoardKind::Indicators, "baseline", "0,12345"), Content::Rounded(Number::new(0.1235).into()));
        assert_eq!(value(BoardKind::Indicators, "baseline", "1e5"), Content::Wrong(Refusal::WrongType.into()));
    }
}
