//! The cards of a board, and how much text they hold together: no board outgrows what a browser loads.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Card, MAX_CARDS};
use crate::edit::Refusal;
use kernel::id::CardId;

/// Bytes of text, comments included, that the cards of a board hold at most. A workshop leaves a hundredth of that. What is
/// stored is applied again one day, so that this may only grow.
pub const MAX_BYTES: usize = 8 << 20;

/// Cards by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Deck {
    cards: BTreeMap<CardId, Arc<Card>>,
    #[serde(skip)]
    bytes: usize,
}

impl Deref for Deck {
    type Target = BTreeMap<CardId, Arc<Card>>;

    fn deref(&self) -> &Self::Target {
        &self.cards
    }
}

impl FromIterator<(CardId, Arc<Card>)> for Deck {
    fn from_iter<Cards: IntoIterator<Item = (CardId, Arc<Card>)>>(cards: Cards) -> Self {
        let cards = BTreeMap::from_iter(cards);
        let bytes = cards.values().map(|card| card.bytes()).sum();
        Self { cards, bytes }
    }
}

impl<'de> Deserialize<'de> for Deck {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Deck {
    /// Puts a card here, or in the place of what it was. A board that is full takes nothing longer.
    pub(super) fn put(&mut self, id: CardId, card: Arc<Card>) -> Result<(), Refusal> {
        let before = self.cards.get(&id).map(|card| card.bytes());
        let after = self.bytes - before.unwrap_or(0) + card.bytes();
        let is_full = after > MAX_BYTES && after > self.bytes;
        if is_full || (before.is_none() && self.cards.len() >= MAX_CARDS) {
            return Err(Refusal::TooManyCards);
        }
        self.cards.insert(id, card);
        self.bytes = after;
        Ok(())
    }

    /// Changes a card, or nothing when the change is refused.
    pub(super) fn change(
        &mut self,
        id: CardId,
        change: impl FnOnce(&mut Card) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut card = self.cards.get(&id).map(Arc::clone).ok_or(Refusal::NoSuchCard)?;
        change(Arc::make_mut(&mut card))?;
        self.put(id, card)
    }

    /// Takes a card away.
    pub(super) fn remove(&mut self, id: CardId) -> Result<Arc<Card>, Refusal> {
        let card = self.cards.remove(&id).ok_or(Refusal::NoSuchCard)?;
        self.bytes -= card.bytes();
        Ok(card)
    }
}
