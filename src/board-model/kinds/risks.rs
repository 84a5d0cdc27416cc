//! A card is a risk, with what is done about it.

use super::{Field, Schema};

pub(super) const SCHEMA: Schema = Schema {
    fields: &[
        Field::line("risk"),
        Field::integer("likelihood", 0, 100),
        Field::integer("impact", 0, 100),
        Field::text("measure"),
    ],
    title: "risk",
    coloured_by: "likelihood",
    links: &[],
    votes: false,
};
