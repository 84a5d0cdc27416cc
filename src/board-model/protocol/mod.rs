//! The messages of the subprotocol `parcours.board.v1`, one enum per direction. docs/board-protocol.md explains them;
//! the client's TypeScript types are made from them.

mod version;

use serde::{Deserialize, Serialize};

use super::model::{BoardState, Edit, Number, Refusal, Signature};
use super::rights::Role;
use kernel::clock::Timestamp;
use kernel::id::{CardId, ClientId, PersonId};
pub use version::{SUBPROTOCOL, VERSION, Version};

/// What a client says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First, and once.
    Hello {
        /// A UUID that the tab made for itself and keeps across reloads with its unsent edits.
        client: ClientId,
        /// The last seq that this client has applied; null for the whole board.
        #[ts(type = "number | null")]
        since: Option<u64>,
        /// The version of the messages that this client knows. A client of another maker may leave it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "string")]
        version: Option<Version>,
    },
    /// One edit; sent in the order of `n`.
    Edit {
        /// Strictly rising, never used twice by one client.
        #[ts(type = "number")]
        n: u64,
        /// What to do.
        edit: Edit,
    },
    /// What this person has selected, types in and points at; never stored. At most 20 a second.
    Presence(PresenceState),
}

/// What somebody has selected, types in and points at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct PresenceState {
    /// The card that is selected.
    pub selected: Option<CardId>,
    /// The field that is being edited.
    pub field: Option<String>,
    /// Where the pointer is on the map.
    pub cursor: Option<Cursor>,
    /// The card that is being dragged, before it is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub drag: Option<Drag>,
}

/// A card that is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Drag {
    /// Which card.
    pub card: CardId,
    /// Where it is now.
    pub x: Number,
    /// Where it is now.
    pub y: Number,
}

/// A place on the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Cursor {
    /// To the right.
    pub x: Number,
    /// Downwards.
    pub y: Number,
}

/// What the server says.
#[derive(Debug, Clone, Serialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<'a> {
    /// Answer to `hello`.
    Welcome {
        /// The version of the messages that this server knows.
        #[ts(type = "string")]
        version: Version,
        /// The seq of the last edit.
        #[ts(type = "number")]
        head: u64,
        /// Null when the edits since `since` follow instead.
        board: Option<BoardState<'a>>,
        /// What this person is here now; it may have changed since the page was loaded.
        role: Role,
    },
    /// The board was archived, or opened again.
    Role {
        /// What this person is from now on.
        role: Role,
    },
    /// What was accepted, in order, without gaps.
    Edits {
        /// At least one.
        edits: &'a [Accepted],
    },
    /// The edit `n` of this client is stored as `seq`.
    Ack {
        /// The client's number.
        #[ts(type = "number")]
        n: u64,
        /// The board's number.
        #[ts(type = "number")]
        seq: u64,
        /// When it was taken, milliseconds since 1970.
        #[ts(type = "number")]
        at: Timestamp,
    },
    /// The edit `n` of this client was not applied.
    Refused {
        /// The client's number.
        #[ts(type = "number")]
        n: u64,
        /// Why.
        reason: Refusal,
    },
    /// Who came, moved or left since the last such frame; after `welcome`, everyone.
    Presence {
        /// Came or moved.
        people: &'a [Presence],
        /// Left.
        left: &'a [ClientId],
    },
    /// The server will close.
    Closing {
        /// Why.
        reason: ClosingReason,
        /// Come back after this delay, jittered.
        retry_after_ms: u32,
    },
}

/// An edit that is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Accepted {
    /// Its number in the board's one order.
    #[ts(type = "number")]
    pub seq: u64,
    /// The client that sent it.
    pub client: ClientId,
    /// That client's number.
    #[ts(type = "number")]
    pub n: u64,
    /// Its author.
    pub by: PersonId,
    /// When it was taken, milliseconds since 1970.
    #[ts(type = "number")]
    pub at: Timestamp,
    /// What was done.
    pub edit: Edit,
}

impl Accepted {
    /// Who did it, and when.
    #[must_use]
    pub const fn signature(&self) -> Signature {
        Signature { by: self.by, at: self.at }
    }
}

/// Somebody who is on the board now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Presence {
    /// Their tab.
    pub client: ClientId,
    /// Who.
    pub person: PersonId,
    /// Their name as others see it.
    pub name: String,
    /// What they have selected, type in and point at.
    #[serde(flatten)]
    pub state: PresenceState,
}

/// Why the server closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ClosingReason {
    /// The server restarts.
    Restart,
}

#[cfg(test)]
pub(crate) mod generated;
#[cfg(test)]
mod tests;
