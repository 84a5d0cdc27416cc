//! What was lately done to a long text: enough to rewrite an edit that was made without knowing of it.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::edit::Refusal;
use super::model::MAX_OPS;
use super::text::{self, TextOp};

/// Edits of one text that are remembered; a client that is further behind rebases on the present text.
const MAX_REMEMBERED: usize = 200;
/// Units of inserted text and ops that are remembered for one text, so that replacing long texts costs no memory.
const MAX_WEIGHT: usize = 60_000;

/// The recent edits of one long text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct History {
    /// The text as of this seq is the oldest that can be rebuilt from.
    floor: u64,
    weight: usize,
    past: VecDeque<Arc<Past>>,
}

/// One edit as it was stored.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Past {
    seq: u64,
    ops: Vec<TextOp>,
}

impl Past {
    fn weight(&self) -> usize {
        self.ops.iter().map(|op| if let TextOp::Insert(text) = op { 1 + text.len() } else { 1 }).sum()
    }
}

impl History {
    /// `ops`, written against the text as of `base`, rewritten to fit the present text.
    ///
    /// # Errors
    ///
    /// `too_old` when what came since `base` is forgotten, or has cut the edit into more than [`MAX_OPS`] pieces: what is
    /// stored is applied again one day, under the same limit.
    pub(super) fn rebase(&self, base: u64, ops: &[TextOp]) -> Result<Vec<TextOp>, Refusal> {
        if base < self.floor {
            return Err(Refusal::TooOld);
        }
        self.past.iter().filter(|past| past.seq > base).try_fold(text::normalise(ops), |ops, past| {
            let ops = text::transform(&ops, &past.ops);
            if ops.len() > MAX_OPS { Err(Refusal::TooOld) } else { Ok(ops) }
        })
    }

    /// Remembers an edit as it was stored under `seq`, and forgets the oldest.
    pub(super) fn remember(&mut self, seq: u64, ops: Vec<TextOp>) {
        let past = Past { seq, ops };
        self.weight += past.weight();
        self.past.push_back(Arc::new(past));
        while self.past.len() > MAX_REMEMBERED || self.weight > MAX_WEIGHT {
            let Some(oldest) = self.past.pop_front() else { break };
            self.weight -= oldest.weight();
            self.floor = oldest.seq;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insertion(text: &str) -> Vec<TextOp> {
        vec![TextOp::Insert(text.to_owned())]
    }

    #[test]
    fn what_is_forgotten_makes_a_base_too_old() {
        let mut history = History::default();
        for seq in 1..=201 {
            history.remember(seq, insertion("x"));
        }
        assert_eq!(history.rebase(0, &insertion("y")), Err(Refusal::TooOld));
        assert!(history.rebase(1, &insertion("y")).is_ok());
    }

    #[test]
    fn replacing_a_long_text_again_and_again_is_not_remembered_for_ever() {
        let mut history = History::default();
        for seq in 1..=10 {
            history.remember(seq, insertion(&"x".repeat(20_000)));
        }
        assert_eq!(history.past.len(), 2);
    }
}
