//! The client's TypeScript, made from the Rust types and compared with what is committed; and the types of each version,
//! which are kept.

use std::fmt::Write;
use std::path::Path;

use ts_rs::{Config, TS};

use super::*;
use crate::kinds::{self, BoardKind, Holds};
use crate::model::{self, Card, Comment, Link, Touch, Value};
use crate::text::TextOp;

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
    declare::<PresenceState>(&mut out);
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

/// What the messages of a version are made of: the types of the messages and the fields of the kinds, without comments.
fn messages() -> String {
    let sources = format!("{}{}", protocol_ts(), schemas_ts());
    let lines = sources.lines().map(str::trim_end);
    let is_said = |line: &&str| !line.is_empty() && !["/", "*"].iter().any(|mark| line.trim_start().starts_with(mark));
    let said: Vec<&str> = lines.filter(is_said).collect();
    format!("// The messages of the boards in version {VERSION}. Kept; never edited.\n{}\n", said.join("\n"))
}

/// Whether messages of these types may go by a version of which these types are kept, if any are. The file of a version
/// that has none yet is to be written.
fn check_version(kept: Option<&str>, messages: &str) -> Result<(), &'static str> {
    match kept {
        Some(kept) if kept == messages => Ok(()),
        Some(_) => Err(
            "the messages changed without a new number: raise `minor` of VERSION when something was only added, else `major`",
        ),
        None => Err("the types of a new version were kept: commit them"),
    }
}

#[test]
fn messages_do_not_change_without_a_new_number() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("versions").join(format!("{VERSION}.ts"));
    let kept = std::fs::read_to_string(&path).ok();
    let checked = check_version(kept.as_deref(), &messages());
    if kept.is_none() {
        std::fs::write(&path, messages()).unwrap();
    }
    assert_eq!(checked, Ok(()), "{}", path.display());
}

#[test]
fn a_changed_message_needs_a_number_and_a_changed_comment_does_not() {
    let said = messages();
    assert!(check_version(Some(&said), &said).is_ok());
    assert!(check_version(Some(&said), &said.replace("not_yet", "later")).is_err());
    assert!(check_version(None, &said).is_err());
    assert!(!said.contains("/**") && protocol_ts().contains("/**"), "comments are not kept");
}

#[test]
fn the_types_of_every_version_are_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("versions");
    for minor in 0..=VERSION.minor {
        let version = Version { minor, ..VERSION };
        assert!(folder.join(format!("{version}.ts")).exists(), "{version}");
    }
}
