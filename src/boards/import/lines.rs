//! A table with one line a card or a link: what its columns hold, and what its lines say.

use std::collections::{BTreeMap, HashMap};

use super::cells::{Content, Doubtful, Writing};
use super::draft::{Draft, FileCard, Place};
use super::numbers;
use super::targets::{self, LineKind, PLACE, Target, targets};
use super::{At, DoubtfulNumbers, Unreadable, Unusual, Why, links};
use crate::export::{self, Shown};
use crate::{french, labels};
use board_model::kinds::{Field, Holds, MAX_TEXT};
use board_model::model::Refusal;
use documents::columns::{self, Column, Mapping};
use documents::spreadsheet;
use documents::table::{Row, Table};

/// Where a table comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A text, as it was decoded.
    Csv,
    /// A workbook, whose cells hold texts and numbers of their own.
    Workbook,
    /// The JSON of another program, made a table, with a line a card.
    Json,
}

/// Bytes of the longest text that a board takes, each of its letters with a mark; a longer one is refused anyway.
const MAX_CELL: usize = 5 * MAX_TEXT;

/// Texts of a column that are shown.
const SAMPLES: usize = 3;

/// A table, and what its columns hold.
#[derive(Debug, PartialEq)]
pub struct Shape {
    /// Its columns, as the file has them.
    pub columns: Vec<Column>,
    /// What each of them holds.
    pub mapping: Mapping,
    /// What each line is.
    pub lines: LineKind,
    /// What columns can hold, then.
    pub targets: &'static [Target],
    /// Whether the first line has the titles of the columns.
    pub has_titles: bool,
    /// What is said to stand in several columns.
    pub twice: Vec<&'static str>,
}

impl Shape {
    /// Whether enough is known of the columns to read lines.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self.lines {
            LineKind::Cards => (0..self.targets.len()).any(|target| self.mapping.column(target).is_some()),
            LineKind::Links => (0..2).all(|end| self.mapping.column(end).is_some()),
        }
    }
}

/// A table on its way to cards or links.
pub(super) struct Lines<'a> {
    pub rows: &'a [Row],
    pub shape: &'a Shape,
    pub writing: Writing,
    source: Source,
}

pub(super) fn read(draft: &mut Draft<'_>, table: Table, source: Source) -> Result<(), Unreadable> {
    let Table { mut rows, other_sheets, .. } = table;
    draft.plan.other_sheets = other_sheets;
    let ours = source == Source::Csv && rows.first().is_some_and(|titles| is_ours(draft, &titles.cells));
    clean(&mut rows, (ours, source));
    let shape = shape(draft, &rows);
    if !shape.is_known() || !shape.twice.is_empty() {
        draft.plan.shape = Some(shape);
        return Ok(());
    }
    let content = &rows[usize::from(shape.has_titles)..];
    let writing = Writing { ours, has_english: false, decimal: draft.wishes.decimal };
    let mut lines = Lines { rows: content, shape: &shape, writing, source };
    lines.look_at_numbers(draft);
    lines.tell_columns(draft);
    match shape.lines {
        LineKind::Cards => lines.bring_cards(draft),
        LineKind::Links => links::read(draft, &lines),
    }
    draft.plan.shape = Some(shape);
    Ok(())
}

/// Whether these are the titles of one of our own exports, whoever it was for.
fn is_ours(draft: &Draft<'_>, titles: &[String]) -> bool {
    let of = |shown| export::titles(draft.kind(), shown).into_iter().chain(PLACE);
    [Shown::Public, Shown::Everything].into_iter().any(|shown| of(shown).eq(titles.iter().map(String::as_str)))
}

/// Takes the marks of our exports back, and what other programs add around texts.
fn clean(rows: &mut [Row], (ours, source): (bool, Source)) {
    for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
        if !ours && cell.trim() != cell {
            *cell = cell.trim().to_owned();
        }
        if source == Source::Csv
            && cell.len() <= MAX_CELL
            && let std::borrow::Cow::Owned(text) = spreadsheet::undefused(cell)
        {
            *cell = text;
        }
    }
}

