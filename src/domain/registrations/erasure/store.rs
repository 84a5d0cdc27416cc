//! What is deleted of registrations, and what is left, in SQL.

use crate::registrations::RegistrationStatus;
use db::{ReadConn, WriteTx, dispatch};
use kernel::id::{EventId, PersonId};

/// Adds a person's registrations at an event to the anonymous counts.
pub(super) async fn count_erased(tx: &mut WriteTx, event: EventId, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into erased_count (event_id, status, people)
         select event_id, status, cast(count(*) as bigint) from registration
         where event_id = $1 and person_id = $2 group by event_id, status
         on conflict (event_id, status) do update set people = erased_count.people + excluded.people",
    )
    .bind(event)
    .bind(person)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn delete(tx: &mut WriteTx, event: EventId, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from registration where event_id = $1 and person_id = $2")
        .bind(event)
        .bind(person)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn rename(tx: &mut WriteTx, person: PersonId, name: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update registration set name = $2 where person_id = $1")
        .bind(person)
        .bind(name)
        .execute(conn)
        .await
        .map(drop))
}

/// How many registrations of people who were erased since became what, at an event.
///
/// # Errors
///
/// When the database fails.
pub async fn erased_counts(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<(RegistrationStatus, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as("select status, people from erased_count where event_id = $1 order by status")
        .bind(event)
        .fetch_all(conn)
        .await)
}
