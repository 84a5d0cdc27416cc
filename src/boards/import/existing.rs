//! Which cards of a file are on the board already: the card of which the file is an export, else the one with the same title.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::draft::{Draft, FileCard};
use super::{Change, SHOWN, excerpt};
use crate::labels;
use board_model::kinds::{Field, Holds};
use board_model::model::{Board, Card, Edit, Value};
use kernel::id::CardId;
use kernel::search;

/// What a card of a file is on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// None of its cards.
    New,
    /// This card, and it says the same wherever the file says something.
    Same(CardId),
    /// This card, and it says something else.
    Different(CardId),
    /// One of several cards of its title.
    Unclear,
}

/// What names a card, for comparison; nothing for one without a title.
pub(super) fn key(title: &str) -> Option<String> {
    let folded = search::folded(title);
    let key = if folded.is_empty() { title.trim().to_owned() } else { folded };
    Some(key).filter(|key| !key.is_empty())
}

/// The same for cards that may have no title: those are what they say.
fn key_of(fields: &BTreeMap<String, Value>, title: &str) -> String {
    let key = fields.get(title).and_then(Value::as_text).and_then(key);
    key.unwrap_or_else(|| format!("\0{}", serde_json::to_string(fields).unwrap_or_default()))
}

/// What each card of a file is on the board. Of several cards with one title, one that says the same is meant first; one
/// that remains on either side is meant too, and of more nothing is guessed.
pub(super) fn matches(board: &Board, cards: &[FileCard]) -> Vec<Match> {
    let title = board.kind.schema().title;
    let there = board.state().cards;
    let mut found = vec![Match::New; cards.len()];
    let mut taken: HashSet<CardId> = HashSet::new();
    for (found, card) in found.iter_mut().zip(cards) {
        if let Some((id, on_board)) =
            card.id.and_then(|id| there.get_key_value(&id)).filter(|(id, _)| taken.insert(**id))
        {
            *found = if says(on_board, &card.fields) { Match::Same(*id) } else { Match::Different(*id) };
        }
    }
    let mut by_title: HashMap<String, Vec<CardId>> = HashMap::new();
    for (id, card) in board.cards_by_rank().into_iter().filter(|(id, _)| !taken.contains(id)) {
        by_title.entry(key_of(&card.fields, title)).or_default().push(id);
    }
    let mut open: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, card) in cards.iter().enumerate() {
        if found[at] != Match::New {
            continue;
        }
        let key = key_of(&card.fields, title);
        let Some(ids) = by_title.get_mut(&key) else { continue };
        match ids.iter().position(|id| there.get(id).is_some_and(|on_board| says(on_board, &card.fields))) {
            Some(same) => found[at] = Match::Same(ids.remove(same)),
            None => open.entry(key).or_default().push(at),
        }
    }
    for (key, lines) in open {
        let ids = by_title.get(&key).map(Vec::as_slice).unwrap_or_default();
        for at in &lines {
            found[*at] = match ids {
                [] => Match::New,
                [id] if lines.len() == 1 => Match::Different(*id),
                _ => Match::Unclear,
            };
        }
    }
    found
}

/// Whether a card says all of this.
fn says(card: &Card, fields: &BTreeMap<String, Value>) -> bool {
    fields.iter().all(|(name, value)| card.fields.get(name) == Some(value))
}

/// The fields in which a card says something else than the file.
fn differences<'a>(
    card: &'a Card,
    file: &'a FileCard,
    schema: &'static [Field],
) -> impl Iterator<Item = (&'static Field, &'a Value)> {
    schema.iter().filter_map(|field| {
        let value = file.fields.get(field.name).filter(|value| card.fields.get(field.name) != Some(*value))?;
        Some((field, value))
    })
}

/// Shows what the file would change of a card.
pub(super) fn tell(draft: &mut Draft<'_>, id: CardId, file: &FileCard) {
    let schema = draft.kind().schema();
    let Some(card) = draft.board.state().cards.get(&id).cloned() else { return };
    let after = |field: &Field, value: &Value| {
        let mut shown = (*card).clone();
        shown.fields = BTreeMap::from([(field.name.to_owned(), value.clone())]);
        excerpt(&labels::in_full(&shown, field))
    };
    for (field, value) in differences(&card, file, schema.fields) {
        if draft.plan.there.changes.len() < SHOWN {
            let (name, before) = (excerpt(card.text(schema.title)), excerpt(&labels::in_full(&card, field)));
            draft.plan.there.changes.push(Change { card: name, field, before, after: after(field, value) });
        } else {
            draft.plan.there.more_changes += 1;
        }
    }
}

/// Makes a card say what the file says; its place stays.
pub(super) fn update(draft: &mut Draft<'_>, id: CardId, file: FileCard) {
    let Some(card) = draft.board.state().cards.get(&id).cloned() else { return };
    let (mut short, mut is_changed) = (BTreeMap::new(), false);
    for (field, value) in differences(&card, &file, draft.kind().schema().fields) {
        if field.holds == Holds::Text {
            let edit = Edit::SetField { card: id, field: field.name.to_owned(), value: Some(value.clone()) };
            is_changed |= draft.add(edit, file.at, field.name);
        } else {
            short.insert(field.name.to_owned(), Some(value.clone()));
        }
    }
    if !short.is_empty() {
        is_changed |= draft.add(Edit::SetFields { card: id, fields: short }, file.at, "");
    }
    draft.plan.updated += usize::from(is_changed);
}
