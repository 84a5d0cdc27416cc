//! What is deleted of registrations, and what is left, in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use crate::accounts::EmailAddress;
use crate::registrations::RegistrationStatus;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
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
pub async fn erased_counts(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<(RegistrationStatus, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as("select status, people from erased_count where event_id = $1 order by status")
        .bind(event)
        .fetch_all(conn)
        .await)
}

/// Deletes what knows a person by the address alone.
pub(super) async fn delete_by_address(tx: &mut WriteTx, email: &EmailAddress) -> sqlx::Result<()> {
    for query in ["delete from reserved_seat_address where email = $1", "delete from seat_transfer where email = $1"] {
        dispatch!(tx, |conn| sqlx::query(query).bind(email).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Lets what knows a person by the address alone follow them to another one.
pub(super) async fn move_address(tx: &mut WriteTx, from: &EmailAddress, to: &EmailAddress) -> sqlx::Result<()> {
    let queries = [
        "insert into reserved_seat_address (event_id, email)
         select event_id, $2 from reserved_seat_address where email = $1 on conflict (event_id, email) do nothing",
        "delete from reserved_seat_address where email = $1 and email <> $2",
        "update seat_transfer set email = $2 where email = $1",
    ];
    for query in queries {
        dispatch!(tx, |conn| sqlx::query(query).bind(from).bind(to).execute(conn).await.map(drop))?;
    }
    Ok(())
}

pub(super) async fn purge(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    let queries = [
        "delete from reserved_seat_address where event_id in (select id from event where ends_at < $1)",
        "delete from seat_transfer where registration_id in
             (select registration.id from registration join event on event.id = registration.event_id
              where event.ends_at < $1)",
    ];
    for query in queries {
        dispatch!(tx, |conn| sqlx::query(query).bind(before).execute(conn).await.map(drop))?;
    }
    Ok(())
}
