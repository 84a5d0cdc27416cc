//! Cards from a file: our own JSON, or a CSV with one line a card. Pure: it makes edits and tries them on a copy of the
//! board, so that a dry run says exactly what will happen.

mod csv;
mod file_format;
mod json;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use board_model::kinds::BoardKind;
use board_model::model::{Board, Card, Edit, Number, Refusal, Signature, Value};
use kernel::clock::Timestamp;
use kernel::id::CardId;

pub use file_format::{FileFormat, text};

/// Cards that are shown before they are made.
const SHOWN: usize = 5;
/// Problems and ignored columns that are listed; more are only counted.
const MAX_TOLD: usize = 50;
/// Characters that are shown of a text before it is imported, and of a column's title.
const EXCERPT: usize = 60;
/// Cards in a row, of those that the file gives no position.
const IN_ROW: u32 = 5;
/// Distance from one such card to the next.
const APART: (f64, f64) = (260.0, 180.0);
/// Cards as the client draws them.
const CARD: (f64, f64) = (220.0, 112.0);

/// The edits that a file comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// In order; each was tried.
    pub edits: Vec<Edit>,
    /// Cards among them.
    pub cards: usize,
    /// Links among them.
    pub links: usize,
    /// The first of these cards.
    pub first: Vec<Card>,
    /// The columns of a CSV that are understood, by the names that the board has for them.
    pub known: Vec<&'static str>,
    /// Those that are not, as the file names them.
    pub ignored: Vec<String>,
    /// The number of such columns that are not listed.
    pub more_ignored: usize,
    /// What is left out, and why.
    pub problems: Vec<Problem>,
    /// The number of problems that are not listed.
    pub more_problems: usize,
}

/// Something that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the file.
    pub at: At,
    /// The column, or the kind of the link; may be empty.
    pub what: String,
    /// Why.
    pub why: Refusal,
}

/// A place in a file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A line of a CSV.
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
    /// It holds no text.
    NotText(FileFormat),
    /// CSV without a title line that names the board's fields.
    NoTitles,
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

/// The plan of an import of `text` by this person, now.
///
/// # Errors
///
/// When the file cannot be read at all; what is wrong with single cards is in the plan.
pub fn plan(board: &Board, text: &str, signed: Signature) -> Result<Plan, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut draft =
        Draft { board: board.clone(), signed, plan: Plan::default(), below: lowest(board), placed: 0, shift: 0.0 };
    if text.trim_start().starts_with(['{', '[']) {
        json::read(&mut draft, text)?;
    } else {
        csv::read(&mut draft, text)?;
    }
    if draft.plan.edits.is_empty() && draft.plan.problems.is_empty() {
        return Err(Unreadable::NoCards);
    }
    let cards = draft.board.cards_by_rank();
    let made = cards.iter().skip(board.cards_by_rank().len());
    draft.plan.first = made.take(SHOWN).map(|(_, card)| (*card).clone()).collect();
    Ok(draft.plan)
}

/// The beginning of a text.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Below all cards.
fn lowest(board: &Board) -> f64 {
    board.cards_by_rank().iter().map(|(_, card)| card.y.get() + APART.1).fold(0.0, f64::max)
}

/// A plan in the making, on a copy of the board.
struct Draft {
    board: Board,
    signed: Signature,
    plan: Plan,
    /// Below all cards of the board: where cards without a position go.
    below: f64,
    placed: u32,
    /// By how much the file's cards are moved down.
    shift: f64,
}

impl Draft {
    const fn kind(&self) -> BoardKind {
        self.board.kind
    }

    const fn now(&self) -> Timestamp {
        self.signed.at
    }

    /// Tries an edit; it becomes part of the plan, or a problem.
    fn add(&mut self, edit: Edit, at: At, what: &str) -> bool {
        match self.board.apply(self.signed, edit) {
            Ok(edit) => {
                self.plan.edits.push(edit);
                true
            }
            Err(why) => {
                self.problem(at, what, why);
                false
            }
        }
    }

    fn problem(&mut self, at: At, what: &str, why: Refusal) {
        if self.plan.problems.len() < MAX_TOLD {
            self.plan.problems.push(Problem { at, what: what.to_owned(), why });
        } else {
            self.plan.more_problems += 1;
        }
    }

    fn ignore(&mut self, title: &str) {
        if self.plan.ignored.len() < MAX_TOLD {
            self.plan.ignored.push(excerpt(title));
        } else {
            self.plan.more_ignored += 1;
        }
    }

    /// Adds a card without the fields that are refused, which are listed; no card when all are refused.
    fn card(&mut self, (x, y): (Number, Number), mut fields: BTreeMap<String, Value>, at: At) -> Option<CardId> {
        let schema = self.kind().schema();
        let said_nothing = fields.is_empty();
        fields.retain(|name, value| match schema.field(name).and_then(|field| field.check(value)) {
            Ok(()) => true,
            Err(why) => {
                self.problem(at, name, why);
                false
            }
        });
        if fields.is_empty() && !said_nothing {
            return None;
        }
        let card = CardId::new(self.now());
        let done = self.add(Edit::AddCard { card, x, y, fields }, at, "");
        self.plan.cards += usize::from(done);
        done.then_some(card)
    }

    /// Finds room for the cards that the file places: at their positions, or all below the board's cards when one of them
    /// would cover a card.
    fn make_room(&mut self, places: &[(Number, Number)]) {
        let taken: Vec<_> = self.board.cards_by_rank().iter().map(|(_, card)| (card.x.get(), card.y.get())).collect();
        let covers = |(x, y): &(Number, Number)| {
            taken.iter().any(|there| (x.get() - there.0).abs() < CARD.0 && (y.get() - there.1).abs() < CARD.1)
        };
        let top = places.iter().map(|(_, y)| y.get()).fold(f64::INFINITY, f64::min);
        if places.iter().any(covers) {
            self.shift = self.below - top;
        }
        let lowest = places.iter().map(|(_, y)| y.get() + self.shift + APART.1);
        self.below = lowest.fold(self.below, f64::max);
    }

    /// The position on this board of a card that the file places.
    fn shifted(&self, (x, y): (Number, Number)) -> (Number, Number) {
        (x, Number::new(y.get() + self.shift))
    }

    /// The next free position below the board's cards.
    fn place(&mut self) -> (Number, Number) {
        let (column, row) = (self.placed % IN_ROW, self.placed / IN_ROW);
        self.placed += 1;
        (Number::new(f64::from(column) * APART.0), Number::new(self.below + f64::from(row) * APART.1))
    }
}
