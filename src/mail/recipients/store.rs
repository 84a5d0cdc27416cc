//! Letters by recipient and by age, in SQL.

use super::LetterTrace;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;

pub async fn written_to(tx: &mut ReadConn, address: &str) -> sqlx::Result<Vec<LetterTrace>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select kind, created_at, status from letter where recipient = $1 order by created_at"
    )
    .bind(address)
    .fetch_all(conn)
    .await)
}

pub async fn move_letters(tx: &mut WriteTx, from: &str, to: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update letter set recipient = $2 where recipient = $1")
        .bind(from)
        .bind(to)
        .execute(conn)
        .await
        .map(drop))
}

pub async fn delete_to(tx: &mut WriteTx, address: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from letter where recipient = $1")
        .bind(address)
        .execute(conn)
        .await
        .map(drop))
}

pub async fn delete_before(tx: &mut WriteTx, moment: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "delete from letter where created_at < $1 and status not in ('queued', 'sending')"
    )
    .bind(moment)
    .execute(conn)
    .await
    .map(drop))
}
