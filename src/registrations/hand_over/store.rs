//! Seats on their way to colleagues, in SQL.

use super::HandOver;
use crate::db::Tx;
use crate::id::RegistrationId;
use crate::on;

/// Puts a seat on its way, to this colleague only.
pub(super) async fn replace(tx: &mut Tx, hand_over: &HandOver, token_hash: &[u8]) -> sqlx::Result<()> {
    remove(tx, hand_over.registration_id).await?;
    on!(tx, |conn| sqlx::query(
        "insert into hand_over (id, registration_id, name, email, token_hash, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hand_over.id)
    .bind(hand_over.registration_id)
    .bind(&hand_over.name)
    .bind(&hand_over.email)
    .bind(token_hash)
    .bind(hand_over.created_at)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn find(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<HandOver>> {
    on!(tx, |conn| sqlx::query_as(
        "select id, registration_id, name, email, created_at from hand_over where token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await)
}

pub(super) async fn remove(tx: &mut Tx, registration: RegistrationId) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("delete from hand_over where registration_id = $1")
        .bind(registration)
        .execute(conn)
        .await
        .map(drop))
}
