//! Tables for spreadsheets: CSV written and read, XLSX written. What a spreadsheet would take for a formula is defused.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

pub use crate::formulas::{defused, undefused};

/// The longest text that a cell of a workbook holds, in UTF-16 units.
const MAX_CELL: usize = 32_767;

/// A table as CSV (RFC 4180, with semicolons, and in UTF-8 with a byte order mark, as spreadsheets in French expect).
pub fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = String::from('\u{feff}');
    for row in rows {
        for (at, text) in row.iter().enumerate() {
            if at > 0 {
                out.push(';');
            }
            write_cell(&mut out, text);
        }
        out.push_str("\r\n");
    }
    out
}

fn write_cell(out: &mut String, text: &str) {
    let text = defused(text);
    if text.contains([';', ',', '"', '\n', '\r', '\t', '|']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

/// A text as a cell of a workbook can hold it: what is too long ends in an ellipsis.
#[must_use]
pub fn fitting(text: &str) -> Cow<'_, str> {
    let mut units = 0;
    let mut cut = 0;
    for (at, letter) in text.char_indices() {
        if units < MAX_CELL {
            cut = at;
        }
        units += letter.len_utf16();
    }
    if units <= MAX_CELL { Cow::Borrowed(text) } else { Cow::Owned(format!("{}…", &text[..cut])) }
}

/// What Windows-1252 has from 0x80 to 0x9F, where Latin-1 has control characters; five places are empty.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file as spreadsheets save it: UTF-8 or UTF-16 with or without a byte order mark, else Windows-1252;
/// `None` when it is no text.
#[must_use]
pub fn decoded(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        bytes => String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(letter).collect()),
    };
    (!text.contains('\0')).then_some(text)
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// A table as XLSX, its first row as headings. Cells are texts, never formulas.
///
/// # Errors
///
/// When the table is larger than the format allows.
pub fn xlsx(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let bold = Format::new().set_bold();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(&cells) {
            let text = fitting(text);
            if row == 0 {
                sheet.write_string_with_format(row, column, text, &bold)?;
            } else {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    workbook.save_to_buffer()
}

/// What a CSV holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Lines with some text, each with its number, from 1.
    pub rows: Vec<(usize, Vec<String>)>,
    /// The line of a quotation mark that is never closed: what follows it may be several cells.
    pub unclosed: Option<usize>,
}

/// Reads CSV: separated by semicolons, tabs or commas, as a first line `sep=;` says or whichever the first line has most of.
/// Lines may end as on any system. Lines without any text are left out, and so are the empty cells at a line's end.
#[must_use]
pub fn read(text: &str) -> Table {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let told = told_separator(first);
    // Of two that are as frequent, the one that stands less often within a text.
    let separator = told.or_else(|| [',', '\t', ';'].into_iter().max_by_key(|sign| first.matches(*sign).count()));
    let line = if told.is_some() { 2 } else { 1 };
    let mut reader = Reader { rows: Vec::new(), row: Vec::new(), empty: 0, cell: String::new(), line, began: line };
    let mut letters = if told.is_some() { rest } else { &text }.chars().peekable();
    let mut quoted = None;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted.is_some() && letters.peek() == Some(&'"') => {
                letters.next();
                reader.cell.push('"');
            }
            '"' if quoted.is_some() => quoted = None,
            '"' if reader.cell.is_empty() => quoted = Some(reader.line),
            '\n' if quoted.is_some() => {
                reader.line += 1;
                reader.cell.push('\n');
            }
            '\n' => reader.end_row(),
            letter if quoted.is_none() && Some(letter) == separator => reader.end_cell(),
            letter => reader.cell.push(letter),
        }
    }
    reader.end_row();
    Table { rows: reader.rows, unclosed: quoted }
}

/// The separator that Excel writes on a first line of its own.
fn told_separator(first: &str) -> Option<char> {
    let (name, told) = first.trim_matches(['"', ' ']).split_once('=')?;
    let mut told = told.chars();
    told.next().filter(|_| name.eq_ignore_ascii_case("sep") && told.as_str().is_empty())
}

struct Reader {
    rows: Vec<(usize, Vec<String>)>,
    row: Vec<String>,
    /// Empty cells that follow those of the row, unless nothing else does: a file may hold millions of them.
    empty: usize,
    cell: String,
    line: usize,
    began: usize,
}

