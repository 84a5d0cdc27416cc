//! How a board's rows are stored: the format of edits and snapshots, so that a later version can change it and still read
//! old rows, and numbers.

/// The format that this version writes, and the highest that it reads.
pub(super) const FORMAT: i64 = 1;

/// The value of a row stored in `format`.
///
/// # Errors
///
/// When a newer version of the program wrote the row.
pub(super) fn readable<T>(format: i64, value: T) -> sqlx::Result<T> {
    if format > FORMAT {
        let newer =
            format!("a board is stored in format {format} by a newer version of parcours; this one reads {FORMAT}");
        return Err(sqlx::Error::Decode(newer.into()));
    }
    Ok(value)
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

    #[test]
    fn a_row_of_a_newer_format_is_refused_with_a_sentence() {
        assert_eq!(readable(FORMAT, "edit").unwrap(), "edit");
        let refused = readable(FORMAT + 1, "edit").unwrap_err().to_string();
        assert!(refused.contains("format 2 by a newer version"), "{refused}");
    }
}
