//! A board as a document to leave with, one file a format. Pure; private fields are left out unless they are asked for.

mod csv;
mod export_context;
mod graphml;
mod odt;
mod sheets;
mod svg;
mod xlsx;

use super::{french, labels};
use board_model::kinds::{BoardKind, Field};
use board_model::model::{Board, BoardState, Card};

pub use csv::csv;
pub use export_context::ExportContext;
pub use graphml::graphml;
pub use odt::odt;
pub use sheets::{Sheet, sheets};
pub use svg::svg;
pub use xlsx::xlsx;

/// The field of an indicator after which documents show its computed value.
const COMPUTED_AFTER: &str = "denominator_sample";

/// What names a card in documents.
fn name(kind: BoardKind, card: &Card) -> &str {
    Some(card.text(kind.schema().title)).filter(|title| !title.trim().is_empty()).unwrap_or(french::UNNAMED)
}

/// Whose document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// May be handed on: without private fields.
    Public,
    /// A facilitator's own.
    Everything,
}

impl Shown {
    /// The fields of a board's cards, in the order of the forms.
    pub fn fields(self, kind: BoardKind) -> impl Iterator<Item = &'static Field> {
        kind.schema().fields.iter().filter(move |field| self == Self::Everything || !field.private)
    }
}

/// The board as JSON, from which it can be imported again.
pub fn json(board: &Board, shown: Shown) -> serde_json::Result<String> {
    let hidden: Vec<_> =
        board.kind.schema().fields.iter().filter(|field| field.private).map(|field| field.name).collect();
    let public = (shown == Shown::Public).then(|| board.without_fields(&hidden));
    serde_json::to_string_pretty::<BoardState<'_>>(&public.as_ref().unwrap_or(board).state())
}

/// The titles of a board's columns.
pub fn titles(kind: BoardKind, shown: Shown) -> Vec<&'static str> {
    let votes = kind.schema().votes.then_some("votes");
    shown.fields(kind).map(|field| field.name).chain(votes).map(|name| labels::field(kind, name)).collect()
}

/// The cells of each card, in the order of the table view.
pub fn rows(board: &Board, shown: Shown) -> Vec<Vec<String>> {
    let votes = board.kind.schema().votes;
    let cells = |card: &Card| {
        let votes = votes.then(|| card.votes.len().to_string());
        shown.fields(board.kind).map(|field| labels::value(card, field)).chain(votes).collect()
    };
    board.cards_by_rank().into_iter().map(|(_, card)| cells(card)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use board_model::model::{Edit, Number, Signature, Value};
    use kernel::clock::Timestamp;
    use kernel::id::{BoardId, CardId, LinkId, PersonId};

    pub(crate) fn add(board: &mut Board, number: u128, fields: &[(&str, Value)]) {
        let fields: BTreeMap<String, Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (card, x, y) = (CardId(Uuid::from_u128(number)), Number::new(0.0), Number::new(10.0));
        board.apply(signed(), Edit::AddCard { card, x, y, fields }).unwrap();
    }

    pub(crate) const fn signed() -> Signature {
        Signature { by: PersonId(Uuid::nil()), at: Timestamp::from_millis(0) }
    }

    /// A board with one card.
    pub(crate) fn board(kind: BoardKind, fields: &[(&str, Value)]) -> Board {
        let mut board = Board::new(BoardId(Uuid::nil()), kind, "Tableau");
        add(&mut board, 1, fields);
        board
    }

    /// What a document is made for, in Paris on the 11th of June 2027.
    pub(crate) fn export_context(shown: Shown) -> ExportContext {
        let names = match shown {
            Shown::Public => std::collections::HashMap::new(),
            Shown::Everything => [(signed().by, "Ada Martin".to_owned())].into(),
        };
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        ExportContext { shown, now: Timestamp::from_millis(1_812_700_800_000), zone, names }
    }

    /// Says something about the first card, at 14:05 that day.
    pub(crate) fn comment(board: &mut Board, text: &str) {
        let signed = Signature { at: Timestamp::from_millis(1_812_715_500_000), ..signed() };
        let (card, comment) = (CardId(Uuid::from_u128(1)), kernel::id::CommentId(Uuid::from_u128(20)));
        board.apply(signed, Edit::AddComment { card, comment, text: text.to_owned() }).unwrap();
    }

    /// Two actors, one of whom funds the other.
    pub(crate) fn actors() -> Board {
        let mut board = board(
            BoardKind::Stakeholders,
            &[
                ("name", "Région <Sud> & \u{1}Cie".into()),
                ("family", "elected".into()),
                ("contact", "06 11 22 33 44".into()),
            ],
        );
        add(&mut board, 2, &[("name", "CRESS".into()), ("power", Number::new(70.0).into())]);
        let (from, to) = (CardId(Uuid::from_u128(1)), CardId(Uuid::from_u128(2)));
        let (link, kind, note) = (LinkId(Uuid::from_u128(9)), "funds".to_owned(), "\"3 ans\"".to_owned());
        board.apply(signed(), Edit::AddLink { link, from, to, kind, strength: 3, note }).unwrap();
        board
    }

    #[test]
    fn json_holds_the_whole_board() {
        let json = json(&board(BoardKind::Indicators, &[("target", Number::new(12.5).into())]), Shown::Public).unwrap();
        assert!(json.contains(r#""target": 12.5"#));
    }

    #[test]
    fn no_format_holds_a_private_field_unless_it_is_asked_for() {
        let board = actors();
        let all = |shown| {
            let sheet = xlsx(&board, &export_context(shown)).unwrap();
            let texts = [json(&board, shown).unwrap(), csv(&board, shown), svg(&board), graphml(&board, shown)];
            (texts.concat(), sheet)
        };
        let (texts, _) = all(Shown::Public);
        assert!(!texts.contains("06 11 22 33 44") && !texts.contains("Contact"), "{texts}");
        let (texts, _) = all(Shown::Everything);
        assert_eq!(texts.matches("06 11 22 33 44").count(), 3, "in JSON, CSV and GraphML");
    }
}
