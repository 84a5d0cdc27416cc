//! Imported events in SQL.

use crate::db::Tx;
use crate::id::EventId;
use crate::on;

/// The event that was made from a foreign one.
pub async fn find(tx: &mut Tx, key: &str) -> sqlx::Result<Option<EventId>> {
    on!(tx, |conn| sqlx::query_scalar("select event_id from imported_event where foreign_key = $1")
        .bind(key)
        .fetch_optional(conn)
        .await)
}

pub async fn insert(tx: &mut Tx, key: &str, event: EventId) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("insert into imported_event (foreign_key, event_id) values ($1, $2)")
        .bind(key)
        .bind(event)
        .execute(conn)
        .await
        .map(drop))
}
