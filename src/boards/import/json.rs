//! Our own JSON, as the export writes it. Comments and votes are not imported: other people wrote them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_json::error::Category;

use super::{At, Draft, Unreadable};
use board_model::kinds::BoardKind;
use board_model::model::{Edit, Number, Refusal, Value};
use kernel::id::{CardId, LinkId};

type Object = serde_json::Map<String, Json>;

#[derive(Debug, Deserialize)]
struct FileCard {
    x: Number,
    y: Number,
    #[serde(default)]
    fields: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize)]
struct FileLink {
    from: String,
    to: String,
    kind: String,
    strength: u8,
    #[serde(default)]
    note: String,
}

pub(super) fn read(draft: &mut Draft, text: &str) -> Result<(), Unreadable> {
    let mut file: Object = serde_json::from_str(text).map_err(|error| broken(&error, text))?;
    let kind: BoardKind = part(&mut file, "kind")?.ok_or(Unreadable::NotABoard("kind"))?;
    if kind != draft.kind() {
        return Err(Unreadable::OtherKind(kind));
    }
    let cards: Object = part(&mut file, "cards")?.ok_or(Unreadable::NotABoard("cards"))?;
    let links: Option<Object> = part(&mut file, "links")?;
    let ids = read_cards(draft, cards);
    for (at, link) in (1..).map(At::Link).zip(links.unwrap_or_default().into_values()) {
        read_link(draft, &ids, at, link);
    }
    Ok(())
}

/// The place where the text stops being JSON, or that it is JSON without the shape of a board.
fn broken(error: &serde_json::Error, text: &str) -> Unreadable {
    // The parser counts bytes, people count characters.
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let column = line.char_indices().take_while(|(at, _)| *at < error.column()).count();
    match error.classify() {
        Category::Data => Unreadable::NotABoard("kind"),
        category => Unreadable::Broken { line: error.line(), column, cut: category == Category::Eof },
    }
}

/// A part of the board, if it is there.
fn part<T: DeserializeOwned>(file: &mut Object, name: &'static str) -> Result<Option<T>, Unreadable> {
    let part = file.remove(name).map(serde_json::from_value).transpose();
    part.map_err(|_| Unreadable::NotABoard(name))
}

/// Adds the cards, in the order of the table view; returns the new ids by those of the file.
fn read_cards(draft: &mut Draft, cards: Object) -> HashMap<String, CardId> {
    let mut cards: Vec<_> = cards.into_iter().collect();
    cards.sort_by_key(|(_, card)| card["rank"].as_u64());
    let mut read: Vec<(At, String, FileCard)> = Vec::with_capacity(cards.len());
    for (at, (id, card)) in (1..).map(At::Card).zip(cards) {
        match serde_json::from_value(card) {
            Ok(card) => read.push((at, id, card)),
            Err(_) => draft.problem(at, "", Refusal::Malformed),
        }
    }
    draft.make_room(&read.iter().map(|(_, _, card)| (card.x, card.y)).collect::<Vec<_>>());
    let mut ids = HashMap::new();
    for (at, id, FileCard { x, y, fields }) in read {
        let mut values = BTreeMap::new();
        for (name, value) in fields {
            match serde_json::from_value::<Value>(value) {
                Ok(value) => drop(values.insert(name, value)),
                Err(_) => draft.problem(at, &name, Refusal::WrongType),
            }
        }
        if let Some(new) = draft.card(draft.shifted((x, y)), values, at) {
            ids.insert(id, new);
        }
    }
    ids
}

fn read_link(draft: &mut Draft, ids: &HashMap<String, CardId>, at: At, link: Json) {
    let Ok(FileLink { from, to, kind, strength, note }) = serde_json::from_value(link) else {
        return draft.problem(at, "", Refusal::Malformed);
    };
    let (Some(from), Some(to)) = (ids.get(&from), ids.get(&to)) else {
        return draft.problem(at, &kind, Refusal::NoSuchCard);
    };
    let what = kind.clone();
    let edit = Edit::AddLink { link: LinkId::new(draft.now()), from: *from, to: *to, kind, strength, note };
    draft.plan.links += usize::from(draft.add(edit, at, &what));
}