/// What the columns hold, as their headings say or as was answered.
fn shape(draft: &Draft<'_>, rows: &[Row]) -> Shape {
    let (kind, wishes) = (draft.kind(), draft.wishes);
    let headings = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let has_titles =
        wishes.has_titles.unwrap_or_else(|| headings.iter().any(|heading| targets::is_known(kind, heading)));
    let of_links = || has_titles && targets::are_of_links(kind, &headings);
    let can_link = !kind.schema().links.is_empty();
    let lines = wishes.lines.unwrap_or_else(|| if of_links() { LineKind::Links } else { LineKind::Cards });
    let lines = if can_link { lines } else { LineKind::Cards };
    let targets = targets(kind, lines);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let titles: Vec<String> =
        (0..width).map(|at| headings.get(at).filter(|_| has_titles).cloned().unwrap_or_default()).collect();
    let mut mapping = columns::by_titles(&titles, targets);
    for (column, name) in &wishes.columns {
        mapping.set(*column, targets.iter().position(|target| target.name == name));
    }
    let twice = mapping.taken_twice().into_iter().map(|target| targets[target].label).collect();
    let columns = columns_of(titles, &rows[usize::from(has_titles).min(rows.len())..]);
    Shape { columns, mapping, lines, targets, has_titles, twice }
}

/// The columns with the first texts of each; every cell is looked at once.
fn columns_of(titles: Vec<String>, rows: &[Row]) -> Vec<Column> {
    let mut columns: Vec<Column> =
        titles.into_iter().map(|title| Column { title: super::excerpt(&title), samples: Vec::new() }).collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(&row.cells) {
            if !cell.trim().is_empty() && column.samples.len() < SAMPLES {
                column.samples.push(super::excerpt(cell.trim()));
            }
        }
    }
    columns
}

