//! Who pressed the button that leads to a video meeting, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::RegistrationId;

/// Notes the first time.
pub(super) async fn insert(tx: &mut WriteTx, id: RegistrationId, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into join_click (registration_id, joined_at) values ($1, $2)
         on conflict (registration_id) do nothing",
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

/// When somebody joined for the first time, if they did.
pub async fn joined_at(tx: &mut ReadConn, id: RegistrationId) -> sqlx::Result<Option<Timestamp>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select joined_at from join_click where registration_id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await)
}
