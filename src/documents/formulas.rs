//! What a spreadsheet would take for a formula when it opens a CSV, and the mark that keeps it from doing so.

use std::borrow::Cow;

/// What begins a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];
/// What spreadsheets divide cells and rows by, one in one program and another in the next: a cell may begin after each.
const SEPARATORS: [char; 6] = [';', ',', '\t', '|', '\n', '\r'];
/// Blanks that may stand in a number or before a formula.
const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
/// What goes before a formula: spreadsheets show it, and take the rest for text.
const MARK: char = '\'';

/// A text in which no spreadsheet finds a formula, whichever sign it divides cells by: an apostrophe stands before each. Plain
/// numbers, and telephone numbers of a plus sign and digits, stay as they are. [`undefused`] gives the text back.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    marked_anew(text, |marks| marks + 1)
}

/// The text from which [`defused`] made this one.
#[must_use]
pub fn undefused(text: &str) -> Cow<'_, str> {
    marked_anew(text, |marks| marks.saturating_sub(1))
}

/// Changes the number of marks before what would be a formula without them. What is a formula does not depend on that number,
/// neither there nor further on, so that each change can be taken back.
fn marked_anew(text: &str, marks: impl Fn(usize) -> usize) -> Cow<'_, str> {
    if !text.contains(FORMULA) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.find(SEPARATORS).map_or(rest.len(), |at| at + 1));
        let formula = rest.trim_start_matches(is_before).trim_start_matches(MARK);
        let lead = rest.len() - rest.trim_start_matches(is_before).len();
        if is_formula(&rest[..lead], formula) {
            let there = rest.len() - lead - formula.len();
            out.push_str(&piece[..lead]);
            out.extend(std::iter::repeat_n(MARK, marks(there)));
            out.push_str(&piece[lead + there..]);
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// Whether it may stand between the beginning of a cell and its text: a spreadsheet drops quotation marks there, and some
/// programs blanks.
fn is_before(letter: char) -> bool {
    letter == '"' || BLANKS.contains(&letter)
}

/// Whether `text`, which goes on to the end of all, begins a formula. After blanks only an equals sign does: in a sentence, a
/// hyphen after a comma is a hyphen.
fn is_formula(lead: &str, text: &str) -> bool {
    let begins = if lead.contains(BLANKS) { text.starts_with('=') } else { text.starts_with(FORMULA) };
    begins && !is_number(text) && !is_telephone(text)
}

/// Whether the text is a plain number, as the English or the French write it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    [whole, rest].iter().all(|part| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit()))
}

/// Whether the text is a plus sign with digits and blanks alone.
fn is_telephone(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_digit() || BLANKS.contains(&letter);
    text.strip_prefix('+')
        .is_some_and(|rest| rest.contains(|letter: char| letter.is_ascii_digit()) && rest.chars().all(is_part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spreadsheet::csv;

    #[test]
    fn a_formula_is_marked_wherever_a_cell_may_begin() {
        for (text, marked) in [
            ("=1+1", "'=1+1"),
            ("x;=1+1", "x;'=1+1"),
            ("Première ligne\n=1+2\nfin", "Première ligne\n'=1+2\nfin"),
            ("a,=3+4,b", "a,'=3+4,b"),
            ("a\t=5+6\tb", "a\t'=5+6\tb"),
            ("a|@SUM(A1)", "a|'@SUM(A1)"),
            ("a, =3+4", "a, '=3+4"),
            ("a,\"=3+4,b", "a,\"'=3+4,b"),
            ("\t-1+1", "\t'-1+1"),
            ("'=1", "''=1"),
            ("-1+1,'+x,''@y", "'-1+1,''+x,'''@y"),
            ("+33\n*cmd|' /C calc'!A0", "'+33\n*cmd|' /C calc'!A0"),
        ] {
            assert_eq!(defused(text), marked);
            assert_eq!(undefused(marked), text);
        }
    }

    #[test]
    fn numbers_telephones_and_sentences_stay_as_they_are() {
        let texts = [
            "-3,5",
            "-3.5",
            "+12",
            "-1234",
            "+33 6 12 34 56 78",
            "Tél.\n+33\u{a0}6\u{202f}12",
            "a = b",
            "rendez-vous, - peut-être",
            "l’eau, 'ici'",
            "'quoted'",
            "ada@exemple.fr",
        ];
        for text in texts {
            assert_eq!((defused(text), undefused(text)), (Cow::Borrowed(text), Cow::Borrowed(text)));
        }
        for formula in ["-1+1", "-3,5,1", "-", "+inf", "-,5", "=3,5", "-1 2", "-1e5", "+", "+ ", "+33 6, 12"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
    }

    /// The cells that a program finds which divides them by this sign.
    fn cells(text: &str, separator: u8) -> Vec<String> {
        let mut reader = ::csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(separator);
        let records = reader.from_reader(text.trim_start_matches('\u{feff}').as_bytes()).into_records();
        records.flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn every_text_comes_back(text in "[=+@'\"; ,\t|\n\r\u{a0}a1.-]{0,16}", other in "\\PC{0,20}") {
            for text in [text, other] {
                let defused = defused(&text);
                prop_assert_eq!(undefused(&defused), text.as_str());
            }
        }

        #[test]
        fn no_program_finds_a_formula(text in "[=+@'\"; ,\t|\n\ra1.-]{0,16}") {
            let written = csv([vec!["Titre".to_owned(), text]]);
            for separator in *b";,\t|" {
                for cell in cells(&written, separator) {
                    // The mark that closes ours may stand after a number.
                    let cell = cell.trim_end_matches('"');
                    let is_safe = !cell.starts_with(FORMULA) || is_number(cell) || is_telephone(cell);
                    prop_assert!(is_safe, "{:?} in {:?}", cell, written);
                }
            }
        }
    }
}
