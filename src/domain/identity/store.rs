//! The facts in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use db::{ReadConn, WriteTx, dispatch};
use kernel::identity::{Fact, Facts};

/// All of them; what a later version knows and this one does not is left out.
pub(super) async fn all(tx: &mut ReadConn) -> sqlx::Result<Facts> {
    let rows: Vec<(String, String)> =
        dispatch!(tx, |conn| sqlx::query_as("select name, value from identity_fact").fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(name, value)| Some((Fact::parse(&name)?, value))).collect())
}

/// Sets one; nothing is kept of an empty text.
pub(super) async fn set(tx: &mut WriteTx, fact: Fact, value: &str) -> sqlx::Result<()> {
    if value.is_empty() {
        return dispatch!(tx, |conn| sqlx::query("delete from identity_fact where name = $1")
            .bind(fact.name())
            .execute(conn)
            .await
            .map(drop));
    }
    dispatch!(tx, |conn| sqlx::query(
        "insert into identity_fact (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value"
    )
    .bind(fact.name())
    .bind(value)
    .execute(conn)
    .await
    .map(drop))
}
