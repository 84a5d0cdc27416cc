//! Cards from a file: our own JSON, or a CSV with one line a card. Pure: it makes edits and tries them on a copy of the
//! board, so that a dry run says exactly what will happen.

mod csv;
mod json;

use std::collections::BTreeMap;

use super::kinds::BoardKind;
use super::model::{Board, Edit, Number, Refusal, Signature, Value};
use crate::clock::Timestamp;
use crate::id::CardId;

/// Problems that are told; more are only counted.
const MAX_TOLD: usize = 50;
/// Imported cards without a place lie in rows of so many.
const IN_ROW: u32 = 5;
/// From one such card to the next.
const APART: (f64, f64) = (260.0, 180.0);
/// Cards as the client draws them.
const CARD: (f64, f64) = (220.0, 112.0);

/// What a file would do to a board.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// In order; each was tried.
    pub edits: Vec<Edit>,
    /// Cards among them.
    pub cards: usize,
    /// Links among them.
    pub links: usize,
    /// What is left out, and why.
    pub problems: Vec<Problem>,
    /// Problems beyond those that are told.
    pub more_problems: usize,
}

/// Something that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, or the number of the card in it.
    pub at: usize,
    /// The column or the card.
    pub what: String,
    /// Why.
    pub why: Refusal,
}

/// The file is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither JSON nor CSV with a title line that names the board's fields.
    NoTitles,
    /// Broken JSON, or not a board.
    NotABoard,
    /// A board of another kind.
    OtherKind,
    /// There is nothing in it.
    Empty,
}

/// What `text` would do to the board if this person imported it now.
///
/// # Errors
///
/// When the file cannot be read at all; what is wrong with single cards is in the plan.
pub fn plan(board: &Board, text: &str, signed: Signature) -> Result<Plan, Unreadable> {
    // Forms and old spreadsheets write line ends of two characters.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut draft =
        Draft { board: board.clone(), signed, plan: Plan::default(), below: lowest(board), placed: 0, shift: 0.0 };
    if text.trim_start().starts_with('{') {
        json::read(&mut draft, &text)?;
    } else {
        csv::read(&mut draft, &text)?;
    }
    if draft.plan.edits.is_empty() && draft.plan.problems.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(draft.plan)
}

/// Below all cards.
fn lowest(board: &Board) -> f64 {
    board.cards_by_rank().iter().map(|(_, card)| card.y.get() + APART.1).fold(0.0, f64::max)
}

/// A plan in the making, on a copy of the board.
struct Draft {
    board: Board,
    signed: Signature,
    plan: Plan,
    /// Below all that lies there, where what has no place goes.
    below: f64,
    placed: u32,
    /// How much further down the file's cards lie here.
    shift: f64,
}

impl Draft {
    const fn kind(&self) -> BoardKind {
        self.board.kind
    }

    const fn now(&self) -> Timestamp {
        self.signed.at
    }

    /// Tries an edit; it becomes part of the plan, or a problem.
    fn add(&mut self, edit: Edit, at: usize, what: &str) -> bool {
        match self.board.apply(self.signed, edit) {
            Ok(edit) => {
                self.plan.edits.push(edit);
                true
            }
            Err(why) => {
                self.problem(at, what, why);
                false
            }
        }
    }

    fn problem(&mut self, at: usize, what: &str, why: Refusal) {
        if self.plan.problems.len() < MAX_TOLD {
            self.plan.problems.push(Problem { at, what: what.to_owned(), why });
        } else {
            self.plan.more_problems += 1;
        }
    }

    /// Adds a card; fields that cannot stand are left out and told.
    fn card(&mut self, (x, y): (Number, Number), mut fields: BTreeMap<String, Value>, at: usize) -> Option<CardId> {
        let schema = self.kind().schema();
        fields.retain(|name, value| match schema.field(name).and_then(|field| field.check(value)) {
            Ok(()) => true,
            Err(why) => {
                self.problem(at, name, why);
                false
            }
        });
        let card = CardId::new(self.now());
        let done = self.add(Edit::AddCard { card, x, y, fields }, at, "");
        self.plan.cards += usize::from(done);
        done.then_some(card)
    }

    /// Finds room for the cards that the file places: where it says, or all together below what is there when one of them
    /// would cover a card.
    fn make_room(&mut self, places: &[(Number, Number)]) {
        let taken: Vec<_> = self.board.cards_by_rank().iter().map(|(_, card)| (card.x.get(), card.y.get())).collect();
        let covers = |(x, y): &(Number, Number)| {
            taken.iter().any(|there| (x.get() - there.0).abs() < CARD.0 && (y.get() - there.1).abs() < CARD.1)
        };
        let top = places.iter().map(|(_, y)| y.get()).fold(f64::INFINITY, f64::min);
        if places.iter().any(covers) {
            self.shift = self.below - top;
        }
        let lowest = places.iter().map(|(_, y)| y.get() + self.shift + APART.1);
        self.below = lowest.fold(self.below, f64::max);
    }

    /// Where a card that the file places lies on this board.
    fn shifted(&self, (x, y): (Number, Number)) -> (Number, Number) {
        (x, Number::new(y.get() + self.shift))
    }

