//! Files as people have them, and what becomes of them.

use uuid::Uuid;

use super::*;
use crate::export::{self, Shown};
use crate::labels;
use board_model::kinds::Holds;
use board_model::model::Value;
use kernel::clock::Timestamp;
use kernel::id::{BoardId, LinkId, PersonId};

pub(super) const ADA: Signature = Signature { by: PersonId(Uuid::from_u128(1)), at: Timestamp::from_millis(1_000) };

pub(super) fn empty(kind: BoardKind) -> Board {
    Board::new(BoardId(Uuid::nil()), kind, "Tableau")
}

/// The plan of a file of which nothing is asked, and which only adds.
fn plan(board: &Board, text: &str, signed: Signature) -> Result<Plan, Unreadable> {
    super::plan(board, text.as_bytes(), &Wishes { existing: Existing::Add, ..Wishes::default() }, signed)
}

pub(super) fn imported(board: Board, text: &str) -> (Board, Plan) {
    imported_as(board, text.as_bytes(), &Wishes { existing: Existing::Add, ..Wishes::default() })
}

pub(super) fn imported_as(mut board: Board, file: &[u8], wishes: &Wishes) -> (Board, Plan) {
    let plan = super::plan(&board, file, wishes, ADA).unwrap();
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
    assert_eq!(plan.problems, [Problem { at: At::Line(3), what: "priority".into(), why: Refusal::OutOfRange.into() }]);
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
    assert_eq!(plan.problems, [Problem { at: At::Line(5), what: "x".into(), why: Refusal::WrongType.into() }]);
    // Again on the same board: as before, but all further down.
    for text in [csv.to_owned(), export::json(&board, Shown::Public).unwrap(), export::csv(&board, Shown::Public)] {
        let (twice, _) = imported(board.clone(), &text);
        let places = places(&twice);
        assert_eq!(places.len(), 8);
        for (at, (x, y)) in places.iter().enumerate() {
            let covered = |(a, b): &(f64, f64)| (a - x).abs() < draft::CARD.0 && (b - y).abs() < draft::CARD.1;
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
                proptest::prop_assert!(plan.can_be_made() || plan.edits.is_empty() || plan.numbers.is_some());
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
    let found: Vec<_> =
        plan.problems.iter().map(|problem| (problem.at, problem.what.as_str(), problem.why.clone())).collect();
    assert_eq!(
        found,
        [
            (At::Card(1), "", Refusal::Malformed.into()),
            (At::Card(2), "role", Refusal::WrongType.into()),
            (At::Card(2), "age", Refusal::UnknownField.into()),
            (At::Card(2), "power", Refusal::OutOfRange.into()),
            (At::Card(3), "", Refusal::OutOfRange.into()),
            (At::Link(1), "funds", Refusal::NoSuchCard.into()),
            (At::Link(2), "", Refusal::Malformed.into()),
        ]
    );
    assert_eq!((board.cards_by_rank().len(), board.cards_by_rank()[0].1.text("name")), (1, "Deux"));
}

/// What comes of planning a file for an empty board.
fn planned(file: &[u8]) -> Result<Plan, Unreadable> {
    super::plan(&empty(BoardKind::Cards), file, &Wishes::default(), ADA)
}

#[test]
fn a_file_of_one_line_of_many_megabytes_is_read_or_told() {
    assert_eq!(planned(format!("Titre\n{}", "abc\n".repeat(10_000)).as_bytes()).unwrap().cards, 5_000);
    let megabytes = 12 << 20;
    for (file, expected) in [
        (format!("Titre;Texte\nA{}x\n", ";".repeat(1_000_000)), Err(Unreadable::TooMuch)),
        ("x;".repeat(megabytes / 2), Err(Unreadable::TooMuch)),
        (format!("Titre;{}", "é".repeat(megabytes / 2)), Err(Unreadable::NoCards)),
        (format!("Titre\n{}", "x ".repeat(megabytes / 2)), Ok(())),
        ("é".repeat(megabytes / 2), Ok(())),
        ("=,".repeat(megabytes / 2), Err(Unreadable::TooMuch)),
        (format!("Titre\n\"{}\"", "=,".repeat(megabytes / 2)), Ok(())),
        (format!("[{}", "[".repeat(megabytes)), Err(Unreadable::NotABoard("kind"))),
    ] {
        assert_eq!(planned(file.as_bytes()).map(|plan| assert!(!plan.can_be_made())), expected, "{}", excerpt(&file));
    }
}

#[test]
fn titles_and_choices_are_read_as_the_board_shows_them() {
    let csv = "Indicateur;Catégorie;Départ;Cible;Année cible;Référent interne;Priorité\n\
               Indicateur un;Social;12,5;30;2027;Service un;1 – au cœur des enjeux\n";
    let (board, plan) = imported(empty(BoardKind::Indicators), csv);
    assert_eq!((plan.ignored.len(), plan.problems.len(), plan.known.len()), (0, 0, 7));
    let fields = &board.cards_by_rank()[0].1.fields;
    for (field, value) in [
        ("legal_category", Value::from("social")),
        ("baseline", Number::new(12.5).into()),
        ("target_year", Number::new(2027.0).into()),
        ("priority", Number::new(1.0).into()),
    ] {
        assert_eq!(fields[field], value);
    }
    let (board, _) =
        imported(empty(BoardKind::Stakeholders), "Acteur;Rôle (décide, finance, prescrit)\nVille;Décide\n");
    assert_eq!((board.cards_by_rank()[0].1.text("name"), board.cards_by_rank()[0].1.text("role")), ("Ville", "Décide"));
}

#[test]
fn a_doubtful_number_is_asked_about_once_for_the_file() {
    let csv = b"Indicateur;Valeur de d\xc3\xa9part;Cible\nA;1.250;\nB;1.250.000;2.500\nC;\xe2\x88\x925;1e5\n";
    let wishes = |decimal| Wishes { decimal, ..Wishes::default() };
    let plan = super::plan(&empty(BoardKind::Indicators), csv, &wishes(None), ADA).unwrap();
    let numbers = plan.numbers.clone().unwrap();
    assert_eq!((numbers.at, numbers.text.as_str(), numbers.count), (At::Line(2), "1.250", 2));
    assert_eq!((numbers.comma.get(), numbers.dot.get(), plan.can_be_made()), (1250.0, 1.25, false));
    assert_eq!(plan.problems.iter().filter(|problem| problem.why == Why::TwoNumbers).count(), 2);
    for (decimal, number) in [(DecimalSign::Comma, 1250.0), (DecimalSign::Dot, 1.25)] {
        let (board, plan) = imported_as(empty(BoardKind::Indicators), csv, &wishes(Some(decimal)));
        assert!(plan.can_be_made());
        let cards = board.cards_by_rank();
        assert_eq!(cards[0].1.fields["baseline"], Number::new(number).into());
        assert_eq!(cards[1].1.fields["baseline"], Number::new(1_250_000.0).into());
        assert_eq!(cards[2].1.fields["baseline"], Number::new(-5.0).into());
        assert_eq!(plan.problems, [Problem { at: At::Line(4), what: "target".into(), why: Refusal::WrongType.into() }]);
    }
    // In a file that writes numbers as the English do, a comma is as doubtful.
    let csv = b"Indicateur;Cible\nA;1,250\nB;1,234.5\n";
    assert_eq!(
        super::plan(&empty(BoardKind::Indicators), csv, &wishes(None), ADA).unwrap().numbers.unwrap().text,
        "1,250"
    );
}

#[test]
fn columns_without_known_titles_are_asked_about_and_no_line_is_swallowed() {
    let text = "Prestataires;12\nAchats;8\n";
    let plan = super::plan(&empty(BoardKind::Cards), text.as_bytes(), &Wishes::default(), ADA).unwrap();
    let shape = plan.shape.as_ref().unwrap();
    assert!(!plan.can_be_made() && !shape.is_known() && !shape.has_titles);
    assert_eq!(shape.columns[0].samples, ["Prestataires", "Achats"]);
    let columns = vec![(0, "title".to_owned()), (1, "group".to_owned())];
    let wishes = Wishes { columns: columns.clone(), ..Wishes::default() };
    let (board, _) = imported_as(empty(BoardKind::Cards), text.as_bytes(), &wishes);
    assert_eq!(
        board.cards_by_rank().iter().map(|(_, card)| card.text("title")).collect::<Vec<_>>(),
        ["Prestataires", "Achats"]
    );
    let wishes = Wishes { columns, has_titles: Some(true), ..Wishes::default() };
    let (board, _) = imported_as(empty(BoardKind::Cards), text.as_bytes(), &wishes);
    assert_eq!((board.cards_by_rank().len(), board.cards_by_rank()[0].1.text("group")), (1, "8"));
    let twice = Wishes { columns: vec![(0, "title".to_owned()), (1, "title".to_owned())], ..Wishes::default() };
    let plan = super::plan(&empty(BoardKind::Cards), text.as_bytes(), &twice, ADA).unwrap();
    assert_eq!((plan.can_be_made(), plan.shape.unwrap().twice), (false, vec!["Titre"]));
}

#[test]
fn what_is_there_is_found_again_and_updated_added_or_left() {
    let csv = "Acteur;Pouvoir;Notes\nVille;50;un\nÉtat;;\nÉtat;10;\n";
    let (board, _) = imported(empty(BoardKind::Stakeholders), csv);
    let changed = "Acteur;Pouvoir;Notes\nVILLE;60;\nÉtat;;deux\nÉtat;10;\nNeuf;;\n";
    let wishes = |existing| Wishes { existing, ..Wishes::default() };
    let (left, plan) = imported_as(board.clone(), changed.as_bytes(), &wishes(Existing::Skip));
    assert_eq!((plan.cards, plan.there.same, plan.there.different, left.cards_by_rank().len()), (1, 1, 2, 4));
    let first = &plan.there.changes[0];
    assert_eq!(
        (first.card.as_str(), first.field.name, first.before.as_str(), first.after.as_str()),
        ("Ville", "name", "Ville", "VILLE")
    );
    let (updated, plan) = imported_as(board.clone(), changed.as_bytes(), &wishes(Existing::Update));
    let cards = updated.cards_by_rank();
    assert_eq!((plan.cards, cards.len(), cards[0].1.fields["power"].clone()), (1, 4, Number::new(60.0).into()));
    assert_eq!((cards[0].1.text("notes"), cards[1].1.text("notes")), ("un", "deux"), "an empty cell says nothing");
    let (twice, plan) = imported_as(board.clone(), changed.as_bytes(), &wishes(Existing::Add));
    assert_eq!((plan.cards, twice.cards_by_rank().len()), (4, 7));
    // Of several that could be meant, none is guessed.
    let (_, plan) = imported_as(board, "Acteur;Notes\nÉtat;trois\n".as_bytes(), &wishes(Existing::Update));
    assert_eq!((plan.edits.len(), plan.problems[0].why.clone()), (0, Why::SeveralAlike));
}

#[test]
fn our_own_json_is_found_again_under_other_titles() {
    let mut board = filled(BoardKind::Stakeholders);
    let ids: Vec<_> = board.cards_by_rank().iter().map(|(id, _)| *id).collect();
    let link = LinkId::new(ADA.at);
    board
        .apply(
            ADA,
            Edit::AddLink { link, from: ids[0], to: ids[1], kind: "funds".into(), strength: 1, note: String::new() },
        )
        .unwrap();
    let json = export::json(&board, Shown::Everything).unwrap();
    let plan = super::plan(&board, json.as_bytes(), &Wishes::default(), ADA).unwrap();
    assert_eq!((plan.edits.len(), plan.there.same, plan.there.links), (0, 2, 1));
    board.apply(ADA, Edit::SetField { card: ids[0], field: "name".into(), value: Some("Autre".into()) }).unwrap();
    let (board, plan) =
        imported_as(board, json.as_bytes(), &Wishes { existing: Existing::Update, ..Wishes::default() });
    assert_eq!((plan.there.different, board.state().cards[&ids[0]].text("name")), (1, "Première"));
}

#[test]
fn what_may_be_a_mistake_is_told_and_brought_in() {
    let csv = "Indicateur;Cible;x;y\nA;10;0;0\nB;12;300;0\nC;15;600;0\nD;1200000;0;300\nE;11,23456;900000;0\n";
    let (board, plan) = imported(empty(BoardKind::Indicators), csv);
    assert_eq!(board.cards_by_rank().len(), 5);
    let told: Vec<_> = plan.doubts.iter().map(|doubt| (doubt.at, doubt.why)).collect();
    assert_eq!(
        told,
        [
            (At::Line(5), Unusual::Large(Number::new(1_200_000.0))),
            (At::Line(6), Unusual::Rounded(Number::new(11.2346))),
            (At::Line(6), Unusual::FarAway(Number::new(900_000.0), Number::new(0.0))),
        ]
    );
}

#[test]
fn a_workbook_is_read_and_its_other_sheets_are_told() {
    let rows = [["Acteur", "Pouvoir"], ["=Ville", "70"]].map(|row| row.map(str::to_owned).to_vec());
    let (board, plan) =
        imported_as(empty(BoardKind::Stakeholders), &documents::spreadsheet::xlsx(rows).unwrap(), &Wishes::default());
    assert_eq!((plan.cards, board.cards_by_rank()[0].1.text("name")), (1, "=Ville"));
    assert_eq!(board.cards_by_rank()[0].1.fields["power"], Number::new(70.0).into());
}
