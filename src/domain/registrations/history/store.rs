//! What became of registrations, step by step, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;

use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId, RegistrationId, StepId};

use super::Step;
use crate::registrations::Registration;

/// Writes down, for each of these registrations, what became of it when; at least one.
pub(in crate::registrations) async fn insert_steps<'a>(
    tx: &mut WriteTx,
    steps: impl Iterator<Item = (&'a Registration, Timestamp)> + Send,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("insert into registration_status_change (id, registration_id, at, status) ");
        query.push_values(steps, |mut row, (registration, at)| {
            row.push_bind(StepId::new(at)).push_bind(registration.id).push_bind(at).push_bind(registration.status);
        });
        query.build().execute(conn).await.map(drop)
    })
}

/// Writes down what became of a registration, before it is written itself, unless it is what it was.
pub(in crate::registrations) async fn insert_step_if_new(
    tx: &mut WriteTx,
    registration: &Registration,
    at: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into registration_status_change (id, registration_id, at, status)
         select $1, id, $3, $4 from registration where id = $2 and status <> $4",
    )
    .bind(StepId::new(at))
    .bind(registration.id)
    .bind(at)
    .bind(registration.status)
    .execute(conn)
    .await
    .map(drop))
}

/// The history of a registration.
pub async fn steps(tx: &mut ReadConn, id: RegistrationId) -> sqlx::Result<Vec<Step>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select at, status from registration_status_change where registration_id = $1 order by at, id"
    )
    .bind(id)
    .fetch_all(conn)
    .await)
}

/// Everybody who ever asked for a seat at an event.
pub async fn people_of(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<PersonId>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select distinct person_id from registration where event_id = $1")
        .bind(event)
        .fetch_all(conn)
        .await)
}
