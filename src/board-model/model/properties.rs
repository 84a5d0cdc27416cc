//! What holds for a board whatever people do to it.

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::tests::{ADA, BOB, add, after, board, card, comment, link, text as text_in};
use super::*;
use crate::text::{self, TextOp};

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-zé😀\\x00]{0,4}".prop_map(Value::Text),
        Just(Value::from("driving")),
        (-200.0..200.0_f64).prop_map(|number| Value::Number(Number::new(number))),
    ]
}

fn any_op() -> impl Strategy<Value = TextOp> {
    prop_oneof![
        (0..4_u32).prop_map(TextOp::Keep),
        (0..4_u32).prop_map(TextOp::Delete),
        "[a-zé😀]{0,3}".prop_map(TextOp::Insert),
    ]
}

fn any_field() -> impl Strategy<Value = String> {
    let names =
        ["name", "role", "notes", "power", "attitude_now", "title", "text", "state", "answer", "target", "nonsense"];
    prop::sample::select(names.to_vec()).prop_map(str::to_owned)
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let cards = || (0..4_u128).prop_map(card);
    let links = || (0..4_u128).prop_map(link);
    let numbers = || (-300.0..300.0_f64).prop_map(Number::new);
    prop_oneof![
        (cards(), numbers(), numbers(), prop::collection::btree_map(any_field(), any_value(), 0..2))
            .prop_map(|(card, x, y, fields)| Edit::AddCard { card, x, y, fields }),
        (cards(), any_field(), prop::option::of(any_value())).prop_map(|(card, field, value)| Edit::SetField {
            card,
            field,
            value
        }),
        (cards(), prop::collection::btree_map(any_field(), prop::option::of(any_value()), 0..3))
            .prop_map(|(card, fields)| Edit::SetFields { card, fields }),
        (cards(), any_field(), 0..40_u64, prop::collection::vec(any_op(), 0..4))
            .prop_map(|(card, field, base, ops)| Edit::EditText { card, field, base, ops }),
        (cards(), numbers(), numbers()).prop_map(|(card, x, y)| Edit::MoveCard { card, x, y }),
        cards().prop_map(|card| Edit::RemoveCard { card }),
        cards().prop_map(|card| Edit::RestoreCard { card }),
        (links(), cards(), cards(), 0..5_u8).prop_map(|(link, from, to, strength)| Edit::AddLink {
            link,
            from,
            to,
            kind: "funds".into(),
            strength,
            note: String::new()
        }),
        links().prop_map(|link| Edit::SetLink { link, kind: "opposes".into(), strength: 1, note: "non".into() }),
        links().prop_map(|link| Edit::RemoveLink { link }),
        (cards(), any::<bool>()).prop_map(|(card, on)| Edit::Vote { card, on }),
        (cards(), 0..3_u128, "[a-z ]{0,3}").prop_map(|(card, number, text)| Edit::AddComment {
            card,
            comment: comment(number),
            text
        }),
        (cards(), 0..3_u128).prop_map(|(card, number)| Edit::RemoveComment { card, comment: comment(number) }),
    ]
}

fn any_acts() -> impl Strategy<Value = Vec<(Signature, Edit)>> {
    prop::collection::vec((prop::sample::select(vec![ADA, BOB]), any_edit()), 0..80)
}

/// Applies all that is accepted; returns it as it is stored.
fn run(board: &mut Board, acts: Vec<(Signature, Edit)>) -> Vec<(Signature, Edit)> {
    acts.into_iter().filter_map(|(by, edit)| board.apply(by, edit).ok().map(|stored| (by, stored))).collect()
}

/// As the database would give it back.
fn stored_and_loaded<T: Serialize + for<'de> Deserialize<'de>>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn loaded(acts: Vec<(Signature, Edit)>) -> Vec<(Signature, Edit)> {
    acts.into_iter().map(|(by, edit)| (by, stored_and_loaded(&edit))).collect()
}

