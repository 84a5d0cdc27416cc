//! A board and the one function that changes it: [`Board::apply`], pure and total. Any edit is either applied
//! or refused with a reason; applying the accepted ones again, in order, gives the same board.

mod cards;
mod deck;
mod links;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use super::card::{Card, Comment, Link, MAX_COMMENT, Signature, Touch};
pub use super::edit::{Edit, Refusal};
use super::history::History;
use super::kinds::BoardKind;
pub use super::value::{Number, Value};
use deck::Deck;
pub use deck::MAX_BYTES;
use kernel::id::{BoardId, CardId, CommentId, LinkId, PersonId};

/// Cards of a board at most.
pub const MAX_CARDS: usize = 5_000;
/// Links of a board at most.
pub const MAX_LINKS: usize = 20_000;
/// How far from the middle a card may lie, along either axis.
pub const MAX_COORDINATE: f64 = 1_000_000.0;
/// Pieces of one text edit at most; typing and pasting need a handful.
pub const MAX_OPS: usize = 1_000;
/// Removed cards that can be brought back.
const MAX_REMOVED: usize = 200;

/// A live document. Cloning it shares its cards, so that a batch can be tried on a clone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// Its identifier.
    pub id: BoardId,
    /// What its cards are.
    pub kind: BoardKind,
    /// Its title, French.
    pub title: String,
    /// The seq of the last edit; 0 for a new board.
    pub head: u64,
    cards: Deck,
    links: BTreeMap<LinkId, Arc<Link>>,
    /// Of the long texts of each card.
    histories: BTreeMap<CardId, Arc<BTreeMap<String, History>>>,
    /// Oldest first; together no larger than a board.
    removed: VecDeque<Arc<Removed>>,
}

/// What clients are shown of a board.
#[derive(Debug, Clone, Serialize, ts_rs::TS)]
pub struct BoardState<'a> {
    /// Its identifier.
    pub id: BoardId,
    /// What its cards are.
    pub kind: BoardKind,
    /// Its title.
    pub title: &'a str,
    /// By id.
    #[ts(as = "BTreeMap<CardId, Card>")]
    pub cards: &'a BTreeMap<CardId, Arc<Card>>,
    /// By id.
    #[ts(as = "BTreeMap<LinkId, Link>")]
    pub links: &'a BTreeMap<LinkId, Arc<Link>>,
}

/// A card that can be brought back, and what went with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Removed {
    id: CardId,
    card: Arc<Card>,
    links: BTreeMap<LinkId, Arc<Link>>,
    history: Option<Arc<BTreeMap<String, History>>>,
    by: PersonId,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(id: BoardId, kind: BoardKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            head: 0,
            cards: Deck::default(),
            links: BTreeMap::new(),
            histories: BTreeMap::new(),
            removed: VecDeque::new(),
        }
    }

    /// What clients are shown of it.
    #[must_use]
    pub fn state(&self) -> BoardState<'_> {
        BoardState { id: self.id, kind: self.kind, title: &self.title, cards: &self.cards, links: &self.links }
    }

    /// The cards in the order of the table view.
    #[must_use]
    pub fn cards_by_rank(&self) -> Vec<(CardId, &Card)> {
        let mut cards: Vec<_> = self.cards.iter().map(|(id, card)| (*id, &**card)).collect();
        cards.sort_by_key(|(_, card)| card.rank);
        cards
    }

    /// The same board, whose cards do not tell these fields.
    #[must_use]
    pub fn without_fields(&self, names: &[&str]) -> Self {
        let mut board = self.clone();
        let without = |(id, card): (&CardId, &Arc<Card>)| {
            let mut card = Arc::clone(card);
            if names.iter().any(|name| card.fields.contains_key(*name)) {
                Arc::make_mut(&mut card).fields.retain(|name, _| !names.contains(&name.as_str()));
            }
            (*id, card)
        };
        board.cards = self.cards.iter().map(without).collect();
        board
    }

    /// Who said this about that card; nobody when it is not there.
    #[must_use]
    pub fn comment_author(&self, card: CardId, comment: CommentId) -> Option<PersonId> {
        let comments = &self.cards.get(&card)?.comments;
        comments.iter().find(|other| other.id == comment).map(|comment| comment.by)
    }

    /// Everybody whom the board as it stands names: who added, last changed or discussed a card, or drew a link.
    #[must_use]
    pub fn people(&self) -> BTreeSet<PersonId> {
        let of_card = |card: &Arc<Card>| {
            let commented = card.comments.iter().map(|comment| comment.by).collect::<Vec<_>>();
            std::iter::once(card.by).chain(card.touched.map(|touch| touch.by)).chain(commented)
        };
        self.cards.values().flat_map(of_card).chain(self.links.values().map(|link| link.by)).collect()
    }

    /// Everybody who wrote one of the comments that are there.
    #[must_use]
    pub fn commentators(&self) -> BTreeSet<PersonId> {
        self.cards.values().flat_map(|card| card.comments.iter().map(|comment| comment.by)).collect()
    }

    /// Applies an edit signed by its author as the seq after [`Board::head`]. Returns it as it is to be stored: an
    /// `edit_text` comes back transformed over what came since its base.
    ///
    /// # Errors
    ///
    /// Refuses what the kind's schema, the board's limits or its present state do not allow; then nothing
    /// has changed.
    pub fn apply(&mut self, signed: Signature, edit: Edit) -> Result<Edit, Refusal> {
        let edit = match edit {
            Edit::EditText { card, field, base, ops } => self.edit_text(card, field, (base, &ops), signed)?,
            edit => {
                self.apply_plain(signed, &edit)?;
                edit
            }
        };
        self.head += 1;
        Ok(edit)
    }

    /// Every edit but `edit_text`: they are stored as they came.
    fn apply_plain(&mut self, signed: Signature, edit: &Edit) -> Result<(), Refusal> {
        let by = signed.by;
        match edit {
            Edit::AddCard { card, x, y, fields } => self.add_card(*card, (*x, *y), fields, signed),
            Edit::SetField { card, field, value } => self.set_field(*card, field, value.as_ref(), signed),
            Edit::SetFields { card, fields } => self.set_fields(*card, fields, signed),
            Edit::MoveCard { card, x, y } => self.move_card(*card, *x, *y),
            Edit::RemoveCard { card } => self.remove_card(*card, by),
            Edit::RestoreCard { card } => self.restore_card(*card, by),
            Edit::AddLink { link, from, to, kind, strength, note } => {
                let says =
                    Link { from: *from, to: *to, kind: kind.clone(), strength: *strength, note: note.clone(), by };
                self.add_link(*link, says)
            }
            Edit::SetLink { link, kind, strength, note } => self.set_link(*link, kind, *strength, note),
            Edit::RemoveLink { link } => self.links.remove(link).map(drop).ok_or(Refusal::NoSuchLink),
            Edit::Vote { card, on } => self.vote(*card, by, *on),
            Edit::AddComment { card, comment, text } => {
                self.touch(*card, signed, |it| it.comment(*comment, text, signed))
            }
            Edit::RemoveComment { card, comment } => self.touch(*card, signed, |it| it.uncomment(*comment)),
            Edit::EditText { .. } => Err(Refusal::Malformed),
        }
    }
}
