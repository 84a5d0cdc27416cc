//! Operations on long texts: apply, and transform over what came before. Positions count UTF-16 units, as
//! browsers do. Knows nothing of boards, cards or sockets.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One piece of a text edit. In JSON a positive integer keeps that many UTF-16 units, a negative one deletes
/// them, a string is inserted.
#[derive(Debug, Clone, PartialEq, Eq, ts_rs::TS)]
#[ts(type = "string | number")]
pub enum TextOp {
    /// Keeps so many units.
    Keep(u32),
    /// Deletes so many units.
    Delete(u32),
    /// Inserts this text.
    Insert(String),
}

/// Ops that do not fit the text: they reach past its end, or cut a character in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ops do not fit the text")]
pub struct Misfit;

impl Serialize for TextOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep(units) => serializer.serialize_i64(i64::from(*units)),
            Self::Delete(units) => serializer.serialize_i64(-i64::from(*units)),
            Self::Insert(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for TextOp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Move(i64),
            Insert(String),
        }
        match Wire::deserialize(deserializer)? {
            Wire::Insert(text) => Ok(Self::Insert(text)),
            Wire::Move(units) => {
                let count = u32::try_from(units.unsigned_abs())
                    .map_err(|_| D::Error::invalid_value(Unexpected::Signed(units), &"a number of UTF-16 units"))?;
                Ok(if units < 0 { Self::Delete(count) } else { Self::Keep(count) })
            }
        }
    }
}

/// How many UTF-16 units `text` has, as JavaScript counts its length.
#[must_use]
pub fn units(text: &str) -> u32 {
    u32::try_from(text.chars().map(char::len_utf16).sum::<usize>()).unwrap_or(u32::MAX)
}

/// The text after `ops`; what they leave at the end is kept.
///
/// # Errors
///
/// When the ops do not fit `text`.
pub fn apply(text: &str, ops: &[TextOp]) -> Result<String, Misfit> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    for op in ops {
        match op {
            TextOp::Insert(inserted) => result.push_str(inserted),
            TextOp::Keep(count) => {
                let (kept, after) = split_units(rest, *count)?;
                result.push_str(kept);
                rest = after;
            }
            TextOp::Delete(count) => rest = split_units(rest, *count)?.1,
        }
    }
    result.push_str(rest);
    Ok(result)
}

/// Cuts `text` after `count` UTF-16 units.
fn split_units(text: &str, count: u32) -> Result<(&str, &str), Misfit> {
    let mut left = count as usize;
    let mut chars = text.char_indices();
    while left > 0 {
        let (_, character) = chars.next().ok_or(Misfit)?;
        left = left.checked_sub(character.len_utf16()).ok_or(Misfit)?;
    }
    let at = chars.offset();
    Ok((&text[..at], &text[at..]))
}

/// `later` rewritten to be applied after `earlier`; both were written against the same text. Where both
/// insert at one place, the text of `earlier` stands first. Nothing that either inserts is lost.
#[must_use]
pub fn transform(later: &[TextOp], earlier: &[TextOp]) -> Vec<TextOp> {
    let mut result = Vec::with_capacity(later.len() + 1);
    let mut earlier = Pieces::new(earlier);
    for op in later {
        match op {
            TextOp::Insert(text) => {
                while let Some(inserted) = earlier.take_insertion() {
                    push(&mut result, TextOp::Keep(inserted));
                }
                push(&mut result, TextOp::Insert(text.clone()));
            }
            TextOp::Keep(count) => earlier.over(*count, |units| push(&mut result, units.kept())),
            TextOp::Delete(count) => earlier.over(*count, |units| push(&mut result, units.deleted())),
        }
    }
    tidy(result)
}

/// The same ops in their one form: neighbours joined, an insertion before a deletion at the same place,
/// nothing that says nothing.
#[must_use]
pub fn normalise(ops: &[TextOp]) -> Vec<TextOp> {
    let mut result = Vec::with_capacity(ops.len());
    for op in ops {
        push(&mut result, op.clone());
    }
    tidy(result)
}

