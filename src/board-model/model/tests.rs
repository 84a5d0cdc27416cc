//! What a board does, edit by edit.

use uuid::Uuid;

use super::*;
use kernel::clock::Timestamp;
use kernel::id::CommentId;

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
    board.apply(ADA, set(1, "answer", "Peut-être")).unwrap();
    board.apply(BOB, type_in(1, "answer", 2, r#"[3, ", demain"]"#)).unwrap();
    assert_eq!(text(&board, 1, "answer"), "Peut-être, demain");
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
    let says = |kind: &str, strength| Edit::SetLink { link: link(9), kind: kind.into(), strength, note: "non".into() };
    assert_eq!(board.apply(ADA, says("funds", 4)), Err(Refusal::OutOfRange));
    assert_eq!(board.apply(ADA, says("hates", 3)), Err(Refusal::UnknownChoice));
    board.apply(BOB, says("opposes", 3)).unwrap();
    let said = &board.links[&link(9)];
    assert_eq!((said.kind.as_str(), said.strength, said.note.as_str(), said.by), ("opposes", 3, "non", ADA.by));
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
    board.apply(ADA, Edit::RemoveCard { card: card(1) }).unwrap();
    board.apply(ADA, add(5_000)).unwrap();
    assert_eq!(board.apply(ADA, Edit::RestoreCard { card: card(1) }), Err(Refusal::TooManyCards));
    board.apply(ADA, Edit::RemoveCard { card: card(2) }).unwrap();
    board.apply(ADA, Edit::RestoreCard { card: card(1) }).unwrap();
}

#[test]
fn a_board_full_of_text_takes_only_what_is_shorter_and_keeps_no_more_of_what_was_removed() {
    let long = "é".repeat(crate::kinds::MAX_TEXT);
    let most = u128::try_from(MAX_BYTES / long.len()).unwrap();
    let mut board = after(BoardKind::Cards, (0..=most).map(add));
    for number in 0..most {
        board.apply(ADA, set(number, "text", long.as_str())).unwrap();
    }
    let full = board.clone();
    assert_eq!(board.apply(ADA, set(most, "text", long.as_str())), Err(Refusal::TooManyCards));
    let ops = serde_json::to_string(&[&long]).unwrap();
    assert_eq!(board.apply(ADA, type_in(most, "text", 1, &ops)), Err(Refusal::TooManyCards));
    let fields = [("text".to_owned(), Value::Text(long.clone()))].into();
    let more = Edit::AddCard { card: card(most + 1), x: Number::new(0.0), y: Number::new(0.0), fields };
    assert_eq!(board.apply(ADA, more.clone()), Err(Refusal::TooManyCards));
    assert_eq!(board, full);
    board.apply(ADA, Edit::RemoveCard { card: card(0) }).unwrap();
    board.apply(ADA, more).unwrap();
    assert_eq!(board.apply(ADA, Edit::RestoreCard { card: card(0) }), Err(Refusal::TooManyCards));
    board.apply(ADA, set(1, "text", "court")).unwrap();
    board.apply(ADA, Edit::RestoreCard { card: card(0) }).unwrap();
    for number in 2..most + 2 {
        board.apply(ADA, Edit::RemoveCard { card: card(number) }).unwrap();
        board.apply(ADA, add(number + 1_000)).unwrap();
        board.apply(ADA, set(number + 1_000, "text", long.as_str())).unwrap();
        board.apply(ADA, Edit::RemoveCard { card: card(number + 1_000) }).unwrap();
    }
    let kept: usize = board.removed.iter().map(|removed| removed.card.bytes()).sum();
    assert!(kept <= MAX_BYTES && board.removed.len() < 220, "{kept}");
}

#[test]
fn a_board_full_of_links_refuses_one_more_and_brings_none_back_beyond() {
    let most = u128::try_from(MAX_LINKS).unwrap();
    let mut board = after(BoardKind::Stakeholders, (1..4).map(add).chain([join(0, 3, 1)]));
    board.apply(ADA, Edit::RemoveCard { card: card(3) }).unwrap();
    for number in 1..=most {
        board.apply(ADA, join(number, 1, 2)).unwrap();
    }
    assert_eq!(board.apply(ADA, join(most + 1, 1, 2)), Err(Refusal::TooManyCards));
    board.apply(ADA, Edit::RestoreCard { card: card(3) }).unwrap();
    assert!(!board.links.contains_key(&link(0)));
    board.apply(ADA, Edit::RemoveCard { card: card(3) }).unwrap();
    board.apply(ADA, Edit::RemoveLink { link: link(1) }).unwrap();
    let mut one_less = board.clone();
    board.apply(ADA, join(most + 1, 1, 2)).unwrap();
    one_less.apply(ADA, Edit::RestoreCard { card: card(3) }).unwrap();
    assert_eq!(one_less.links.len(), MAX_LINKS - 1, "a link that did not come back went for good");
}

#[test]
fn a_link_comes_back_with_the_card_it_leads_to_while_there_is_room_for_it() {
    let most = u128::try_from(MAX_LINKS).unwrap();
    let mut board = after(BoardKind::Stakeholders, (1..4).map(add).chain([join(0, 1, 3)]));
    board.apply(ADA, Edit::RemoveCard { card: card(3) }).unwrap();
    assert!(board.links.is_empty(), "a link to a card goes with it");
    for number in 1..most {
        board.apply(ADA, join(number, 1, 2)).unwrap();
    }
    board.apply(ADA, Edit::RestoreCard { card: card(3) }).unwrap();
    assert_eq!(board.links.len(), MAX_LINKS);
}

#[test]
fn two_hundred_removed_cards_can_be_brought_back_the_oldest_first_forgotten() {
    let mut board = after(BoardKind::Cards, (0..201).map(add));
    for number in 0..201 {
        board.apply(ADA, Edit::RemoveCard { card: card(number) }).unwrap();
    }
    assert_eq!(board.apply(ADA, Edit::RestoreCard { card: card(0) }), Err(Refusal::NoSuchCard));
    board.apply(ADA, Edit::RestoreCard { card: card(1) }).unwrap();
}

#[test]
fn typing_that_was_begun_before_a_card_went_and_came_back_fits_its_text() {
    let mut board = after(BoardKind::Cards, [add(1), set(1, "text", "abc")]);
    board.apply(ADA, type_in(1, "text", 2, r#"["xx"]"#)).unwrap();
    board.apply(ADA, Edit::RemoveCard { card: card(1) }).unwrap();
    board.apply(ADA, Edit::RestoreCard { card: card(1) }).unwrap();
    board.apply(BOB, type_in(1, "text", 2, r#"[3, "d"]"#)).unwrap();
    assert_eq!(text(&board, 1, "text"), "xxabcd");
}

#[test]
fn a_card_is_added_with_what_its_fields_take_or_not_at_all() {
    let with = |x: f64, field: &str, value: &str| Edit::AddCard {
        card: card(1),
        x: Number::new(x),
        y: Number::new(-x),
        fields: [(field.to_owned(), Value::from(value))].into(),
    };
    let mut board = board(BoardKind::Cards);
    assert_eq!(board.apply(ADA, with(1_000_000.5, "title", "un")), Err(Refusal::OutOfRange));
    assert_eq!(board.apply(ADA, with(0.0, "nonsense", "un")), Err(Refusal::UnknownField));
    assert_eq!(board.apply(ADA, with(0.0, "colour", "red")), Err(Refusal::UnknownChoice));
    assert!(board.cards.is_empty());
    board.apply(ADA, with(1_000_000.0, "title", "")).unwrap();
    assert!(board.cards[&card(1)].fields.is_empty(), "an empty text is an unset field");
    let unset = Edit::SetFields { card: card(1), fields: [("title".to_owned(), Some("".into()))].into() };
    board.apply(ADA, set(1, "title", "un")).unwrap();
    board.apply(ADA, unset).unwrap();
    assert!(board.cards[&card(1)].fields.is_empty());
}

#[test]
fn the_limits_themselves_are_within() {
    let long = |length| "é".repeat(length);
    let mut board = after(BoardKind::Cards, [add(1), set(1, "title", long(300).as_str())]);
    let say = |text: String| Edit::AddComment { card: card(1), comment: comment(1), text };
    board.apply(ADA, say(long(2_000))).unwrap();
    let to = |x: f64, y: f64| Edit::MoveCard { card: card(1), x: Number::new(x), y: Number::new(y) };
    for (x, y) in [(1e6, -1e6), (-1e6, 1e6)] {
        board.apply(ADA, to(x, y)).unwrap();
    }
    for (x, y) in [(1_000_000.001, 0.0), (-1_000_000.001, 0.0), (0.0, 1_000_000.001), (0.0, -1_000_000.001)] {
        assert_eq!(board.apply(ADA, to(x, y)), Err(Refusal::OutOfRange));
    }
    let pieces = |count: usize| format!("[{}]", vec![r#"1,"y""#; count / 2].join(","));
    board.apply(ADA, set(1, "text", "x".repeat(600).as_str())).unwrap();
    let head = board.head;
    assert_eq!(board.clone().apply(ADA, type_in(1, "text", head, &pieces(1_002))), Err(Refusal::BadText));
    board.apply(ADA, type_in(1, "text", head, &pieces(1_000))).unwrap();
    let mut indicators = after(BoardKind::Indicators, [add(1)]);
    for number in [99_999_999_999.0, -99_999_999_999.0] {
        indicators.apply(ADA, set(1, "target", Number::new(number))).unwrap();
    }
    for number in [99_999_999_999.5, -99_999_999_999.5, 9_007_199_254_740_993.0, 1e308] {
        assert_eq!(indicators.apply(ADA, set(1, "target", Number::new(number))), Err(Refusal::OutOfRange), "{number}");
    }
}

#[test]
fn texts_hold_whatever_people_write_and_count_it_as_browsers_do() {
    // Right to left, combining, joined by nothing of width, outside the first plane, a line end of Windows.
    let odd = "\u{202e}e\u{301}\u{200d}👩\u{200d}👧\u{feff}\r\n\u{10ffff}";
    let length = odd.encode_utf16().count();
    let mut board = after(BoardKind::Cards, [add(1), set(1, "title", odd), set(1, "text", odd)]);
    board.apply(BOB, type_in(1, "text", 3, &format!(r#"[{length}, "fin"]"#))).unwrap();
    assert_eq!((text(&board, 1, "title"), text(&board, 1, "text")), (odd, format!("{odd}fin").as_str()));
}

#[test]
fn cards_are_listed_in_the_order_they_were_added() {
    let board = after(BoardKind::Cards, [add(3), add(1), add(2)]);
    let order: Vec<CardId> = board.cards_by_rank().into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, [card(3), card(1), card(2)]);
}

#[test]
fn a_card_lies_within_the_map() {
    let far = Edit::MoveCard { card: card(1), x: Number::new(1e7), y: Number::new(0.0) };
    assert_eq!(after(BoardKind::Cards, [add(1)]).apply(ADA, far), Err(Refusal::OutOfRange));
}
