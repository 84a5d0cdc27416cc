//! Cards: added, changed, moved, removed and brought back, discussed and voted for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::texts::replacing;
use super::{Board, MAX_CARDS, MAX_COORDINATE, MAX_REMOVED, Removed};
use crate::boards::card::{Card, Signature};
use crate::boards::edit::Refusal;
use crate::boards::kinds::{self, Holds};
use crate::boards::value::{Number, Value};
use crate::id::{CardId, PersonId};

impl Board {
    pub(super) fn card_mut(&mut self, id: CardId) -> Result<&mut Card, Refusal> {
        self.cards.get_mut(&id).map(Arc::make_mut).ok_or(Refusal::NoSuchCard)
    }

    pub(super) fn add_card(
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

    pub(super) fn set_field(
        &mut self,
        id: CardId,
        name: &str,
        value: Option<&Value>,
        signed: Signature,
    ) -> Result<(), Refusal> {
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

    /// All of them, or none.
    pub(super) fn set_fields(
        &mut self,
        id: CardId,
        values: &BTreeMap<String, Option<Value>>,
        signed: Signature,
    ) -> Result<(), Refusal> {
        if values.is_empty() {
            return Err(Refusal::Malformed);
        }
        let (seq, kind) = (self.head + 1, self.kind);
        let card = self.cards.get_mut(&id).ok_or(Refusal::NoSuchCard)?;
        for (name, value) in values {
            let field = kind.schema().field(name)?;
            if field.holds == Holds::Text {
                return Err(Refusal::WrongType);
            }
            value.as_ref().map_or(Ok(()), |value| field.check(value))?;
        }
        let card = Arc::make_mut(card);
        for (name, value) in values {
            card.put(kind.schema().field(name)?, value.clone().filter(|value| !value.is_blank()));
        }
        card.touch(signed, seq);
        Ok(())
    }

    pub(super) fn move_card(&mut self, id: CardId, x: Number, y: Number) -> Result<(), Refusal> {
        check_place(x, y)?;
        let card = self.card_mut(id)?;
        (card.x, card.y) = (x, y);
        Ok(())
    }

    pub(super) fn remove_card(&mut self, id: CardId, by: PersonId) -> Result<(), Refusal> {
        let card = self.cards.remove(&id).ok_or(Refusal::NoSuchCard)?;
        let links: BTreeMap<_, _> = self.links.extract_if(.., |_, link| link.from == id || link.to == id).collect();
        let history = self.histories.remove(&id);
        self.removed.push_back(Arc::new(Removed { id, card, links, history, by }));
        if self.removed.len() > MAX_REMOVED {
            self.removed.pop_front();
        }
        Ok(())
    }

    pub(super) fn restore_card(&mut self, id: CardId, by: PersonId) -> Result<(), Refusal> {
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

    /// A comment was added or taken back.
    pub(super) fn discuss(
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

    pub(super) fn vote(&mut self, id: CardId, by: PersonId, on: bool) -> Result<(), Refusal> {
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

fn check_place(x: Number, y: Number) -> Result<(), Refusal> {
    kinds::check_range(x.get(), -MAX_COORDINATE, MAX_COORDINATE)?;
    kinds::check_range(y.get(), -MAX_COORDINATE, MAX_COORDINATE)
}
