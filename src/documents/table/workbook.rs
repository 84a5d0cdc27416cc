//! Reads workbooks of Excel's (ECMA-376), cell by cell: a sheet with a cell in its last corner costs no more than another.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use super::{MAX_CELLS, MAX_COLUMNS, Row, Table, Unreadable};

/// The largest workbook once it is unpacked, bytes.
const MAX_UNPACKED: u64 = 64 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    fits(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Broken)?;
    let mut table = Table::default();
    for name in workbook.sheet_names() {
        let rows = sheet(&mut workbook, &name)?;
        if table.rows.is_empty() {
            table.rows = rows;
        } else if !rows.is_empty() {
            table.other_sheets.push(name);
        }
    }
    if table.rows.is_empty() { Err(Unreadable::Empty) } else { Ok(table) }
}

/// Whether the workbook's parts are no larger together than allowed: they are unpacked once, and counted, whatever they say of
/// themselves.
fn fits(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Broken)?;
    let mut left = MAX_UNPACKED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|_| Unreadable::Broken)?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| Unreadable::Broken)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::TooMuch)?;
    }
    Ok(())
}

/// The rows of a sheet; a chart or a dialog has none.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>, Unreadable> {
    let Ok(mut cells) = workbook.worksheet_cells_reader(name) else { return Ok(Vec::new()) };
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut left = MAX_CELLS;
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Broken)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).ok().filter(|column| *column < MAX_COLUMNS).ok_or(Unreadable::TooMuch)?;
        let row = rows.entry(row).or_default();
        let needed = (column + 1).saturating_sub(row.len());
        left = left.checked_sub(needed).ok_or(Unreadable::TooMuch)?;
        row.resize(row.len() + needed, String::new());
        row[column] = text;
    }
    let line = |row: u32| usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
    Ok(rows.into_iter().map(|(row, cells)| Row { line: line(row), cells }).collect())
}

/// A cell as the French see it, but for days, which are written as in ISO 8601.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string().replace('.', ","),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(value) => if *value { "VRAI" } else { "FAUX" }.to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {hour:02}:{minute:02}") }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    #[test]
    fn the_first_sheet_with_something_in_it_is_read_and_others_are_named() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("Vide").unwrap();
        let sheet = workbook.add_worksheet().set_name("Liste").unwrap();
        sheet.write_string(2, 1, " Élodie ").unwrap();
        sheet.write_number(2, 3, 1234.5).unwrap();
        sheet.write_number(4, 0, 33_612_345_678.0).unwrap();
        let day = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_datetime_with_format(4, 1, ExcelDateTime::from_ymd(2026, 12, 1).unwrap(), &day).unwrap();
        sheet.write_boolean(4, 2, true).unwrap();
        workbook.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "x").unwrap();
        let table = read(&workbook.save_to_buffer().unwrap()).unwrap();
        let row = |line, cells: &[&str]| Row { line, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        assert_eq!(table.rows, [row(3, &["", "Élodie", "", "1234,5"]), row(5, &["33612345678", "2026-12-01", "VRAI"])]);
        assert_eq!(table.other_sheets, ["Notes"]);
    }

    #[test]
    fn a_cell_in_the_last_corner_and_a_broken_workbook_are_refused_cheaply() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write_string(1_048_575, 16_383, "x").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        assert_eq!(read(&bytes), Err(Unreadable::TooMuch));
        assert_eq!(read(&bytes[..bytes.len() / 2]), Err(Unreadable::Broken));
        let mut empty = Workbook::new();
        empty.add_worksheet();
        assert_eq!(read(&empty.save_to_buffer().unwrap()), Err(Unreadable::Empty));
    }
}
