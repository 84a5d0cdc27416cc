//! The library in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::{Resource, ResourceDraft};
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EventId, ResourceId};

/// All entries, the newest first.
pub async fn list(tx: &mut ReadConn) -> sqlx::Result<Vec<Resource>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, kind, title, description, url, event_id from resource order by created_at desc, id desc"
    )
    .fetch_all(conn)
    .await)
}

/// The entries of an event, in their order.
pub async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<Resource>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, kind, title, description, url, event_id from resource where event_id = $1 order by position, id"
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// The entry of that identifier.
pub async fn find(tx: &mut ReadConn, id: ResourceId) -> sqlx::Result<Option<Resource>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, kind, title, description, url, event_id from resource where id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await)
}

/// Adds an entry, the last of its event.
pub(super) async fn insert(
    tx: &mut WriteTx,
    id: ResourceId,
    draft: &ResourceDraft,
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into resource (id, kind, title, description, url, event_id, position, created_at, revised_at)
         values ($1, $2, $3, $4, $5, $6,
                 (select coalesce(max(position), 0) + 1 from resource where event_id = $6), $7, $7)",
    )
    .bind(id)
    .bind(draft.kind)
    .bind(&draft.title)
    .bind(&draft.description)
    .bind(&draft.url)
    .bind(draft.event_id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

/// Changes an entry.
pub(super) async fn update(
    tx: &mut WriteTx,
    id: ResourceId,
    draft: &ResourceDraft,
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update resource set kind = $2, title = $3, description = $4, url = $5, event_id = $6, revised_at = $7
         where id = $1",
    )
    .bind(id)
    .bind(draft.kind)
    .bind(&draft.title)
    .bind(&draft.description)
    .bind(&draft.url)
    .bind(draft.event_id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn set_position(tx: &mut WriteTx, id: ResourceId, position: i64) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update resource set position = $2 where id = $1")
        .bind(id)
        .bind(position)
        .execute(conn)
        .await
        .map(drop))
}

/// Deletes an entry; says whether it was there.
pub(super) async fn delete(tx: &mut WriteTx, id: ResourceId) -> sqlx::Result<bool> {
    let deleted = dispatch!(tx, |conn| sqlx::query("delete from resource where id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted > 0)
}
