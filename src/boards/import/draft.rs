//! A plan in the making: each edit is tried on a copy of the board.

use std::collections::BTreeMap;

use super::existing::{self, Match};
use super::{At, Doubt, Existing, MAX_TOLD, Plan, Problem, SHOWN, Unusual, Why, Wishes, doubts, excerpt};
use board_model::kinds::BoardKind;
use board_model::model::{Board, Edit, MAX_CARDS, Number, Refusal, Signature, Value};
use kernel::clock::Timestamp;
use kernel::id::CardId;

/// Cards in a row, of those that the file gives no position.
const IN_ROW: u32 = 5;
/// Distance from one such card to the next.
const APART: (f64, f64) = (260.0, 180.0);
/// Cards as the client draws them.
pub(super) const CARD: (f64, f64) = (220.0, 112.0);
/// Problems that are kept until they are put into the order of the file; of more, the first are told.
const MAX_KEPT: usize = 5_000;

/// A position on the map.
pub(super) type Place = (Number, Number);

/// A card as a file has it.
#[derive(Debug)]
pub(super) struct FileCard {
    pub at: At,
    /// The card of which the file is an export.
    pub id: Option<CardId>,
    pub place: Option<Place>,
    pub fields: BTreeMap<String, Value>,
}

/// A plan in the making, on a copy of the board.
pub(super) struct Draft<'a> {
    pub board: Board,
    signed: Signature,
    pub wishes: &'a Wishes,
    pub plan: Plan,
    /// Cards that were there before.
    before: usize,
    /// Below all cards of the board: where cards without a position go.
    below: f64,
    placed: u32,
    /// By how much the file's cards are moved down.
    shift: f64,
}

impl<'a> Draft<'a> {
    pub(super) fn new(board: &Board, signed: Signature, wishes: &'a Wishes) -> Self {
        let below = board.cards_by_rank().iter().map(|(_, card)| card.y.get() + APART.1).fold(0.0, f64::max);
        let before = board.state().cards.len();
        Self { board: board.clone(), signed, wishes, plan: Plan::default(), before, below, placed: 0, shift: 0.0 }
    }

    /// The plan, its problems in the order of the file.
    pub(super) fn finished(mut self) -> Plan {
        let made = self.board.cards_by_rank();
        self.plan.first = made.iter().skip(self.before).take(SHOWN).map(|(_, card)| (*card).clone()).collect();
        let plan = &mut self.plan;
        plan.problems.sort_by_key(|problem| problem.at);
        plan.more_problems += plan.problems.len().saturating_sub(MAX_TOLD);
        plan.problems.truncate(MAX_TOLD);
        plan.doubts.sort_by_key(|doubt| doubt.at);
        plan.more_doubts += plan.doubts.len().saturating_sub(MAX_TOLD);
        plan.doubts.truncate(MAX_TOLD);
        self.plan
    }

    pub(super) const fn kind(&self) -> BoardKind {
        self.board.kind
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.signed.at
    }

