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
mod tests;