impl Lines<'_> {
    pub(super) fn at(&self, row: &Row) -> At {
        if self.source == Source::Json { At::Card(row.line) } else { At::Line(row.line) }
    }

    /// The cell of a line in the column of this name, if something stands there.
    pub(super) fn cell<'a>(&self, row: &'a Row, name: &str) -> Option<&'a str> {
        let target = self.shape.targets.iter().position(|target| target.name == name)?;
        let cell = row.cells.get(self.shape.mapping.column(target)?)?;
        // A text of blanks is one, in an export of ours.
        Some(cell.as_str()).filter(|cell| if self.writing.ours { !cell.is_empty() } else { !cell.trim().is_empty() })
    }

    /// Finds out how the file writes numbers, and which of them may be two.
    fn look_at_numbers(&mut self, draft: &mut Draft<'_>) {
        let schema = draft.kind().schema();
        let is_number = |name: &str| match schema.field(name) {
            Ok(field) => matches!(field.holds, Holds::Number | Holds::Integer { .. }),
            Err(_) => PLACE.contains(&name) || name == "strength",
        };
        let names: Vec<_> =
            self.shape.targets.iter().map(|target| target.name).filter(|name| is_number(name)).collect();
        let cells: Vec<_> = self
            .rows
            .iter()
            .flat_map(|row| names.iter().filter_map(|name| Some((self.at(row), self.cell(row, name)?))))
            .collect();
        self.writing.has_english = cells.iter().any(|(_, cell)| numbers::is_english(cell));
        let open = Writing { decimal: None, ..self.writing };
        let mut doubtful = cells.iter().filter_map(|(at, cell)| match open.coordinate(cell) {
            Content::Doubtful(doubtful) => Some((*at, doubtful)),
            _ => None,
        });
        if let Some((at, Doubtful { text, comma, dot })) = doubtful.next() {
            let (count, answer) = (1 + doubtful.count(), self.writing.decimal);
            draft.plan.numbers = Some(DoubtfulNumbers { at, text: super::excerpt(&text), comma, dot, count, answer });
        }
    }

    /// Reports which columns are understood, and which are not although they have content.
    fn tell_columns(&self, draft: &mut Draft<'_>) {
        let Shape { mapping, targets, columns, .. } = self.shape;
        let is_place = |target: &Target| PLACE.contains(&target.name);
        let mut known: Vec<(usize, &Target)> =
            targets.iter().enumerate().filter_map(|(at, target)| Some((mapping.column(at)?, target))).collect();
        known.sort_by_key(|(column, _)| *column);
        let known: Vec<&Target> = known.into_iter().map(|(_, target)| target).collect();
        let both = (known.iter().filter(|target| is_place(target)).count() == 2).then_some(french::POSITION_COLUMNS);
        draft.plan.known =
            known.iter().filter(|target| !is_place(target)).map(|target| target.label).chain(both).collect();
        let used: Vec<usize> = (0..targets.len()).filter_map(|target| mapping.column(target)).collect();
        let mut is_used = vec![false; columns.len()];
        for column in used {
            is_used[column] = true;
        }
        for (at, column) in columns.iter().enumerate().filter(|(at, _)| !is_used[*at]) {
            if !column.title.is_empty() {
                draft.ignore(&column.title);
            } else if !column.samples.is_empty() {
                draft.ignore(&french::untitled_column(at + 1));
            }
        }
    }

    fn bring_cards(&self, draft: &mut Draft<'_>) {
        let put_away = self.put_away_column();
        let mut cards = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let at = self.at(row);
            let is_away = |column: usize| row.cells.get(column).is_some_and(|cell| cell.eq_ignore_ascii_case("true"));
            if put_away.is_some_and(is_away) {
                draft.problem(at, "", Why::Archived);
                continue;
            }
            let place = self.place(draft, row);
            let (mut fields, mut is_wrong) = (BTreeMap::new(), false);
            for field in draft.kind().schema().fields {
                let Some(cell) = self.cell(row, field.name) else { continue };
                match self.value(draft, (at, field), cell) {
                    Some(value) => drop(fields.insert(field.name.to_owned(), value)),
                    None => is_wrong = true,
                }
            }
            // A line of which nothing can stand makes no card.
            if !(fields.is_empty() && is_wrong) {
                cards.push(FileCard { at, id: None, place, fields });
            }
        }
        draft.bring(cards);
    }

    /// The column in which Trello says that a card is archived.
    fn put_away_column(&self) -> Option<usize> {
        let find = |title: &str| self.shape.columns.iter().position(|column| column.title.eq_ignore_ascii_case(title));
        find("card name").and_then(|_| find("archived"))
    }

    fn value(
        &self,
        draft: &mut Draft<'_>,
        (at, field): (At, &'static Field),
        cell: &str,
    ) -> Option<board_model::model::Value> {
        match self.writing.value(field, cell) {
            Content::Value(value) => return Some(value),
            Content::Rounded(value) => {
                if let board_model::model::Value::Number(number) = value {
                    draft.doubt(at, field.name, Unusual::Rounded(number));
                }
                return Some(value);
            }
            Content::Doubtful(_) => draft.problem(at, field.name, Why::TwoNumbers),
            Content::Wrong(why) => draft.problem(at, field.name, why),
        }
        None
    }

    /// The position of a card as its line gives it; anything but a number is a problem.
    fn place(&self, draft: &mut Draft<'_>, row: &Row) -> Option<Place> {
        let mut read = |name: &str| {
            let cell = self.cell(row, name)?;
            match self.writing.coordinate(cell) {
                Content::Value(board_model::model::Value::Number(number))
                | Content::Rounded(board_model::model::Value::Number(number)) => return Some(number),
                Content::Doubtful(_) => draft.problem(self.at(row), name, Why::TwoNumbers),
                _ => draft.problem(self.at(row), name, Refusal::WrongType),
            }
            None
        };
        let (x, y) = (read(PLACE[0]), read(PLACE[1]));
        x.zip(y)
    }
}

/// The cards of a board by what they are called, for the ends of links.
pub(super) struct Titles(HashMap<String, Vec<kernel::id::CardId>>);

impl Titles {
    pub(super) fn of(board: &board_model::model::Board) -> Self {
        let title = board.kind.schema().title;
        let mut titles: HashMap<String, Vec<_>> = HashMap::new();
        for (id, card) in board.cards_by_rank() {
            if let Some(key) = super::existing::key(card.text(title)) {
                titles.entry(key).or_default().push(id);
            }
        }
        Self(titles)
    }

    /// The one card that is called so.
    pub(super) fn find(&self, title: &str) -> Result<kernel::id::CardId, Why> {
        let found = super::existing::key(title).and_then(|key| self.0.get(&key));
        match found.map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some(_) => Err(Why::SeveralTitled(super::excerpt(title))),
            None => Err(Why::NoSuchTitle(super::excerpt(title))),
        }
    }
}

/// What a choice of links is called on the board.
pub(super) fn link_kind(kinds: &'static [&'static str], text: &str) -> Option<&'static str> {
    kinds
        .iter()
        .copied()
        .find(|kind| super::cells::is_alike(kind, text) || super::cells::is_alike(labels::link(kind), text))
}
