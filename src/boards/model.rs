//! A board and the one function that changes it: [`Board::apply`], pure and total. Any edit is either applied
//! or refused with a reason; applying the accepted ones again, in order, gives the same board.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use super::card::{Card, Comment, Link, MAX_COMMENT, Signature, Touch};
pub use super::edit::{Edit, Refusal};
use super::history::History;
use super::kinds::{self, BoardKind, Field, Holds};
use super::text::{self, TextOp};
pub use super::value::{Number, Value};
use crate::id::{BoardId, CardId, LinkId, PersonId};

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
    cards: BTreeMap<CardId, Arc<Card>>,
    links: BTreeMap<LinkId, Arc<Link>>,
    /// Of the long texts of each card.
    histories: BTreeMap<CardId, Arc<BTreeMap<String, History>>>,
    /// Oldest first.
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
            cards: BTreeMap::new(),
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
        for card in board.cards.values_mut() {
            if names.iter().any(|name| card.fields.contains_key(*name)) {
                Arc::make_mut(card).fields.retain(|name, _| !names.contains(&name.as_str()));
            }
        }
        board
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
                self.discuss(*card, signed, |it| it.comment(*comment, text, signed))
            }
            Edit::RemoveComment { card, comment } => self.discuss(*card, signed, |it| it.uncomment(*comment, by)),
            Edit::EditText { .. } => Err(Refusal::Malformed),
        }
    }

    fn card_mut(&mut self, id: CardId) -> Result<&mut Card, Refusal> {
        self.cards.get_mut(&id).map(Arc::make_mut).ok_or(Refusal::NoSuchCard)
    }

    fn add_card(
        &mut self,
        id: CardId,
        (x, y): (Number, Number),
        fields: &BTreeMap<String, Value>,
        signed: Signature,
    ) -> Result<(), Refusal> {
        if self.cards.contains_key(&id) || self.removed.iter().any(|removed| removed.id == id) {
            return Err(Refusal::ExistsAlready);
        }
        if self.cards.len() >= MAX_CARDS {
            return Err(Refusal::TooManyCards);
        }
        check_place(x, y)?;
        for (name, value) in fields {
            self.kind.schema().field(name)?.check(value)?;
        }
        let fields = fields.iter().filter(|(_, value)| !value.is_blank());
        let mut card = Card::new((x, y), signed, self.head + 1);
        card.fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.cards.insert(id, Arc::new(card));
        Ok(())
    }

    fn set_field(&mut self, id: CardId, name: &str, value: Option<&Value>, signed: Signature) -> Result<(), Refusal> {
        let (seq, kind) = (self.head + 1, self.kind);
        let card = self.cards.get_mut(&id).ok_or(Refusal::NoSuchCard)?;
        let field = kind.schema().field(name)?;
        if let Some(value) = value {
            field.check(value)?;
        }
        let value = value.filter(|value| !value.is_blank());
        let replaced = (field.holds == Holds::Text).then(|| replacing(card.text(name), value));
        let card = Arc::make_mut(card);
        card.put(field, value.cloned());
        card.touch(signed, seq);
        if let Some(ops) = replaced {
            self.remember(id, field, seq, ops);
        }
        Ok(())
    }

    fn edit_text(
        &mut self,
        id: CardId,
        name: String,
        (base, ops): (u64, &[TextOp]),
        signed: Signature,
    ) -> Result<Edit, Refusal> {
        let card = self.cards.get(&id).ok_or(Refusal::NoSuchCard)?;
        let field = self.kind.schema().field(&name)?;
        if field.holds != Holds::Text {
            return Err(Refusal::WrongType);
        }
        if base > self.head || ops.len() > MAX_OPS {
            return Err(Refusal::BadText);
        }
        let history = self.histories.get(&id).and_then(|histories| histories.get(&name));
        let ops = history.map_or_else(|| Ok(text::normalise(ops)), |history| history.rebase(base, ops))?;
        let text = text::apply(card.text(&name), &ops).map_err(|text::Misfit| Refusal::BadText)?;
        kinds::check_text(&text, kinds::MAX_TEXT)?;
        let value = Some(Value::Text(text)).filter(|value| !value.is_blank());
        let base = self.head;
        let card = self.card_mut(id)?;
        card.put(field, value);
        card.touch(signed, base + 1);
        self.remember(id, field, base + 1, ops.clone());
        Ok(Edit::EditText { card: id, field: name, base, ops })
    }

    fn remember(&mut self, id: CardId, field: &Field, seq: u64, ops: Vec<TextOp>) {
        let histories = Arc::make_mut(self.histories.entry(id).or_default());
        if let Some(history) = histories.get_mut(field.name) {
            history.remember(seq, ops);
        } else {
            histories.entry(field.name.to_owned()).or_default().remember(seq, ops);
        }
    }

    fn move_card(&mut self, id: CardId, x: Number, y: Number) -> Result<(), Refusal> {
        check_place(x, y)?;
        let card = self.card_mut(id)?;
        (card.x, card.y) = (x, y);
        Ok(())
    }

    fn remove_card(&mut self, id: CardId, by: PersonId) -> Result<(), Refusal> {
        let card = self.cards.remove(&id).ok_or(Refusal::NoSuchCard)?;
        let links: BTreeMap<_, _> = self.links.extract_if(.., |_, link| link.from == id || link.to == id).collect();
        let history = self.histories.remove(&id);
        self.removed.push_back(Arc::new(Removed { id, card, links, history, by }));
        if self.removed.len() > MAX_REMOVED {
            self.removed.pop_front();
        }
        Ok(())
    }

    fn restore_card(&mut self, id: CardId, by: PersonId) -> Result<(), Refusal> {
        if self.cards.contains_key(&id) {
            return Err(Refusal::ExistsAlready);
        }
        let at = self.removed.iter().position(|removed| removed.id == id).ok_or(Refusal::NoSuchCard)?;
        if self.removed[at].by != by {
            return Err(Refusal::NotAllowed);
        }
        if self.cards.len() >= MAX_CARDS {
            return Err(Refusal::TooManyCards);
        }
        let Some(removed) = self.removed.remove(at) else { return Err(Refusal::NoSuchCard) };
        self.cards.insert(id, Arc::clone(&removed.card));
        if let Some(history) = &removed.history {
            self.histories.insert(id, Arc::clone(history));
        }
        self.restore_links(&removed.links);
        Ok(())
    }

    fn restore_links(&mut self, links: &BTreeMap<LinkId, Arc<Link>>) {
        for (id, link) in links {
            let both_ends = self.cards.contains_key(&link.from) && self.cards.contains_key(&link.to);
            if both_ends && self.links.len() < MAX_LINKS {
                self.links.entry(*id).or_insert_with(|| Arc::clone(link));
            }
        }
    }

    fn check_link(&self, kind: &str, strength: u8, note: &str) -> Result<(), Refusal> {
        let kinds = self.kind.schema().links;
        if kinds.is_empty() {
            return Err(Refusal::LinksNotHere);
        }
        if !kinds.contains(&kind) {
            return Err(Refusal::UnknownChoice);
        }
        kinds::check_range(f64::from(strength), 1.0, 3.0)?;
        kinds::check_text(note, kinds::MAX_LINE)
    }

    fn add_link(&mut self, id: LinkId, link: Link) -> Result<(), Refusal> {
        self.check_link(&link.kind, link.strength, &link.note)?;
        if link.from == link.to {
            return Err(Refusal::LinkToItself);
        }
        if !self.cards.contains_key(&link.from) || !self.cards.contains_key(&link.to) {
            return Err(Refusal::NoSuchCard);
        }
        if self.links.contains_key(&id) {
            return Err(Refusal::ExistsAlready);
        }
        if self.links.len() >= MAX_LINKS {
            return Err(Refusal::TooManyCards);
        }
        self.links.insert(id, Arc::new(link));
        Ok(())
    }

    fn set_link(&mut self, id: LinkId, kind: &str, strength: u8, note: &str) -> Result<(), Refusal> {
        if !self.links.contains_key(&id) {
            return Err(Refusal::NoSuchLink);
        }
        self.check_link(kind, strength, note)?;
        let link = self.links.get_mut(&id).map(Arc::make_mut).ok_or(Refusal::NoSuchLink)?;
        kind.clone_into(&mut link.kind);
        link.strength = strength;
        note.clone_into(&mut link.note);
        Ok(())
    }

    /// A comment was added or taken back.
    fn discuss(
        &mut self,
        id: CardId,
        signed: Signature,
        change: impl FnOnce(&mut Card) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let seq = self.head + 1;
        // Tried on a copy: a refused comment must not make the card a new one.
        let mut card = self.cards.get(&id).map(|card| (**card).clone()).ok_or(Refusal::NoSuchCard)?;
        change(&mut card)?;
        card.touch(signed, seq);
        self.cards.insert(id, Arc::new(card));
        Ok(())
    }

    fn vote(&mut self, id: CardId, by: PersonId, on: bool) -> Result<(), Refusal> {
        if !self.kind.schema().votes {
            return Err(Refusal::NotAllowed);
        }
        let votes = &mut self.card_mut(id)?.votes;
        if on {
            votes.insert(by);
        } else {
            votes.remove(&by);
        }
        Ok(())
    }
}

