//! Files as people have them, and what becomes of them.

use uuid::Uuid;

use super::*;
use crate::export::{self, Shown};
use crate::labels;
use board_model::kinds::Holds;
use kernel::id::{BoardId, PersonId};

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
    let csv = format!("{};notes inconnues\nPremière;x\n\"Deux\nlignes\";y\n", labels::field(kind, kind.schema().title));
    imported(empty(kind), &csv).0
}

#[test]
fn our_own_json_comes_back_whole_under_new_ids() {
    let mut board = filled(BoardKind::Stakeholders);
    let ids: Vec<_> = board.cards_by_rank().iter().map(|(id, _)| *id).collect();
    let link = kernel::id::LinkId::new(ADA.at);
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
    assert_eq!(plan.problems, [Problem { at: At::Line(3), what: "priority".into(), why: Refusal::OutOfRange }]);
    let out = export::csv(&board, Shown::Public);
    let (again, _) = imported(empty(BoardKind::Indicators), &out);
    let fields = |board: &Board| board.cards_by_rank().iter().map(|(_, card)| card.fields.clone()).collect::<Vec<_>>();
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
    assert_eq!(refused("{\"kind\": \"cards\",\n \"cards\""), Unreadable::Broken { line: 2, column: 8, cut: true });
    assert_eq!(refused("{\"kind\":\n \"cards\" \"cards\""), Unreadable::Broken { line: 2, column: 10, cut: false });
    assert_eq!(refused("{\"été\": x"), Unreadable::Broken { line: 1, column: 9, cut: false });
    for (text, part) in [("[1]", "kind"), ("{}", "kind"), ("{\"kind\": 3}", "kind"), ("{\"kind\": \"cards\"}", "cards")]
    {
        assert_eq!(refused(text), Unreadable::NotABoard(part), "{text}");
    }
    assert_eq!(refused("{\"kind\": \"cards\", \"cards\": []}"), Unreadable::NotABoard("cards"));
    assert_eq!(
        refused(&export::json(&filled(BoardKind::Questions), Shown::Public).unwrap()),
        Unreadable::OtherKind(BoardKind::Questions)
    );
    assert_eq!(refused("bonjour\nà tous"), Unreadable::NoTitles);
    assert_eq!(refused("Titre;Texte\n"), Unreadable::NoCards);
    assert_eq!(refused("\u{feff} \r\n"), Unreadable::Empty);
}

