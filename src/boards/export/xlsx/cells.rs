//! A sheet of one table that reads and prints well: named columns that stay in sight, rows as high as their texts.

use jiff::civil::DateTime;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use crate::french;
use documents::spreadsheet;

/// Widths of columns, in signs.
pub(super) const NARROW: u16 = 14;
pub(super) const WIDE: u16 = 34;

/// The height of a line of text, and of the highest row that a spreadsheet can have, points.
const LINE: f64 = 15.0;
const HIGHEST: f64 = 409.0;
const INK: Color = Color::RGB(0x0023_527c);
const RULE: Color = Color::RGB(0x00b9_b6ac);
/// ISO 216 A3, as the file format numbers it: wide tables stay readable on paper.
const A3: u8 = 8;
/// Signs beside one another that can be read on a sheet of it.
const ON_PAPER: u16 = 260;
/// Signs of a title at the foot of a sheet, each of which may count twice.
const MAX_FOOTER: usize = 100;
/// Where nothing can be computed yet.
const NOTHING: &str = "–";

/// A table that is being written, a row after the other.
pub(super) struct Table<'a> {
    sheet: &'a mut Worksheet,
    widths: Vec<u16>,
    next: u32,
    cell: Format,
}

/// A row that is being written, a cell after the other.
pub(super) struct SheetRow<'a> {
    sheet: &'a mut Worksheet,
    widths: &'a [u16],
    at: u32,
    column: u16,
    lines: usize,
    cell: &'a Format,
}

impl<'a> Table<'a> {
    /// Begins with the names and widths of the columns, the first `frozen` of which stay in sight; `title` stands on paper.
    pub(super) fn new(
        sheet: &'a mut Worksheet,
        title: &str,
        columns: &[(impl AsRef<str>, u16)],
        frozen: usize,
    ) -> Result<Self, XlsxError> {
        let cell = Format::new()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(RULE);
        let head = cell.clone().set_bold().set_background_color(INK).set_font_color(Color::White);
        for (at, (name, width)) in (0..).zip(columns) {
            sheet.write_string_with_format(0, at, name.as_ref(), &head)?;
            sheet.set_column_width(at, *width)?;
        }
        sheet.set_row_height(0, 2.0 * LINE + 4.0)?;
        let frozen = u16::try_from(frozen).unwrap_or_default();
        sheet.set_freeze_panes(1, frozen)?;
        let all: u16 = columns.iter().map(|(_, width)| *width).sum();
        sheet.set_landscape().set_paper_size(A3).set_print_fit_to_pages(all.div_ceil(ON_PAPER), 0);
        sheet.set_repeat_rows(0, 0)?;
        if let Some(last) = frozen.checked_sub(1) {
            sheet.set_repeat_columns(0, last)?;
        }
        // « && » is one sign in the language of footers, in which a sheet takes 255.
        let title: String = title.chars().take(MAX_FOOTER).collect();
        sheet.set_footer(french::sheet_footer(&title.replace('&', "&&")));
        Ok(Self { sheet, widths: columns.iter().map(|(_, width)| *width).collect(), next: 1, cell })
    }

    /// Begins the next row.
    pub(super) fn row(&mut self) -> SheetRow<'_> {
        let at = self.next;
        self.next += 1;
        SheetRow { sheet: self.sheet, widths: &self.widths, at, column: 0, lines: 1, cell: &self.cell }
    }

    /// Ends the table: its rows can be filtered by each column.
    pub(super) fn end(self) -> Result<(), XlsxError> {
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.autofilter(0, 0, self.next.saturating_sub(1), last).map(drop)
    }
}

impl SheetRow<'_> {
    fn go(&mut self) -> (u32, u16) {
        self.column += 1;
        (self.at, self.column - 1)
    }

    /// What somebody typed, as far as a cell holds it.
    pub(super) fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let width = self.widths.get(usize::from(self.column)).map_or(1, |width| usize::from(*width).max(1));
        let lines = text.split('\n').map(|line| line.chars().count().div_ceil(width).max(1)).sum();
        self.lines = self.lines.max(lines);
        let (row, column) = self.go();
        self.sheet.write_string_with_format(row, column, spreadsheet::fitting(text), self.cell).map(drop)
    }

    /// A number, its thousands apart.
    pub(super) fn number(&mut self, number: f64) -> Result<(), XlsxError> {
        self.numeric(number, if number.fract() == 0.0 { "#,##0" } else { "#,##0.0###" })
    }

    /// A year, a priority, a count.
    pub(super) fn whole(&mut self, number: f64) -> Result<(), XlsxError> {
        self.numeric(number, "0")
    }

    /// A day and an hour.
    pub(super) fn moment(&mut self, civil: DateTime) -> Result<(), XlsxError> {
        let days = ExcelDateTime::from_ymd(
            civil.year().unsigned_abs(),
            civil.month().unsigned_abs(),
            civil.day().unsigned_abs(),
        )?;
        let moment = days.and_hms(civil.hour().unsigned_abs().into(), civil.minute().unsigned_abs(), 0)?;
        self.numeric(moment.to_excel(), "dd/mm/yyyy hh:mm")
    }

    fn numeric(&mut self, number: f64, shape: &str) -> Result<(), XlsxError> {
        let format = self.cell.clone().set_num_format(shape);
        let (row, column) = self.go();
        self.sheet.write_number_with_format(row, column, number, &format).map(drop)
    }

    /// A share that the spreadsheet computes, unless `unknown` holds.
    pub(super) fn share(&mut self, unknown: &str, share: &str) -> Result<(), XlsxError> {
        let format = self.cell.clone().set_num_format("0%");
        let (row, column) = self.go();
        // Not every reader computes what it opens: nothing is known yet.
        let formula = Formula::new(format!("=IF({unknown},\"{NOTHING}\",{share})")).set_result(NOTHING);
        self.sheet.write_formula_with_format(row, column, formula, &format).map(drop)
    }

    /// A cell to be filled in.
    pub(super) fn blank(&mut self) -> Result<(), XlsxError> {
        let (row, column) = self.go();
        self.sheet.write_blank(row, column, self.cell).map(drop)
    }

    /// The number of the row, as formulas name it.
    pub(super) const fn number_in_formulas(&self) -> u32 {
        self.at + 1
    }

    /// Ends the row: it is as high as its longest text.
    pub(super) fn end(self) -> Result<(), XlsxError> {
        let lines = u16::try_from(self.lines).unwrap_or(u16::MAX);
        self.sheet.set_row_height(self.at, (f64::from(lines) * LINE + 4.0).min(HIGHEST)).map(drop)
    }
}
