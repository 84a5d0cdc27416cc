//! Reads the tables that people bring: CSV as any program saves it, and workbooks of Excel's. What it costs is bounded by cells,
//! not by bytes.

mod separator;
mod workbook;

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use crate::decode::{Encoding, decode};
use crate::file_format::FileFormat;

/// More cells than this are not read.
pub const MAX_CELLS: usize = 400_000;

/// More columns than this are not read.
pub const MAX_COLUMNS: usize = 1_000;

/// A row with some text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line, or the row of the sheet, on which it begins; from 1.
    pub line: usize,
    /// The text of each column, without the blanks around it. Empty ones count: the place of a cell is its column.
    pub cells: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows, but for those without any text.
    pub rows: Vec<Row>,
    /// How its file writes letters; `None` for a workbook.
    pub encoding: Option<Encoding>,
    /// The sheets of a workbook that have something in them and were not read.
    pub other_sheets: Vec<String>,
}

/// Why a file is not read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("nothing in it")]
    Empty,
    /// It is of this format, which is no table.
    #[error("{0:?} is no table")]
    Format(FileFormat),
    /// A quotation mark opens a cell on this line, and no mark closes it where a cell can end.
    #[error("the quotation mark of line {0} is not closed")]
    OpenQuote(usize),
    /// It has more than [`MAX_CELLS`] or [`MAX_COLUMNS`].
    #[error("too many cells")]
    TooMuch,
    /// A workbook that breaks off, or is none.
    #[error("a broken workbook")]
    Broken,
}

/// Reads a file as a table. `is_title` tells which headings are known: they tell the separator of a CSV.
///
/// # Errors
///
/// See [`Unreadable`].
pub fn read(bytes: &[u8], is_title: impl Fn(&str) -> bool) -> Result<Table, Unreadable> {
    match FileFormat::of(bytes) {
        Some(FileFormat::Xlsx) => workbook::read(bytes),
        Some(format) => Err(Unreadable::Format(format)),
        None => {
            let decoded = decode(bytes).ok_or(Unreadable::Format(FileFormat::Other))?;
            let table = read_text(&decoded.text, is_title)?;
            Ok(Table { encoding: Some(decoded.encoding), ..table })
        }
    }
}

/// Whether cells are as the file has them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cells {
    /// Without the blanks around them, their lines ended alike.
    Trimmed,
    /// To the character.
    Exact,
}

/// Reads a text as a table: CSV (RFC 4180) with semicolons, tabs, commas or bars, lines ended as on any system. The separator is
/// what a first line `sep=;` says; else the one under which the first line has most known headings; else the one that divides most
/// lines alike; and where none does, each line is one cell.
///
/// # Errors
///
/// See [`Unreadable`].
pub fn read_text(text: &str, is_title: impl Fn(&str) -> bool) -> Result<Table, Unreadable> {
    divided(text, is_title, Cells::Trimmed)
}

/// The same, with the blanks around cells, and the ends of lines within them as the file has them, for a file that may be an
/// export of ours.
///
/// # Errors
///
/// See [`Unreadable`].
pub fn read_text_exactly(text: &str, is_title: impl Fn(&str) -> bool) -> Result<Table, Unreadable> {
    divided(text, is_title, Cells::Exact)
}

fn divided(text: &str, is_title: impl Fn(&str) -> bool, cells: Cells) -> Result<Table, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let text = match cells {
        // Without any other, the file is of an old Mac's.
        Cells::Exact if text.contains('\n') => Cow::Borrowed(text),
        _ => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
    };
    let (told, text, first_line) = separator::told(&text);
    let separator = told.unwrap_or_else(|| separator::of(text, is_title));
    if let Some(line) = open_quote(text, separator) {
        return Err(Unreadable::OpenQuote(first_line + line));
    }
    let mut rows = Vec::new();
    let mut left = MAX_CELLS;
    each_record(text, separator, |line, record| {
        if record.len() > MAX_COLUMNS {
            return Err(Unreadable::TooMuch);
        }
        left = left.checked_sub(record.len()).ok_or(Unreadable::TooMuch)?;
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let cell = |cell: &str| if cells == Cells::Exact { cell.to_owned() } else { cell.trim().to_owned() };
            rows.push(Row { line: first_line + line, cells: record.iter().map(cell).collect() });
        }
        Ok(())
    })?;
    if rows.is_empty() { Err(Unreadable::Empty) } else { Ok(Table { rows, ..Table::default() }) }
}

/// Hands out the records of a CSV, each with the number of lines before it.
fn each_record(
    text: &str,
    separator: u8,
    mut take: impl FnMut(usize, &StringRecord) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let (mut line, mut read) = (0, 0);
    while reader.read_record(&mut record).map_err(|_| Unreadable::Broken)? {
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        // The reader passes over empty lines before a record.
        let empty =
            text[read..].bytes().take_while(|byte| b"\r\n".contains(byte)).filter(|byte| *byte == b'\n').count();
        take(line + empty, &record)?;
        line += text[read..end].bytes().filter(|byte| *byte == b'\n').count();
        read = end;
    }
    Ok(())
}

