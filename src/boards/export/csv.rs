//! A board as CSV: one line a card, for spreadsheets, its place on the map last.

use super::{Shown, rows, titles};
use crate::labels;
use board_model::model::Board;
use documents::spreadsheet;

/// The cards as CSV.
pub fn csv(board: &Board, shown: Shown) -> String {
    let titles = titles(board.kind, shown).into_iter().chain(["x", "y"]).map(str::to_owned).collect();
    let places = board.cards_by_rank().into_iter().map(|(_, card)| [card.x.get(), card.y.get()].map(labels::decimal));
    let lines = rows(board, shown).into_iter().zip(places).map(|(mut cells, place)| {
        cells.extend(place);
        cells
    });
    spreadsheet::csv(std::iter::once(titles).chain(lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{board, signed};
    use board_model::kinds::BoardKind;
    use board_model::model::{Edit, Number};
    use kernel::id::CardId;

    #[test]
    fn a_spreadsheet_finds_no_formula_and_the_right_cells() {
        let fields = [("title", "=1+1".into()), ("text", "dit \"non\";\nencore".into()), ("group", "-3.5".into())];
        let csv = csv(&board(BoardKind::Cards, &fields), Shown::Public);
        assert_eq!(csv, "\u{feff}Titre;Texte;Couleur;Groupe;x;y\r\n'=1+1;\"dit \"\"non\"\";\nencore\";;-3.5;0;10\r\n");
    }

    #[test]
    fn votes_are_counted_in_their_own_column() {
        let fields = [("question", "Quand ?".into()), ("state", "parked".into())];
        let csv = csv(&board(BoardKind::Questions, &fields), Shown::Public);
        assert!(csv.ends_with("Quand ?;;;Mise de côté;0;0;10\r\n"), "{csv}");
    }

    #[test]
    fn negative_numbers_and_places_stay_numbers() {
        let mut board = board(BoardKind::Indicators, &[("baseline", Number::new(-3.5).into())]);
        let card = CardId(uuid::Uuid::from_u128(1));
        board.apply(signed(), Edit::MoveCard { card, x: Number::new(-20.25), y: Number::new(-7.0) }).unwrap();
        let csv = csv(&board, Shown::Public);
        assert!(csv.contains(";\"-3,5\";") && csv.ends_with(";\"-20,25\";-7\r\n"), "{csv}");
    }
}
