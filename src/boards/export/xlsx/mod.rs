//! A board as a spreadsheet to go on working with: the cards, what only indicators have (their tracking table, how far they cover
//! the law), the links, the comments. What people typed is text: none of it can be a formula.

mod cells;
mod indicators;

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use self::cells::{NARROW, SheetRow, Table, WIDE};
use super::{COMPUTED_AFTER, ExportContext, Shown};
use crate::{french, labels};
use board_model::kinds::{BoardKind, Field, Holds};
use board_model::model::{Board, Card, Value};

/// The board as the bytes of an XLSX file.
///
/// # Errors
///
/// When the library refuses a cell; the limits of a board lie below those of a sheet.
pub fn xlsx(board: &Board, context: &ExportContext) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(&board.title));
    cards(book.add_worksheet().set_name(french::CARDS_SHEET)?, board, context.shown)?;
    if board.kind == BoardKind::Indicators {
        let this_year = context.now.civil(&context.zone).year();
        indicators::tracking(book.add_worksheet().set_name(french::TRACKING_SHEET)?, board, this_year.into())?;
        indicators::coverage(book.add_worksheet().set_name(french::COVERAGE_SHEET)?, board)?;
    }
    if !board.kind.schema().links.is_empty() {
        links(book.add_worksheet().set_name(french::LINKS)?, board)?;
    }
    if board.cards_by_rank().iter().any(|(_, card)| !card.comments.is_empty()) {
        comments(book.add_worksheet().set_name(french::COMMENTS)?, board, context)?;
    }
    book.save_to_buffer()
}

/// What a column of the cards holds.
#[derive(Clone, Copy)]
enum Column {
    Field(&'static Field),
    Computed,
    Votes,
}

fn cards(sheet: &mut Worksheet, board: &Board, shown: Shown) -> Result<(), XlsxError> {
    let (kind, schema) = (board.kind, board.kind.schema());
    let computed = |field: &Field| kind == BoardKind::Indicators && field.name == COMPUTED_AFTER;
    let columns: Vec<Column> = shown
        .fields(kind)
        .flat_map(|field| [Column::Field(field)].into_iter().chain(computed(field).then_some(Column::Computed)))
        .chain(schema.votes.then_some(Column::Votes))
        .collect();
    let heads = columns.iter().map(|column| match column {
        Column::Field(field) => (labels::field(kind, field.name), width(field)),
        Column::Computed => (french::COMPUTED, NARROW),
        Column::Votes => (labels::field(kind, "votes"), NARROW),
    });
    let title = columns.iter().position(|column| matches!(column, Column::Field(field) if field.name == schema.title));
    let mut table = Table::new(sheet, &board.title, &heads.collect::<Vec<_>>(), title.map_or(0, |at| at + 1))?;
    for (_, card) in board.cards_by_rank() {
        let mut row = table.row();
        for column in &columns {
            cell(&mut row, card, *column)?;
        }
        row.end()?;
    }
    table.end()
}

fn cell(row: &mut SheetRow<'_>, card: &Card, column: Column) -> Result<(), XlsxError> {
    match column {
        Column::Field(field) => match card.fields.get(field.name) {
            Some(Value::Number(number)) if matches!(field.holds, Holds::Integer { .. }) => row.whole(number.get()),
            Some(Value::Number(number)) => row.number(number.get()),
            Some(Value::Text(_)) => row.text(&labels::value(card, field)),
            None => row.blank(),
        },
        Column::Computed => match board_model::kinds::indicators::computed(&card.fields) {
            Some(computed) => row.text(&labels::computed(computed)),
            None => row.blank(),
        },
        Column::Votes => row.whole(f64::from(u32::try_from(card.votes.len()).unwrap_or(u32::MAX))),
    }
}

/// Of a column, in signs.
const fn width(field: &Field) -> u16 {
    match field.holds {
        Holds::Line | Holds::Text => WIDE,
        Holds::Choice(_) | Holds::Number | Holds::Integer { .. } => NARROW,
    }
}

fn links(sheet: &mut Worksheet, board: &Board) -> Result<(), XlsxError> {
    let widths = [WIDE, NARROW, WIDE, NARROW, WIDE];
    let heads: Vec<_> = french::LINK_COLUMNS.into_iter().zip(widths).collect();
    let mut table = Table::new(sheet, &board.title, &heads, 0)?;
    let state = board.state();
    let name = |card| state.cards.get(card).map_or(french::UNNAMED, |card| super::name(board.kind, card));
    for link in state.links.values() {
        let mut row = table.row();
        for text in [name(&link.from), labels::link(&link.kind), name(&link.to)] {
            row.text(text)?;
        }
        row.whole(f64::from(link.strength))?;
        row.text(&link.note)?;
        row.end()?;
    }
    table.end()
}

fn comments(sheet: &mut Worksheet, board: &Board, context: &ExportContext) -> Result<(), XlsxError> {
    let tells_authors = context.shown == Shown::Everything;
    let author = tells_authors.then_some((french::AUTHOR, WIDE));
    let heads: Vec<_> = french::COMMENT_COLUMNS.into_iter().zip([WIDE, 2 * WIDE, NARROW]).chain(author).collect();
    let mut table = Table::new(sheet, &board.title, &heads, 0)?;
    for (_, card) in board.cards_by_rank() {
        for comment in &card.comments {
            let mut row = table.row();
            row.text(super::name(board.kind, card))?;
            row.text(&comment.text)?;
            row.moment(comment.at.civil(&context.zone))?;
            if tells_authors {
                row.text(context.author(comment))?;
            }
            row.end()?;
        }
    }
    table.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{actors, board, comment, export_context};

    #[test]
    fn a_spreadsheet_is_written_for_every_kind() {
        for kind in BoardKind::ALL {
            let sheet = xlsx(
                &board(kind, &[(kind.schema().title, "=HYPERLINK(\"http://x\")".into())]),
                &export_context(Shown::Public),
            );
            assert!(sheet.unwrap().starts_with(b"PK"));
        }
        assert!(xlsx(&actors(), &export_context(Shown::Everything)).unwrap().starts_with(b"PK"));
    }

    #[test]
    fn a_text_that_no_cell_holds_does_not_keep_the_board_from_leaving() {
        let text = "🌳".repeat(20_000);
        let sheet = xlsx(&board(BoardKind::Cards, &[("text", text.as_str().into())]), &export_context(Shown::Public));
        assert!(sheet.unwrap().starts_with(b"PK"));
    }

    #[test]
    fn a_comment_has_its_date_and_its_author_only_for_who_may_know() {
        let mut board = actors();
        comment(&mut board, "D’accord");
        let sheet = |shown| {
            let bytes = xlsx(&board, &export_context(shown)).unwrap();
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            let mut part = |name| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
            part("xl/worksheets/sheet3.xml") + &part("xl/sharedStrings.xml")
        };
        let (public, all) = (sheet(Shown::Public), sheet(Shown::Everything));
        // 11 June 2027, 14:05, as spreadsheets count days.
        assert!(public.contains("<v>46549.586") && public.contains(">Date<"), "{public}");
        assert!(!public.contains("Ada Martin") && !public.contains(">Auteur<"), "{public}");
        assert!(all.contains("Ada Martin") && all.contains(">Auteur<"), "{all}");
    }
}
