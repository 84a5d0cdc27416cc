//! A board card by card, with everything said about it: what a printed page and a document of sheets both show.

use super::{COMPUTED_AFTER, ExportContext};
use crate::{french, labels};
use board_model::kinds::{BoardKind, indicators};
use board_model::model::{Board, Card, Comment};

/// A card on paper.
#[derive(Debug)]
pub struct Sheet {
    /// What names the card; never empty.
    pub title: String,
    /// What it says, in the order of the forms; what it does not say yet is empty.
    pub fields: Vec<(&'static str, String)>,
    /// What it does to others and they to it, a sentence each.
    pub links: Vec<String>,
    /// What people said about it.
    pub comments: Vec<SheetComment>,
}

/// A comment on paper.
#[derive(Debug)]
pub struct SheetComment {
    /// What it says.
    pub text: String,
    /// When, and perhaps by whom.
    pub signature: String,
}

/// A text of more signs than this needs the width of a page.
const LONG: usize = 150;
/// Signs of a sheet that may need more than a page, and those that the end of a line counts for.
const PAGE: usize = 2_500;
const LINE: usize = 50;

impl Sheet {
    /// Whether a text needs the whole width of a page.
    pub fn is_long(text: &str) -> bool {
        text.chars().nth(LONG).is_some() || text.contains('\n')
    }

    /// Whether all that the card says may need more than a page, so that it has to go on on the next.
    pub fn breaks(&self) -> bool {
        let texts = self.fields.iter().map(|(_, text)| text).filter(|text| !text.is_empty());
        let room = |text: &String| text.chars().count() + LINE * text.split('\n').count();
        let comments = self.comments.iter().map(|comment| &comment.text);
        texts.chain(&self.links).chain(comments).map(room).sum::<usize>() > PAGE
    }
}

/// The sheets of a board, in the order of the table view.
pub fn sheets(board: &Board, context: &ExportContext) -> Vec<Sheet> {
    let title = board.kind.schema().title;
    let state = board.state();
    let name = |id| state.cards.get(id).map_or(french::UNNAMED, |card| super::name(board.kind, card));
    let on_sheet =
        |comment: &Comment| SheetComment { text: comment.text.clone(), signature: context.signature(comment) };
    let sheet = |(id, card): (_, &Card)| {
        let fields = context.shown.fields(board.kind).filter(|field| field.name != title).flat_map(|field| {
            let computed = (board.kind == BoardKind::Indicators && field.name == COMPUTED_AFTER).then(|| {
                let value = indicators::computed(&card.fields).map(labels::computed);
                (french::COMPUTED, value.unwrap_or_default())
            });
            [(labels::field(board.kind, field.name), labels::in_full(card, field))].into_iter().chain(computed)
        });
        let votes = board.kind.schema().votes;
        let votes = votes.then(|| (labels::field(board.kind, "votes"), card.votes.len().to_string()));
        let links = state.links.values().filter(|link| link.from == id || link.to == id);
        Sheet {
            title: super::name(board.kind, card).to_owned(),
            fields: fields.chain(votes).collect(),
            links: links
                .map(|link| {
                    let note = if link.note.is_empty() { String::new() } else { format!(" ({})", link.note) };
                    format!("{} {} {}{note}", name(&link.from), labels::link(&link.kind), name(&link.to))
                })
                .collect(),
            comments: card.comments.iter().map(on_sheet).collect(),
        }
    };
    board.cards_by_rank().into_iter().map(sheet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Shown;
    use crate::export::tests::{actors, add, board, comment, export_context, signed};
    use board_model::model::Edit;
    use kernel::id::{CardId, LinkId};

    #[test]
    fn a_sheet_tells_the_links_of_its_card_in_either_direction_and_no_others() {
        let mut board = actors();
        add(&mut board, 3, &[("name", "Seule".into())]);
        let shown: Vec<_> = sheets(&board, &export_context(Shown::Public))
            .into_iter()
            .map(|sheet| (sheet.title, sheet.links))
            .collect();
        let sentence = "Région <Sud> & \u{1}Cie finance CRESS (\"3 ans\")".to_owned();
        assert_eq!(shown[0].1, std::slice::from_ref(&sentence));
        assert_eq!(shown[1], ("CRESS".to_owned(), vec![sentence]));
        assert_eq!(shown[2], ("Seule".to_owned(), vec![]));
        let fields = sheets(&board, &export_context(Shown::Public)).remove(0).fields;
        assert!(fields.iter().all(|(label, _)| *label != "Acteur"), "the title stands above");
    }

    #[test]
    fn links_name_cards_without_a_name_too() {
        let mut board = actors();
        add(&mut board, 3, &[("name", " ".into())]);
        let (from, to) = [3, 2].map(|number| CardId(uuid::Uuid::from_u128(number))).into();
        let link = LinkId(uuid::Uuid::from_u128(10));
        let edit = Edit::AddLink { link, from, to, kind: "informs".to_owned(), strength: 1, note: String::new() };
        board.apply(signed(), edit).unwrap();
        let sheet = sheets(&board, &export_context(Shown::Public)).pop().unwrap();
        assert_eq!((sheet.title.as_str(), sheet.links[0].as_str()), ("Sans titre", "Sans titre informe CRESS"));
    }

    #[test]
    fn votes_are_told() {
        let mut board = board(BoardKind::Questions, &[("question", "Quand ?".into())]);
        let card = CardId(uuid::Uuid::from_u128(1));
        board.apply(signed(), Edit::Vote { card, on: true }).unwrap();
        assert_eq!(sheets(&board, &export_context(Shown::Public))[0].fields.last(), Some(&("Votes", "1".to_owned())));
    }

    #[test]
    fn a_long_text_has_the_width_of_a_page_and_goes_on_on_the_next() {
        let short =
            sheets(&board(BoardKind::Cards, &[("text", "Court".into())]), &export_context(Shown::Public)).remove(0);
        assert!(!short.breaks() && !Sheet::is_long(&short.fields[0].1));
        let text = "mot ".repeat(2_000);
        let long = sheets(&board(BoardKind::Cards, &[("text", text.as_str().into())]), &export_context(Shown::Public))
            .remove(0);
        assert!(long.breaks() && Sheet::is_long(&long.fields[0].1));
        assert!(Sheet::is_long("Une liste\nde lignes"));
    }

    #[test]
    fn a_comment_tells_when_it_was_written_and_its_author_only_to_who_may_know() {
        let mut board = actors();
        comment(&mut board, "D’accord");
        let signature = |shown| sheets(&board, &export_context(shown))[0].comments[0].signature.clone();
        assert_eq!(signature(Shown::Public), "11 juin 2027 à 14\u{a0}h\u{a0}05");
        assert_eq!(signature(Shown::Everything), "Ada Martin, 11 juin 2027 à 14\u{a0}h\u{a0}05");
        assert_eq!(
            sheets(&board, &ExportContext { names: [].into(), ..export_context(Shown::Everything) })[0].comments[0]
                .signature,
            "11 juin 2027 à 14\u{a0}h\u{a0}05",
            "erased meanwhile"
        );
    }
}
