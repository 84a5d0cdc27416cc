//! The text of a file, whichever way the program that saved it writes letters: lists, boards and calendars are all read by it.

use encoding_rs::{MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::french;

/// How a file writes its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or plain ASCII.
    Utf8,
    /// UTF-16, of either order.
    Utf16,
    /// What Windows used in Western Europe, and Excel still does in a plain CSV.
    Windows1252,
    /// What Excel on a Mac does in one.
    MacRoman,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
            Self::MacRoman => "Mac Roman",
        }
    }
}

/// A text, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Without a byte order mark.
    pub text: String,
    /// How the file writes it.
    pub encoding: Encoding,
}

/// The text of a file; `None` when it holds none. UTF-8 and UTF-16 are known for certain; of the old alphabets of one byte a
/// letter the one is taken under which the file has more letters of French, and Windows-1252 when it has as many under both.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Decoded> {
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (wide(rest, UTF_16LE)?, Encoding::Utf16),
        [0xfe, 0xff, rest @ ..] => (wide(rest, UTF_16BE)?, Encoding::Utf16),
        [0xef, 0xbb, 0xbf, rest @ ..] => (str::from_utf8(rest).ok()?.to_owned(), Encoding::Utf8),
        bytes => unmarked(bytes)?,
    };
    (!text.contains('\0')).then_some(Decoded { text, encoding })
}

fn wide(bytes: &[u8], order: &'static encoding_rs::Encoding) -> Option<String> {
    order.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// A text without a byte order mark.
fn unmarked(bytes: &[u8]) -> Option<(String, Encoding)> {
    if bytes.contains(&0) {
        let order = if bytes.len() > 1 && bytes[0] == 0 { UTF_16BE } else { UTF_16LE };
        return wide(bytes, order).map(|text| (text, Encoding::Utf16));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Some((text.to_owned(), Encoding::Utf8));
    }
    let [windows, mac] = [WINDOWS_1252, MACINTOSH].map(|one| one.decode_without_bom_handling(bytes).0);
    let is_mac = of_french(&mac) > of_french(&windows);
    let (text, encoding) = if is_mac { (mac, Encoding::MacRoman) } else { (windows, Encoding::Windows1252) };
    Some((text.into_owned(), encoding))
}

/// How much of a text beyond ASCII is what French is written with.
fn of_french(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_ascii() && french::LETTERS.contains(*letter)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whichever_way_it_was_saved() {
        let text = "Nom;Société\nL’Élue de Nîmes, ça c’est sûr ;œ";
        let utf_16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            ([&b"\xff\xfe"[..], &utf_16(u16::to_le_bytes)].concat(), Encoding::Utf16),
            ([&b"\xfe\xff"[..], &utf_16(u16::to_be_bytes)].concat(), Encoding::Utf16),
            (utf_16(u16::to_le_bytes), Encoding::Utf16),
            (utf_16(u16::to_be_bytes), Encoding::Utf16),
            (WINDOWS_1252.encode(text).0.into_owned(), Encoding::Windows1252),
            (MACINTOSH.encode(text).0.into_owned(), Encoding::MacRoman),
        ] {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding), "{bytes:?}");
        }
    }

    #[test]
    fn a_single_accent_is_enough_and_ascii_is_itself() {
        assert_eq!(decode(b"H\xe9l\xe8ne").unwrap().text, "Hélène");
        assert_eq!(decode(b"H\x8el\x8fne").unwrap().text, "Hélène");
        assert_eq!(decode(b"L\x92\xe9t\xe9 : 3 \x80").unwrap().text, "L’été : 3 €");
        assert_eq!(decode(b"ada").unwrap(), Decoded { text: "ada".into(), encoding: Encoding::Utf8 });
        assert_eq!(decode(b"").unwrap().text, "");
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in [&b"PK\x03\x04\0\0\0"[..], b"\x7fELF\x02\x01\x01\0\0", b"\xff\xfe\0", b"\xef\xbb\xbf\xff"] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
