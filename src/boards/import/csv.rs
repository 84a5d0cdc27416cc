//! CSV with a title line, as our export writes it and as spreadsheets save it: semicolons, commas or tabs, quotes, any line ends.

use std::collections::BTreeMap;

use super::{Draft, Unreadable};
use crate::boards::kinds::{BoardKind, Field, Holds};
use crate::boards::labels;
use crate::boards::model::{Number, Value};

pub(super) fn read(draft: &mut Draft, text: &str) -> Result<(), Unreadable> {
    let separator = separator(text);
    let mut records = records(text, separator).into_iter();
    let titles = records.next().map(|(_, titles)| titles).unwrap_or_default();
    let columns: Vec<Option<&Field>> = titles.iter().map(|title| column(draft.kind(), title)).collect();
    if columns.iter().all(Option::is_none) {
        return Err(Unreadable::NoTitles);
    }
    for (line, cells) in records.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())) {
        let mut fields = BTreeMap::new();
        for (field, cell) in columns.iter().zip(&cells) {
            if let (Some(field), false) = (field, cell.trim().is_empty()) {
                fields.insert(field.name.to_owned(), value(field, cell));
            }
        }
        let place = draft.place();
        draft.card(place, fields, line);
    }
    Ok(())
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
            let plain: String =
                text.chars().filter(|letter| !letter.is_whitespace() && !"%€".contains(*letter)).collect();
            let number = plain.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
            number.map_or_else(|| Value::Text(text.to_owned()), |number| Value::Number(Number::new(number)))
        }
    }
}

/// The export puts an apostrophe before what a spreadsheet would take for a formula.
fn undefused(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(formula) if formula.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => formula,
        _ => cell,
    }
}

/// The separator that the title line uses most.
fn separator(text: &str) -> char {
    let titles = text.lines().next().unwrap_or_default();
    let count = |separator: char| titles.matches(separator).count();
    [';', '\t', ','].into_iter().max_by_key(|separator| (count(*separator), *separator == ';')).unwrap_or(';')
}

/// The records with the lines they begin on.
fn records(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
    let mut records = Vec::new();
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let (mut line, mut begun) = (1, 1);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            '\n' | '\r' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                records.push((begun, std::mem::take(&mut cells)));
                line += 1;
                begun = line;
            }
            _ if letter == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            _ => {
                line += usize::from(letter == '\n');
                cell.push(letter);
            }
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((begun, cells));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_keep_quoted_separators_quotes_and_line_ends() {
        let text = "a;\"b;\"\"c\"\"\"\r\n\"d\ne\";f\n\ng";
        let read: Vec<_> = records(text, ';').into_iter().map(|(line, cells)| (line, cells.join("|"))).collect();
        assert_eq!(read, [(1, "a|b;\"c\"".into()), (2, "d\ne|f".into()), (4, String::new()), (5, "g".into())]);
    }

    #[test]
    fn the_separator_is_read_from_the_titles() {
        assert_eq!(separator("a,b,c;d\n1;2;3;4;5"), ',');
        assert_eq!(separator("a\tb"), '\t');
        assert_eq!(separator("a"), ';');
    }
}
