//! A card is an actor; links say who does what to whom.

use super::{Field, Schema};

const FAMILIES: &[&str] = &[
    "economic_networks",
    "federations",
    "facilitators",
    "development_agencies",
    "buyer_networks",
    "experts",
    "elected",
    "general_management",
    "purchasing",
    "finance",
    "technical",
    "legal",
    "users",
];
const ATTITUDES: &[&str] = &["opposed", "reserved", "neutral", "favourable", "driving"];

pub(super) const SCHEMA: Schema = Schema {
    fields: &[
        Field::line("name"),
        Field::choice("family", FAMILIES),
        Field::choice("internal", &["internal", "external"]),
        Field::text("role"),
        Field::line("contribution"),
        Field::line("expectations"),
        Field::integer("power", 0, 100),
        Field::integer("interest", 0, 100),
        Field::choice("attitude_now", ATTITUDES),
        Field::choice("attitude_wanted", ATTITUDES),
        Field::line("referent"),
        Field::line("contact").private(),
        Field::text("notes"),
    ],
    title: "name",
    coloured_by: "family",
    links: &["decides", "prescribes", "informs", "funds", "supplies", "supports", "opposes", "co_builds"],
    votes: false,
};
