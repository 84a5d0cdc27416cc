//! Links between two cards: which may be, and which come back with a card.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Board, MAX_LINKS};
use crate::card::Link;
use crate::edit::Refusal;
use crate::kinds;
use kernel::id::LinkId;

impl Board {
    pub(super) fn restore_links(&mut self, links: &BTreeMap<LinkId, Arc<Link>>) {
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

    pub(super) fn add_link(&mut self, id: LinkId, link: Link) -> Result<(), Refusal> {
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

    pub(super) fn set_link(&mut self, id: LinkId, kind: &str, strength: u8, note: &str) -> Result<(), Refusal> {
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
}
