//! Which files are taken, and what they are called.

use kernel::text::visible_line;

/// The largest file, bytes.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;

/// A piece of a file, bytes: small enough that a transaction which writes one delays nobody.
pub const PIECE_BYTES: usize = 256 * 1024;

/// The longest name of a file, characters.
const MAX_NAME: usize = 120;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// Its extension is not on the list.
    #[error("a type that is not taken")]
    WrongType,
    /// Its first bytes are not those of its extension.
    #[error("not what its extension says")]
    NotItsType,
    /// It is larger than [`MAX_BYTES`].
    #[error("too large")]
    TooLarge,
    /// There is nothing in it.
    #[error("empty")]
    Empty,
    /// All documents together would be larger than the setting allows.
    #[error("no room")]
    Full,
}

/// The name of a file without folders and signs that no system keeps, its extension always there.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().map(|sign| if sign.is_control() || "\"<>:|?*".contains(sign) { '_' } else { sign }).collect();
    let seen = visible_line(&clean);
    let clean = seen.trim_start_matches('.');
    match clean.rsplit_once('.') {
        Some((stem, extension)) => {
            let stem: String = stem.chars().take(MAX_NAME).collect();
            format!("{}.{extension}", stem.trim_end())
        }
        None => clean.chars().take(MAX_NAME).collect(),
    }
}

/// What a document is called when nobody said: its file's name without the extension.
#[must_use]
pub fn title_of(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    stem.replace(['_', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_leads_to_no_folder() {
        assert_eq!(clean_name("C:\\Temp\\bilan \"final\".pdf"), "bilan _final_.pdf");
        assert_eq!(clean_name("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(clean_name("a\r\nb.pdf"), "a__b.pdf");
        let long = clean_name(&format!("{}.pdf", "é".repeat(500)));
        assert!(long.chars().count() <= MAX_NAME + 4 && long.ends_with(".pdf"));
        assert_eq!(title_of("bilan_de-l-atelier.pdf"), "bilan de l atelier");
    }
}
