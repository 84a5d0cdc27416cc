//! What lies on a board: cards with their comments, and the links between them. Pure data and what a card alone decides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::edit::Refusal;
use super::kinds::{self, Field};
use super::value::{Number, Value};
use kernel::clock::Timestamp;
use kernel::id::{CardId, CommentId, PersonId};

/// Comments on one card at most.
pub(super) const MAX_COMMENTS: usize = 200;
/// Characters of a comment at most.
pub const MAX_COMMENT: usize = 2_000;

/// Who does an edit, and when the server took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One item on a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Card {
    /// Where it lies.
    pub x: Number,
    /// Where it lies.
    pub y: Number,
    /// What is set of the kind's fields.
    pub fields: BTreeMap<String, Value>,
    /// Who added it.
    pub by: PersonId,
    /// When it was added, milliseconds since 1970.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// The seq that created it: the order of the table view.
    #[ts(type = "number")]
    pub rank: u64,
    /// The last change to what it says; absent while it says what it said when it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub touched: Option<Touch>,
    /// Who voted for it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[ts(optional, as = "Option<Vec<PersonId>>")]
    pub votes: BTreeSet<PersonId>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Comment>>")]
    pub comments: Vec<Comment>,
}

/// A change to what a card says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Touch {
    /// Its seq.
    #[ts(type = "number")]
    pub seq: u64,
    /// Who.
    pub by: PersonId,
    /// When, milliseconds since 1970.
    #[ts(type = "number")]
    pub at: Timestamp,
}

/// What somebody says about a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Comment {
    /// Its identifier.
    pub id: CommentId,
    /// Who.
    pub by: PersonId,
    /// When, milliseconds since 1970.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// What one card does to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Link {
    /// The card that acts.
    pub from: CardId,
    /// The card acted upon.
    pub to: CardId,
    /// One of the board kind's.
    pub kind: String,
    /// 1 to 3.
    pub strength: u8,
    /// A line.
    pub note: String,
    /// Who added it.
    pub by: PersonId,
}

impl Card {
    /// A card that says nothing yet.
    pub(super) fn new((x, y): (Number, Number), Signature { by, at }: Signature, rank: u64) -> Self {
        let (fields, votes, comments) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        Self { x, y, fields, by, at, rank, touched: None, votes, comments }
    }

    /// How much text it holds, comments included.
    pub(super) fn bytes(&self) -> usize {
        let fields = self.fields.values().filter_map(Value::as_text).map(str::len);
        fields.chain(self.comments.iter().map(|comment| comment.text.len())).sum()
    }

    /// Remembers who last changed it.
    pub(super) const fn touch(&mut self, Signature { by, at }: Signature, seq: u64) {
        self.touched = Some(Touch { seq, by, at });
    }

    /// What a long text says; nothing when it is not set.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_text).unwrap_or_default()
    }

    /// Sets a field, or unsets it.
    pub(super) fn put(&mut self, field: &Field, value: Option<Value>) {
        match value {
            Some(value) => self.fields.insert(field.name.to_owned(), value),
            None => self.fields.remove(field.name),
        };
    }

    /// Says something about the card.
    ///
    /// # Errors
    ///
    /// When there is nothing in it, it is too long, its id is taken, or the card has too many.
    pub(super) fn comment(
        &mut self,
        id: CommentId,
        text: &str,
        Signature { by, at }: Signature,
    ) -> Result<(), Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::BadText);
        }
        kinds::check_text(text, MAX_COMMENT)?;
        if self.comments.iter().any(|comment| comment.id == id) {
            return Err(Refusal::ExistsAlready);
        }
        if self.comments.len() >= MAX_COMMENTS {
            return Err(Refusal::TooManyComments);
        }
        self.comments.push(Comment { id, by, at, text: text.to_owned() });
        Ok(())
    }

    /// Takes a comment away; whose it may be is asked of the rights.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub(super) fn uncomment(&mut self, id: CommentId) -> Result<(), Refusal> {
        let at = self.comments.iter().position(|comment| comment.id == id).ok_or(Refusal::NoSuchComment)?;
        self.comments.remove(at);
        Ok(())
    }
}
