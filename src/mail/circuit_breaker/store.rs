//! The pause in SQL.

use sqlx::FromRow;

use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;

/// Why and since when letters wait.
#[derive(Debug, Clone, FromRow)]
pub struct PauseRow {
    pub since: Timestamp,
    pub reason: String,
    #[sqlx(rename = "attempts")]
    pub tries: i64,
}

/// The pause, if there is one.
pub async fn find(tx: &mut ReadConn) -> sqlx::Result<Option<PauseRow>> {
    dispatch!(tx, |conn| sqlx::query_as("select since, reason, attempts from mail_circuit_breaker")
        .fetch_optional(conn)
        .await)
}

/// Begins a pause, or makes it longer; of processes that fail together one counts.
pub async fn put(tx: &mut WriteTx, row: &PauseRow) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into mail_circuit_breaker (id, since, reason, attempts) values (1, $1, $2, $3)
         on conflict (id) do update set reason = excluded.reason, attempts = excluded.attempts
         where mail_circuit_breaker.attempts < excluded.attempts",
    )
    .bind(row.since)
    .bind(&row.reason)
    .bind(row.tries)
    .execute(conn)
    .await
    .map(drop))
}

pub async fn lift(tx: &mut WriteTx) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from mail_circuit_breaker").execute(conn).await.map(drop))
}