    /// The next free place below what was there.
    fn place(&mut self) -> (Number, Number) {
        let (column, row) = (self.placed % IN_ROW, self.placed / IN_ROW);
        self.placed += 1;
        (Number::new(f64::from(column) * APART.0), Number::new(self.below + f64::from(row) * APART.1))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::boards::export::{self, Shown};
    use crate::boards::labels;
    use crate::id::{BoardId, PersonId};

    const ADA: Signature = Signature { by: PersonId(Uuid::from_u128(1)), at: Timestamp::from_millis(1_000) };

    fn empty(kind: BoardKind) -> Board {
        Board::new(BoardId(Uuid::nil()), kind, "Tableau")
    }

    fn imported(mut board: Board, text: &str) -> (Board, Plan) {
        let plan = plan(&board, text, ADA).unwrap();
        for edit in plan.edits.clone() {
            board.apply(ADA, edit).unwrap();
        }
        (board, plan)
    }

    fn filled(kind: BoardKind) -> Board {
        let csv =
            format!("{};notes inconnues\nPremière;x\n\"Deux\nlignes\";y\n", labels::field(kind, kind.schema().title));
        imported(empty(kind), &csv).0
    }

    #[test]
    fn our_own_json_comes_back_whole_under_new_ids() {
        let mut board = filled(BoardKind::Stakeholders);
        let ids: Vec<_> = board.cards_by_rank().iter().map(|(id, _)| *id).collect();
        let link = crate::id::LinkId::new(ADA.at);
        let note = "note".to_owned();
        board
            .apply(ADA, Edit::AddLink { link, from: ids[0], to: ids[1], kind: "informs".into(), strength: 1, note })
            .unwrap();
        let json = export::json(&board, Shown::Everything).unwrap();
        let (twice, plan) = imported(board.clone(), &json);
        assert_eq!((plan.cards, plan.links, plan.problems.len()), (2, 1, 0));
        assert_eq!(twice.cards_by_rank().len(), 4);
        assert_eq!(twice.state().links.len(), 2);
        let titles: Vec<_> = twice.cards_by_rank().iter().map(|(_, card)| card.text("name").to_owned()).collect();
        assert_eq!(titles, ["Première", "Deux lignes", "Première", "Deux lignes"]);
    }

    #[test]
    fn our_own_csv_comes_back_with_choices_numbers_and_defused_formulas() {
        let csv = "Indicateur;Catégorie (art. L. 2111-3);Cible;Priorité;Définition\n\
                   '=1+1;ESUS;12,5;1;\"a;b \"\"c\"\"\"\n\
                   Deux;esus;1 000;4;\n";
        let (board, plan) = imported(empty(BoardKind::Indicators), csv);
        assert_eq!(plan.problems, [Problem { at: 3, what: "priority".into(), why: Refusal::OutOfRange }]);
        let out = export::csv(&board, Shown::Public);
        let (again, _) = imported(empty(BoardKind::Indicators), &out);
        let fields =
            |board: &Board| board.cards_by_rank().iter().map(|(_, card)| card.fields.clone()).collect::<Vec<_>>();
        assert_eq!(fields(&board), fields(&again));
        assert_eq!(fields(&board)[0]["name"], "=1+1".into());
        assert_eq!(fields(&board)[0]["definition"], "a;b \"c\"".into());
        assert_eq!(fields(&board)[1]["target"], Number::new(1000.0).into());
        assert_eq!(fields(&board)[1]["legal_category"], "esus".into());
    }

    #[test]
    fn what_is_no_board_or_another_kind_is_refused_whole() {
        let board = empty(BoardKind::Cards);
        let refused = |text: &str| plan(&board, text, ADA).unwrap_err();
        assert_eq!(refused("{\"kind\": 3"), Unreadable::NotABoard);
        assert_eq!(
            refused(&export::json(&filled(BoardKind::Questions), Shown::Public).unwrap()),
            Unreadable::OtherKind
        );
        assert_eq!(refused("bonjour\nà tous"), Unreadable::NoTitles);
        assert_eq!(refused("Titre;Texte\n"), Unreadable::Empty);
    }

    #[test]
    fn imported_cards_keep_their_places_and_cover_none_that_are_there() {
        let csv = "Titre;x;y\nUn;100;-50,5\nDeux;400;100\nTrois;;\nQuatre;ici;3\n";
        let (board, plan) = imported(empty(BoardKind::Cards), csv);
        let places = |board: &Board| {
            board.cards_by_rank().iter().map(|(_, card)| (card.x.get(), card.y.get())).collect::<Vec<_>>()
        };
        assert_eq!(places(&board), [(100.0, -50.5), (400.0, 100.0), (0.0, 280.0), (260.0, 280.0)]);
        assert_eq!(plan.problems, [Problem { at: 5, what: "x".into(), why: Refusal::WrongType }]);
        // Again on the same board: as before, but all further down.
        for text in [csv.to_owned(), export::json(&board, Shown::Public).unwrap(), export::csv(&board, Shown::Public)] {
            let (twice, _) = imported(board.clone(), &text);
            let places = places(&twice);
            assert_eq!(places.len(), 8);
            for (at, (x, y)) in places.iter().enumerate() {
                let covered = |(a, b): &(f64, f64)| (a - x).abs() < CARD.0 && (b - y).abs() < CARD.1;
                assert!(!places[..at].iter().any(covered), "{places:?}");
            }
            assert_eq!((places[5].0 - places[4].0, places[5].1 - places[4].1), (300.0, 150.5));
        }
    }

    #[test]
    fn imported_cards_lie_below_those_that_are_there() {
        let (board, _) = imported(filled(BoardKind::Cards), "Titre\nTrois\n");
        let ys: Vec<f64> = board.cards_by_rank().iter().map(|(_, card)| card.y.get()).collect();
        assert_eq!(ys, [0.0, 0.0, 180.0]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_plan_or_a_refusal(text in "[\\PC\n;,\"]{0,200}", kind in proptest::sample::select(BoardKind::ALL.to_vec())) {
            let titled = format!("{};{}", labels::field(kind, kind.schema().title), text);
            for text in [text, titled] {
                if let Ok(plan) = plan(&empty(kind), &text, ADA) {
                    proptest::prop_assert_eq!(plan.edits.len(), plan.cards + plan.links);
                }
            }
        }
    }
}