/// Acts on a board of each kind, what became of them, and the board they made: the client replays them with its own
/// `applyEdit`, which must decide the same.
#[test]
fn the_generated_replays_are_the_ones_committed() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let acts = prop::collection::vec((prop::sample::select(vec![ADA, BOB]), any_edit()), 250);
    let mut out = String::from("[\n");
    for kind in BoardKind::ALL {
        let mut board = board(kind);
        let first = (0..4).map(|number| (ADA, add(number)));
        let steps = first.chain(acts.new_tree(&mut runner).unwrap().current()).map(|(signed, edit)| {
            let asked = serde_json::to_value(&edit).unwrap();
            let (edit, refused) = match board.apply(signed, edit) {
                Ok(stored) => (serde_json::to_value(&stored).unwrap(), None),
                Err(refusal) => (asked, Some(refusal)),
            };
            serde_json::json!({ "by": signed.by, "at": signed.at, "edit": edit, "refused": refused }).to_string()
        });
        let steps: Vec<String> = steps.collect();
        let state = serde_json::to_string(&board.state()).unwrap();
        out += &format!("{{\"kind\":\"{}\",\"steps\":[\n{}\n],\"state\":{state}}}", kind.name(), steps.join(",\n"));
        let is_last = BoardKind::ALL.last() == Some(&kind);
        out += if is_last { "\n]\n" } else { ",\n" };
    }
    crate::protocol::generated::check_generated("replays.json", &out);
}

proptest! {
    #[test]
    fn replaying_accepted_edits_gives_the_same_board(acts in any_acts()) {
        let mut live = board(BoardKind::Stakeholders);
        let stored = run(&mut live, acts);
        let mut replayed = board(BoardKind::Stakeholders);
        for (by, edit) in loaded(stored) {
            prop_assert_eq!(replayed.apply(by, edit.clone()), Ok(edit));
        }
        prop_assert_eq!(replayed, live);
    }

    #[test]
    fn a_snapshot_and_the_tail_give_what_the_whole_log_gives(acts in any_acts(), cut in 0..80_usize) {
        let mut live = board(BoardKind::Stakeholders);
        let cut = cut.min(acts.len());
        let tail = acts[cut..].to_vec();
        run(&mut live, acts[..cut].to_vec());
        let mut from_snapshot: Board = stored_and_loaded(&live);
        for (by, edit) in loaded(run(&mut live, tail)) {
            from_snapshot.apply(by, edit).unwrap();
        }
        prop_assert_eq!(from_snapshot, live);
    }

    #[test]
    fn a_refused_edit_changes_nothing(acts in any_acts()) {
        let mut live = board(BoardKind::Stakeholders);
        for (by, edit) in acts {
            let before = live.clone();
            if live.apply(by, edit).is_err() {
                prop_assert_eq!(&before, &live);
            }
        }
    }

    #[test]
    fn however_far_behind_people_type_every_keystroke_arrives(behind in prop::collection::vec((0..6_u64, 0..9_u32), 1..60)) {
        let mut live = after(BoardKind::Cards, [add(1)]);
        let mut texts = vec![String::new(), String::new()];
        for (back, at) in &behind {
            let base = live.head.saturating_sub(*back).max(1);
            let length = text::units(&texts[usize::try_from(base).unwrap()]);
            let ops = vec![TextOp::Keep((*at).min(length)), TextOp::Insert("x".into())];
            live.apply(BOB, Edit::EditText { card: card(1), field: "text".into(), base, ops }).unwrap();
            texts.push(text_in(&live, 1, "text").to_owned());
        }
        prop_assert_eq!(text_in(&live, 1, "text").len(), behind.len());
    }

    #[test]
    fn whatever_json_comes_is_an_edit_or_an_error(
        kind in prop::sample::select(BoardKind::ALL.to_vec()),
        what in prop::sample::select(vec!["add_card", "set_field", "edit_text", "vote", "add_comment", "remove_comment", "add_link", "nonsense"]),
        field in "\\PC{0,5}",
        base in any::<u64>(),
        ops in prop::collection::vec(prop_oneof![any::<i64>().prop_map(Into::into), "\\PC*".prop_map(serde_json::Value::from)], 0..4),
        value in prop_oneof![any::<f64>().prop_map(serde_json::Value::from), "\\PC*".prop_map(serde_json::Value::from)],
    ) {
        let json = serde_json::json!({
            "type": what, "card": card(1), "comment": card(2), "text": value, "link": card(3), "from": card(1), "to": card(1),
            "kind": field, "strength": base, "note": value, "field": field, "base": base, "ops": ops, "value": value, "on": true,
            "x": 0, "y": value, "fields": { field.as_str(): value },
        });
        let mut live = after(kind, [add(1)]);
        if let Ok(edit) = serde_json::from_value::<Edit>(json) {
            let _ = live.apply(ADA, edit);
        }
    }
}
