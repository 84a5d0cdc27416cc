//! A board as a spreadsheet: the tracking table, the links, the comments. Texts are texts: none can be a formula.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Shown, titles};
use crate::boards::kinds::{Field, Holds};
use crate::boards::labels;
use crate::boards::model::{Board, Value};

/// Widths of columns, in signs.
const NARROW: u16 = 14;
const WIDE: u16 = 34;

/// The board as the bytes of an XLSX file.
///
/// # Errors
///
/// When the library refuses a cell; the limits of a board lie below those of a sheet.
pub fn xlsx(board: &Board, shown: Shown) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    cards(book.add_worksheet().set_name("Fiches")?, board, shown)?;
    if !board.kind.schema().links.is_empty() {
        links(book.add_worksheet().set_name("Liens")?, board)?;
    }
    if board.cards_by_rank().iter().any(|(_, card)| !card.comments.is_empty()) {
        comments(book.add_worksheet().set_name("Commentaires")?, board)?;
    }
    book.save_to_buffer()
}

fn cards(sheet: &mut Worksheet, board: &Board, shown: Shown) -> Result<(), XlsxError> {
    let fields: Vec<&Field> = shown.fields(board.kind).collect();
    head(sheet, &titles(board.kind, shown))?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (_, card)) in (1..).zip(board.cards_by_rank()) {
        for (column, field) in (0..).zip(&fields) {
            match card.fields.get(field.name) {
                Some(Value::Number(number)) => sheet.write_number_with_format(row, column, number.get(), &wrapped)?,
                Some(_) => sheet.write_string_with_format(row, column, labels::value(card, field), &wrapped)?,
                None => sheet,
            };
        }
        if let (true, Ok(column)) = (board.kind.schema().votes, u16::try_from(fields.len())) {
            sheet.write_number_with_format(
                row,
                column,
                u32::try_from(card.votes.len()).unwrap_or(u32::MAX),
                &wrapped,
            )?;
        }
    }
    for (column, field) in (0..).zip(&fields) {
        let width = if matches!(field.holds, Holds::Line | Holds::Text) { WIDE } else { NARROW };
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

fn links(sheet: &mut Worksheet, board: &Board) -> Result<(), XlsxError> {
    head(sheet, &["De", "Lien", "Vers", "Force", "Précision"])?;
    let state = board.state();
    let name = |card| state.cards.get(card).map_or("", |card| card.text(board.kind.schema().title));
    for (row, link) in (1..).zip(state.links.values()) {
        for (column, text) in (0..).zip([name(&link.from), labels::link(&link.kind), name(&link.to)]) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_number(row, 3, link.strength)?.write_string(row, 4, link.note.as_str())?;
    }
    sheet.set_column_width(0, WIDE)?.set_column_width(2, WIDE)?;
    Ok(())
}

fn comments(sheet: &mut Worksheet, board: &Board) -> Result<(), XlsxError> {
    head(sheet, &["Fiche", "Commentaire"])?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let said = board.cards_by_rank().into_iter().flat_map(|(_, card)| {
        let title = card.text(board.kind.schema().title);
        card.comments.iter().map(move |comment| (title, comment.text.as_str()))
    });
    for (row, (title, text)) in (1..).zip(said) {
        sheet.write_string_with_format(row, 0, title, &wrapped)?.write_string_with_format(row, 1, text, &wrapped)?;
    }
    sheet.set_column_width(0, WIDE)?.set_column_width(1, 2 * WIDE)?;
    Ok(())
}

fn head(sheet: &mut Worksheet, titles: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap();
    for (column, title) in (0..).zip(titles) {
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::export::tests::{actors, board};
    use crate::boards::kinds::BoardKind;

    #[test]
    fn a_spreadsheet_is_written_for_every_kind() {
        for kind in BoardKind::ALL {
            let sheet = xlsx(&board(kind, &[(kind.schema().title, "=HYPERLINK(\"http://x\")".into())]), Shown::Public);
            assert!(sheet.unwrap().starts_with(b"PK"));
        }
        assert!(xlsx(&actors(), Shown::Everything).unwrap().starts_with(b"PK"));
    }
}
