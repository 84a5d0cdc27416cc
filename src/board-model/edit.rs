//! What a person can do to a board, and why it may be refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::kinds::BoardKind;
use super::text::TextOp;
use super::value::{Number, Value};
use kernel::id::{CardId, CommentId, LinkId};

/// One act on a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Edit {
    /// Adds a card under a new id; its fields are checked against the kind's schema.
    AddCard {
        /// Named by whoever adds it.
        card: CardId,
        /// Where it lies.
        x: Number,
        /// Where it lies.
        y: Number,
        /// What it says at once.
        fields: BTreeMap<String, Value>,
    },
    /// Sets a field, or unsets it (null, or an empty text). The last writer wins; a long text is replaced whole, which counts as
    /// deleting all of it and inserting the new one for those who type in it.
    SetField {
        /// Which card.
        card: CardId,
        /// Which field.
        field: String,
        /// What stands there now.
        #[serde(deserialize_with = "present")]
        value: Option<Value>,
    },
    /// Sets several short fields of a card at once, or unsets them: a place on the matrix is two numbers, and one act.
    SetFields {
        /// Which card.
        card: CardId,
        /// What stands in each now; at least one.
        fields: BTreeMap<String, Option<Value>>,
    },
    /// Types in a long text. Written against the text as of `base`; stored as transformed over what came since.
    EditText {
        /// Which card.
        card: CardId,
        /// Which long text.
        field: String,
        /// The seq whose text the ops fit.
        #[ts(type = "number")]
        base: u64,
        /// What is kept, deleted, inserted; the rest is kept.
        ops: Vec<TextOp>,
    },
    /// Puts a card elsewhere; stored on the drop.
    MoveCard {
        /// Which card.
        card: CardId,
        /// Where it lies now.
        x: Number,
        /// Where it lies now.
        y: Number,
    },
    /// Removes a card and its links.
    RemoveCard {
        /// Which card.
        card: CardId,
    },
    /// Brings back a card that this person removed, with its links whose other end is there.
    RestoreCard {
        /// Which card.
        card: CardId,
    },
    /// Links two cards, on kinds with links.
    AddLink {
        /// Named by whoever adds it.
        link: LinkId,
        /// The card that acts.
        from: CardId,
        /// The card acted upon; another one.
        to: CardId,
        /// One of the kind's.
        kind: String,
        /// 1 to 3.
        strength: u8,
        /// A line.
        note: String,
    },
    /// Changes what a link says.
    SetLink {
        /// Which link.
        link: LinkId,
        /// One of the kind's.
        kind: String,
        /// 1 to 3.
        strength: u8,
        /// A line.
        note: String,
    },
    /// Removes a link.
    RemoveLink {
        /// Which link.
        link: LinkId,
    },
    /// Votes for a card, or takes the vote back; one vote a person.
    Vote {
        /// Which card.
        card: CardId,
        /// For it, or no longer.
        on: bool,
    },
    /// Says something about a card.
    AddComment {
        /// Which card.
        card: CardId,
        /// Named by whoever adds it.
        comment: CommentId,
        /// What; not blank.
        text: String,
    },
    /// Takes a comment away: one's own, or anybody's for whoever runs the session.
    RemoveComment {
        /// Which card.
        card: CardId,
        /// Which comment.
        comment: CommentId,
    },
}

impl Edit {
    /// The card that it changes; none for edits of links.
    #[must_use]
    pub const fn card(&self) -> Option<CardId> {
        match self {
            Self::AddCard { card, .. }
            | Self::SetField { card, .. }
            | Self::SetFields { card, .. }
            | Self::EditText { card, .. }
            | Self::MoveCard { card, .. }
            | Self::RemoveCard { card }
            | Self::RestoreCard { card }
            | Self::Vote { card, .. }
            | Self::AddComment { card, .. }
            | Self::RemoveComment { card, .. } => Some(*card),
            Self::AddLink { .. } | Self::SetLink { .. } | Self::RemoveLink { .. } => None,
        }
    }

    /// The minor version of the messages that brought this edit: a program of an earlier one cannot apply it. An edit that
    /// sets a field is as young as that field.
    #[must_use]
    pub fn minor(&self, kind: BoardKind) -> u16 {
        let schema = kind.schema();
        // A field that nobody knows is refused for that, not for its age.
        let of_field = |name: &String| schema.field(name).map_or(0, |field| field.minor);
        match self {
            Self::AddCard { fields, .. } => fields.keys().map(of_field).max().unwrap_or(0),
            Self::SetFields { fields, .. } => fields.keys().map(of_field).max().unwrap_or(0),
            Self::SetField { field, .. } | Self::EditText { field, .. } => of_field(field),
            Self::MoveCard { .. }
            | Self::RemoveCard { .. }
            | Self::RestoreCard { .. }
            | Self::AddLink { .. }
            | Self::SetLink { .. }
            | Self::RemoveLink { .. }
            | Self::Vote { .. }
            | Self::AddComment { .. }
            | Self::RemoveComment { .. } => 0,
        }
    }
}

/// Null is a value; a field that is left out is a mistake.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Option::deserialize(deserializer)
}

/// Why an edit was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// This person may not do that.
    #[error("not allowed")]
    NotAllowed,
    /// The board is archived: nobody edits it.
    #[error("archived")]
    Archived,
    /// The card is not there.
    #[error("no such card")]
    NoSuchCard,
    /// The link is not there.
    #[error("no such link")]
    NoSuchLink,
    /// The comment is not there.
    #[error("no such comment")]
    NoSuchComment,
    /// The id is taken.
    #[error("exists already")]
    ExistsAlready,
    /// Cards of this kind have no such field.
    #[error("unknown field")]
    UnknownField,
    /// The field holds something else.
    #[error("wrong type")]
    WrongType,
    /// More characters than the field takes.
    #[error("too long")]
    TooLong,
    /// The number lies outside its bounds.
    #[error("out of range")]
    OutOfRange,
    /// The choice is not offered.
    #[error("unknown choice")]
    UnknownChoice,
    /// Boards of this kind have no links.
    #[error("no links here")]
    LinksNotHere,
    /// A link joins two different cards.
    #[error("a link to itself")]
    LinkToItself,
    /// The board is full of cards, of links or of text.
    #[error("too many cards")]
    TooManyCards,
    /// The card is full of comments.
    #[error("too many comments")]
    TooManyComments,
    /// The text as of `base` is no longer known: write the ops against the present text, under a new n.
    #[error("too old")]
    TooOld,
    /// The ops do not fit the text, or the text holds a NUL character.
    #[error("bad text")]
    BadText,
    /// More edits than a person makes.
    #[error("too fast")]
    TooFast,
    /// A server that is still running does not know this kind of edit: it is being upgraded. Try again later, under a new n.
    #[error("not yet")]
    NotYet,
    /// Not an edit, or an `n` that was used before and refused.
    #[error("malformed")]
    Malformed,
    /// The database said no; try again under a new n.
    #[error("not stored")]
    NotStored,
}
