//! The values of fields, and numbers that survive every round trip through JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A finite number with at most four decimals, so that writing it as JSON and reading it back, by any
/// reader, gives the same number: a board replayed from its edits is then the same board.
#[derive(Debug, Clone, Copy, PartialEq, ts_rs::TS)]
#[ts(type = "number", rename = "Decimal")]
pub struct Number(f64);

impl Number {
    /// `number`, rounded to four decimals; zero when it is not finite.
    #[must_use]
    pub fn new(number: f64) -> Self {
        if !number.is_finite() {
            return Self(0.0);
        }
        if number.fract() == 0.0 {
            // Adding zero makes −0 plain.
            return Self(number + 0.0);
        }
        Self(format!("{number:.4}").parse::<f64>().unwrap_or(0.0) + 0.0)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whether it has no decimals.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0.fract() == 0.0
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Whole numbers are written without ".0"; below 2⁵³ they are exact.
        if self.is_whole() && self.0.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2⁵³")]
            return serializer.serialize_i64(self.0 as i64);
        }
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::new)
    }
}

/// What stands in a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(untagged)]
pub enum Value {
    /// In `number` and `integer` fields.
    Number(Number),
    /// In all others.
    Text(String),
}

impl Value {
    /// The text; none for a number.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    /// Nothing was written: the same as an unset field.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.as_text() == Some("")
    }
}

/// As it is shown in tables.
impl std::fmt::Display for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.get().fmt(out),
            Self::Text(text) => out.write_str(text),
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_numbers_are_written_without_decimals() {
        assert_eq!(serde_json::to_string(&Number::new(3.0)).unwrap(), "3");
        assert_eq!(serde_json::to_string(&Number::new(-0.0)).unwrap(), "0");
        assert_eq!(serde_json::to_string(&Number::new(0.123_456)).unwrap(), "0.1235");
        assert_eq!(serde_json::to_string(&Number::new(-0.000_01)).unwrap(), "0");
    }

    #[test]
    fn a_number_beyond_all_bounds_is_a_number_still() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Number::new(number).get().to_bits(), 0.0_f64.to_bits());
        }
        for number in [1e308, -1e308, 9_007_199_254_740_993.0, 9e15, f64::MIN_POSITIVE] {
            let number = Number::new(number);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(serde_json::from_str::<Number>(&json).unwrap(), number, "{json}");
        }
        assert!(serde_json::from_str::<Number>("1e400").is_err());
    }

    proptest! {
        #[test]
        fn a_number_survives_json(number in -1e11..1e11_f64) {
            let number = Number::new(number);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Number>(&json).unwrap(), number);
        }
    }
}
