//! The messages of the subprotocol `parcours.board.v1`, one enum per direction. docs/board-protocol.md explains them;
//! the client's TypeScript types are made from them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::model::{BoardState, Edit, Number, Refusal, Signature};
use super::rights::Role;
use kernel::clock::Timestamp;
use kernel::id::{CardId, ClientId, PersonId};

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "parcours.board.v1";

/// The messages and the kinds' fields as the client knows them: any change to them makes another version.
const SPOKEN: [&str; 2] = [
    include_str!("../../web/board/model/generated/protocol.ts"),
    include_str!("../../web/board/model/generated/schemas.ts"),
];

/// Names the messages that this program speaks. A page tells the version that it was written for when it connects, so
/// that one left open over an upgrade is told to load itself again rather than misunderstood.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| fingerprint(SPOKEN));
    &VERSION
}

/// Of what is said, not of how it is explained.
fn fingerprint(sources: [&str; 2]) -> String {
    let mut hash = Sha256::new();
    for line in sources.iter().flat_map(|source| source.lines()) {
        let line = line.trim();
        if !["/", "*"].iter().any(|comment| line.starts_with(comment)) {
            hash.update(line);
        }
    }
    hash.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

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
    },
    /// One edit; sent in the order of `n`.
    Edit {
        /// Strictly rising, never used twice by one client.
        #[ts(type = "number")]
        n: u64,
        /// What to do.
        edit: Edit,
    },
    /// What this person looks at; never stored. At most 20 a second.
    Presence(Gaze),
}

/// What somebody looks at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Gaze {
    /// The card that is selected.
    pub selected: Option<CardId>,
    /// The field that is being edited.
    pub field: Option<String>,
    /// Where the pointer is on the map.
    pub cursor: Option<Cursor>,
    /// The card under the hand, not dropped yet.
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
    /// What they look at.
    #[serde(flatten)]
    pub gaze: Gaze,
}

