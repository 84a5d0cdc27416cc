//! A card is a question, with up-votes and an answer.

use super::{Field, Schema};

pub(super) const SCHEMA: Schema = Schema {
    fields: &[
        Field::line("question"),
        Field::line("theme"),
        Field::text("answer"),
        Field::choice("state", &["asked", "answering", "answered", "parked"]),
    ],
    title: "question",
    coloured_by: "state",
    links: &[],
    votes: true,
};
