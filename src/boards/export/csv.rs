//! A board as CSV: one line a card, for spreadsheets.

use super::{Shown, rows, titles};
use crate::boards::model::Board;

/// The cards as CSV (RFC 4180, with semicolons, and in UTF-8 with a byte order mark, as spreadsheets in French expect).
pub fn csv(board: &Board, shown: Shown) -> String {
    let mut out = String::from('\u{feff}');
    write_line(&mut out, titles(board.kind, shown).into_iter().map(str::to_owned));
    for row in rows(board, shown) {
        write_line(&mut out, row.into_iter());
    }
    out
}

fn write_line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, text) in cells.enumerate() {
        if at > 0 {
            out.push(';');
        }
        write_cell(out, &text);
    }
    out.push_str("\r\n");
}

fn write_cell(out: &mut String, text: &str) {
    let text = defused(text);
    if text.contains([';', ',', '"', '\n', '\r', '\t']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

/// What a spreadsheet would take for a formula begins with an apostrophe; numbers stay numbers.
fn defused(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.parse::<f64>().is_err();
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::export::tests::board;
    use crate::boards::kinds::BoardKind;

    #[test]
    fn a_spreadsheet_finds_no_formula_and_the_right_cells() {
        let fields = [("title", "=1+1".into()), ("text", "dit \"non\";\nencore".into()), ("group", "-3.5".into())];
        let csv = csv(&board(BoardKind::Cards, &fields), Shown::Public);
        assert_eq!(csv, "\u{feff}Titre;Texte;Couleur;Groupe\r\n'=1+1;\"dit \"\"non\"\";\nencore\";;-3.5\r\n");
    }

    #[test]
    fn votes_are_counted_in_their_own_column() {
        let fields = [("question", "Quand ?".into()), ("state", "parked".into())];
        let csv = csv(&board(BoardKind::Questions, &fields), Shown::Public);
        assert!(csv.ends_with("Quand ?;;;Mise de côté;0\r\n"), "{csv}");
    }
}
