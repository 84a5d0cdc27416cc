//! Imported events in SQL.

use db::{ReadConn, WriteTx, dispatch};
use kernel::id::EventId;

/// The event that was made from a foreign one, by its key or by the one it had before.
pub async fn find(tx: &mut ReadConn, key: &str, former_key: &str) -> sqlx::Result<Option<EventId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select event_id from imported_event where external_key in ($1, $2)
         order by case external_key when $1 then 0 else 1 end limit 1",
    )
    .bind(key)
    .bind(former_key)
    .fetch_optional(conn)
    .await)
}

/// All keys, and the events that were made from what they name.
pub async fn list(tx: &mut ReadConn) -> sqlx::Result<Vec<(String, EventId)>> {
    dispatch!(tx, |conn| sqlx::query_as("select external_key, event_id from imported_event order by external_key")
        .fetch_all(conn)
        .await)
}

/// Keeps which event was made from what; `false` when another one was already.
pub async fn insert(tx: &mut WriteTx, key: &str, event: EventId) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "insert into imported_event (external_key, event_id) values ($1, $2) on conflict (external_key) do nothing",
    )
    .bind(key)
    .bind(event)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