/// Drops what is kept at the end.
fn tidy(mut ops: Vec<TextOp>) -> Vec<TextOp> {
    while matches!(ops.last(), Some(TextOp::Keep(_))) {
        ops.pop();
    }
    ops
}

/// Appends an op, joined to the last one where they are alike.
fn push(ops: &mut Vec<TextOp>, op: TextOp) {
    match (ops.last_mut(), op) {
        (_, TextOp::Keep(0) | TextOp::Delete(0)) => {}
        (Some(TextOp::Keep(before)), TextOp::Keep(count)) | (Some(TextOp::Delete(before)), TextOp::Delete(count)) => {
            *before = before.saturating_add(count);
        }
        (Some(TextOp::Insert(before)), TextOp::Insert(text)) => before.push_str(&text),
        (_, TextOp::Insert(text)) if text.is_empty() => {}
        (Some(TextOp::Delete(_)), TextOp::Insert(text)) => insert_before_deletion(ops, text),
        (_, op) => ops.push(op),
    }
}

fn insert_before_deletion(ops: &mut Vec<TextOp>, text: String) {
    let deletion = ops.len() - 1;
    match deletion.checked_sub(1).map(|at| &mut ops[at]) {
        Some(TextOp::Insert(before)) => before.push_str(&text),
        _ => ops.insert(deletion, TextOp::Insert(text)),
    }
}

/// What became of a stretch of the common text under the earlier edit.
#[derive(Debug, Clone, Copy)]
enum Stretch {
    /// It is still there.
    There(u32),
    /// The earlier edit deleted it.
    Gone,
    /// The earlier edit inserted so many units here.
    New(u32),
}

impl Stretch {
    /// What the later edit says of it when it keeps it.
    fn kept(self) -> TextOp {
        match self {
            Self::There(units) | Self::New(units) => TextOp::Keep(units),
            Self::Gone => TextOp::Keep(0),
        }
    }

    /// What the later edit says of it when it deletes it: what it had not seen stays.
    fn deleted(self) -> TextOp {
        match self {
            Self::There(units) => TextOp::Delete(units),
            Self::New(units) => TextOp::Keep(units),
            Self::Gone => TextOp::Delete(0),
        }
    }
}

/// Reads ops piece by piece; past their end everything is kept.
struct Pieces<'a> {
    ops: std::slice::Iter<'a, TextOp>,
    /// What is left of the op that was begun.
    begun: Option<TextOp>,
}

impl<'a> Pieces<'a> {
    fn new(ops: &'a [TextOp]) -> Self {
        let mut pieces = Self { ops: ops.iter(), begun: None };
        pieces.advance();
        pieces
    }

    fn advance(&mut self) {
        self.begun = self.ops.next().cloned();
    }

    /// The length of an insertion that comes next.
    fn take_insertion(&mut self) -> Option<u32> {
        let Some(TextOp::Insert(text)) = &self.begun else { return None };
        let length = units(text);
        self.advance();
        Some(length)
    }

    /// Walks over `count` units of the common text, and the insertions before each of them.
    fn over(&mut self, mut count: u32, mut say: impl FnMut(Stretch)) {
        while count > 0 {
            if let Some(inserted) = self.take_insertion() {
                say(Stretch::New(inserted));
                continue;
            }
            let (there, left) = match self.begun {
                Some(TextOp::Keep(left)) => (true, left),
                Some(TextOp::Delete(left)) => (false, left),
                _ => (true, u32::MAX),
            };
            let taken = count.min(left);
            say(if there { Stretch::There(taken) } else { Stretch::Gone });
            count -= taken;
            self.use_up(taken);
        }
    }

    fn use_up(&mut self, taken: u32) {
        if let Some(TextOp::Keep(left) | TextOp::Delete(left)) = &mut self.begun {
            *left -= taken;
            if *left == 0 {
                self.advance();
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
}