    /// Tries an edit; it becomes part of the plan, or a problem.
    pub(super) fn add(&mut self, edit: Edit, at: At, what: &str) -> bool {
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

    pub(super) fn problem(&mut self, at: At, what: &str, why: impl Into<Why>) {
        if self.plan.problems.len() < MAX_KEPT {
            self.plan.problems.push(Problem { at, what: excerpt(what), why: why.into() });
        } else {
            self.plan.more_problems += 1;
        }
    }

    pub(super) fn doubt(&mut self, at: At, what: &str, why: Unusual) {
        if self.plan.doubts.len() < MAX_KEPT {
            self.plan.doubts.push(Doubt { at, what: what.to_owned(), why });
        } else {
            self.plan.more_doubts += 1;
        }
    }

    pub(super) fn ignore(&mut self, title: &str) {
        if self.plan.ignored.len() < MAX_TOLD {
            self.plan.ignored.push(excerpt(title));
        } else {
            self.plan.more_ignored += 1;
        }
    }

    /// Brings the file's cards to the board, and tells for each what it is there now.
    pub(super) fn bring(&mut self, mut cards: Vec<FileCard>) -> Vec<Option<CardId>> {
        // Twice as many as a board holds: the rest would be refused one by one.
        let too_many = cards.split_off(cards.len().min(2 * MAX_CARDS));
        if let Some(first) = too_many.first() {
            self.problem(first.at, "", Refusal::TooManyCards);
            self.plan.more_problems += too_many.len() - 1;
        }
        let said: Vec<bool> = cards.iter_mut().map(|card| self.keep_what_may_stand(card)).collect();
        let matches = existing::matches(&self.board, &cards);
        let is_new = |at: usize| said[at] && (matches[at] == Match::New || self.wishes.existing == Existing::Add);
        let placed: Vec<Place> =
            cards.iter().enumerate().filter(|(at, _)| is_new(*at)).filter_map(|(_, card)| card.place).collect();
        doubts::of(self, &cards);
        self.make_room(&placed);
        let news: Vec<bool> = (0..cards.len()).map(is_new).collect();
        let each = cards.into_iter().zip(matches).zip(said.into_iter().zip(news));
        each.map(|((card, found), (said, is_new))| self.bring_one(card, found, (said, is_new))).collect()
    }

    fn bring_one(&mut self, card: FileCard, found: Match, (said, is_new): (bool, bool)) -> Option<CardId> {
        if !said {
            return None;
        }
        match found {
            Match::Same(_) => self.plan.there.same += 1,
            Match::Different(id) => {
                self.plan.there.different += 1;
                existing::tell(self, id, &card);
            }
            Match::Unclear => self.plan.there.different += 1,
            Match::New => {}
        }
        if is_new {
            return self.add_card(card);
        }
        match found {
            Match::Same(id) => Some(id),
            Match::Different(id) => {
                if self.wishes.existing == Existing::Update {
                    existing::update(self, id, card);
                }
                Some(id)
            }
            Match::Unclear | Match::New => {
                if self.wishes.existing == Existing::Update {
                    self.problem(card.at, "", Why::SeveralAlike);
                }
                None
            }
        }
    }

    /// Takes out the fields that are refused, which are listed; says whether there is a card left.
    fn keep_what_may_stand(&mut self, card: &mut FileCard) -> bool {
        let schema = self.kind().schema();
        let at = card.at;
        card.fields.retain(|_, value| !value.is_blank());
        let said_nothing = card.fields.is_empty();
        card.fields.retain(|name, value| match schema.field(name).and_then(|field| field.check(value)) {
            Ok(()) => true,
            Err(why) => {
                self.problem(at, name, why);
                false
            }
        });
        said_nothing || !card.fields.is_empty()
    }

    fn add_card(&mut self, FileCard { at, place, fields, .. }: FileCard) -> Option<CardId> {
        let card = CardId::new(self.now());
        let (x, y) = match place {
            Some((x, y)) => (x, Number::new(y.get() + self.shift)),
            None => self.place(),
        };
        let done = self.add(Edit::AddCard { card, x, y, fields }, at, "");
        self.plan.cards += usize::from(done);
        done.then_some(card)
    }

    /// Finds room for the cards that the file places: at their positions, or all below the board's cards when one of them
    /// would cover a card.
    fn make_room(&mut self, places: &[Place]) {
        let taken: Vec<_> = self.board.cards_by_rank().iter().map(|(_, card)| (card.x.get(), card.y.get())).collect();
        let covers = |(x, y): &Place| {
            taken.iter().any(|there| (x.get() - there.0).abs() < CARD.0 && (y.get() - there.1).abs() < CARD.1)
        };
        let top = places.iter().map(|(_, y)| y.get()).fold(f64::INFINITY, f64::min);
        if places.iter().take(MAX_CARDS).any(covers) {
            self.shift = self.below - top;
        }
        let lowest = places.iter().map(|(_, y)| y.get() + self.shift + APART.1);
        self.below = lowest.fold(self.below, f64::max);
    }

    /// The next free position below the board's cards.
    fn place(&mut self) -> Place {
        let (column, row) = (self.placed % IN_ROW, self.placed / IN_ROW);
        self.placed += 1;
        (Number::new(f64::from(column) * APART.0), Number::new(self.below + f64::from(row) * APART.1))
    }
}
