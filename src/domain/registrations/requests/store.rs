//! What requests ask of events, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::SeatRequest;
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::id::{ProofRequestId, RegistrationRequestId};

/// What a request asks of one event, with the request.
#[derive(sqlx::FromRow)]
struct Row {
    proof_request_id: ProofRequestId,
    #[sqlx(flatten)]
    seat: SeatRequest,
}

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

/// Gives what a request asks of an event another place in the order there; tells whether it was still undecided.
pub(super) async fn renew(tx: &mut WriteTx, id: RegistrationRequestId, arrival: i64) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "update registration_request set arrival = $2 where id = $1 and registration_id is null"
    )
    .bind(id)
    .bind(arrival)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What requests ask, each by the time of the events.
pub(super) async fn of_requests(
    tx: &mut ReadConn,
    ids: &[ProofRequestId],
) -> sqlx::Result<HashMap<ProofRequestId, Vec<SeatRequest>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select registration_request.proof_request_id, registration_request.id, registration_request.event_id,
                    registration_request.arrival, registration_request.registration_id
             from registration_request join event on event.id = registration_request.event_id
             where proof_request_id in ",
        );
        push_list(&mut query, ids);
        query.push(" order by event.starts_at, event.id");
        query.build_query_as().persistent(ids.len() == 1).fetch_all(conn).await
    })?;
    let mut asked: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        asked.entry(row.proof_request_id).or_default().push(row.seat);
    }
    Ok(asked)
}
