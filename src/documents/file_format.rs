//! Recognises files by their first bytes, so that a page can say what to do with one that it cannot read.

/// The format of a file that is no plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// A workbook as Excel saves it since 2007.
    Xlsx,
    /// A workbook of Excel's from before 2007, or one that is encrypted.
    OldExcel,
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

impl FileFormat {
    /// The format that a file's bytes tell; `None` when they may be plain text.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let holds = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
        if bytes.starts_with(ZIP) {
            return Some(if holds(b"xl/workbook") {
                Self::Xlsx
            } else if holds(b"opendocument.spreadsheet") {
                Self::OpenDocument
            } else {
                Self::Other
            });
        }
        if bytes.starts_with(OLE) {
            return Some(Self::OldExcel);
        }
        if PICTURES.iter().any(|begin| bytes.starts_with(begin)) {
            return Some(Self::Picture);
        }
        bytes.starts_with(b"%PDF-").then_some(Self::Pdf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_program_is_called_by_its_name() {
        let workbook = crate::spreadsheet::xlsx([vec!["Titre".to_owned()]]).unwrap();
        for (bytes, format) in [
            (&workbook[..], Some(FileFormat::Xlsx)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", Some(FileFormat::OldExcel)),
            (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", Some(FileFormat::OpenDocument)),
            (b"PK\x03\x04..word/document.xml", Some(FileFormat::Other)),
            (b"\x89PNG\r\n\x1a\n\0\0", Some(FileFormat::Picture)),
            (b"\xff\xd8\xff\xe0\0", Some(FileFormat::Picture)),
            (b"%PDF-1.7\n", Some(FileFormat::Pdf)),
            (b"Titre\nL\x92\xe9t\xe9", None),
            (b"", None),
        ] {
            assert_eq!(FileFormat::of(bytes), format, "{bytes:?}");
        }
    }
}
