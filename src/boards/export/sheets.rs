//! A board card by card, with everything said about it: what a printed page and a document of sheets both show.

use super::Shown;
use crate::boards::labels;
use crate::boards::model::{Board, Card};

/// A card on paper.
#[derive(Debug)]
pub struct Sheet {
    /// What names the card; may be empty.
    pub title: String,
    /// What it says, in the order of the forms; what it does not say yet is empty.
    pub fields: Vec<(&'static str, String)>,
    /// What it does to others and they to it, a sentence each.
    pub links: Vec<String>,
    /// What people said about it.
    pub comments: Vec<String>,
}

/// The sheets of a board, in the order of the table view.
pub fn sheets(board: &Board, shown: Shown) -> Vec<Sheet> {
    let title = board.kind.schema().title;
    let state = board.state();
    let name = |id| state.cards.get(id).map_or("", |card| card.text(title));
    let sheet = |(id, card): (_, &Card)| {
        let fields = shown.fields(board.kind).filter(|field| field.name != title);
        let links = state.links.values().filter(|link| link.from == id || link.to == id);
        Sheet {
            title: card.text(title).to_owned(),
            fields: fields.map(|field| (labels::field(board.kind, field.name), labels::in_full(card, field))).collect(),
            links: links
                .map(|link| {
                    let note = if link.note.is_empty() { String::new() } else { format!(" ({})", link.note) };
                    format!("{} {} {}{note}", name(&link.from), labels::link(&link.kind), name(&link.to))
                })
                .collect(),
            comments: card.comments.iter().map(|comment| comment.text.clone()).collect(),
        }
    };
    board.cards_by_rank().into_iter().map(sheet).collect()
}
