//! Settings that the program made for itself and keeps.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::WriteTx;
use crate::dispatch;

/// The setting of that name, which becomes `first` if there is none.
pub async fn get_or_set(tx: &mut WriteTx, name: &str, first: &str) -> sqlx::Result<String> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into setting (name, value) values ($1, $2) on conflict (name) do nothing"
    )
    .bind(name)
    .bind(first)
    .execute(conn)
    .await
    .map(drop))?;
    dispatch!(tx, |conn| sqlx::query_scalar("select value from setting where name = $1")
        .bind(name)
        .fetch_one(conn)
        .await)
}

/// Sets a setting that is a moment, milliseconds since 1970, if it is not there or before `limit`; says whether it did. Of two
/// processes that try at once one does.
pub async fn set_if_older(tx: &mut WriteTx, name: &str, moment: i64, limit: i64) -> sqlx::Result<bool> {
    let set: Option<String> = dispatch!(tx, |conn| sqlx::query_scalar(
        "insert into setting (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value where cast(setting.value as bigint) < $3
         returning value",
    )
    .bind(name)
    .bind(moment.to_string())
    .bind(limit)
    .fetch_optional(conn)
    .await)?;
    Ok(set.is_some())
}
