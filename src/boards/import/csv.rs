//! CSV with a title line, as our export writes it and as spreadsheets save it: semicolons, commas or tabs, quotes, any line ends.

use std::collections::{BTreeMap, BTreeSet};

use super::{At, Draft, Unreadable};
use crate::{french, labels};
use board_model::kinds::{BoardKind, Field, Holds};
use board_model::model::{Number, Refusal, Value};
use documents::spreadsheet::{self, Table};
use kernel::search;

/// Columns with a card's position on the map.
const PLACE: [&str; 2] = ["x", "y"];

/// What the columns of a file hold.
struct Columns {
    fields: Vec<Option<&'static Field>>,
    place: [Option<usize>; 2],
}

pub(super) fn read(draft: &mut Draft, text: &str) -> Result<(), Unreadable> {
    let Table { rows, unclosed } = spreadsheet::read(text);
    if let Some(line) = unclosed {
        return Err(Unreadable::OpenQuote(line));
    }
    let mut rows = rows.into_iter();
    let titles = rows.next().map(|(_, titles)| titles).unwrap_or_default();
    let columns = columns(draft.kind(), &titles);
    if columns.fields.iter().all(Option::is_none) {
        return Err(Unreadable::NoTitles);
    }
    let lines: Vec<(usize, Vec<String>)> = rows.collect();
    tell(draft, &columns, &titles, &lines);
    let places: Vec<_> = lines.iter().map(|(line, cells)| place(draft, columns.place, cells, *line)).collect();
    draft.make_room(&places.iter().flatten().copied().collect::<Vec<_>>());
    for ((line, cells), place) in lines.into_iter().zip(places) {
        let mut fields = BTreeMap::new();
        for (field, cell) in columns.fields.iter().zip(&cells) {
            if let (Some(field), false) = (field, cell.trim().is_empty()) {
                fields.insert(field.name.to_owned(), value(field, cell));
            }
        }
        let place = match place {
            Some(place) => draft.shifted(place),
            None => draft.place(),
        };
        draft.card(place, fields, At::Line(line));
    }
    Ok(())
}

/// The fields that the titles name; of two titles for one field the first counts.
fn columns(kind: BoardKind, titles: &[String]) -> Columns {
    let mut named = BTreeSet::new();
    let fields = titles.iter().map(|title| {
        let field = kind.schema().fields.iter().find(|field| names(title, kind, field));
        field.filter(|field| named.insert(field.name))
    });
    let fields = fields.collect();
    let place = PLACE.map(|name| titles.iter().position(|title| alike(title, name)));
    Columns { fields, place }
}

/// Whether a title names a field: by its French label, with or without the part in brackets, or by its own name.
fn names(title: &str, kind: BoardKind, field: &Field) -> bool {
    let label = labels::field(kind, field.name);
    let short = label.split_once(" (").map_or(label, |(short, _)| short);
    [label, short, field.name].iter().any(|name| alike(title, name))
}

/// Whether two texts are the same but for case, accents and punctuation.
fn alike(one: &str, other: &str) -> bool {
    one.trim() == other || Some(search::folded(one)).filter(|one| !one.is_empty()) == Some(search::folded(other))
}

/// Reports which columns are understood, and which are not although they have content.
fn tell(draft: &mut Draft, columns: &Columns, titles: &[String], lines: &[(usize, Vec<String>)]) {
    let kind = draft.kind();
    let fields = columns.fields.iter().flatten().map(|field| labels::field(kind, field.name));
    let place = columns.place.iter().all(Option::is_some).then_some(french::POSITION_COLUMNS);
    draft.plan.known = fields.chain(place).collect();
    let is_known = |at: usize| {
        columns.fields.get(at).is_some_and(Option::is_some) || place.is_some() && columns.place.contains(&Some(at))
    };
    // Each cell is read once: a file may have a million columns as well as a million lines.
    let mut used = vec![false; lines.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default()];
    for (_, cells) in lines {
        for (used, cell) in used.iter_mut().zip(cells) {
            *used |= !cell.is_empty();
        }
    }
    for at in (0..used.len().max(titles.len())).filter(|at| !is_known(*at)) {
        match titles.get(at).filter(|title| !title.is_empty()) {
            Some(title) => draft.ignore(title),
            None if used.get(at) == Some(&true) => draft.ignore(&french::untitled_column(at + 1)),
            None => {}
        }
    }
}

/// The position of a card as its line gives it; anything but a number is a problem.
fn place(draft: &mut Draft, columns: [Option<usize>; 2], cells: &[String], line: usize) -> Option<(Number, Number)> {
    let mut read = |at: usize| {
        let cell = columns[at].and_then(|column| cells.get(column)).filter(|cell| !cell.trim().is_empty())?;
        let number = number(undefused(cell));
        if number.is_none() {
            draft.problem(At::Line(line), PLACE[at], Refusal::WrongType);
        }
        number
    };
    let (x, y) = (read(0), read(1));
    x.zip(y)
}

/// The value of a cell; a text in place of a number is refused later, with its line.
fn value(field: &Field, cell: &str) -> Value {
    let text = undefused(cell);
    match field.holds {
        Holds::Text => Value::Text(text.to_owned()),
        Holds::Line => Value::Text(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Holds::Choice(choices) => {
            let known = |choice: &&&str| alike(text, choice) || alike(text, labels::choice(field.name, choice));
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
