//! How a board's rows are stored: the format of edits and snapshots, so that a later version can change it and still read
//! old rows, and numbers.

use serde::de::DeserializeOwned;
use sqlx::types::{Json, JsonRawValue};

/// The format that this version writes, and the highest that it reads.
pub(super) const FORMAT: i64 = 1;

/// An edit or a snapshot as it is stored, not read yet: how to read it depends on its format.
pub(super) type Stored = Json<Box<JsonRawValue>>;

/// What is stored in `format`, in the terms of this version. Every stored edit and snapshot is read by this function: when
/// the format changes, what an older one needs is done here.
///
/// # Errors
///
/// When a newer version of the program wrote the row, or when it cannot be read.
pub(super) fn lift<T: DeserializeOwned>(format: i64, Json(stored): &Stored) -> sqlx::Result<T> {
    match format {
        FORMAT => serde_json::from_str(stored.get()).map_err(|error| sqlx::Error::Decode(error.into())),
        format => Err(sqlx::Error::Decode(unknown(format).into())),
    }
}

fn unknown(format: i64) -> String {
    if format > FORMAT {
        format!("a board is stored in format {format} by a newer version of parcours; this one reads {FORMAT}")
    } else {
        format!("a board is stored in format {format}, which no version of parcours writes")
    }
}

/// A seq or an `n` as the database counts it.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Back again.
pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: i64, json: &str) -> sqlx::Result<Vec<u8>> {
        lift(format, &Json(JsonRawValue::from_string(json.to_owned()).unwrap()))
    }

    #[test]
    fn a_row_of_a_newer_format_is_refused_with_a_sentence_before_it_is_read() {
        assert_eq!(read(FORMAT, "[1, 2]").unwrap(), [1, 2]);
        let refused = read(FORMAT + 1, r#"{"new": true}"#).unwrap_err().to_string();
        assert!(refused.contains("format 2 by a newer version"), "{refused}");
        let refused = read(0, "[]").unwrap_err().to_string();
        assert!(refused.contains("no version"), "{refused}");
        assert!(read(FORMAT, "{}").is_err());
    }
}
