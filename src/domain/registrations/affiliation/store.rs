//! The organisations of registered people, in SQL.

use crate::statuses;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EventId, OrganisationId, PersonId, RegistrationId};

/// The events at which a person has a live registration.
pub(super) async fn live_events_of(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<EventId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(concat!(
        "select event_id from registration where person_id = $1 and status in ",
        statuses!(live),
    ))
    .bind(person)
    .fetch_all(conn)
    .await)
}

pub(super) async fn set_organisation(
    tx: &mut WriteTx,
    id: RegistrationId,
    organisation: OrganisationId,
    name: &str,
) -> sqlx::Result<()> {
    // `changed_at` stays: it is what the person's calendar shows that changes it.
    dispatch!(tx, |conn| sqlx::query("update registration set organisation_id = $2, organisation = $3 where id = $1")
        .bind(id)
        .bind(organisation)
        .bind(name)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn move_registrations(
    tx: &mut WriteTx,
    from: OrganisationId,
    into: OrganisationId,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update registration set organisation_id = $2 where organisation_id = $1")
        .bind(from)
        .bind(into)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn count_of_organisation(tx: &mut ReadConn, organisation: OrganisationId) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from registration where organisation_id = $1"
    )
    .bind(organisation)
    .fetch_one(conn)
    .await)
}

/// Events to come at which two organisations together have more seats than one may, and each has some.
pub(super) async fn beyond_cap(
    tx: &mut ReadConn,
    one: OrganisationId,
    other: OrganisationId,
    now: Timestamp,
) -> sqlx::Result<Vec<(String, i64, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select event.title, cast(count(*) as bigint), event.organisation_cap
         from registration join event on event.id = registration.event_id
         where registration.organisation_id in ($1, $2) and event.ends_at > $3 and event.organisation_cap is not null
           and registration.status in ",
        statuses!(taken),
        " group by event.id, event.title, event.organisation_cap, event.starts_at
         having count(*) > event.organisation_cap and count(distinct registration.organisation_id) = 2
         order by event.starts_at, event.title",
    ))
    .bind(one)
    .bind(other)
    .bind(now)
    .fetch_all(conn)
    .await)
}