/// The number of lines before a quotation mark that opens a cell and is not closed where a cell can end.
fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().peekable();
    let (mut line, mut opened, mut begins) = (0, None, true);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' if opened.is_some() && text.as_bytes().get(at + 1) == Some(&b'"') => drop(bytes.next()),
            b'"' if opened.is_some() => {
                let rest = text.as_bytes()[at + 1..].iter().find(|next| !matches!(next, b' '));
                if rest.is_some_and(|next| !b"\r\n".contains(next) && *next != separator) {
                    return opened;
                }
                opened = None;
            }
            b'"' if begins => opened = Some(line),
            _ => {}
        }
        line += usize::from(byte == b'\n');
        begins = opened.is_none() && (byte == b'\n' || byte == separator);
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(title: &str) -> bool {
        ["Nom", "Courriel", "Titre", "Texte"].contains(&title)
    }

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        read_text(text, known).unwrap().rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn cells_keep_their_columns_and_rows_their_lines() {
        let text = "Nom;Courriel\n\nAda;;x\n;;\n\"deux\nlignes\";b\nBob;\"dit \"\"oui\"\"\"";
        let expected = [
            row(1, &["Nom", "Courriel"]),
            row(3, &["Ada", "", "x"]),
            row(5, &["deux\nlignes", "b"]),
            row(7, &["Bob", "dit \"oui\""]),
        ];
        assert_eq!(rows(text), expected);
        assert_eq!(rows(&text.replace('\n', "\r\n")), expected);
        assert_eq!(rows(&text.replace('\n', "\r")), expected);
        assert_eq!(rows(&format!("\u{feff}{text}\n\n")), expected);
    }

    #[test]
    fn a_table_can_be_read_to_the_character() {
        let text = "\u{feff}Nom;Texte\r\n\r\n Ada ;\"a\rb\r\nc\n \"\r\n\"x\";  y\r\n";
        let table = read_text_exactly(text, known).unwrap();
        let rows: Vec<_> = table.rows.into_iter().map(|row| (row.line, row.cells)).collect();
        assert_eq!(rows, [row(1, &["Nom", "Texte"]), row(3, &[" Ada ", "a\rb\r\nc\n "]), row(6, &["x", "  y"])]);
        let mac = read_text_exactly("Nom;Texte\rAda;\"a\rb\"", known).unwrap();
        assert_eq!(mac.rows[1].cells, ["Ada", "a\nb"]);
        assert_eq!(read_text_exactly("Nom;\"Texte\r\n", known), Err(Unreadable::OpenQuote(1)));
        assert_eq!(read_text_exactly("sep=,\r\nNom,b\r\n", known).unwrap().rows[0].cells, ["Nom", "b"]);
    }

    #[test]
    fn the_separator_is_the_one_under_which_most_headings_are_known() {
        assert_eq!(rows("Nom;Service, bureau, étage, site;Courriel\na;b;c")[1], row(2, &["a", "b", "c"]));
        assert_eq!(rows("Nom,\"Ville; pays\",Courriel\na,b,c")[0].1.len(), 3);
        assert_eq!(rows("Nom\tCourriel\na, b\tc"), [row(1, &["Nom", "Courriel"]), row(2, &["a, b", "c"])]);
        assert_eq!(rows("Nom|Courriel\na|b")[1], row(2, &["a", "b"]));
        assert_eq!(rows("Titre\nUn, deux\nTrois, quatre")[1], row(2, &["Un, deux"]), "one column");
    }

    #[test]
    fn without_known_headings_it_is_the_one_that_divides_lines_alike() {
        assert_eq!(rows("Martin, Ada;a@x.fr\nBob;b@x.fr\nEve;e@x.fr")[0], row(1, &["Martin, Ada", "a@x.fr"]));
        assert_eq!(rows("a@x.fr;Ada;Ville\nb@x.fr\nc@x.fr")[0], row(1, &["a@x.fr", "Ada", "Ville"]));
        assert_eq!(rows("a@x.fr\nb@x.fr"), [row(1, &["a@x.fr"]), row(2, &["b@x.fr"])]);
    }

    #[test]
    fn a_first_line_may_tell_the_separator() {
        for (told, separator) in [("sep=;", ";"), ("\u{feff}SEP=,", ","), ("\"sep=|\"", "|"), ("sep=\t", "\t")] {
            assert_eq!(rows(&format!("{told}\r\na{separator}b: c\r\n")), [row(2, &["a", "b: c"])], "{told}");
        }
        assert_eq!(rows("sep\na\n").len(), 2, "a column of that name");
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told_with_its_line() {
        let refused = |text: &str| read_text(text, known).unwrap_err();
        assert_eq!(refused("Nom;Texte\n\"c\nd\";e\nf;\"g\nh;i\n"), Unreadable::OpenQuote(4));
        assert_eq!(refused("sep=;\n\"Nom;Texte\n"), Unreadable::OpenQuote(2));
        // The next one opens another cell: what stands between them would be swallowed.
        assert_eq!(refused("Nom;Texte\nAda;\"x\nBob;y\n\"Eve\";z\n"), Unreadable::OpenQuote(2));
        assert_eq!(rows("Nom;Texte\nc \"d;e\n")[1], row(2, &["c \"d", "e"]), "one within a text opens nothing");
        assert_eq!(rows("Nom;Texte\n\"c\" ;e\n")[1], row(2, &["c", "e"]));
    }

    #[test]
    fn what_is_no_table_is_told_and_work_is_bounded() {
        let refused = |bytes: &[u8]| read(bytes, known).unwrap_err();
        assert_eq!(refused(b" \r\n;;\n"), Unreadable::Empty);
        assert_eq!(refused(b"%PDF-1.7"), Unreadable::Format(FileFormat::Pdf));
        assert_eq!(refused(b"\x7fELF\0"), Unreadable::Format(FileFormat::Other));
        assert_eq!(refused("a;".repeat(MAX_COLUMNS + 1).as_bytes()), Unreadable::TooMuch);
        assert_eq!(refused("a;b\n".repeat(MAX_CELLS / 2 + 1).as_bytes()), Unreadable::TooMuch);
        assert_eq!(read(b"Nom\nH\xe9l\xe8ne", known).unwrap().encoding, Some(Encoding::Windows1252));
    }
}
