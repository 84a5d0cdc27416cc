//! Cards and links from a file: our own JSON, or a table of any program with one line a card or a link. Pure: it makes edits and
//! tries them on a copy of the board, so that a dry run says exactly what will happen.

mod cells;
mod doubts;
mod draft;
mod existing;
mod json;
mod lines;
mod links;
pub mod numbers;
#[cfg(test)]
mod round_trip;
mod targets;
#[cfg(test)]
mod tests;
mod trello;

use board_model::kinds::{BoardKind, Field};
use board_model::model::{Board, Card, Edit, Number, Refusal, Signature};
use documents::decode::decode;
use documents::file_format::FileFormat;
use documents::table;

use draft::Draft;
pub use lines::Shape;
use numbers::DecimalSign;
pub use targets::{LineKind, Target, targets};

/// Cards that are shown before they are made, and changes before they happen.
const SHOWN: usize = 5;
/// Problems, doubts and ignored columns that are listed; more are only counted.
const MAX_TOLD: usize = 50;
/// Characters that are shown of a text before it is imported, and of a column's title.
const EXCERPT: usize = 60;

/// What was answered to the questions of a dry run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// What columns hold, by their number from 0: the name of a target, or nothing. The others are known by their headings.
    pub columns: Vec<(usize, String)>,
    /// Whether the first line has the titles of the columns.
    pub has_titles: Option<bool>,
    /// What each line is.
    pub lines: Option<LineKind>,
    /// How doubtful numbers are read.
    pub decimal: Option<DecimalSign>,
    /// What becomes of cards that are there already.
    pub existing: Existing,
    /// What links are that the file calls by no name of the board's.
    pub link_kind: Option<String>,
}

/// What becomes of what a file has and the board too.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays as it is on the board.
    #[default]
    Skip,
    /// It is changed to what the file says; an empty cell says nothing.
    Update,
    /// It is there twice afterwards.
    Add,
}

/// The edits that a file comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// In order; each was tried.
    pub edits: Vec<Edit>,
    /// New cards among them.
    pub cards: usize,
    /// New links among them.
    pub links: usize,
    /// Cards of the board that they change.
    pub updated: usize,
    /// The first of these cards.
    pub first: Vec<Card>,
    /// What is on the board already.
    pub there: There,
    /// The columns of a table that are understood, by the names that the board has for them.
    pub known: Vec<&'static str>,
    /// Those that are not, as the file names them.
    pub ignored: Vec<String>,
    /// The number of such columns that are not listed.
    pub more_ignored: usize,
    /// What is left out, and why.
    pub problems: Vec<Problem>,
    /// The number of problems that are not listed.
    pub more_problems: usize,
    /// What is brought in and may be a mistake.
    pub doubts: Vec<Doubt>,
    /// The number of doubts that are not listed.
    pub more_doubts: usize,
    /// The table and what its columns hold; none for our own JSON.
    pub shape: Option<Shape>,
    /// Numbers that may be two.
    pub numbers: Option<DoubtfulNumbers>,
    /// Links that the file calls by no name of the board's.
    pub nameless_links: usize,
    /// The sheets of a workbook that were not read.
    pub other_sheets: Vec<String>,
}

/// What a file has and the board too.
#[derive(Debug, Default, PartialEq)]
pub struct There {
    /// Cards that say the same.
    pub same: usize,
    /// Cards that say something else.
    pub different: usize,
    /// Links, whatever they say.
    pub links: usize,
    /// The first differences.
    pub changes: Vec<Change>,
    /// The number of those that are not listed.
    pub more_changes: usize,
}

/// A field in which a file differs from the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What the card is called.
    pub card: String,
    /// Which field.
    pub field: &'static Field,
    /// As on the board.
    pub before: String,
    /// As in the file.
    pub after: String,
}

/// Numbers of a file that may be two.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubtfulNumbers {
    /// Where the first stands.
    pub at: At,
    /// As the file has it.
    pub text: String,
    /// If commas stand before decimals.
    pub comma: Number,
    /// If dots do.
    pub dot: Number,
    /// How many there are.
    pub count: usize,
    /// What was answered.
    pub answer: Option<DecimalSign>,
}

/// Something that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the file.
    pub at: At,
    /// The column, or the kind of the link; may be empty.
    pub what: String,
    /// Why.
    pub why: Why,
}