/// Replacing a text whole, as ops.
fn replacing(old: &str, new: Option<&Value>) -> Vec<TextOp> {
    let new = new.and_then(Value::as_text).unwrap_or_default();
    text::normalise(&[TextOp::Insert(new.to_owned()), TextOp::Delete(text::units(old))])
}

fn check_place(x: Number, y: Number) -> Result<(), Refusal> {
    kinds::check_range(x.get(), -MAX_COORDINATE, MAX_COORDINATE)?;
    kinds::check_range(y.get(), -MAX_COORDINATE, MAX_COORDINATE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::id::CommentId;

    const ADA: Signature = signature(0xada, 1_000);
    const BOB: Signature = signature(0xb0b, 2_000);

    const fn signature(person: u128, at: i64) -> Signature {
        Signature { by: PersonId(Uuid::from_u128(person)), at: Timestamp::from_millis(at) }
    }

    fn card(number: u128) -> CardId {
        CardId(Uuid::from_u128(number))
    }

    fn comment(number: u128) -> CommentId {
        CommentId(Uuid::from_u128(number))
    }

    fn link(number: u128) -> LinkId {
        LinkId(Uuid::from_u128(number))
    }

    fn board(kind: BoardKind) -> Board {
        Board::new(BoardId(Uuid::from_u128(1)), kind, "Tableau")
    }

    fn add(number: u128) -> Edit {
        Edit::AddCard { card: card(number), x: Number::new(0.0), y: Number::new(0.0), fields: BTreeMap::new() }
    }

    fn set(number: u128, field: &str, value: impl Into<Value>) -> Edit {
        Edit::SetField { card: card(number), field: field.into(), value: Some(value.into()) }
    }

    fn type_in(number: u128, field: &str, base: u64, ops: &str) -> Edit {
        Edit::EditText { card: card(number), field: field.into(), base, ops: serde_json::from_str(ops).unwrap() }
    }

    fn join(number: u128, from: u128, to: u128) -> Edit {
        let (from, to, note) = (card(from), card(to), String::new());
        Edit::AddLink { link: link(number), from, to, kind: "funds".into(), strength: 2, note }
    }

    fn text<'a>(board: &'a Board, number: u128, field: &str) -> &'a str {
        board.cards[&card(number)].text(field)
    }

    /// A board with the edits of Ada, all accepted.
    fn after(kind: BoardKind, edits: impl IntoIterator<Item = Edit>) -> Board {
        let mut board = board(kind);
        for edit in edits {
            board.apply(ADA, edit).unwrap();
        }
        board
    }

    #[test]
    fn the_last_writer_of_a_short_field_wins() {
        let mut board = after(BoardKind::Indicators, [add(1), set(1, "name", "Part des marchés")]);
        board.apply(BOB, set(1, "name", "Part des achats")).unwrap();
        assert_eq!(text(&board, 1, "name"), "Part des achats");
        assert_eq!(board.head, 3);
    }

    #[test]
    fn two_people_typing_in_one_text_lose_nothing() {
        let mut board = after(BoardKind::Indicators, [add(1), set(1, "definition", "Part des marchés")]);
        board.apply(ADA, type_in(1, "definition", 2, r#"[4, " annuelle"]"#)).unwrap();
        let stored = board.apply(BOB, type_in(1, "definition", 2, r#"[16, " publics"]"#)).unwrap();
        assert_eq!(text(&board, 1, "definition"), "Part annuelle des marchés publics");
        assert_eq!(stored, type_in(1, "definition", 3, r#"[25, " publics"]"#));
    }

    #[test]
    fn typing_into_a_text_that_was_replaced_meanwhile_is_kept() {
        let mut board = after(BoardKind::Questions, [add(1), set(1, "answer", "Oui")]);
        board.apply(ADA, set(1, "answer", "Non")).unwrap();
        board.apply(BOB, type_in(1, "answer", 2, r#"[3, ", demain"]"#)).unwrap();
        assert_eq!(text(&board, 1, "answer"), "Non, demain");
    }

    #[test]
    fn typing_beyond_the_limit_or_outside_the_text_is_refused() {
        let mut board = after(BoardKind::Cards, [add(1), set(1, "text", "x".repeat(20_000).as_str())]);
        assert_eq!(board.apply(ADA, type_in(1, "text", 2, r#"["y"]"#)), Err(Refusal::TooLong));
        assert_eq!(board.apply(ADA, type_in(1, "text", 2, "[-20001]")), Err(Refusal::BadText));
        assert_eq!(board.apply(ADA, type_in(1, "text", 3, r#"["y"]"#)), Err(Refusal::BadText));
        assert_eq!(board.apply(ADA, type_in(1, "text", 2, r#"["\u0000", -1]"#)), Err(Refusal::BadText));
        assert_eq!(board.apply(ADA, type_in(1, "title", 2, r#"["y"]"#)), Err(Refusal::WrongType));
        assert_eq!(board.head, 2);
    }

    #[test]
    fn an_empty_text_is_an_unset_field() {
        let mut board = after(BoardKind::Cards, [add(1), set(1, "text", "abc")]);
        board.apply(ADA, type_in(1, "text", 2, "[-3]")).unwrap();
        board.apply(ADA, set(1, "title", "")).unwrap();
        assert!(board.cards[&card(1)].fields.is_empty());
    }

    #[test]
    fn a_removed_card_comes_back_with_its_links_for_whoever_removed_it() {
        let mut board = after(BoardKind::Stakeholders, [add(1), add(2), add(3), join(9, 1, 2), join(10, 3, 1)]);
        let before = board.state().cards.clone();
        board.apply(ADA, Edit::RemoveCard { card: card(1) }).unwrap();
        board.apply(ADA, Edit::RemoveCard { card: card(3) }).unwrap();
        assert!(board.links.is_empty());
        assert_eq!(board.apply(BOB, Edit::RestoreCard { card: card(1) }), Err(Refusal::NotAllowed));
        assert_eq!(board.apply(ADA, add(1)), Err(Refusal::ExistsAlready));

        board.apply(ADA, Edit::RestoreCard { card: card(1) }).unwrap();

        assert_eq!(board.cards[&card(1)], before[&card(1)]);
        assert_eq!(board.links.keys().collect::<Vec<_>>(), [&link(9)], "the other end of link 10 is still away");
        assert_eq!(board.apply(ADA, Edit::RestoreCard { card: card(1) }), Err(Refusal::ExistsAlready));
    }

    #[test]
    fn links_join_two_cards_of_a_board_with_links() {
        let mut board = after(BoardKind::Stakeholders, [add(1), add(2)]);
        assert_eq!(board.apply(ADA, join(9, 1, 1)), Err(Refusal::LinkToItself));
        assert_eq!(board.apply(ADA, join(9, 1, 3)), Err(Refusal::NoSuchCard));
        board.apply(ADA, join(9, 1, 2)).unwrap();
        assert_eq!(board.apply(ADA, join(9, 2, 1)), Err(Refusal::ExistsAlready));
        let stronger = Edit::SetLink { link: link(9), kind: "funds".into(), strength: 4, note: String::new() };
        assert_eq!(board.apply(ADA, stronger), Err(Refusal::OutOfRange));
        let mut indicators = after(BoardKind::Indicators, [add(1), add(2)]);
        assert_eq!(indicators.apply(ADA, join(9, 1, 2)), Err(Refusal::LinksNotHere));
    }

    #[test]
    fn a_person_votes_once_and_only_for_questions() {
        let vote = |on| Edit::Vote { card: card(1), on };
        let mut board = after(BoardKind::Questions, [add(1), vote(true), vote(true)]);
        assert_eq!(board.cards[&card(1)].votes.len(), 1);
        board.apply(ADA, vote(false)).unwrap();
        assert!(board.cards[&card(1)].votes.is_empty());
        assert_eq!(after(BoardKind::Cards, [add(1)]).apply(ADA, vote(true)), Err(Refusal::NotAllowed));
    }

    #[test]
    fn a_comment_is_signed_and_taken_back_only_by_its_author() {
        let say = |number, text: &str| Edit::AddComment { card: card(1), comment: comment(number), text: text.into() };
        let unsay = |number| Edit::RemoveComment { card: card(1), comment: comment(number) };
        let mut board = after(BoardKind::Cards, [add(1), say(7, "Et les PME ?")]);
        let said = Comment { id: comment(7), by: ADA.by, at: ADA.at, text: "Et les PME ?".into() };
        assert_eq!(board.cards[&card(1)].comments, [said]);
        assert_eq!(board.apply(BOB, say(7, "encore")), Err(Refusal::ExistsAlready));
        assert_eq!(board.apply(BOB, say(8, " \n")), Err(Refusal::BadText));
        assert_eq!(board.apply(BOB, say(8, "x".repeat(2_001).as_str())), Err(Refusal::TooLong));
        assert_eq!(board.apply(BOB, unsay(7)), Err(Refusal::NotAllowed));
        assert_eq!(board.apply(BOB, unsay(8)), Err(Refusal::NoSuchComment));
        board.apply(ADA, unsay(7)).unwrap();
        assert!(board.cards[&card(1)].comments.is_empty());
        for number in 100..300 {
            board.apply(BOB, say(number, "oui")).unwrap();
        }
        assert_eq!(board.apply(BOB, say(300, "non")), Err(Refusal::TooManyComments));
    }

    #[test]
    fn a_card_tells_who_added_it_and_who_last_changed_what_it_says() {
        let mut board = after(BoardKind::Cards, [add(1)]);
        assert_eq!((board.cards[&card(1)].by, board.cards[&card(1)].at), (ADA.by, ADA.at));
        board.apply(BOB, Edit::MoveCard { card: card(1), x: Number::new(1.0), y: Number::new(0.0) }).unwrap();
        assert_eq!(board.cards[&card(1)].touched, None, "moving a card changes nothing of what it says");
        board.apply(BOB, set(1, "title", "Titre")).unwrap();
        assert_eq!(board.cards[&card(1)].touched, Some(Touch { seq: 3, by: BOB.by, at: BOB.at }));
        board.apply(ADA, type_in(1, "text", 3, r#"["a"]"#)).unwrap();
        assert_eq!(board.cards[&card(1)].touched, Some(Touch { seq: 4, by: ADA.by, at: ADA.at }));
    }

    #[test]
    fn a_full_board_refuses_one_more_card() {
        let mut board = after(BoardKind::Cards, (0..5_000).map(add));
        assert_eq!(board.apply(ADA, add(5_000)), Err(Refusal::TooManyCards));
    }

    #[test]
    fn a_card_lies_within_the_map() {
        let far = Edit::MoveCard { card: card(1), x: Number::new(1e7), y: Number::new(0.0) };
        assert_eq!(after(BoardKind::Cards, [add(1)]).apply(ADA, far), Err(Refusal::OutOfRange));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-zé😀\\x00]{0,4}".prop_map(Value::Text),
            Just(Value::from("driving")),
            (-200.0..200.0_f64).prop_map(|number| Value::Number(Number::new(number))),
        ]
    }

    fn any_op() -> impl Strategy<Value = TextOp> {
        prop_oneof![
            (0..4_u32).prop_map(TextOp::Keep),
            (0..4_u32).prop_map(TextOp::Delete),
            "[a-zé😀]{0,3}".prop_map(TextOp::Insert),
        ]
    }

    fn any_field() -> impl Strategy<Value = String> {
        let names = [
            "name",
            "role",
            "notes",
            "power",
            "attitude_now",
            "title",
            "text",
            "state",
            "answer",
            "target",
            "nonsense",
        ];
        prop::sample::select(names.to_vec()).prop_map(str::to_owned)
    }

    fn any_edit() -> impl Strategy<Value = Edit> {
        let cards = || (0..4_u128).prop_map(card);
        let links = || (0..4_u128).prop_map(link);
        let numbers = || (-300.0..300.0_f64).prop_map(Number::new);
        prop_oneof![
            (cards(), numbers(), numbers(), prop::collection::btree_map(any_field(), any_value(), 0..2))
                .prop_map(|(card, x, y, fields)| Edit::AddCard { card, x, y, fields }),
            (cards(), any_field(), prop::option::of(any_value())).prop_map(|(card, field, value)| Edit::SetField {
                card,
                field,
                value
            }),
            (cards(), any_field(), 0..40_u64, prop::collection::vec(any_op(), 0..4))
                .prop_map(|(card, field, base, ops)| Edit::EditText { card, field, base, ops }),
            (cards(), numbers(), numbers()).prop_map(|(card, x, y)| Edit::MoveCard { card, x, y }),
            cards().prop_map(|card| Edit::RemoveCard { card }),
            cards().prop_map(|card| Edit::RestoreCard { card }),
            (links(), cards(), cards(), 0..5_u8).prop_map(|(link, from, to, strength)| Edit::AddLink {
                link,
                from,
                to,
                kind: "funds".into(),
                strength,
                note: String::new()
            }),
            links().prop_map(|link| Edit::SetLink { link, kind: "opposes".into(), strength: 1, note: "non".into() }),
            links().prop_map(|link| Edit::RemoveLink { link }),
            (cards(), any::<bool>()).prop_map(|(card, on)| Edit::Vote { card, on }),
            (cards(), 0..3_u128, "[a-z ]{0,3}").prop_map(|(card, number, text)| Edit::AddComment {
                card,
                comment: comment(number),
                text
            }),
            (cards(), 0..3_u128).prop_map(|(card, number)| Edit::RemoveComment { card, comment: comment(number) }),
        ]
    }

    fn any_acts() -> impl Strategy<Value = Vec<(Signature, Edit)>> {
        prop::collection::vec((prop::sample::select(vec![ADA, BOB]), any_edit()), 0..80)
    }

    /// Applies all that is accepted; returns it as it is stored.
    fn run(board: &mut Board, acts: Vec<(Signature, Edit)>) -> Vec<(Signature, Edit)> {
        acts.into_iter().filter_map(|(by, edit)| board.apply(by, edit).ok().map(|stored| (by, stored))).collect()
    }

    /// As the database would give it back.
    fn stored_and_loaded<T: Serialize + for<'de> Deserialize<'de>>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    fn loaded(acts: Vec<(Signature, Edit)>) -> Vec<(Signature, Edit)> {
        acts.into_iter().map(|(by, edit)| (by, stored_and_loaded(&edit))).collect()
    }

    /// Acts on a board of each kind, what became of them, and the board they made: the client replays them with its own
    /// `applyEdit`, which must decide the same.
    #[test]
    fn the_generated_replays_are_the_ones_committed() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let acts = prop::collection::vec((prop::sample::select(vec![ADA, BOB]), any_edit()), 150);
        let mut out = String::from("[\n");
        for kind in BoardKind::ALL {
            let mut board = board(kind);
            let first = (0..4).map(|number| (ADA, add(number)));
            let steps = first.chain(acts.new_tree(&mut runner).unwrap().current()).map(|(signed, edit)| {
                let asked = serde_json::to_value(&edit).unwrap();
                let (edit, refused) = match board.apply(signed, edit) {
                    Ok(stored) => (serde_json::to_value(&stored).unwrap(), None),
                    Err(refusal) => (asked, Some(refusal)),
                };
                serde_json::json!({ "by": signed.by, "at": signed.at, "edit": edit, "refused": refused }).to_string()
            });
            let steps: Vec<String> = steps.collect();
            let state = serde_json::to_string(&board.state()).unwrap();
            out += &format!("{{\"kind\":\"{}\",\"steps\":[\n{}\n],\"state\":{state}}}", kind.name(), steps.join(",\n"));
            out += if kind == BoardKind::ALL[3] { "\n]\n" } else { ",\n" };
        }
        super::super::protocol::tests::check_generated("replays.json", &out);
    }

    proptest! {
        #[test]
        fn replaying_accepted_edits_gives_the_same_board(acts in any_acts()) {
            let mut live = board(BoardKind::Stakeholders);
            let stored = run(&mut live, acts);
            let mut replayed = board(BoardKind::Stakeholders);
            for (by, edit) in loaded(stored) {
                prop_assert_eq!(replayed.apply(by, edit.clone()), Ok(edit));
            }
            prop_assert_eq!(replayed, live);
        }

        #[test]
        fn a_snapshot_and_the_tail_give_what_the_whole_log_gives(acts in any_acts(), cut in 0..80_usize) {
            let mut live = board(BoardKind::Stakeholders);
            let cut = cut.min(acts.len());
            let tail = acts[cut..].to_vec();
            run(&mut live, acts[..cut].to_vec());
            let mut from_snapshot: Board = stored_and_loaded(&live);
            for (by, edit) in loaded(run(&mut live, tail)) {
                from_snapshot.apply(by, edit).unwrap();
            }
            prop_assert_eq!(from_snapshot, live);
        }

        #[test]
        fn a_refused_edit_changes_nothing(acts in any_acts()) {
            let mut live = board(BoardKind::Stakeholders);
            for (by, edit) in acts {
                let before = live.clone();
                if live.apply(by, edit).is_err() {
                    prop_assert_eq!(&before, &live);
                }
            }
        }

        #[test]
        fn however_far_behind_people_type_every_keystroke_arrives(behind in prop::collection::vec((0..6_u64, 0..9_u32), 1..60)) {
            let mut live = after(BoardKind::Cards, [add(1)]);
            let mut texts = vec![String::new(), String::new()];
            for (back, at) in &behind {
                let base = live.head.saturating_sub(*back).max(1);
                let length = text::units(&texts[usize::try_from(base).unwrap()]);
                let ops = vec![TextOp::Keep((*at).min(length)), TextOp::Insert("x".into())];
                live.apply(BOB, Edit::EditText { card: card(1), field: "text".into(), base, ops }).unwrap();
                texts.push(text(&live, 1, "text").to_owned());
            }
            prop_assert_eq!(text(&live, 1, "text").len(), behind.len());
        }

        #[test]
        fn whatever_json_comes_is_an_edit_or_an_error(
            kind in prop::sample::select(BoardKind::ALL.to_vec()),
            what in prop::sample::select(vec!["add_card", "set_field", "edit_text", "vote", "add_comment", "remove_comment", "add_link", "nonsense"]),
            field in "\\PC{0,5}",
            base in any::<u64>(),
            ops in prop::collection::vec(prop_oneof![any::<i64>().prop_map(Into::into), "\\PC*".prop_map(serde_json::Value::from)], 0..4),
            value in prop_oneof![any::<f64>().prop_map(serde_json::Value::from), "\\PC*".prop_map(serde_json::Value::from)],
        ) {
            let json = serde_json::json!({
                "type": what, "card": card(1), "comment": card(2), "text": value, "link": card(3), "from": card(1), "to": card(1),
                "kind": field, "strength": base, "note": value, "field": field, "base": base, "ops": ops, "value": value, "on": true,
                "x": 0, "y": value, "fields": { field.as_str(): value },
            });
            let mut live = after(kind, [add(1)]);
            if let Ok(edit) = serde_json::from_value::<Edit>(json) {
                let _ = live.apply(ADA, edit);
            }
        }
    }
}
