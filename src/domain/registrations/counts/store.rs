//! What the rules count, in SQL.

use std::collections::BTreeMap;

use super::Queue;
use crate::registrations::RegistrationStatus;
use crate::registrations::rules::{Colleagues, Occupancy};
use crate::statuses;
use db::{ReadConn, dispatch};
use kernel::id::{EventId, OrganisationId};

/// Each registration with what the rules count it by. Who waits is blocked once their organisation has all its seats.
macro_rules! counted {
    () => {
        concat!(
            "with counted as (
                 select registration.event_id, registration.status in ",
            statuses!(taken),
            " as taken, registration.invited, registration.status = 'waiting' as waiting,
                 registration.short_notice and registration.verified as ready,
                 case when registration.status = 'waiting' and event.organisation_cap is not null then
                     (select count(*) from registration colleague
                      where colleague.event_id = registration.event_id
                        and colleague.organisation_id = registration.organisation_id and colleague.status in ",
            statuses!(taken),
            ") >= event.organisation_cap else false end as blocked
                 from registration join event on event.id = registration.event_id
             )
             select event_id,
                 cast(count(case when taken then 1 end) as bigint) as taken,
                 cast(count(case when taken and invited then 1 end) as bigint) as invited,
                 cast(count(case when waiting then 1 end) as bigint) as waiting,
                 cast(count(case when waiting and blocked then 1 end) as bigint) as blocked,
                 cast(count(case when waiting and ready and not blocked then 1 end) as bigint) as ready
             from counted "
        )
    };
}

/// A row of `counted!`.
#[derive(sqlx::FromRow)]
struct Counts {
    event_id: EventId,
    taken: i64,
    invited: i64,
    waiting: i64,
    blocked: i64,
    ready: i64,
}

impl From<Counts> for Occupancy {
    fn from(counts: Counts) -> Self {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            taken: count(counts.taken),
            invited: count(counts.invited),
            waiting: count(counts.waiting),
            blocked: count(counts.blocked),
            ready: count(counts.ready),
        }
    }
}

/// How full an event is.
pub(in crate::registrations) async fn occupancy(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Occupancy> {
    let counts: Option<Counts> =
        dispatch!(tx, |conn| sqlx::query_as(concat!(counted!(), "where event_id = $1 group by event_id"))
            .bind(event)
            .fetch_optional(conn)
            .await)?;
    Ok(counts.map(Into::into).unwrap_or_default())
}

/// How many requests at an event became what, and how many of these are of invited people.
pub(in crate::registrations) async fn by_status(
    tx: &mut ReadConn,
    event: EventId,
) -> sqlx::Result<Vec<(RegistrationStatus, i64, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select status, cast(count(*) as bigint), cast(count(case when invited then 1 end) as bigint)
         from registration where event_id = $1 group by status"
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// How full every event with a registration is.
pub(in crate::registrations) async fn occupancies(tx: &mut ReadConn) -> sqlx::Result<Vec<(EventId, Occupancy)>> {
    let counts: Vec<Counts> =
        dispatch!(tx, |conn| sqlx::query_as(concat!(counted!(), "group by event_id")).fetch_all(conn).await)?;
    Ok(counts.into_iter().map(|counts| (counts.event_id, counts.into())).collect())
}

/// The seats that each organisation has at an event.
pub(in crate::registrations) async fn colleagues(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Colleagues> {
    let rows: Vec<(OrganisationId, i64)> = dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select organisation_id, cast(count(*) as bigint) from registration
         where event_id = $1 and organisation_id is not null and status in ",
        statuses!(taken),
        " group by organisation_id"
    ))
    .bind(event)
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(|(organisation, seats)| (organisation, u32::try_from(seats).unwrap_or(u32::MAX))).collect())
}

/// The waiting list of an event, by organisation.
pub(in crate::registrations) async fn queues(
    tx: &mut ReadConn,
    event: EventId,
) -> sqlx::Result<BTreeMap<OrganisationId, Queue>> {
    let rows: Vec<(OrganisationId, i64, i64)> = dispatch!(tx, |conn| sqlx::query_as(
        "select organisation_id, cast(count(*) as bigint),
                cast(count(case when short_notice and verified then 1 end) as bigint)
         from registration where event_id = $1 and organisation_id is not null and status = 'waiting'
         group by organisation_id"
    )
    .bind(event)
    .fetch_all(conn)
    .await)?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let queue = |waiting, ready| Queue { waiting: count(waiting), ready: count(ready) };
    Ok(rows.into_iter().map(|(organisation, waiting, ready)| (organisation, queue(waiting, ready))).collect())
}
