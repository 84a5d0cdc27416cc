//! Recognises files that hold no text, so that the page can say what to do instead.

use super::Unreadable;
use documents::spreadsheet;

/// The format of a file that holds no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// A workbook of Excel's, of whatever age.
    Excel,
    /// A workbook of LibreOffice's.
    OpenDocument,
    /// A picture.
    Picture,
    /// A PDF.
    Pdf,
    /// Whatever else.
    Other,
}

/// The first bytes of document formats that are ZIP archives.
const ZIP: &[u8] = b"PK\x03\x04";
/// The first bytes of Microsoft's files before 2007.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";
/// PNG, JPEG, GIF.
const PICTURES: [&[u8]; 3] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8"];

/// The text of a file.
///
/// # Errors
///
/// When it holds none.
pub fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    let format = if bytes.starts_with(ZIP) {
        if holds(b"xl/workbook") {
            FileFormat::Excel
        } else if holds(b"opendocument.spreadsheet") {
            FileFormat::OpenDocument
        } else {
            FileFormat::Other
        }
    } else if bytes.starts_with(OLE) {
        FileFormat::Excel
    } else if PICTURES.iter().any(|begin| bytes.starts_with(begin)) {
        FileFormat::Picture
    } else if bytes.starts_with(b"%PDF-") {
        FileFormat::Pdf
    } else {
        return spreadsheet::decoded(bytes).ok_or(Unreadable::NotText(FileFormat::Other));
    };
    Err(Unreadable::NotText(format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_program_is_called_by_its_name() {
        let workbook = documents::spreadsheet::xlsx([vec!["Titre".to_owned()]]).unwrap();
        for (bytes, format) in [
            (&workbook[..], FileFormat::Excel),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", FileFormat::Excel),
            (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", FileFormat::OpenDocument),
            (b"PK\x03\x04..word/document.xml", FileFormat::Other),
            (b"\x89PNG\r\n\x1a\n\0\0", FileFormat::Picture),
            (b"\xff\xd8\xff\xe0\0", FileFormat::Picture),
            (b"%PDF-1.7\n", FileFormat::Pdf),
            (b"\x7fELF\0\0", FileFormat::Other),
        ] {
            assert_eq!(text(bytes), Err(Unreadable::NotText(format)), "{bytes:?}");
        }
        assert_eq!(text(b"Titre\nL\x92\xe9t\xe9").as_deref(), Ok("Titre\nL’été"));
        assert_eq!(text(b"").as_deref(), Ok(""));
    }
}
