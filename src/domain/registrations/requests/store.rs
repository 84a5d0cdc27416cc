//! What requests ask of events, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;

use super::SeatRequest;
use db::{ReadConn, WriteTx, dispatch};
use kernel::id::ProofRequestId;

/// Adds what requests ask of events.
pub(super) async fn insert(tx: &mut WriteTx, rows: &[(ProofRequestId, SeatRequest)]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query =
            QueryBuilder::new("insert into registration_request (id, proof_request_id, event_id, arrival) ");
        query.push_values(rows, |mut row, (request, one)| {
            row.push_bind(one.id).push_bind(*request).push_bind(one.event_id).push_bind(one.arrival);
        });
        query.build().persistent(rows.len() == 1).execute(conn).await.map(drop)
    })
}

/// What a request asks, by the time of the events.
pub(super) async fn of_request(tx: &mut ReadConn, id: ProofRequestId) -> sqlx::Result<Vec<SeatRequest>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select registration_request.id, registration_request.event_id, registration_request.arrival,
                registration_request.registration_id
         from registration_request join event on event.id = registration_request.event_id
         where proof_request_id = $1 order by event.starts_at, event.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await)
}
