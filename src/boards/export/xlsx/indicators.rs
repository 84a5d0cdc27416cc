//! What a board of indicators becomes after the workshop: a table in which each year's value is written, and how far the law is
//! covered.

use std::ops::RangeInclusive;

use rust_xlsxwriter::{Worksheet, XlsxError, utility};

use super::cells::{NARROW, SheetRow, Table, WIDE};
use crate::{french, labels};
use board_model::kinds::indicators::{NEEDS, REQUIRED, coverage as covered, unit};
use board_model::model::{Board, Card, Value};

/// Columns before the first year.
const BEFORE: u16 = 7;
/// Years that a table has room for; a multi-annual plan is far shorter.
const MAX_YEARS: i32 = 12;

/// One line an indicator and one column a year, to be filled in; the way done from the start to the target is computed.
pub(super) fn tracking(sheet: &mut Worksheet, board: &Board, this_year: i32) -> Result<(), XlsxError> {
    let cards = board.cards_by_rank();
    let years: Vec<String> = match years(cards.iter().map(|(_, card)| *card), this_year) {
        Some(years) => years.map(french::value_of_year).collect(),
        None => (1..=3).map(french::reading).collect(),
    };
    let label = |name| (labels::field(board.kind, name).to_owned(), if name == "name" { WIDE } else { NARROW });
    let before = ["name", "referent", "frequency"].map(label).into_iter();
    let start = ["baseline", "baseline_year"].map(label).into_iter();
    let aim = ["target", "target_year"].map(label).into_iter();
    let named = |name: &str| (name.to_owned(), NARROW);
    let heads = before
        .chain([label("legal_category"), named(french::UNIT)])
        .chain(start)
        .chain(years.iter().map(|year| named(year)))
        .chain(aim)
        .chain([named(french::PROGRESS)])
        .collect::<Vec<_>>();
    let count = u16::try_from(years.len()).unwrap_or_default();
    let mut table = Table::new(sheet, &board.title, &heads, 1)?;
    for (_, card) in cards {
        let mut row = table.row();
        for name in ["name", "referent", "frequency", "legal_category"] {
            row.text(&field_text(board, card, name))?;
        }
        row.text(labels::choice("numerator_unit", unit(&card.fields)))?;
        number(&mut row, card, "baseline")?;
        number(&mut row, card, "baseline_year")?;
        for _ in &years {
            row.blank()?;
        }
        number(&mut row, card, "target")?;
        number(&mut row, card, "target_year")?;
        let (unknown, share) = way_done(row.number_in_formulas(), count);
        row.share(&unknown, &share)?;
        row.end()?;
    }
    table.end()
}

/// From the value at the start to the target, how far the last value is, as a formula; before it when that is not known.
fn way_done(row: u32, years: u16) -> (String, String) {
    let at = |column: u16| format!("{}{row}", utility::column_number_to_name(column));
    let (baseline, target) = (at(BEFORE - 2), at(BEFORE + years));
    let values = format!("{}:{}", at(BEFORE), at(BEFORE + years - 1));
    // LOOKUP of a number larger than any finds the last one.
    let unknown = format!("OR(COUNT({values})=0,COUNT({baseline})=0,COUNT({target})=0,{baseline}={target})");
    (unknown, format!("(LOOKUP(9.9E+307,{values})-{baseline})/({target}-{baseline})"))
}

/// The years after the first start, to the last target. When that is more than a table has room for, what is left out is
/// far from this year: half of the table is for years to come.
fn years<'a>(cards: impl Iterator<Item = &'a Card> + Clone, this_year: i32) -> Option<RangeInclusive<i32>> {
    let all = |name: &'static str| cards.clone().filter_map(move |card| year(card, name));
    let last = all("target_year").max()?;
    let first = all("baseline_year").min().map_or_else(|| this_year.min(last - 2), |year| year + 1);
    let first = first.max((this_year - MAX_YEARS / 2).min(last - MAX_YEARS + 1));
    (first <= last).then(|| first..=last.min(first + MAX_YEARS - 1))
}

fn year(card: &Card, name: &str) -> Option<i32> {
    match card.fields.get(name) {
        #[expect(clippy::cast_possible_truncation, reason = "a year, whole and within its field's limits")]
        Some(Value::Number(year)) => Some(year.get() as i32),
        _ => None,
    }
}

fn field_text(board: &Board, card: &Card, name: &str) -> String {
    board.kind.schema().field(name).map_or_else(|_| String::new(), |field| labels::value(card, field))
}