/// Why something is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The board refuses it.
    Refused(Refusal),
    /// A number that may be two, before the question was answered.
    TwoNumbers,
    /// No card of the board has this title.
    NoSuchTitle(String),
    /// Several cards of the board have this title.
    SeveralTitled(String),
    /// Several cards of the board could be meant.
    SeveralAlike,
    /// It was put away where it comes from.
    Archived,
    /// A strength that is none of a link's.
    WrongStrength,
}

impl From<Refusal> for Why {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Something that is brought in and may be a mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Where in the file.
    pub at: At,
    /// The name of the field, empty for a place.
    pub what: String,
    /// Why it may be one.
    pub why: Unusual,
}

/// Why something may be a mistake.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unusual {
    /// A number a hundred times as large as the others of its column.
    Large(Number),
    /// Far from all other cards.
    FarAway(Number, Number),
    /// Decimals were cut off: this is left.
    Rounded(Number),
    /// A link without a direction.
    Undirected,
}

/// A place in a file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// A line of a table.
    Line(usize),
    /// A card of a JSON, in the order of the table view.
    Card(usize),
    /// A link of a JSON.
    Link(usize),
}

/// Why a file cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// There is nothing in it, or there is no file.
    Empty,
    /// More than a form takes.
    TooLarge,
    /// More cells or columns than a board can use.
    TooMuch,
    /// It is no table and no text.
    NotText(FileFormat),
    /// A workbook that breaks off.
    BrokenWorkbook,
    /// CSV with a quotation mark on this line that is never closed.
    OpenQuote(usize),
    /// Titles without lines, or a board without cards.
    NoCards,
    /// JSON that breaks off, or is wrong from this place on.
    Broken {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// It ends there.
        cut: bool,
    },
    /// JSON that is no board: this part of one is missing, or of another shape.
    NotABoard(&'static str),
    /// A board of another kind.
    OtherKind(BoardKind),
}

impl From<table::Unreadable> for Unreadable {
    fn from(why: table::Unreadable) -> Self {
        match why {
            table::Unreadable::Empty => Self::Empty,
            table::Unreadable::Format(format) => Self::NotText(format),
            table::Unreadable::OpenQuote(line) => Self::OpenQuote(line),
            table::Unreadable::TooMuch => Self::TooMuch,
            table::Unreadable::Broken => Self::BrokenWorkbook,
        }
    }
}

impl Plan {
    /// Whether all questions are answered and there is something to do.
    #[must_use]
    pub fn can_be_made(&self) -> bool {
        let is_known = self.shape.as_ref().is_none_or(|shape| shape.is_known() && shape.twice.is_empty());
        !self.edits.is_empty() && is_known && self.numbers.as_ref().is_none_or(|numbers| numbers.answer.is_some())
    }
}

/// The plan of an import of this file by this person, now.
///
/// # Errors
///
/// When the file cannot be read at all; what is wrong with single cards is in the plan.
pub fn plan(board: &Board, file: &[u8], wishes: &Wishes, signed: Signature) -> Result<Plan, Unreadable> {
    let mut draft = Draft::new(board, signed, wishes);
    match FileFormat::of(file) {
        Some(_) => lines::read(&mut draft, table::read(file, |_| false)?, lines::Source::Workbook)?,
        None => read_text(&mut draft, file)?,
    }
    let is_asked = draft.plan.shape.as_ref().is_some_and(|shape| !shape.is_known() || !shape.twice.is_empty());
    let plan = draft.finished();
    let says_something = plan.there != There::default() || !plan.edits.is_empty() || !plan.problems.is_empty();
    if is_asked || says_something { Ok(plan) } else { Err(Unreadable::NoCards) }
}

fn read_text(draft: &mut Draft<'_>, file: &[u8]) -> Result<(), Unreadable> {
    let text = decode(file).ok_or(Unreadable::NotText(FileFormat::Other))?.text;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.trim_start().starts_with(['{', '[']) {
        return json::read(draft, text);
    }
    let kind = draft.kind();
    let table = table::read_text_exactly(text, |title| targets::is_known(kind, title))?;
    lines::read(draft, table, lines::Source::Csv)
}

/// The beginning of a text.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
