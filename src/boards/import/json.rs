//! Our own JSON, as the export writes it, and Trello's. Comments and votes are not imported: other people wrote them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_json::error::Category;

use super::draft::{Draft, FileCard};
use super::lines::{self, Source};
use super::links::{self, FileLink};
use super::{At, Unreadable, trello};
use board_model::kinds::BoardKind;
use board_model::model::{Number, Refusal, Value};
use kernel::id::CardId;

type Object = serde_json::Map<String, Json>;

#[derive(Debug, Deserialize)]
struct JsonCard {
    x: Number,
    y: Number,
    #[serde(default)]
    fields: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize)]
struct JsonLink {
    from: String,
    to: String,
    kind: String,
    strength: u8,
    #[serde(default)]
    note: String,
}

pub(super) fn read(draft: &mut Draft<'_>, text: &str) -> Result<(), Unreadable> {
    let mut file: Object = serde_json::from_str(text).map_err(|error| broken(&error, text))?;
    if trello::is_one(&file) {
        return lines::read(draft, trello::table(&file)?, Source::Json);
    }
    let kind: BoardKind = part(&mut file, "kind")?.ok_or(Unreadable::NotABoard("kind"))?;
    if kind != draft.kind() {
        return Err(Unreadable::OtherKind(kind));
    }
    let cards: Object = part(&mut file, "cards")?.ok_or(Unreadable::NotABoard("cards"))?;
    let links: Option<Object> = part(&mut file, "links")?;
    let ids = read_cards(draft, cards);
    let mut on_board = links::there(draft);
    for (at, link) in (1..).map(At::Link).zip(links.unwrap_or_default().into_values()) {
        if let Some(link) = read_link(draft, &ids, at, link) {
            links::bring(draft, link, at, &mut on_board);
        }
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

/// Brings the cards, in the order of the table view; returns what they are on the board by their ids in the file.
fn read_cards(draft: &mut Draft<'_>, cards: Object) -> HashMap<String, CardId> {
    let mut cards: Vec<_> = cards.into_iter().collect();
    cards.sort_by_key(|(_, card)| card["rank"].as_u64());
    let (mut ids, mut read) = (Vec::new(), Vec::new());
    for (at, (id, card)) in (1..).map(At::Card).zip(cards) {
        let Ok(JsonCard { x, y, fields }) = serde_json::from_value(card) else {
            draft.problem(at, "", Refusal::Malformed);
            continue;
        };
        let mut values = BTreeMap::new();
        for (name, value) in fields {
            match serde_json::from_value::<Value>(value) {
                Ok(value) => drop(values.insert(name, value)),
                Err(_) => draft.problem(at, &name, Refusal::WrongType),
            }
        }
        read.push(FileCard { at, id: id.parse().ok(), place: Some((x, y)), fields: values });
        ids.push(id);
    }
    let brought = draft.bring(read);
    ids.into_iter().zip(brought).filter_map(|(id, card)| Some((id, card?))).collect()
}

fn read_link(draft: &mut Draft<'_>, ids: &HashMap<String, CardId>, at: At, link: Json) -> Option<FileLink> {
    let Ok(JsonLink { from, to, kind, strength, note }) = serde_json::from_value(link) else {
        draft.problem(at, "", Refusal::Malformed);
        return None;
    };
    let (Some(from), Some(to)) = (ids.get(&from).copied(), ids.get(&to).copied()) else {
        draft.problem(at, &kind, Refusal::NoSuchCard);
        return None;
    };
    Some(FileLink { from, to, kind, strength, note })
}