fn number(row: &mut SheetRow<'_>, card: &Card, name: &str) -> Result<(), XlsxError> {
    match card.fields.get(name) {
        Some(Value::Number(number)) if name.ends_with("_year") => row.whole(number.get()),
        Some(Value::Number(number)) => row.number(number.get()),
        _ => row.blank(),
    }
}

/// One line a category of article L. 2111-3, one column a thing that it needs.
pub(super) fn coverage(sheet: &mut Worksheet, board: &Board) -> Result<(), XlsxError> {
    let needs = NEEDS.map(|need| match need {
        "indicator" => french::INDICATOR,
        need => labels::field(board.kind, need),
    });
    let heads = [(french::LEGAL_CATEGORY, WIDE)].into_iter().chain(needs.map(|need| (need, NARROW)));
    let mut table = Table::new(sheet, &board.title, &heads.collect::<Vec<_>>(), 0)?;
    let cards = board.cards_by_rank();
    for (category, met) in REQUIRED.iter().zip(covered(cards.iter().map(|(_, card)| &card.fields))) {
        let mut row = table.row();
        row.text(labels::choice("legal_category", category))?;
        for met in met {
            row.text(french::met(met))?;
        }
        row.end()?;
    }
    table.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Shown;
    use crate::export::tests::{add, board, export_context};
    use board_model::kinds::BoardKind;
    use board_model::model::Number;

    /// The parts of a spreadsheet, as XML.
    fn parts(bytes: Vec<u8>) -> impl FnMut(&str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        move |name| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
    }

    #[test]
    fn an_indicator_is_followed_year_by_year_and_the_way_done_is_computed() {
        let number = |number: f64| Value::from(Number::new(number));
        let fields = [
            ("name", "=Part des marchés".into()),
            ("baseline", number(10.0)),
            ("baseline_year", number(2025.0)),
            ("target", number(30.0)),
            ("target_year", number(2027.0)),
            ("legal_category", "social".into()),
            ("numerator_unit", "euros".into()),
            ("denominator_unit", "euros".into()),
            ("numerator_sample", number(30.0)),
            ("denominator_sample", number(120.0)),
        ];
        let mut part =
            parts(super::super::xlsx(&board(BoardKind::Indicators, &fields), &export_context(Shown::Public)).unwrap());
        let texts = part("xl/sharedStrings.xml");
        for text in ["=Part des marchés", "Valeur 2026", "Valeur 2027", "Chemin parcouru", "25\u{202f}%", "À compléter"]
        {
            assert!(texts.contains(text), "{text}: {texts}");
        }
        assert!(!texts.contains("Valeur 2025") && !texts.contains("Valeur 2028"), "{texts}");
        let tracking = part("xl/worksheets/sheet2.xml");
        let formula = "IF(OR(COUNT(H2:I2)=0,COUNT(F2)=0,COUNT(J2)=0,F2=J2),\"–\",(LOOKUP(9.9E+307,H2:I2)-F2)/(J2-F2))";
        assert!(tracking.replace("&quot;", "\"").contains(formula), "{tracking}");
        assert_eq!(tracking.matches("<f>").count(), 1, "nothing typed is a formula");
        assert!(!part("xl/worksheets/sheet1.xml").contains("<f>"));
    }

    #[test]
    fn the_years_go_from_the_first_start_to_the_last_target() {
        let year = |year: f64| Value::from(Number::new(year));
        let mut some = board(BoardKind::Indicators, &[("baseline_year", year(2025.0)), ("target_year", year(2027.0))]);
        let of = |board: &Board| {
            let cards = board.cards_by_rank();
            years(cards.iter().map(|(_, card)| *card), 2026)
        };
        assert_eq!(of(&some), Some(2026..=2027));
        add(&mut some, 2, &[("target_year", year(2030.0))]);
        assert_eq!(of(&some), Some(2026..=2030));
        add(&mut some, 3, &[("baseline_year", year(1995.0))]);
        assert_eq!(of(&some), Some(2019..=2030), "a mistyped year does not make a table of a century");
        let mut far = board(BoardKind::Indicators, &[("baseline_year", year(2023.0)), ("target_year", year(2027.0))]);
        add(&mut far, 2, &[("target_year", year(2100.0))]);
        assert_eq!(of(&far), Some(2024..=2035), "one far target does not hide the years that are being measured");
        assert_eq!(of(&board(BoardKind::Indicators, &[("target_year", year(2100.0))])), Some(2026..=2037));
        assert_eq!(of(&board(BoardKind::Indicators, &[])), None);
        let only = board(BoardKind::Indicators, &[("target_year", year(2028.0))]);
        assert_eq!(of(&only), Some(2026..=2028));
    }
}
