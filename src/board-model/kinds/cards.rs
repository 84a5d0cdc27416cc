//! A card is a note, placed freely or in groups.

use super::{Field, Schema};

pub(super) const SCHEMA: Schema = Schema {
    fields: &[
        Field::line("title"),
        Field::text("text"),
        Field::choice("colour", &["yellow", "blue", "green", "pink", "grey"]),
        Field::line("group"),
    ],
    title: "title",
    coloured_by: "colour",
    links: &[],
    votes: false,
};
