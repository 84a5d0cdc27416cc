//! Cards: added, changed, moved, removed and brought back, discussed and voted for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::texts::replacing;
use super::{Board, MAX_BYTES, MAX_COORDINATE, MAX_REMOVED, Removed};
use crate::card::{Card, Signature};
use crate::edit::Refusal;
use crate::kinds::{self, Holds};
use crate::value::{Number, Value};
use kernel::id::{CardId, PersonId};

impl Board {
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
        check_place(x, y)?;
        for (name, value) in fields {
            self.kind.schema().field(name)?.check(value)?;
        }
        let fields = fields.iter().filter(|(_, value)| !value.is_blank());
        let mut card = Card::new((x, y), signed, self.head + 1);
        card.fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.cards.put(id, Arc::new(card))
    }

    pub(super) fn set_field(
        &mut self,
        id: CardId,
        name: &str,
        value: Option<&Value>,
        signed: Signature,
    ) -> Result<(), Refusal> {
        let card = self.cards.get(&id).ok_or(Refusal::NoSuchCard)?;
        let field = self.kind.schema().field(name)?;
        if let Some(value) = value {
            field.check(value)?;
        }
        let value = value.filter(|value| !value.is_blank());
        let replaced = (field.holds == Holds::Text).then(|| replacing(card.text(name), value));
        self.touch(id, signed, |card| {
            card.put(field, value.cloned());
            Ok(())
        })?;
        if let Some(ops) = replaced {
            self.remember(id, field, self.head + 1, ops);
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
        let kind = self.kind;
        self.touch(id, signed, |card| {
            for (name, value) in values {
                let field = kind.schema().field(name)?;
                if field.holds == Holds::Text {
                    return Err(Refusal::WrongType);
                }
                value.as_ref().map_or(Ok(()), |value| field.check(value))?;
                card.put(field, value.clone().filter(|value| !value.is_blank()));
            }
            Ok(())
        })
    }

    pub(super) fn move_card(&mut self, id: CardId, x: Number, y: Number) -> Result<(), Refusal> {
        check_place(x, y)?;
        self.cards.change(id, |card| {
            (card.x, card.y) = (x, y);
            Ok(())
        })
    }

    pub(super) fn remove_card(&mut self, id: CardId, by: PersonId) -> Result<(), Refusal> {
        let card = self.cards.remove(id)?;
        let links: BTreeMap<_, _> = self.links.extract_if(.., |_, link| link.from == id || link.to == id).collect();
        let history = self.histories.remove(&id);
        self.removed.push_back(Arc::new(Removed { id, card, links, history, by }));
        let mut bytes: usize = self.removed.iter().map(|removed| removed.card.bytes()).sum();
        while self.removed.len() > MAX_REMOVED || bytes > MAX_BYTES {
            let Some(oldest) = self.removed.pop_front() else { break };
            bytes -= oldest.card.bytes();
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
        self.cards.put(id, Arc::clone(&self.removed[at].card))?;
        let Some(removed) = self.removed.remove(at) else { return Err(Refusal::NoSuchCard) };
        if let Some(history) = &removed.history {
            self.histories.insert(id, Arc::clone(history));
        }
        self.restore_links(&removed.links);
        Ok(())
    }

    /// Changes what a card says, and remembers who did.
    pub(super) fn touch(
        &mut self,
        id: CardId,
        signed: Signature,
        change: impl FnOnce(&mut Card) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let seq = self.head + 1;
        self.cards.change(id, |card| {
            change(card)?;
            card.touch(signed, seq);
            Ok(())
        })
    }

    pub(super) fn vote(&mut self, id: CardId, by: PersonId, on: bool) -> Result<(), Refusal> {
        if !self.kind.schema().votes {
            return Err(Refusal::NotAllowed);
        }
        self.cards.change(id, |card| {
            if on {
                card.votes.insert(by);
            } else {
                card.votes.remove(&by);
            }
            Ok(())
        })
    }
}

fn check_place(x: Number, y: Number) -> Result<(), Refusal> {
    kinds::check_range(x.get(), -MAX_COORDINATE, MAX_COORDINATE)?;
    kinds::check_range(y.get(), -MAX_COORDINATE, MAX_COORDINATE)
}
