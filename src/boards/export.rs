//! A board as a document to leave with: JSON (complete) and CSV (one line a card, for spreadsheets). Pure.

use super::kinds::BoardKind;
use super::labels;
use super::model::{Board, BoardState, Card};
use crate::spreadsheet;

/// The board as JSON: what clients are shown of it.
pub(super) fn json(board: &Board) -> serde_json::Result<String> {
    serde_json::to_string_pretty::<BoardState<'_>>(&board.state())
}

/// The cards as CSV.
pub(super) fn csv(board: &Board) -> String {
    let titles = titles(board.kind).into_iter().map(str::to_owned).collect();
    spreadsheet::csv(std::iter::once(titles).chain(rows(board)))
}

/// The titles of a board's columns.
pub(super) fn titles(kind: BoardKind) -> Vec<&'static str> {
    let schema = kind.schema();
    let votes = schema.votes.then_some("votes");
    schema.fields.iter().map(|field| field.name).chain(votes).map(|name| labels::field(kind, name)).collect()
}

/// The cells of each card, in the order of the table view.
pub(super) fn rows(board: &Board) -> Vec<Vec<String>> {
    let schema = board.kind.schema();
    let cells = |card: &Card| {
        let votes = schema.votes.then(|| card.votes.len().to_string());
        schema.fields.iter().map(|field| labels::value(card, field)).chain(votes).collect()
    };
    board.cards_by_rank().into_iter().map(|(_, card)| cells(card)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::boards::model::{Edit, Number, Signature, Value};
    use crate::clock::Timestamp;
    use crate::id::{BoardId, CardId, PersonId};

    fn board(kind: BoardKind, fields: &[(&str, Value)]) -> Board {
        let mut board = Board::new(BoardId(Uuid::nil()), kind, "Tableau");
        let fields: BTreeMap<String, Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (x, y) = (Number::new(0.0), Number::new(0.0));
        let signed = Signature { by: PersonId(Uuid::nil()), at: Timestamp::from_millis(0) };
        board.apply(signed, Edit::AddCard { card: CardId(Uuid::nil()), x, y, fields }).unwrap();
        board
    }

    #[test]
    fn a_spreadsheet_finds_no_formula_and_the_right_cells() {
        let fields = [("title", "=1+1".into()), ("text", "dit \"non\";\nencore".into()), ("group", "-3.5".into())];
        let csv = csv(&board(BoardKind::Cards, &fields));
        assert_eq!(csv, "\u{feff}Titre;Texte;Couleur;Groupe\r\n'=1+1;\"dit \"\"non\"\";\nencore\";;-3.5\r\n");
    }

    #[test]
    fn votes_are_counted_in_their_own_column() {
        let csv = csv(&board(BoardKind::Questions, &[("question", "Quand ?".into()), ("state", "parked".into())]));
        assert!(csv.ends_with("Quand ?;;;mise de côté;0\r\n"), "{csv}");
    }

    #[test]
    fn json_holds_the_whole_board() {
        let json = json(&board(BoardKind::Indicators, &[("target", Number::new(12.5).into())])).unwrap();
        assert!(json.contains(r#""target": 12.5"#));
    }
}
