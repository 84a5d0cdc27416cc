//! A card is an indicator: what is measured, how, from which baseline to which target.

use super::{Field, Schema};

const UNITS: &[&str] = &["contracts", "euros", "hours", "people", "percent"];
const LEGAL_CATEGORIES: &[&str] = &["social", "ecological", "esus", "disadvantaged_employers", "circular", "other"];

pub(super) const SCHEMA: Schema = Schema {
    fields: &[
        Field::line("objective"),
        Field::line("name"),
        Field::text("definition"),
        Field::line("numerator"),
        Field::choice("numerator_unit", UNITS),
        Field::number("numerator_sample"),
        Field::line("denominator"),
        Field::choice("denominator_unit", UNITS),
        Field::number("denominator_sample"),
        Field::choice("expression", &["contracts", "value"]),
        Field::choice("legal_category", LEGAL_CATEGORIES),
        Field::number("baseline"),
        Field::integer("baseline_year", 1990, 2100),
        Field::number("target"),
        Field::integer("target_year", 1990, 2100),
        Field::choice("frequency", &["monthly", "quarterly", "yearly", "biennial"]),
        Field::line("source"),
        Field::line("referent"),
        Field::integer("priority", 1, 3),
        Field::line("purchasing_link"),
        Field::line("policies"),
        Field::text("notes"),
    ],
    title: "name",
    links: &[],
    votes: false,
};
