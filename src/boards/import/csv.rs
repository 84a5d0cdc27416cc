//! CSV with a title line, as our export writes it and as spreadsheets save it: semicolons, commas or tabs, quotes, any line ends.

use std::collections::BTreeMap;

use super::{Draft, Unreadable};
use crate::boards::kinds::{BoardKind, Field, Holds};
use crate::boards::labels;
use crate::boards::model::{Number, Refusal, Value};
use crate::spreadsheet;

/// Columns with a card's place on the map.
const PLACE: [&str; 2] = ["x", "y"];

pub(super) fn read(draft: &mut Draft, text: &str) -> Result<(), Unreadable> {
    let mut records = spreadsheet::read(text).into_iter();
    let titles = records.next().map(|(_, titles)| titles).unwrap_or_default();
    let columns: Vec<Option<&Field>> = titles.iter().map(|title| column(draft.kind(), title)).collect();
    if columns.iter().all(Option::is_none) {
        return Err(Unreadable::NoTitles);
    }
    let coordinates = PLACE.map(|name| titles.iter().position(|title| title.trim().eq_ignore_ascii_case(name)));
    let lines: Vec<(usize, Vec<String>)> = records.collect();
    let places: Vec<_> = lines.iter().map(|(line, cells)| place(draft, coordinates, cells, *line)).collect();
    draft.make_room(&places.iter().flatten().copied().collect::<Vec<_>>());
    for ((line, cells), place) in lines.into_iter().zip(places) {
        let mut fields = BTreeMap::new();
        for (field, cell) in columns.iter().zip(&cells) {
            if let (Some(field), false) = (field, cell.trim().is_empty()) {
                fields.insert(field.name.to_owned(), value(field, cell));
            }
        }
        let place = match place {
            Some(place) => draft.shifted(place),
            None => draft.place(),
        };
        draft.card(place, fields, line);
    }
    Ok(())
}

/// Where a line says that its card lies; what is no number is told.
fn place(draft: &mut Draft, columns: [Option<usize>; 2], cells: &[String], line: usize) -> Option<(Number, Number)> {
    let mut read = |at: usize| {
        let cell = columns[at].and_then(|column| cells.get(column)).filter(|cell| !cell.trim().is_empty())?;
        let number = number(undefused(cell));
        if number.is_none() {
            draft.problem(line, PLACE[at], Refusal::WrongType);
        }
        number
    };
    let (x, y) = (read(0), read(1));
    x.zip(y)
}

/// The field that a title names, in French or by its own name.
fn column(kind: BoardKind, title: &str) -> Option<&'static Field> {
    let title = title.trim().to_lowercase();
    let named = |field: &&Field| field.name == title || labels::field(kind, field.name).to_lowercase() == title;
    kind.schema().fields.iter().find(named)
}

/// What a cell says; a text where a number should stand is refused later, with its line.
fn value(field: &Field, cell: &str) -> Value {
    let text = undefused(cell);
    match field.holds {
        Holds::Text => Value::Text(text.to_owned()),
        Holds::Line => Value::Text(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Holds::Choice(choices) => {
            let wanted = text.trim().to_lowercase();
            let known =
                |choice: &&&str| **choice == wanted || labels::choice(field.name, choice).to_lowercase() == wanted;
            Value::Text(choices.iter().find(known).map_or(text.trim(), |choice| choice).to_owned())
        }
        Holds::Number | Holds::Integer { .. } => {
            number(text).map_or_else(|| Value::Text(text.to_owned()), Value::Number)
        }
    }
}

/// A number as people and spreadsheets write it: "1 000", "12,5 %".
fn number(text: &str) -> Option<Number> {
    let plain: String = text.chars().filter(|letter| !letter.is_whitespace() && !"%€".contains(*letter)).collect();
    plain.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite()).map(Number::new)
}

/// The export puts an apostrophe before what a spreadsheet would take for a formula.
fn undefused(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(formula) if formula.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => formula,
        _ => cell,
    }
}
