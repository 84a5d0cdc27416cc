//! A board as a document of sheets, one page a card (OpenDocument Text): to be gone over, completed and put on record. What is
//! not said yet has its line, to be filled in.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::sheets::{Said, Sheet, sheets};
use super::{ExportContext, xml};
use board_model::model::Board;
use kernel::clock::Timestamp;

const MEDIA_TYPE: &str = "application/vnd.oasis.opendocument.text";
const MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
<manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"application/vnd.oasis.opendocument.text\"/>\
<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/>\
<manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>\n";
const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\"";
/// Looks that whoever receives the document can change in one place.
const STYLES: &str = "<office:styles>\
<style:default-style style:family=\"paragraph\"><style:paragraph-properties fo:line-height=\"120%\"/><style:text-properties fo:font-family=\"'Liberation Sans', Arial, Helvetica, sans-serif\" fo:font-size=\"10.5pt\" fo:language=\"fr\" fo:country=\"FR\"/></style:default-style>\
<style:style style:name=\"Standard\" style:family=\"paragraph\"/>\
<style:style style:name=\"Title\" style:family=\"paragraph\"><style:paragraph-properties fo:margin-bottom=\"0.6cm\" fo:padding-bottom=\"0.25cm\" fo:border-bottom=\"1.5pt solid #23527c\"/><style:text-properties fo:font-size=\"20pt\" fo:font-weight=\"bold\"/></style:style>\
<style:style style:name=\"Heading_20_1\" style:display-name=\"Heading 1\" style:family=\"paragraph\" style:default-outline-level=\"1\"><style:paragraph-properties fo:margin-bottom=\"0.35cm\" fo:keep-with-next=\"always\"/><style:text-properties fo:font-size=\"16pt\" fo:font-weight=\"bold\" fo:color=\"#23527c\"/></style:style>\
<style:style style:name=\"Heading_20_2\" style:display-name=\"Heading 2\" style:family=\"paragraph\" style:default-outline-level=\"2\"><style:paragraph-properties fo:margin-top=\"0.6cm\" fo:margin-bottom=\"0.2cm\" fo:keep-with-next=\"always\"/><style:text-properties fo:font-size=\"13pt\" fo:font-weight=\"bold\" fo:color=\"#23527c\"/></style:style>\
<style:style style:name=\"Label\" style:family=\"paragraph\"><style:text-properties fo:font-weight=\"bold\" fo:font-size=\"9.5pt\"/></style:style>\
<style:style style:name=\"Said\" style:family=\"paragraph\"><style:paragraph-properties fo:margin-bottom=\"0.15cm\"/></style:style>\
<style:style style:name=\"Signature\" style:family=\"paragraph\"><style:paragraph-properties fo:keep-with-next=\"always\"/><style:text-properties fo:font-size=\"8.5pt\" fo:color=\"#565c6b\"/></style:style>\
<style:style style:name=\"Footer\" style:family=\"paragraph\"><style:paragraph-properties><style:tab-stops><style:tab-stop style:position=\"17cm\" style:type=\"right\"/></style:tab-stops></style:paragraph-properties><style:text-properties fo:font-size=\"8.5pt\" fo:color=\"#565c6b\"/></style:style>\
</office:styles>\
<office:automatic-styles><style:page-layout style:name=\"A4\"><style:page-layout-properties fo:page-width=\"21cm\" fo:page-height=\"29.7cm\" fo:margin-top=\"2cm\" fo:margin-bottom=\"1.5cm\" fo:margin-left=\"2cm\" fo:margin-right=\"2cm\"/>\
<style:footer-style><style:header-footer-properties fo:min-height=\"0.8cm\" fo:margin-top=\"0.4cm\"/></style:footer-style></style:page-layout></office:automatic-styles>";
const LOOKS: &str = "<office:automatic-styles>\
<style:style style:name=\"NextSheet\" style:family=\"paragraph\" style:parent-style-name=\"Heading_20_1\"><style:paragraph-properties fo:break-before=\"page\"/></style:style>\
<style:style style:name=\"Labels\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"5cm\"/></style:style>\
<style:style style:name=\"Values\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"12cm\"/></style:style>\
<style:style style:name=\"LabelCell\" style:family=\"table-cell\"><style:table-cell-properties fo:padding=\"0.14cm\" fo:background-color=\"#f2f0ea\" fo:border-bottom=\"0.5pt solid #b9b6ac\"/></style:style>\
<style:style style:name=\"ValueCell\" style:family=\"table-cell\"><style:table-cell-properties fo:padding=\"0.14cm\" fo:border-bottom=\"0.5pt solid #b9b6ac\"/></style:style>\
</office:automatic-styles>";

