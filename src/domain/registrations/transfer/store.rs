//! Seats on their way to colleagues, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::{Transfer, TransferStatus};
use db::{ReadConn, WriteTx, dispatch};
use kernel::id::{EventId, RegistrationId, TransferId};

/// Adds a pending transfer; the caller has ended an earlier one.
pub(super) async fn insert(tx: &mut WriteTx, transfer: &Transfer, token_hash: &[u8]) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into seat_transfer (id, registration_id, name, email, status, token_hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(transfer.id)
    .bind(transfer.registration_id)
    .bind(&transfer.name)
    .bind(&transfer.email)
    .bind(transfer.status)
    .bind(token_hash)
    .bind(transfer.created_at)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn find(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<Transfer>> {
    dispatch!(tx, |conn| {
        sqlx::query_as(
        "select id, registration_id, name, email, status, recipient_registration_id, created_at from seat_transfer where token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await
    })
}

/// The last time that a seat was put on its way.
pub async fn last_of(tx: &mut ReadConn, registration: RegistrationId) -> sqlx::Result<Option<Transfer>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, registration_id, name, email, status, recipient_registration_id, created_at from seat_transfer
         where registration_id = $1 order by created_at desc, id desc limit 1",
    )
    .bind(registration)
    .fetch_optional(conn)
    .await)
}

/// The colleague who has yet to answer.
pub(super) async fn asked(tx: &mut ReadConn, registration: RegistrationId) -> sqlx::Result<Option<Transfer>> {
    Ok(last_of(tx, registration).await?.filter(|last| last.status == TransferStatus::Pending))
}

/// The transfers at an event that nobody has answered.
pub(super) async fn pending_at(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<Transfer>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select seat_transfer.id, registration_id, seat_transfer.name, seat_transfer.email, seat_transfer.status,
                recipient_registration_id, seat_transfer.created_at
         from seat_transfer join registration on registration.id = seat_transfer.registration_id
         where registration.event_id = $1 and seat_transfer.status = 'pending' order by seat_transfer.created_at",
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// Writes what became of it.
pub(super) async fn close(
    tx: &mut WriteTx,
    id: TransferId,
    state: TransferStatus,
    taken: Option<RegistrationId>,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update seat_transfer set status = $2, recipient_registration_id = $3 where id = $1"
    )
    .bind(id)
    .bind(state)
    .bind(taken)
    .execute(conn)
    .await
    .map(drop))
}
