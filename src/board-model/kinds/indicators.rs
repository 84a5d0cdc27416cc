//! A card is an indicator: what is measured, how, from which baseline to which target.

use std::collections::BTreeMap;

use super::{Field, Schema};
use crate::model::Value;

/// What an indicator counts in.
pub const UNITS: &[&str] = &["contracts", "euros", "hours", "people", "percent"];
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
    coloured_by: "legal_category",
    links: &[],
    votes: false,
};

/// The categories of purchases for which article L. 2111-3 of the public procurement code asks an indicator and a target.
pub const REQUIRED: [&str; 4] = ["social", "ecological", "esus", "disadvantaged_employers"];

/// What each of them needs: an indicator, its starting value, its target, the year of the target.
pub const NEEDS: [&str; 4] = ["indicator", "baseline", "target", "target_year"];

/// Hours or people may be counted per contract; everything else is a share of the same thing.
const AVERAGES: [(&str, &str); 3] = [("hours", "contracts"), ("people", "contracts"), ("hours", "people")];

/// What the figures of an indicator come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Computed<'a> {
    /// The figure, unrounded.
    pub value: f64,
    /// One of [`UNITS`].
    pub unit: &'a str,
    /// For an average: per what, one of [`UNITS`].
    pub per: Option<&'a str>,
}

type Fields = BTreeMap<String, Value>;

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_text).unwrap_or_default()
}

fn number(fields: &Fields, name: &str) -> Option<f64> {
    match fields.get(name) {
        Some(Value::Number(number)) => Some(number.get()),
        _ => None,
    }
}

/// Whether the units go together: a share is of two quantities of the same unit, and what is counted is what is said.
pub fn units_fit(fields: &Fields) -> bool {
    let (numerator, denominator) = (text(fields, "numerator_unit"), text(fields, "denominator_unit"));
    let counted = match text(fields, "expression") {
        "contracts" => "contracts",
        "value" => "euros",
        _ => numerator,
    };
    if numerator != counted && !["", "percent"].contains(&numerator) {
        return false;
    }
    if numerator.is_empty() || denominator.is_empty() {
        return true;
    }
    let of_percents = numerator == "percent" || denominator == "percent";
    !of_percents && (numerator == denominator || AVERAGES.contains(&(numerator, denominator)))
}

/// What the sample figures come to; nothing while one is missing or the units do not go together.
pub fn computed(fields: &Fields) -> Option<Computed<'_>> {
    let (unit, per) = (text(fields, "numerator_unit"), text(fields, "denominator_unit"));
    let numerator = number(fields, "numerator_sample").filter(|_| !unit.is_empty() && units_fit(fields))?;
    if per.is_empty() && !fields.contains_key("denominator") {
        return Some(Computed { value: numerator, unit, per: None });
    }
    let denominator = number(fields, "denominator_sample").filter(|number| *number != 0.0 && !per.is_empty())?;
    Some(if unit == per {
        Computed { value: 100.0 * numerator / denominator, unit: "percent", per: None }
    } else {
        Computed { value: numerator / denominator, unit, per: Some(per) }
    })
}

/// In which unit an indicator's values are; empty while the formula does not say. An average has none of its own.
pub fn unit(fields: &Fields) -> &str {
    let (unit, per) = (text(fields, "numerator_unit"), text(fields, "denominator_unit"));
    match unit {
        _ if !units_fit(fields) => "",
        "" => "",
        _ if unit == per => "percent",
        _ if per.is_empty() && !fields.contains_key("denominator") => unit,
        _ => "",
    }
}

/// For each of the [`REQUIRED`] categories, which of the [`NEEDS`] these cards meet.
pub fn coverage<'a>(cards: impl Iterator<Item = &'a Fields> + Clone) -> [[bool; 4]; 4] {
    REQUIRED.map(|category| {
        let own = cards.clone().filter(|fields| text(fields, "legal_category") == category);
        NEEDS.map(|need| own.clone().any(|fields| need == "indicator" || fields.contains_key(need)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Number;

    /// What is computed here and in the browser, for every mix of units; the browser's tests read it.
    #[test]
    fn the_generated_figures_are_the_ones_committed() {
        let units = [&[""], UNITS].concat();
        let mut lines = Vec::new();
        for (numerator, denominator) in units.iter().flat_map(|one| units.iter().map(move |other| (*one, *other))) {
            for (expression, named, figures) in [
                ("", true, [Some(30.0), Some(120.0)]),
                ("contracts", true, [Some(7.5), Some(0.0)]),
                ("value", false, [Some(1e6), Some(3.0)]),
                ("value", true, [None, Some(4.0)]),
                ("contracts", false, [Some(12.0), None]),
            ] {
                let mut fields = Fields::new();
                let mut put = |name: &str, value: &str| {
                    if !value.is_empty() {
                        fields.insert(name.to_owned(), value.into());
                    }
                };
                put("numerator_unit", numerator);
                put("denominator_unit", denominator);
                put("expression", expression);
                put("denominator", if named { "Total" } else { "" });
                for (name, figure) in ["numerator_sample", "denominator_sample"].into_iter().zip(figures) {
                    fields.extend(figure.map(|figure| (name.to_owned(), Number::new(figure).into())));
                }
                let found = computed(&fields).map(|Computed { value, unit, per }| match per {
                    Some(per) => json!({ "value": value, "unit": unit, "per": per }),
                    None => json!({ "value": value, "unit": unit }),
                });
                let figure =
                    json!({ "fields": fields, "fits": units_fit(&fields), "unit": unit(&fields), "computed": found });
                lines.push(figure.to_string());
            }
        }
        let out = format!("[\n{}\n]\n", lines.join(",\n"));
        crate::protocol::generated::check_generated("figures.json", &out);
    }

    #[test]
    fn the_law_is_covered_need_by_need() {
        let card = |category: &str, needs: &[&str]| {
            let needs = needs.iter().map(|need| ((*need).to_owned(), Number::new(2030.0).into()));
            needs.chain([("legal_category".to_owned(), category.into())]).collect::<Fields>()
        };
        let cards =
            [card("social", &["baseline"]), card("social", &["target"]), card("esus", &[]), card("circular", &[])];
        let [social, ecological, esus, employers] = coverage(cards.iter());
        assert_eq!(social, [true, true, true, false], "together they meet it");
        assert_eq!((ecological, employers), ([false; 4], [false; 4]));
        assert_eq!(esus, [true, false, false, false]);
    }
}
