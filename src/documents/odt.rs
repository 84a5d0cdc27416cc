//! OpenDocument Text: a document of headings, paragraphs and tables of labelled values, in a look that whoever receives it
//! can change in one place. Knows no feature.
//!
//! Ours, since we know no crate that is kept up and writes text documents: `spreadsheet-ods` writes sheets. Such a document is
//! an archive of five small files, of which all but the words is fixed, and the archive is written by the `zip` crate.

use std::fmt::{Display, Write as _};
use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::xml::escaped;

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
<style:style style:name=\"Remark\" style:family=\"paragraph\"><style:paragraph-properties fo:margin-bottom=\"0.15cm\"/></style:style>\
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

/// What readers show as a document's properties.
#[derive(Debug)]
pub struct Properties<'a, T: Display> {
    /// The title, which also stands under every page.
    pub title: &'a str,
    /// The program that wrote it, with its version.
    pub generator: &'a str,
    /// When, as ISO 8601.
    pub created: T,
}

/// The styles of paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Standard,
    /// The title of the document.
    Title,
    /// What names a value in a table.
    Label,
    /// A remark.
    Remark,
    /// Who wrote the remark that follows, and when.
    Signature,
}

impl Style {
    const fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Title => "Title",
            Self::Label => "Label",
            Self::Remark => "Remark",
            Self::Signature => "Signature",
        }
    }
}

/// What a document says, written from the start to the end.
#[derive(Debug, Default)]
pub struct Body(String);

impl Body {
    /// A paragraph. Its lines, tabs and blanks stay.
    pub fn paragraph(&mut self, style: Style, text: &str) {
        self.0.push_str(&paragraph(style, text));
    }

    /// A heading of the first level; on a new page if wanted.
    pub fn heading(&mut self, text: &str, page: Page) {
        let style = match page {
            Page::Same => "Heading_20_1",
            Page::New => "NextSheet",
        };
        let text = inline(text);
        let _ = write!(self.0, "<text:h text:style-name=\"{style}\" text:outline-level=\"1\">{text}</text:h>");
    }

    /// A heading of the second level.
    pub fn subheading(&mut self, text: &str) {
        let text = inline(text);
        let _ = write!(self.0, "<text:h text:style-name=\"Heading_20_2\" text:outline-level=\"2\">{text}</text:h>");
    }

    /// A table of labels and their values, under a name that no other table has.
    pub fn table<'a>(&mut self, name: &str, rows: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let name = escaped(name);
        let _ = write!(
            self.0,
            "<table:table table:name=\"{name}\"><table:table-column table:style-name=\"Labels\"/>\
             <table:table-column table:style-name=\"Values\"/>"
        );
        for (label, value) in rows {
            let label = cell("LabelCell", &paragraph(Style::Label, label));
            let value = cell("ValueCell", &paragraph(Style::Standard, value));
            let _ = write!(self.0, "<table:table-row>{label}{value}</table:table-row>");
        }
        self.0.push_str("</table:table>");
    }
}

/// Where a heading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// After what stands before it.
    Same,
    /// On a new page.
    New,
}

/// The document as the bytes of an ODT file.
///
/// # Errors
///
/// When the archive cannot be written, which memory allows.
pub fn odt(properties: &Properties<'_, impl Display>, Body(body): &Body) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().last_modified_time(DateTime::default());
    // The type comes first and uncompressed: readers recognise the file by it.
    let mut add = |name: &str, method, content: &str| {
        archive.start_file(name, plain.compression_method(method))?;
        archive.write_all(content.as_bytes()).map_err(zip::result::ZipError::from)
    };
    let content = format!("{LOOKS}<office:body><office:text>{body}</office:text></office:body>");
    add("mimetype", CompressionMethod::Stored, MEDIA_TYPE)?;
    add("META-INF/manifest.xml", CompressionMethod::Deflated, MANIFEST)?;
    add("styles.xml", CompressionMethod::Deflated, &document("document-styles", &styles(properties.title)))?;
    add("content.xml", CompressionMethod::Deflated, &document("document-content", &content))?;
    add("meta.xml", CompressionMethod::Deflated, &document("document-meta", &meta(properties)))?;
    Ok(archive.finish()?.into_inner())
}

fn document(kind: &str, inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:{kind} {NAMESPACES}>{inside}</office:{kind}>\n")
}

fn meta(Properties { title, generator, created }: &Properties<'_, impl Display>) -> String {
    format!(
        "<office:meta><meta:generator>{}</meta:generator><dc:title>{}</dc:title>\
         <meta:creation-date>{created}</meta:creation-date><dc:date>{created}</dc:date><dc:language>fr-FR</dc:language></office:meta>",
        escaped(generator),
        escaped(title)
    )
}

/// The looks, and what stands under every page.
fn styles(title: &str) -> String {
    format!(
        "{STYLES}<office:master-styles><style:master-page style:name=\"Standard\" style:page-layout-name=\"A4\"><style:footer>\
         <text:p text:style-name=\"Footer\">{}<text:tab/>Page <text:page-number>1</text:page-number> sur \
         <text:page-count>1</text:page-count></text:p></style:footer></style:master-page></office:master-styles>",
        escaped(title)
    )
}

fn cell(style: &str, inside: &str) -> String {
    format!("<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\">{inside}</table:table-cell>")
}

fn paragraph(style: Style, text: &str) -> String {
    format!("<text:p text:style-name=\"{}\">{}</text:p>", style.name(), inline(text))
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
            _ => out.push_str(&escaped(run)),
        }
        after_letter = !matches!(letter, ' ' | '\n' | '\t');
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_find_the_type_at_the_place_where_they_look_for_it() {
        let mut body = Body::default();
        body.heading("Un", Page::Same);
        let properties = Properties { title: "Titre", generator: "essai/1", created: "2027-06-11T08:00:00Z" };
        let document = odt(&properties, &body).unwrap();
        assert_eq!(&document[38..38 + MEDIA_TYPE.len()], MEDIA_TYPE.as_bytes());
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
}
