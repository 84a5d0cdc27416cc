use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use super::*;

fn ops(json: &str) -> Vec<TextOp> {
    serde_json::from_str(json).unwrap()
}

fn transformed(later: &str, earlier: &str) -> String {
    serde_json::to_string(&transform(&ops(later), &ops(earlier))).unwrap()
}

#[test]
fn ops_keep_delete_and_insert_by_utf16_units() {
    assert_eq!(apply("Le 😀 chat", &ops(r#"[3, -2, "😺", 1, -4, "chien"]"#)).unwrap(), "Le 😺 chien");
    assert_eq!(apply("abc", &ops("[]")).unwrap(), "abc");
}

#[test]
fn ops_that_reach_past_the_end_or_cut_a_character_do_not_fit() {
    assert_eq!(apply("abc", &ops("[4]")), Err(Misfit));
    assert_eq!(apply("abc", &ops("[1, -3]")), Err(Misfit));
    assert_eq!(apply("😀", &ops(r#"[1, "x"]"#)), Err(Misfit));
}

#[test]
fn what_is_no_op_is_refused_by_the_decoder() {
    for json in ["[1.5]", "[null]", "[[1]]", "[99999999999]", r#"["\ud800"]"#] {
        assert!(serde_json::from_str::<Vec<TextOp>>(json).is_err(), "{json}");
    }
}

#[test]
fn at_equal_positions_the_earlier_text_stands_first() {
    assert_eq!(transformed(r#"[2, "B"]"#, r#"[2, "AA"]"#), r#"[4,"B"]"#);
}

#[test]
fn a_deletion_spares_what_it_had_not_seen() {
    assert_eq!(transformed("[-4]", r#"[2, "new"]"#), "[-2,3,-2]");
    assert_eq!(transformed("[-4]", "[1, -2]"), "[-2]");
}

fn any_ops(text: &str) -> impl Strategy<Value = Vec<TextOp>> + use<> {
    let length = text.chars().count();
    let chars: Vec<char> = text.chars().collect();
    prop::collection::vec((0..3_u8, 1..4_usize, "[a-zé😀]{1,3}"), 0..6).prop_map(move |pieces| {
        let mut at = 0;
        let mut ops = Vec::new();
        for (what, count, inserted) in pieces {
            let count = count.min(length - at);
            let width = units(&chars[at..at + count].iter().collect::<String>());
            ops.push(match what {
                0 => TextOp::Keep(width),
                1 => TextOp::Delete(width),
                _ => TextOp::Insert(inserted),
            });
            if what < 2 {
                at += count;
            }
        }
        ops
    })
}

fn text_and_two_edits() -> impl Strategy<Value = (String, Vec<TextOp>, Vec<TextOp>)> {
    "[A-Zé😀]{0,12}".prop_flat_map(|text| {
        let (one, other) = (any_ops(&text), any_ops(&text));
        (Just(text), one, other)
    })
}

/// Two edits of one text, and what the server makes of them: the client's twin must compute exactly the same.
/// Edits are normalised before they are transformed, as in a text's history.
fn transform_case(text: &str, earlier: &[TextOp], sent: &[TextOp]) -> serde_json::Value {
    let (earlier, later) = (normalise(earlier), normalise(sent));
    let transformed = transform(&later, &earlier);
    let after_earlier = apply(text, &earlier).unwrap();
    json!({
        "text": text,
        "earlier": earlier,
        "sent": sent,
        "later": later,
        "after_earlier": after_earlier,
        "transformed": transformed,
        "merged": apply(&after_earlier, &transformed).unwrap(),
    })
}

fn random_cases(runner: &mut TestRunner, count: usize) -> Vec<serde_json::Value> {
    let edits = text_and_two_edits();
    let cases = (0..count).map(|_| edits.new_tree(runner).unwrap().current());
    cases.map(|(text, earlier, later)| transform_case(&text, &earlier, &later)).collect()
}

/// Cases that a random choice may miss.
fn chosen_cases() -> Vec<serde_json::Value> {
    let cases = [
        ("", r#"["a"]"#, r#"["b"]"#),
        ("", "[]", r#"["é😀"]"#),
        ("ABCDEF", r#"[3, "aa"]"#, r#"[3, "b"]"#),
        ("ABCDEF", r#"[3, "aa", -2]"#, r#"[3, "b", -1]"#),
        ("ABCDEF", "[1, -4]", "[2, -4]"),
        ("ABCDEF", "[-6]", r#"[2, "x", -2, "y"]"#),
        ("ABCDEF", r#"["x", 6, "y"]"#, "[-6]"),
        ("😀A😀", r#"[2, "😺"]"#, r#"[-2, "a", 1, -2, "😺"]"#),
        ("😀😀", "[2, -2]", r#"[2, "x", -2]"#),
        ("ABC", "[0, 3]", r#"["", 1, 1, "", -1]"#),
    ];
    cases.iter().map(|(text, earlier, later)| transform_case(text, &ops(earlier), &ops(later))).collect()
}

#[test]
fn the_generated_transforms_are_the_ones_committed() {
    let cases = [chosen_cases(), random_cases(&mut TestRunner::deterministic(), 300)].concat();
    let lines: Vec<String> = cases.iter().map(ToString::to_string).collect();
    crate::protocol::generated::check_generated("transforms.json", &format!("[\n{}\n]\n", lines.join(",\n")));
}

/// Runs the client's twin on the cases. Needs Node and the web packages, as `make test` installs them.
fn in_the_client(cases: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/board/scripts/transform-cases.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed");
    let input = serde_json::to_vec(cases).unwrap();
    node.stdin.take().unwrap().write_all(&input).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the client's transform runs; `dev/web.sh install` installs what it needs");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_client_transforms_random_edits_in_the_same_way() {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let cases = random_cases(&mut runner, 2_000);
    for (server, client) in cases.iter().zip(in_the_client(&cases)) {
        assert_eq!(*server, client, "left: the server, right: the client; seed {seed:?}");
    }
}

fn count_of_lowercase(text: &str) -> usize {
    text.chars().filter(char::is_ascii_lowercase).count()
}

fn inserted(ops: &[TextOp]) -> usize {
    ops.iter().map(|op| if let TextOp::Insert(text) = op { count_of_lowercase(text) } else { 0 }).sum()
}

proptest! {
    #[test]
    fn a_transformed_edit_fits_and_no_inserted_text_is_lost((text, one, other) in text_and_two_edits()) {
        let after_one = apply(&text, &one).unwrap();
        let both = apply(&after_one, &transform(&other, &one)).unwrap();
        prop_assert_eq!(count_of_lowercase(&both), inserted(&one) + inserted(&other));
    }

    #[test]
    fn the_one_form_of_ops_does_the_same((text, one, _) in text_and_two_edits()) {
        prop_assert_eq!(apply(&text, &normalise(&one)), apply(&text, &one));
    }

    #[test]
    fn what_either_deletes_is_gone((text, one, other) in text_and_two_edits()) {
        let upper = |text: &str| text.chars().filter(char::is_ascii_uppercase).count();
        let both = apply(&apply(&text, &one).unwrap(), &transform(&other, &one)).unwrap();
        let left_by_each = [&one, &other].map(|ops| upper(&apply(&text, ops).unwrap()));
        prop_assert!(upper(&both) <= left_by_each[0].min(left_by_each[1]));
    }
}
