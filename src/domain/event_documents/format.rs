//! Which kinds of files are taken: by their extension, which their first bytes must not contradict.

use serde::{Deserialize, Serialize};

/// Defines the formats: for each its extension and its media type.
macro_rules! formats {
    ($($(#[$doc:meta])* $Format:ident $extension:literal $media_type:literal)*) => {
        /// A kind of file that is taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
        #[serde(rename_all = "lowercase")]
        #[sqlx(type_name = "text", rename_all = "lowercase")]
        pub enum Format {
            $($(#[$doc])* $Format,)*
        }

        impl Format {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Format),*];

            /// The extension of its files.
            #[must_use]
            pub const fn extension(self) -> &'static str {
                match self {
                    $(Self::$Format => $extension,)*
                }
            }

            /// Its media type.
            #[must_use]
            pub const fn media_type(self) -> &'static str {
                match self {
                    $(Self::$Format => $media_type,)*
                }
            }
        }
    };
}

formats! {
    /// Portable Document Format.
    Pdf "pdf" "application/pdf"
    /// A text of OpenDocument.
    Odt "odt" "application/vnd.oasis.opendocument.text"
    /// A spreadsheet of OpenDocument.
    Ods "ods" "application/vnd.oasis.opendocument.spreadsheet"
    /// Slides of OpenDocument.
    Odp "odp" "application/vnd.oasis.opendocument.presentation"
    /// A text of Word.
    Docx "docx" "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    /// A spreadsheet of Excel.
    Xlsx "xlsx" "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    /// Slides of PowerPoint.
    Pptx "pptx" "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    /// Comma-separated values.
    Csv "csv" "text/csv"
    /// A picture.
    Png "png" "image/png"
    /// A photograph.
    Jpg "jpg" "image/jpeg"
    /// A drawing; it may hold scripts, so that it is only ever an attachment.
    Svg "svg" "image/svg+xml"
    /// An archive.
    Zip "zip" "application/zip"
    /// Plain text.
    Txt "txt" "text/plain"
}

impl Format {
    /// The format that the extension of a file's name stands for.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        let extension = if extension == "jpeg" { "jpg" } else { &extension };
        Self::ALL.iter().copied().find(|format| format.extension() == extension).filter(|_| !stem.is_empty())
    }

    /// Whether a file of this format can begin with these bytes: its first piece.
    #[must_use]
    pub fn begins_with(self, first: &[u8]) -> bool {
        match self {
            Self::Pdf => first.starts_with(b"%PDF-"),
            Self::Odt | Self::Ods | Self::Odp => is_zip(first) && open_document_type(first) == Some(self.media_type()),
            Self::Docx | Self::Xlsx | Self::Pptx => is_zip(first) && open_document_type(first).is_none(),
            Self::Zip => is_zip(first) || first.starts_with(b"PK\x05\x06"),
            Self::Png => first.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpg => first.starts_with(b"\xff\xd8\xff"),
            Self::Svg => is_text(first) && is_svg(first),
            Self::Csv | Self::Txt => is_text(first) && !first.starts_with(b"%PDF-"),
        }
    }
}

fn is_zip(first: &[u8]) -> bool {
    first.starts_with(b"PK\x03\x04")
}

/// The media type that the first entry of an OpenDocument archive says, uncompressed (ODF 1.3 part 2, §3.3).
fn open_document_type(first: &[u8]) -> Option<&str> {
    let stated = first.get(30..)?.strip_prefix(b"mimetype")?;
    let length = first.get(18..22)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))?;
    std::str::from_utf8(stated.get(..usize::try_from(length).ok()?)?).ok()
}

/// Text holds no zero byte, unless it begins with the mark of UTF-16.
fn is_text(first: &[u8]) -> bool {
    !first.contains(&0) || first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff")
}

fn is_svg(first: &[u8]) -> bool {
    let text = String::from_utf8_lossy(first);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    ["<svg", "<?xml", "<!--", "<!DOCTYPE svg"].iter().any(|start| text.starts_with(start)) && text.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_the_extension_and_only_if_it_is_on_the_list() {
        assert_eq!(Format::of_name("Présentation.PDF"), Some(Format::Pdf));
        assert_eq!(Format::of_name("photo.jpeg"), Some(Format::Jpg));
        for wrong in ["page.html", "programme.exe", "sans-extension", ".pdf", "a.pdf.js", ""] {
            assert_eq!(Format::of_name(wrong), None, "{wrong}");
        }
    }

    fn open_document(media_type: &str) -> Vec<u8> {
        let mut first = b"PK\x03\x04".to_vec();
        first.resize(18, 0);
        first.extend(u32::try_from(media_type.len()).unwrap().to_le_bytes());
        first.resize(30, 0);
        first.extend(b"mimetype");
        first.extend(media_type.as_bytes());
        first.extend(b"PK\x03\x04");
        first
    }

    #[test]
    fn first_bytes_must_be_those_of_the_extension() {
        let odt = open_document(Format::Odt.media_type());
        assert!(Format::Odt.begins_with(&odt) && Format::Zip.begins_with(&odt));
        assert!(!Format::Ods.begins_with(&odt) && !Format::Docx.begins_with(&odt));
        assert!(Format::Docx.begins_with(b"PK\x03\x04 and what follows, which is longer than the head of an entry"));
        assert!(Format::Pdf.begins_with(b"%PDF-1.7\n") && !Format::Pdf.begins_with(b"<html>"));
        assert!(Format::Txt.begins_with("Été".as_bytes()) && !Format::Txt.begins_with(b"MZ\x00\x01"));
        assert!(!Format::Csv.begins_with(b"%PDF-1.7"));
        assert!(Format::Svg.begins_with(b"<?xml version=\"1.0\"?>\n<svg xmlns=\"\">"));
        assert!(!Format::Svg.begins_with(b"<html><svg></svg></html>"));
        assert!(Format::Png.begins_with(b"\x89PNG\r\n\x1a\n..") && Format::Jpg.begins_with(b"\xff\xd8\xff\xe0"));
    }
}
