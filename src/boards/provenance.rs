//! Who last wrote in each field of a card, read from the log when somebody asks. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use board_model::model::Edit;
use kernel::clock::Timestamp;
use kernel::id::PersonId;

/// The last change to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Which field.
    pub field: String,
    /// Who.
    pub by: PersonId,
    /// When, milliseconds since 1970.
    pub at: Timestamp,
}

/// The last change to each field that these edits of one card wrote, the youngest first.
pub fn by_field(edits: impl IntoIterator<Item = (PersonId, Timestamp, Edit)>) -> Vec<Written> {
    let mut last: BTreeMap<String, (PersonId, Timestamp)> = BTreeMap::new();
    for (by, at, edit) in edits {
        match edit {
            Edit::AddCard { fields, .. } => last.extend(fields.into_keys().map(|field| (field, (by, at)))),
            Edit::SetFields { fields, .. } => last.extend(fields.into_keys().map(|field| (field, (by, at)))),
            Edit::SetField { field, .. } | Edit::EditText { field, .. } => {
                last.insert(field, (by, at));
            }
            _ => {}
        }
    }
    let mut written: Vec<Written> = last.into_iter().map(|(field, (by, at))| Written { field, by, at }).collect();
    written.sort_by_key(|written| std::cmp::Reverse(written.at));
    written
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use board_model::model::Number;
    use kernel::id::CardId;

    #[test]
    fn each_field_has_its_last_writer() {
        let (ada, bob, card) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)), CardId(Uuid::nil()));
        let (at, zero) = (Timestamp::from_millis, Number::new(0.0));
        let fields = [("name".to_owned(), "Un".into()), ("target".to_owned(), zero.into())].into();
        let written = by_field([
            (ada, at(1), Edit::AddCard { card, x: zero, y: zero, fields }),
            (bob, at(2), Edit::SetField { card, field: "name".into(), value: None }),
            (bob, at(3), Edit::EditText { card, field: "notes".into(), base: 2, ops: vec![] }),
            (ada, at(4), Edit::MoveCard { card, x: zero, y: zero }),
        ]);
        let last_edits: Vec<_> = written.iter().map(|w| (w.field.as_str(), w.by, w.at.as_millis())).collect();
        assert_eq!(last_edits, [("notes", bob, 3), ("name", bob, 2), ("target", ada, 1)]);
    }
}