/// Why the server closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ClosingReason {
    /// The server restarts.
    Restart,
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write;
    use std::path::Path;

    use proptest::prelude::*;
    use ts_rs::{Config, TS};

    use super::super::kinds::{self, BoardKind, Holds};
    use super::super::model::{self, Card, Comment, Link, Touch, Value};
    use super::super::text::TextOp;
    use super::*;

    const NOTICE: &str = "// Made from the Rust sources by `cargo test generated`. Do not edit.\n";

    fn declare<T: TS>(out: &mut String) {
        let config = Config::new();
        let declared = format!("\n{}export {}\n", T::docs().unwrap_or_default(), T::decl(&config));
        // One line for a comment of one line, and no spaces at the ends of lines.
        let declared = declared.replace("/**\n * ", "/** ").replace("\n */\n", " */\n").replace(" \n", "\n");
        out.push_str(&declared);
    }

    fn protocol_ts() -> String {
        let mut out = NOTICE.to_owned();
        for id in ["BoardId", "CardId", "LinkId", "CommentId", "ClientId", "PersonId"] {
            write!(out, "\n/** A UUID. */\nexport type {id} = string;\n").unwrap();
        }
        declare::<BoardKind>(&mut out);
        declare::<Number>(&mut out);
        declare::<Value>(&mut out);
        declare::<TextOp>(&mut out);
        declare::<Touch>(&mut out);
        declare::<Comment>(&mut out);
        declare::<Card>(&mut out);
        declare::<Link>(&mut out);
        declare::<BoardState<'static>>(&mut out);
        declare::<Edit>(&mut out);
        declare::<Refusal>(&mut out);
        declare::<Cursor>(&mut out);
        declare::<Drag>(&mut out);
        declare::<Gaze>(&mut out);
        declare::<Presence>(&mut out);
        declare::<Accepted>(&mut out);
        declare::<Role>(&mut out);
        declare::<ClosingReason>(&mut out);
        declare::<ClientMessage>(&mut out);
        declare::<ServerMessage<'static>>(&mut out);
        out
    }

    fn field_ts(field: &kinds::Field) -> String {
        let holds = match field.holds {
            Holds::Line => r#"type: "line""#.to_owned(),
            Holds::Text => r#"type: "text""#.to_owned(),
            Holds::Number => r#"type: "number""#.to_owned(),
            Holds::Integer { min, max } => format!(r#"type: "integer", min: {min}, max: {max}"#),
            Holds::Choice(choices) => {
                format!(r#"type: "choice", choices: {}"#, serde_json::to_string(choices).unwrap().replace(',', ", "))
            }
        };
        let private = if field.private { ", private: true" } else { "" };
        format!(r#"      {{ name: "{}", {holds}{private} }},"#, field.name)
    }

    fn schemas_ts() -> String {
        let mut out = format!("{NOTICE}\n");
        let limits = [
            ("MAX_LINE", kinds::MAX_LINE.to_string()),
            ("MAX_TEXT", kinds::MAX_TEXT.to_string()),
            ("MAX_COMMENT", model::MAX_COMMENT.to_string()),
            ("MAX_NUMBER", kinds::MAX_NUMBER.to_string()),
            ("MAX_COORDINATE", model::MAX_COORDINATE.to_string()),
            ("MAX_CARDS", model::MAX_CARDS.to_string()),
            ("MAX_LINKS", model::MAX_LINKS.to_string()),
        ];
        for (name, value) in limits {
            writeln!(out, "export const {name} = {value};").unwrap();
        }
        out.push_str("\n/** What each kind of board holds. */\nexport const SCHEMAS = {\n");
        for kind in BoardKind::ALL {
            let schema = kind.schema();
            let fields: Vec<String> = schema.fields.iter().map(field_ts).collect();
            let links = serde_json::to_string(schema.links).unwrap().replace(',', ", ");
            writeln!(
                out,
                "  {}: {{\n    title: \"{}\",\n    fields: [\n{}\n    ],\n    links: {links},\n    votes: {},\n  }},",
                kind.name(),
                schema.title,
                fields.join("\n"),
                schema.votes
            )
            .unwrap();
        }
        out + "} as const;\n"
    }

    /// Limits that the client keeps by itself, so that the server has nothing to refuse.
    fn limits_ts() -> String {
        use crate::close_code::{FULL, NO_ACCESS, OUTDATED, SIGNED_OUT, TAKEN};
        use crate::limits::{EDIT_BURST, MAX_MESSAGE, PRESENCE_PER_SECOND};
        let per_second = kernel::config::BOARD_EDITS_PER_SECOND;
        let limits = [
            ("Comments on one card.", "MAX_COMMENTS", crate::card::MAX_COMMENTS),
            ("Bytes of one message from a client.", "MAX_MESSAGE_BYTES", MAX_MESSAGE),
            (
                "Edits per second and person on one board, on average, unless configured.",
                "EDITS_PER_SECOND",
                per_second as usize,
            ),
            ("Edits of one person at once.", "EDIT_BURST", (per_second * EDIT_BURST) as usize),
            ("Presence messages per second, on average.", "PRESENCE_PER_SECOND", PRESENCE_PER_SECOND as usize),
        ];
        let mut out = NOTICE.to_owned();
        for (what, name, value) in limits {
            writeln!(out, "\n/** {what} */\nexport const {name} = {value};").unwrap();
        }
        out.push_str("\n/** The socket's close codes after which a client behaves in a special way. */\nexport const CLOSE_CODES = {\n");
        let codes = [
            ("signedOut", SIGNED_OUT),
            ("noAccess", NO_ACCESS),
            ("outdated", OUTDATED),
            ("clientTaken", TAKEN),
            ("full", FULL),
        ];
        for (name, code) in codes {
            writeln!(out, "  {name}: {code},").unwrap();
        }
        out + "} as const;\n"
    }

    /// Writes what differs, and fails so that it is committed.
    pub(crate) fn check_generated(name: &str, expected: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/board/model/generated").join(name);
        if std::fs::read_to_string(&path).ok().as_deref() == Some(expected) {
            return;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
        panic!("{} differed from the Rust sources and was written anew: commit it", path.display());
    }

    #[test]
    fn the_generated_types_are_the_ones_committed() {
        check_generated("protocol.ts", &protocol_ts());
    }

    #[test]
    fn the_generated_schemas_are_the_ones_committed() {
        check_generated("schemas.ts", &schemas_ts());
    }

    #[test]
    fn the_generated_limits_are_the_ones_committed() {
        check_generated("limits.ts", &limits_ts());
    }

    #[test]
    fn another_message_is_another_version_and_another_comment_is_not() {
        let of = |source: &str| fingerprint([source, ""]);
        let said = of("/** One. */\nexport type A = 1;\n");
        assert_eq!(said, of("/** Two. */\n  export type A = 1;\n"));
        assert_ne!(said, of("/** One. */\nexport type A = 2;\n"));
        assert_eq!(version().len(), 12);
    }

    #[test]
    fn messages_read_as_the_architecture_document_says() {
        let hello = r#"{"type":"hello","client":"00000000-0000-0000-0000-000000000001","since":null}"#;
        assert!(matches!(serde_json::from_str(hello).unwrap(), ClientMessage::Hello { since: None, .. }));
        let presence = r#"{"type":"presence","selected":null,"field":"name","cursor":{"x":1,"y":2.5}}"#;
        assert!(matches!(serde_json::from_str(presence).unwrap(), ClientMessage::Presence(_)));
        let closing = ServerMessage::Closing { reason: ClosingReason::Restart, retry_after_ms: 500 };
        assert_eq!(
            serde_json::to_string(&closing).unwrap(),
            r#"{"type":"closing","reason":"restart","retry_after_ms":500}"#
        );
    }

    #[test]
    fn a_set_field_without_a_value_is_malformed_not_an_unset() {
        let left_out = r#"{"type":"set_field","card":"00000000-0000-0000-0000-000000000001","field":"name"}"#;
        assert!(serde_json::from_str::<Edit>(left_out).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics_the_decoder(text in "\\PC{0,200}") {
            let _ = serde_json::from_str::<ClientMessage>(&text);
        }

        #[test]
        fn arbitrary_bytes_never_panic_the_decoder(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = serde_json::from_slice::<ClientMessage>(&bytes);
        }
    }
}
