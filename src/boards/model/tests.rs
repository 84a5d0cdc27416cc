//! What a board does, edit by edit.

use uuid::Uuid;

use super::*;
use crate::clock::Timestamp;
use crate::id::CommentId;

pub(super) const ADA: Signature = signature(0xada, 1_000);
pub(super) const BOB: Signature = signature(0xb0b, 2_000);

const fn signature(person: u128, at: i64) -> Signature {
    Signature { by: PersonId(Uuid::from_u128(person)), at: Timestamp::from_millis(at) }
}

pub(super) fn card(number: u128) -> CardId {
    CardId(Uuid::from_u128(number))
}

pub(super) fn comment(number: u128) -> CommentId {
    CommentId(Uuid::from_u128(number))
}

pub(super) fn link(number: u128) -> LinkId {
    LinkId(Uuid::from_u128(number))
}

pub(super) fn board(kind: BoardKind) -> Board {
    Board::new(BoardId(Uuid::from_u128(1)), kind, "Tableau")
}

pub(super) fn add(number: u128) -> Edit {
    Edit::AddCard { card: card(number), x: Number::new(0.0), y: Number::new(0.0), fields: BTreeMap::new() }
}

pub(super) fn set(number: u128, field: &str, value: impl Into<Value>) -> Edit {
    Edit::SetField { card: card(number), field: field.into(), value: Some(value.into()) }
}

pub(super) fn type_in(number: u128, field: &str, base: u64, ops: &str) -> Edit {
    Edit::EditText { card: card(number), field: field.into(), base, ops: serde_json::from_str(ops).unwrap() }
}

pub(super) fn join(number: u128, from: u128, to: u128) -> Edit {
    let (from, to, note) = (card(from), card(to), String::new());
    Edit::AddLink { link: link(number), from, to, kind: "funds".into(), strength: 2, note }
}

pub(super) fn text<'a>(board: &'a Board, number: u128, field: &str) -> &'a str {
    board.cards[&card(number)].text(field)
}

/// A board with the edits of Ada, all accepted.
pub(super) fn after(kind: BoardKind, edits: impl IntoIterator<Item = Edit>) -> Board {
    let mut board = board(kind);
    for edit in edits {
        board.apply(ADA, edit).unwrap();
    }
    board
}

#[test]
fn the_last_writer_of_a_short_field_wins() {
    let mut board = after(BoardKind::Indicators, [add(1), set(1, "name", "Part des marchés")]);
    board.apply(BOB, set(1, "name", "Part des achats")).unwrap();
    assert_eq!(text(&board, 1, "name"), "Part des achats");
    assert_eq!(board.head, 3);
}

