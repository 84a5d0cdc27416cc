//! What is known of links, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::LinkCheck;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::ResourceId;

macro_rules! checks {
    () => {
        "select resource_id, url, state, checked_at, seen_at, failing_since, moved_to, overruled_at from link_check"
    };
}

/// What is known of every link.
pub(super) async fn list(tx: &mut ReadConn) -> sqlx::Result<Vec<LinkCheck>> {
    dispatch!(tx, |conn| sqlx::query_as(checks!()).fetch_all(conn).await)
}

/// What is known of a resource's link.
pub(super) async fn find(tx: &mut ReadConn, resource: ResourceId) -> sqlx::Result<Option<LinkCheck>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(checks!(), " where resource_id = $1"))
        .bind(resource)
        .fetch_optional(conn)
        .await)
}

/// Writes down what is known of a resource's link.
pub(super) async fn put(tx: &mut WriteTx, check: &LinkCheck) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        sqlx::query(
        "insert into link_check
            (resource_id, url, state, checked_at, seen_at, failing_since, moved_to, overruled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (resource_id) do update
         set url = excluded.url, state = excluded.state, checked_at = excluded.checked_at, seen_at = excluded.seen_at,
             failing_since = excluded.failing_since, moved_to = excluded.moved_to, overruled_at = excluded.overruled_at",
    )
    .bind(check.resource_id)
    .bind(&check.url)
    .bind(check.state)
    .bind(check.checked_at)
    .bind(check.seen_at)
    .bind(check.failing_since)
    .bind(&check.moved_to)
    .bind(check.overruled_at)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// An organiser says that the link works; says whether anything else was known of it.
pub(super) async fn overrule(tx: &mut WriteTx, resource: ResourceId, now: Timestamp) -> sqlx::Result<bool> {
    let changed = dispatch!(tx, |conn| sqlx::query(
        "update link_check set overruled_at = $2
         where resource_id = $1 and state <> 'seen' and overruled_at is null",
    )
    .bind(resource)
    .bind(now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// Takes the right to ask a host once, unless it was asked after `limit`; of two processes that try one gets it.
pub(super) async fn claim_host(tx: &mut WriteTx, host: &str, now: Timestamp, limit: Timestamp) -> sqlx::Result<bool> {
    let claimed: Option<String> = dispatch!(tx, |conn| sqlx::query_scalar(
        "insert into link_host (host, asked_at) values ($1, $2)
         on conflict (host) do update set asked_at = excluded.asked_at where link_host.asked_at <= $3
         returning host",
    )
    .bind(host)
    .bind(now)
    .bind(limit)
    .fetch_optional(conn)
    .await)?;
    Ok(claimed.is_some())
}
