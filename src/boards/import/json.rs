//! Our own JSON, as the export writes it. Comments and votes stay behind: they are other people's words.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{Draft, Unreadable};
use crate::boards::kinds::BoardKind;
use crate::boards::model::{Edit, Number, Refusal, Value};
use crate::id::{CardId, LinkId};

#[derive(Debug, Deserialize)]
struct File {
    kind: BoardKind,
    #[serde(default)]
    cards: BTreeMap<String, FileCard>,
    #[serde(default)]
    links: BTreeMap<String, FileLink>,
}

#[derive(Debug, Deserialize)]
struct FileCard {
    x: Number,
    y: Number,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
    #[serde(default)]
    rank: u64,
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
    let file: File = serde_json::from_str(text).map_err(|_| Unreadable::NotABoard)?;
    if file.kind != draft.kind() {
        return Err(Unreadable::OtherKind);
    }
    let mut cards: Vec<_> = file.cards.into_iter().collect();
    cards.sort_by_key(|(_, card)| card.rank);
    draft.make_room(&cards.iter().map(|(_, card)| (card.x, card.y)).collect::<Vec<_>>());
    let mut ids: HashMap<String, CardId> = HashMap::new();
    for (at, (id, card)) in (1..).zip(cards) {
        if let Some(new) = draft.card(draft.shifted((card.x, card.y)), card.fields, at) {
            ids.insert(id, new);
        }
    }
    for (at, link) in (1..).zip(file.links.into_values()) {
        let (Some(from), Some(to)) = (ids.get(&link.from), ids.get(&link.to)) else {
            draft.problem(at, &link.kind, Refusal::NoSuchCard);
            continue;
        };
        let FileLink { kind, strength, note, .. } = link;
        let what = kind.clone();
        let edit = Edit::AddLink { link: LinkId::new(draft.now()), from: *from, to: *to, kind, strength, note };
        draft.plan.links += usize::from(draft.add(edit, at, &what));
    }
    Ok(())
}
