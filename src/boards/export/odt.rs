//! A board as a text document with one page a card (OpenDocument Text): to be gone over, completed and put on record. A
//! field that is empty has its line, to be filled in.

use documents::odt::{Body, Page, Properties, Style};
use zip::result::ZipResult;

use super::ExportContext;
use super::sheets::{Sheet, SheetComment, sheets};
use crate::french;
use board_model::model::Board;

const GENERATOR: &str = concat!("parcours/", env!("CARGO_PKG_VERSION"));

/// The board as the bytes of an ODT file.
///
/// # Errors
///
/// When the archive cannot be written, which memory allows.
pub fn odt(board: &Board, context: &ExportContext) -> ZipResult<Vec<u8>> {
    let mut body = Body::default();
    body.paragraph(Style::Title, &board.title);
    let sheets = sheets(board, context);
    if sheets.is_empty() {
        body.paragraph(Style::Standard, french::EMPTY_BOARD);
    }
    for (sheet, number) in sheets.iter().zip(1..) {
        write_sheet(&mut body, sheet, number);
    }
    documents::odt::odt(&Properties { title: &board.title, generator: GENERATOR, created: context.now }, &body)
}

fn write_sheet(body: &mut Body, sheet: &Sheet, number: usize) {
    body.heading(&sheet.title, if number == 1 { Page::Same } else { Page::New });
    if !sheet.fields.is_empty() {
        let fields = sheet.fields.iter().map(|(label, value)| (*label, value.as_str()));
        body.table(&french::card_table(number), fields);
    }
    if !sheet.links.is_empty() {
        body.subheading(french::LINKS);
    }
    for link in &sheet.links {
        body.paragraph(Style::Remark, link);
    }
    if !sheet.comments.is_empty() {
        body.subheading(french::COMMENTS);
    }
    for SheetComment { text, signature } in &sheet.comments {
        body.paragraph(Style::Signature, signature);
        body.paragraph(Style::Remark, text);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;
    use crate::export::Shown;
    use crate::export::tests::{actors, board, comment, export_context};
    use board_model::kinds::BoardKind;

    fn part(document: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(document)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_card_is_a_sheet_on_a_page_of_its_own_and_nothing_typed_is_markup() {
        let document = odt(&actors(), &export_context(Shown::Public)).unwrap();
        let content = part(&document, "content.xml");
        assert_eq!(content.matches("text:outline-level=\"1\"").count(), 2);
        assert_eq!(content.matches("\"NextSheet\" text:outline-level").count(), 1);
        assert!(content.contains("Région &lt;Sud&gt; &amp; Cie finance CRESS"), "{content}");
        assert!(!content.contains("06 11 22 33 44") && !content.contains("Contact"), "{content}");
        assert!(
            part(&odt(&actors(), &export_context(Shown::Everything)).unwrap(), "content.xml")
                .contains("06 11 22 33 44")
        );
        assert!(part(&document, "META-INF/manifest.xml").contains("content.xml"));
    }

    #[test]
    fn lines_of_a_long_text_stay_lines_and_a_card_without_a_name_has_one() {
        let board = board(BoardKind::Indicators, &[("definition", "Un\nDeux".into())]);
        let content = part(&odt(&board, &export_context(Shown::Public)).unwrap(), "content.xml");
        assert!(content.contains(">Cible</text:p>"), "what is missing has its line: {content}");
        assert!(content.contains("Un<text:line-break/>Deux") && content.contains(">Sans titre<"), "{content}");
    }

    #[test]
    fn a_document_tells_its_title_and_its_date_and_a_comment_its_own() {
        let mut board = actors();
        comment(&mut board, "D’accord");
        let document = odt(&board, &export_context(Shown::Everything)).unwrap();
        let meta = part(&document, "meta.xml");
        assert!(meta.contains("<dc:title>Tableau</dc:title><meta:creation-date>2027-06-11T08:00:00Z<"), "{meta}");
        assert!(part(&document, "META-INF/manifest.xml").contains("\"meta.xml\""));
        let content = part(&document, "content.xml");
        assert!(content.contains(">Ada Martin, 11 juin 2027 à 14\u{a0}h\u{a0}05</text:p>"), "{content}");
        assert!(!part(&odt(&board, &export_context(Shown::Public)).unwrap(), "content.xml").contains("Ada"));
    }
}