#[test]
fn two_people_typing_in_one_text_lose_nothing() {
    let mut board = after(BoardKind::Indicators, [add(1), set(1, "definition", "Part des marchés")]);
    board.apply(ADA, type_in(1, "definition", 2, r#"[4, " annuelle"]"#)).unwrap();
    let stored = board.apply(BOB, type_in(1, "definition", 2, r#"[16, " publics"]"#)).unwrap();
    assert_eq!(text(&board, 1, "definition"), "Part annuelle des marchés publics");
    assert_eq!(stored, type_in(1, "definition", 3, r#"[25, " publics"]"#));
}

#[test]
fn typing_into_a_text_that_was_replaced_meanwhile_is_kept() {
    let mut board = after(BoardKind::Questions, [add(1), set(1, "answer", "Oui")]);
    board.apply(ADA, set(1, "answer", "Non")).unwrap();
    board.apply(BOB, type_in(1, "answer", 2, r#"[3, ", demain"]"#)).unwrap();
    assert_eq!(text(&board, 1, "answer"), "Non, demain");
}

#[test]
fn typing_beyond_the_limit_or_outside_the_text_is_refused() {
    let mut board = after(BoardKind::Cards, [add(1), set(1, "text", "x".repeat(20_000).as_str())]);
    assert_eq!(board.apply(ADA, type_in(1, "text", 2, r#"["y"]"#)), Err(Refusal::TooLong));
    assert_eq!(board.apply(ADA, type_in(1, "text", 2, "[-20001]")), Err(Refusal::BadText));
    assert_eq!(board.apply(ADA, type_in(1, "text", 3, r#"["y"]"#)), Err(Refusal::BadText));
    assert_eq!(board.apply(ADA, type_in(1, "text", 2, r#"["\u0000", -1]"#)), Err(Refusal::BadText));
    assert_eq!(board.apply(ADA, type_in(1, "title", 2, r#"["y"]"#)), Err(Refusal::WrongType));
    assert_eq!(board.head, 2);
}

#[test]
fn an_edit_that_others_have_cut_into_too_many_pieces_is_written_anew_and_none_is_stored_that_could_not_be_replayed() {
    let long = "x".repeat(1_500);
    let every_other = |op: &str| format!("[{}]", vec![op; 499].join(","));
    let mut board = after(BoardKind::Cards, [add(1), set(1, "text", long.as_str())]);
    board.apply(ADA, type_in(1, "text", 2, &every_other("2,\"y\""))).unwrap();
    // Deletes pairs of signs that something was inserted into: each deletion falls apart.
    let cut = board.clone().apply(BOB, type_in(1, "text", 2, &every_other("1,-2")));
    assert_eq!(cut.err(), Some(Refusal::TooOld));
    let fresh = board.apply(BOB, type_in(1, "text", 3, &every_other("1,-1"))).unwrap();
    let mut replayed = after(BoardKind::Cards, [add(1), set(1, "text", long.as_str())]);
    replayed.apply(ADA, type_in(1, "text", 2, &every_other("2,\"y\""))).unwrap();
    assert_eq!(replayed.apply(BOB, fresh.clone()), Ok(fresh));
    assert_eq!(replayed, board);
}

#[test]
fn an_empty_text_is_an_unset_field() {
    let mut board = after(BoardKind::Cards, [add(1), set(1, "text", "abc")]);
    board.apply(ADA, type_in(1, "text", 2, "[-3]")).unwrap();
    board.apply(ADA, set(1, "title", "")).unwrap();
    assert!(board.cards[&card(1)].fields.is_empty());
}

#[test]
fn a_removed_card_comes_back_with_its_links_for_whoever_removed_it() {
    let mut board = after(BoardKind::Stakeholders, [add(1), add(2), add(3), join(9, 1, 2), join(10, 3, 1)]);
    let before = board.state().cards.clone();
    board.apply(ADA, Edit::RemoveCard { card: card(1) }).unwrap();
    board.apply(ADA, Edit::RemoveCard { card: card(3) }).unwrap();
    assert!(board.links.is_empty());
    assert_eq!(board.apply(BOB, Edit::RestoreCard { card: card(1) }), Err(Refusal::NotAllowed));
    assert_eq!(board.apply(ADA, add(1)), Err(Refusal::ExistsAlready));

    board.apply(ADA, Edit::RestoreCard { card: card(1) }).unwrap();

    assert_eq!(board.cards[&card(1)], before[&card(1)]);
    assert_eq!(board.links.keys().collect::<Vec<_>>(), [&link(9)], "the other end of link 10 is still away");
    assert_eq!(board.apply(ADA, Edit::RestoreCard { card: card(1) }), Err(Refusal::ExistsAlready));
}

#[test]
fn several_short_fields_are_set_in_one_edit_or_not_at_all() {
    let place = |power: f64, interest: Option<f64>| Edit::SetFields {
        card: card(1),
        fields: [
            ("power".to_owned(), Some(Number::new(power).into())),
            ("interest".to_owned(), interest.map(|interest| Number::new(interest).into())),
        ]
        .into(),
    };
    let mut board = after(BoardKind::Stakeholders, [add(1), place(70.0, Some(30.0))]);
    assert_eq!(board.cards[&card(1)].fields.len(), 2);
    assert_eq!(board.cards[&card(1)].touched, Some(Touch { seq: 2, by: ADA.by, at: ADA.at }));
    let before = board.clone();
    assert_eq!(board.apply(BOB, place(101.0, Some(1.0))), Err(Refusal::OutOfRange));
    let texts = Edit::SetFields { card: card(1), fields: [("role".to_owned(), None)].into() };
    assert_eq!(board.apply(BOB, texts), Err(Refusal::WrongType), "long texts merge what people type");
    assert_eq!(board.apply(BOB, Edit::SetFields { card: card(1), fields: BTreeMap::new() }), Err(Refusal::Malformed));
    assert_eq!(board, before);
    board.apply(BOB, place(10.0, None)).unwrap();
    assert_eq!(board.cards[&card(1)].fields.keys().collect::<Vec<_>>(), ["power"]);
}

#[test]
fn links_join_two_cards_of_a_board_with_links() {
    let mut board = after(BoardKind::Stakeholders, [add(1), add(2)]);
    assert_eq!(board.apply(ADA, join(9, 1, 1)), Err(Refusal::LinkToItself));
    assert_eq!(board.apply(ADA, join(9, 1, 3)), Err(Refusal::NoSuchCard));
    board.apply(ADA, join(9, 1, 2)).unwrap();
    assert_eq!(board.apply(ADA, join(9, 2, 1)), Err(Refusal::ExistsAlready));
    let stronger = Edit::SetLink { link: link(9), kind: "funds".into(), strength: 4, note: String::new() };
    assert_eq!(board.apply(ADA, stronger), Err(Refusal::OutOfRange));
    let mut indicators = after(BoardKind::Indicators, [add(1), add(2)]);
    assert_eq!(indicators.apply(ADA, join(9, 1, 2)), Err(Refusal::LinksNotHere));
}

#[test]
fn a_person_votes_once_and_only_for_questions() {
    let vote = |on| Edit::Vote { card: card(1), on };
    let mut board = after(BoardKind::Questions, [add(1), vote(true), vote(true)]);
    assert_eq!(board.cards[&card(1)].votes.len(), 1);
    board.apply(ADA, vote(false)).unwrap();
    assert!(board.cards[&card(1)].votes.is_empty());
    assert_eq!(after(BoardKind::Cards, [add(1)]).apply(ADA, vote(true)), Err(Refusal::NotAllowed));
}

#[test]
fn a_comment_is_signed_and_can_be_taken_away() {
    let say = |number, text: &str| Edit::AddComment { card: card(1), comment: comment(number), text: text.into() };
    let unsay = |number| Edit::RemoveComment { card: card(1), comment: comment(number) };
    let mut board = after(BoardKind::Cards, [add(1), say(7, "Et les PME ?")]);
    let said = Comment { id: comment(7), by: ADA.by, at: ADA.at, text: "Et les PME ?".into() };
    assert_eq!(board.cards[&card(1)].comments, [said]);
    assert_eq!(board.apply(BOB, say(7, "encore")), Err(Refusal::ExistsAlready));
    assert_eq!(board.apply(BOB, say(8, " \n")), Err(Refusal::BadText));
    assert_eq!(board.apply(BOB, say(8, "x".repeat(2_001).as_str())), Err(Refusal::TooLong));
    assert_eq!(board.apply(BOB, unsay(8)), Err(Refusal::NoSuchComment));
    board.apply(ADA, unsay(7)).unwrap();
    assert!(board.cards[&card(1)].comments.is_empty());
    for number in 100..300 {
        board.apply(BOB, say(number, "oui")).unwrap();
    }
    assert_eq!(board.apply(BOB, say(300, "non")), Err(Refusal::TooManyComments));
}

#[test]
fn a_card_tells_who_added_it_and_who_last_changed_what_it_says() {
    let mut board = after(BoardKind::Cards, [add(1)]);
    assert_eq!((board.cards[&card(1)].by, board.cards[&card(1)].at), (ADA.by, ADA.at));
    board.apply(BOB, Edit::MoveCard { card: card(1), x: Number::new(1.0), y: Number::new(0.0) }).unwrap();
    assert_eq!(board.cards[&card(1)].touched, None, "moving a card changes nothing of what it says");
    board.apply(BOB, set(1, "title", "Titre")).unwrap();
    assert_eq!(board.cards[&card(1)].touched, Some(Touch { seq: 3, by: BOB.by, at: BOB.at }));
    board.apply(ADA, type_in(1, "text", 3, r#"["a"]"#)).unwrap();
    assert_eq!(board.cards[&card(1)].touched, Some(Touch { seq: 4, by: ADA.by, at: ADA.at }));
}

#[test]
fn a_full_board_refuses_one_more_card() {
    let mut board = after(BoardKind::Cards, (0..5_000).map(add));
    assert_eq!(board.apply(ADA, add(5_000)), Err(Refusal::TooManyCards));
}

#[test]
fn a_card_lies_within_the_map() {
    let far = Edit::MoveCard { card: card(1), x: Number::new(1e7), y: Number::new(0.0) };
    assert_eq!(after(BoardKind::Cards, [add(1)]).apply(ADA, far), Err(Refusal::OutOfRange));
}
