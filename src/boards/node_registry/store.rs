//! The table of running nodes.

use uuid::Uuid;

use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;

/// Writes the row of a node.
pub(super) async fn put(tx: &mut WriteTx, id: Uuid, minor: i64, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into node (id, minor, seen_at) values ($1, $2, $3)
         on conflict (id) do update set minor = excluded.minor, seen_at = excluded.seen_at",
    )
    .bind(id)
    .bind(minor)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

/// The lowest minor of the nodes that were seen after `since`.
pub(super) async fn lowest_minor(tx: &mut ReadConn, since: Timestamp) -> sqlx::Result<Option<i64>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select min(minor) from node where seen_at > $1")
        .bind(since)
        .fetch_one(conn)
        .await)
}

/// Deletes the row of a node that ends.
pub(super) async fn delete(tx: &mut WriteTx, id: Uuid) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from node where id = $1").bind(id).execute(conn).await.map(drop))
}

/// Deletes the rows of nodes that were last seen before that.
pub(super) async fn forget(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from node where seen_at < $1").bind(before).execute(conn).await.map(drop))
}