impl Reader {
    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if cell.trim().is_empty() {
            self.empty += 1;
        } else {
            self.row.extend(std::iter::repeat_n(String::new(), std::mem::take(&mut self.empty)));
            self.row.push(cell.trim().to_owned());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.empty = 0;
        if !self.row.is_empty() {
            self.rows.push((self.began, std::mem::take(&mut self.row)));
        }
        self.line += 1;
        self.began = self.line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_spreadsheet_finds_no_formula_and_the_right_cells() {
        let table = [row(&["=1+1", "@SUM(A1)", "-3.5", "dit \"non\";\nencore"])];
        assert_eq!(csv(table), "\u{feff}'=1+1;'@SUM(A1);-3.5;\"dit \"\"non\"\";\nencore\"\r\n");
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_cut_between_two_letters() {
        let units = |text: &str| text.encode_utf16().count();
        let full = "🌳".repeat(16_383) + "a";
        assert_eq!(fitting(&full), full, "exactly as much as fits");
        for long in ["🌳".repeat(20_000), "a".to_owned() + &"🌳".repeat(20_000), "é".repeat(32_768)] {
            let cut = fitting(&long);
            let kept = cut.strip_suffix('…').unwrap();
            assert!(long.starts_with(kept) && (MAX_CELL - 1..=MAX_CELL).contains(&units(&cut)), "{}", units(&cut));
        }
    }

    #[test]
    fn what_was_written_is_read_back_with_its_lines() {
        let table =
            [row(&["nom", "note"]), row(&["Élodie; \"Lé\"", "deux\nlignes"]), row(&["", ""]), row(&["Zoé", "x"])];
        let read = read(&csv(table.clone()));
        let rows = vec![(1, table[0].clone()), (2, table[1].clone()), (5, table[3].clone())];
        assert_eq!(read, Table { rows, unclosed: None });
    }

    #[test]
    fn empty_cells_count_only_before_others() {
        let read = read("a;;b;;\n;;c\n;;;;\nd\n").rows;
        assert_eq!(read, [(1, row(&["a", "", "b"])), (2, row(&["", "", "c"])), (4, row(&["d"]))]);
    }

    #[test]
    fn tabs_and_commas_separate_too() {
        assert_eq!(read("a\tb, c\n").rows[0].1, ["a", "b, c"]);
        assert_eq!(read("a,b\r\nc,\"d,e\"").rows[1], (2, row(&["c", "d,e"])));
    }

    #[test]
    fn a_first_line_may_tell_the_separator() {
        for (told, separator) in [("sep=;", ";"), ("\u{feff}SEP=,", ","), ("\"sep=|\"", "|"), ("sep=\t", "\t")] {
            let text = format!("{told}\r\na{separator}b: c\r\n");
            assert_eq!(read(&text).rows, [(2, row(&["a", "b: c"]))], "{told}");
        }
        assert_eq!(read("sep\na\n").rows.len(), 2, "a column of that name");
    }

    #[test]
    fn lines_may_end_as_on_an_old_mac() {
        assert_eq!(
            read("a;b\r\"c\rd\";e\rf;g").rows,
            [(1, row(&["a", "b"])), (2, row(&["c\nd", "e"])), (4, row(&["f", "g"])),]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told_with_its_line() {
        assert_eq!(read("a;b\n\"c\nd\";e\nf;\"g\nh;i\n").unclosed, Some(4));
        assert_eq!(read("a\nc \"d\n").unclosed, None, "one within a text opens nothing");
    }

    #[test]
    fn a_file_is_read_whichever_way_the_spreadsheet_saved_it() {
        let text = "Nom\nL’Élue € œ";
        let utf_16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [&b"\xff\xfe"[..], &utf_16(u16::to_le_bytes)].concat(),
            [&b"\xfe\xff"[..], &utf_16(u16::to_be_bytes)].concat(),
            b"Nom\nL\x92\xc9lue \x80 \x9c".to_vec(),
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
        assert_eq!(decoded(b"PK\x03\x04\0\0"), None, "a workbook is no text");
    }

    #[test]
    fn a_workbook_holds_texts_and_no_formula() {
        let workbook = xlsx([row(&["Nom"]), row(&["=1+1"])]).unwrap();
        assert!(workbook.starts_with(b"PK"), "a zip archive");
    }
}