#[test]
fn imported_cards_keep_their_places_and_cover_none_that_are_there() {
    let csv = "Titre;x;y\nUn;100;-50,5\nDeux;400;100\nTrois;;\nQuatre;ici;3\n";
    let (board, plan) = imported(empty(BoardKind::Cards), csv);
    let places =
        |board: &Board| board.cards_by_rank().iter().map(|(_, card)| (card.x.get(), card.y.get())).collect::<Vec<_>>();
    assert_eq!(places(&board), [(100.0, -50.5), (400.0, 100.0), (0.0, 280.0), (260.0, 280.0)]);
    assert_eq!(plan.problems, [Problem { at: At::Line(5), what: "x".into(), why: Refusal::WrongType }]);
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

#[test]
fn titles_are_read_loosely_and_those_that_are_not_known_are_told() {
    let csv = " ACTEUR ;pouvoir;famille;Téléphone;acteur;X;y;;\n\
               ADEME;80;élus;01;Bis;1;2;;\nDeux;;;;;;;;reste\n";
    let (board, plan) = imported(empty(BoardKind::Stakeholders), csv);
    assert_eq!(plan.known, ["Acteur", "Pouvoir (0 à 100)", "Famille", "Place sur la carte (x, y)"]);
    assert_eq!(plan.ignored, ["Téléphone", "acteur", "colonne 9 (sans titre)"]);
    assert_eq!((plan.cards, plan.problems), (2, vec![]));
    let cards = board.cards_by_rank();
    assert_eq!((cards[0].1.text("name"), cards[0].1.text("family")), ("ADEME", "elected"));
    assert_eq!(plan.first.iter().collect::<Vec<_>>(), cards.iter().map(|(_, card)| *card).collect::<Vec<_>>());
}

#[test]
fn a_hundred_columns_that_are_not_known_are_told_in_short() {
    let unknown: String = (0..100).map(|number| format!(";Colonne {number}{}", "é".repeat(100))).collect();
    let (_, plan) = imported(empty(BoardKind::Stakeholders), &format!("Acteur{unknown}\nADEME\n"));
    assert_eq!((plan.ignored.len(), plan.more_ignored), (50, 50));
    assert_eq!(plan.ignored[0], format!("Colonne 0{}…", "é".repeat(51)));
}

#[test]
fn no_two_names_of_a_kind_are_read_as_one() {
    let unlike = |names: Vec<String>| {
        let all: std::collections::BTreeSet<_> = names.iter().map(|name| kernel::search::folded(name)).collect();
        assert_eq!(all.len(), names.len(), "{names:?}");
    };
    for kind in BoardKind::ALL {
        let fields = kind.schema().fields;
        unlike(fields.iter().map(|field| labels::field(kind, field.name).replace(" (", " ")).collect());
        for field in fields {
            if let Holds::Choice(choices) = field.holds {
                unlike(choices.iter().map(|choice| labels::choice(field.name, choice).to_owned()).collect());
            }
        }
    }
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_told_with_its_line() {
    let text = "Titre;Texte\nUn;\"deux\nlignes\"\nTrois;\"ouvert\nQuatre;\n";
    assert_eq!(plan(&empty(BoardKind::Cards), text, ADA), Err(Unreadable::OpenQuote(4)));
}

#[test]
fn files_of_excel_and_of_old_macs_are_read() {
    for text in ["sep=;\r\nTitre;Texte\r\nUn;x, y\r\n", "Titre;Texte\rUn;x, y\r"] {
        let (board, _) = imported(empty(BoardKind::Cards), text);
        let cards = board.cards_by_rank();
        assert_eq!((cards.len(), cards[0].1.text("title"), cards[0].1.text("text")), (1, "Un", "x, y"), "{text:?}");
    }
}

#[test]
fn a_line_of_which_nothing_can_stand_makes_no_card() {
    let (board, plan) = imported(empty(BoardKind::Stakeholders), "Acteur;Pouvoir\n;beaucoup\nDeux;trop\n");
    assert_eq!((plan.cards, board.cards_by_rank()[0].1.text("name")), (1, "Deux"));
    assert_eq!(plan.problems.iter().map(|problem| problem.at).collect::<Vec<_>>(), [At::Line(2), At::Line(3)]);
}

#[test]
fn what_is_wrong_with_one_card_of_a_json_leaves_the_others() {
    let json = r#"{ "kind": "stakeholders", "cards": {
        "a": { "rank": 2, "x": 0, "y": 0, "fields": { "name": "Deux", "power": 101, "role": null, "age": 3 } },
        "b": { "rank": 1, "x": 0, "fields": {} },
        "c": { "rank": 3, "x": 2000000, "y": 0 } },
      "links": { "l": { "from": "a", "to": "b", "kind": "funds", "strength": 1 }, "m": 3 } }"#;
    let (board, plan) = imported(empty(BoardKind::Stakeholders), json);
    let found: Vec<_> = plan.problems.iter().map(|problem| (problem.at, problem.what.as_str(), problem.why)).collect();
    assert_eq!(
        found,
        [
            (At::Card(1), "", Refusal::Malformed),
            (At::Card(2), "role", Refusal::WrongType),
            (At::Card(2), "age", Refusal::UnknownField),
            (At::Card(2), "power", Refusal::OutOfRange),
            (At::Card(3), "", Refusal::OutOfRange),
            (At::Link(1), "funds", Refusal::NoSuchCard),
            (At::Link(2), "", Refusal::Malformed),
        ]
    );
    assert_eq!((board.cards_by_rank().len(), board.cards_by_rank()[0].1.text("name")), (1, "Deux"));
}

/// How long planning takes, and the plan.
fn timed(csv: &str) -> (std::time::Duration, Plan) {
    let began = std::time::Instant::now();
    let plan = plan(&empty(BoardKind::Cards), csv, ADA).unwrap();
    (began.elapsed(), plan)
}

#[test]
fn a_million_columns_beside_many_lines_take_about_as_long_as_both_apart() {
    let (columns, lines) = (format!("A{}x\n", ";".repeat(1_000_000)), "B\n".repeat(3_000));
    let (wide, _) = timed(&format!("Titre\n{columns}"));
    let (long, _) = timed(&format!("Titre\n{lines}"));
    let (both, plan) = timed(&format!("Titre\n{columns}{lines}"));
    assert_eq!((plan.cards, plan.ignored), (3_001, vec!["colonne 1000001 (sans titre)".to_owned()]));
    assert!(both < 10 * (wide + long), "{both:?} instead of {wide:?} and {long:?}");
}

#[test]
fn a_title_that_stands_many_times_after_many_others_takes_about_as_long_as_others() {
    let (unknown, known) = ("x;".repeat(60_000), "Titre;".repeat(60_000));
    let (apart, _) = timed(&format!("Titre;{unknown}{unknown}\nA\n"));
    let (both, plan) = timed(&format!("{unknown}{known}\nA{}B\n", ";".repeat(60_000)));
    assert_eq!((plan.known, plan.cards, plan.first[0].text("title")), (vec!["Titre"], 1, "B"));
    assert!(both < 5 * apart, "{both:?} instead of {apart:?}");
}