/// The board as the bytes of an ODT file.
///
/// # Errors
///
/// When the archive cannot be written, which memory allows.
pub fn odt(board: &Board, occasion: &ExportContext) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().last_modified_time(DateTime::default());
    // The type comes first and uncompressed: readers recognise the file by it.
    let mut add = |name: &str, method, content: &str| {
        archive.start_file(name, plain.compression_method(method))?;
        archive.write_all(content.as_bytes()).map_err(zip::result::ZipError::from)
    };
    add("mimetype", CompressionMethod::Stored, MEDIA_TYPE)?;
    add("META-INF/manifest.xml", CompressionMethod::Deflated, MANIFEST)?;
    add("styles.xml", CompressionMethod::Deflated, &document("document-styles", &styles(&board.title)))?;
    add("content.xml", CompressionMethod::Deflated, &content(board, occasion))?;
    add("meta.xml", CompressionMethod::Deflated, &document("document-meta", &meta(&board.title, occasion.now)))?;
    Ok(archive.finish()?.into_inner())
}

fn document(kind: &str, inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:{kind} {NAMESPACES}>{inside}</office:{kind}>\n")
}

/// What readers show as the document's properties.
fn meta(title: &str, now: Timestamp) -> String {
    format!(
        "<office:meta><meta:generator>parcours/{}</meta:generator><dc:title>{}</dc:title>\
         <meta:creation-date>{now}</meta:creation-date><dc:date>{now}</dc:date><dc:language>fr-FR</dc:language></office:meta>",
        env!("CARGO_PKG_VERSION"),
        xml(title)
    )
}

/// The looks, and what stands under every page.
fn styles(title: &str) -> String {
    format!(
        "{STYLES}<office:master-styles><style:master-page style:name=\"Standard\" style:page-layout-name=\"A4\"><style:footer>\
         <text:p text:style-name=\"Footer\">{}<text:tab/>Page <text:page-number>1</text:page-number> sur \
         <text:page-count>1</text:page-count></text:p></style:footer></style:master-page></office:master-styles>",
        xml(title)
    )
}

fn content(board: &Board, occasion: &ExportContext) -> String {
    let mut body = format!("{LOOKS}<office:body><office:text>{}", paragraph("Title", &board.title));
    let sheets = sheets(board, occasion);
    if sheets.is_empty() {
        body.push_str(&paragraph("Standard", "Ce tableau est encore vide."));
    }
    for (at, sheet) in sheets.iter().enumerate() {
        write_sheet(&mut body, sheet, at + 1);
    }
    body.push_str("</office:text></office:body>");
    document("document-content", &body)
}

fn write_sheet(out: &mut String, sheet: &Sheet, number: usize) {
    let style = if number == 1 { "Heading_20_1" } else { "NextSheet" };
    let _ =
        write!(out, "<text:h text:style-name=\"{style}\" text:outline-level=\"1\">{}</text:h>", inline(&sheet.title));
    if !sheet.fields.is_empty() {
        let _ = write!(
            out,
            "<table:table table:name=\"Fiche {number}\"><table:table-column table:style-name=\"Labels\"/>\
             <table:table-column table:style-name=\"Values\"/>"
        );
        for (label, value) in &sheet.fields {
            let (label, value) = (paragraph("Label", label), paragraph("Standard", value));
            let cell = |style: &str, inside: &str| {
                format!(
                    "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\">{inside}</table:table-cell>"
                )
            };
            let (label, value) = (cell("LabelCell", &label), cell("ValueCell", &value));
            let _ = write!(out, "<table:table-row>{label}{value}</table:table-row>");
        }
        out.push_str("</table:table>");
    }
    let heading = |title| format!("<text:h text:style-name=\"Heading_20_2\" text:outline-level=\"2\">{title}</text:h>");
    if !sheet.links.is_empty() {
        out.push_str(&heading("Liens"));
    }
    for link in &sheet.links {
        out.push_str(&paragraph("Said", link));
    }
    if !sheet.comments.is_empty() {
        out.push_str(&heading("Commentaires"));
    }
    for Said { text, signature } in &sheet.comments {
        out.push_str(&paragraph("Signature", signature));
        out.push_str(&paragraph("Said", text));
    }
}

fn paragraph(style: &str, text: &str) -> String {
    format!("<text:p text:style-name=\"{style}\">{}</text:p>", inline(text))
}

/// Text whose lines, tabs and blanks stay: readers take a run of them for one blank, and none at either end (ODF 1.3 §6.1.2).
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_letter = false;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (run, after) = rest.split_at(rest.find(|other| other != letter).unwrap_or(rest.len()));
        match letter {
            ' ' if run == " " && after_letter && after.starts_with(|next| !matches!(next, '\n' | '\t')) => {
                out.push(' ')
            }
            ' ' => drop(write!(out, "<text:s text:c=\"{}\"/>", run.len())),
            '\n' => out.push_str(&"<text:line-break/>".repeat(run.len())),
            '\t' => out.push_str(&"<text:tab/>".repeat(run.len())),
            _ => out.push_str(&xml(run)),
        }
        after_letter = !matches!(letter, ' ' | '\n' | '\t');
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::export::Shown;
    use crate::export::tests::{actors, board, comment, occasion};
    use board_model::kinds::BoardKind;

    fn part(document: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(document)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_card_is_a_sheet_on_a_page_of_its_own_and_nothing_typed_is_markup() {
        let document = odt(&actors(), &occasion(Shown::Public)).unwrap();
        // Readers look for the type at this very place.
        assert_eq!(&document[38..38 + MEDIA_TYPE.len()], MEDIA_TYPE.as_bytes());
        let content = part(&document, "content.xml");
        assert_eq!(content.matches("text:outline-level=\"1\"").count(), 2);
        assert_eq!(content.matches("\"NextSheet\" text:outline-level").count(), 1);
        assert!(content.contains("Région &lt;Sud&gt; &amp; Cie finance CRESS"), "{content}");
        assert!(!content.contains("06 11 22 33 44") && !content.contains("Contact"), "{content}");
        assert!(part(&odt(&actors(), &occasion(Shown::Everything)).unwrap(), "content.xml").contains("06 11 22 33 44"));
        assert!(part(&document, "META-INF/manifest.xml").contains("content.xml"));
    }

    #[test]
    fn lines_of_a_long_text_stay_lines_and_a_card_without_a_name_has_one() {
        let content =
            content(&board(BoardKind::Indicators, &[("definition", "Un\nDeux".into())]), &occasion(Shown::Public));
        assert!(content.contains(">Cible</text:p>"), "what is missing has its line: {content}");
        assert!(content.contains("Un<text:line-break/>Deux") && content.contains(">Sans titre<"), "{content}");
    }

    #[test]
    fn blanks_and_tabs_stay_and_nothing_typed_is_markup() {
        assert_eq!(inline("un deux & trois"), "un deux &amp; trois");
        assert_eq!(
            inline(" a  b\t\tc \n\n d "),
            "<text:s text:c=\"1\"/>a<text:s text:c=\"2\"/>b<text:tab/><text:tab/>c<text:s text:c=\"1\"/>\
             <text:line-break/><text:line-break/><text:s text:c=\"1\"/>d<text:s text:c=\"1\"/>"
        );
    }

    #[test]
    fn a_document_tells_its_title_and_its_date_and_a_comment_its_own() {
        let mut board = actors();
        comment(&mut board, "D’accord");
        let document = odt(&board, &occasion(Shown::Everything)).unwrap();
        let meta = part(&document, "meta.xml");
        assert!(meta.contains("<dc:title>Tableau</dc:title><meta:creation-date>2027-06-11T08:00:00Z<"), "{meta}");
        assert!(part(&document, "META-INF/manifest.xml").contains("\"meta.xml\""));
        let content = part(&document, "content.xml");
        assert!(content.contains(">Ada Martin, 11 juin 2027 à 14\u{a0}h\u{a0}05</text:p>"), "{content}");
        assert!(!part(&odt(&board, &occasion(Shown::Public)).unwrap(), "content.xml").contains("Ada"));
    }
}
