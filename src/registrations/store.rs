//! Registrations in SQL. Whoever writes holds the event's lock (`programme::lock`).

use sqlx::types::Json;

use super::rules::{Notice, Occupancy, Reminder};
use super::{Mine, Registration};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{EventId, PersonId, RegistrationId};
use crate::on;
use crate::programme::Event;

macro_rules! columns {
    () => {
        "registration.id, registration.event_id, registration.person_id, registration.name, registration.organisation,
         registration.buyer, registration.seat, registration.arrival, registration.proven, registration.short_notice,
         registration.created_at,
         registration.held_until, registration.confirmed_at, registration.cancelled_at, person.email"
    };
}

/// Registrations with the address of their person.
macro_rules! from {
    () => {
        " from registration join person on person.id = registration.person_id "
    };
}

/// Seats taken, people waiting, and those of them who can come at short notice.
pub(super) async fn occupancy(tx: &mut Tx, event: EventId) -> sqlx::Result<Occupancy> {
    let (taken, waiting, ready): (i64, i64, i64) = on!(tx, |conn| sqlx::query_as(
        "select cast(count(case when seat in ('held', 'offered', 'confirmed') then 1 end) as bigint),
                cast(count(case when seat = 'waiting' then 1 end) as bigint),
                cast(count(case when seat = 'waiting' and short_notice and proven then 1 end) as bigint)
         from registration where event_id = $1",
    )
    .bind(event)
    .fetch_one(conn)
    .await)?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Occupancy { taken: count(taken), waiting: count(waiting), ready: count(ready) })
}

/// Seats taken and people waiting, of every event that has any.
pub(super) async fn occupancies(tx: &mut Tx) -> sqlx::Result<Vec<(EventId, i64, i64)>> {
    on!(tx, |conn| sqlx::query_as(
        "select event_id, cast(count(case when seat in ('held', 'offered', 'confirmed') then 1 end) as bigint),
                cast(count(case when seat = 'waiting' then 1 end) as bigint)
         from registration group by event_id",
    )
    .fetch_all(conn)
    .await)
}

/// The order number of the next request.
pub(super) async fn next_arrival(tx: &mut Tx, event: EventId) -> sqlx::Result<i64> {
    on!(tx, |conn| sqlx::query_scalar("select coalesce(max(arrival), 0) + 1 from registration where event_id = $1")
        .bind(event)
        .fetch_one(conn)
        .await)
}

/// Adds a registration.
pub(super) async fn insert(tx: &mut Tx, registration: &Registration, token_hash: &[u8]) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query(
        "insert into registration (id, event_id, person_id, name, organisation, buyer, seat, arrival, proven,
             short_notice, token_hash, created_at, held_until, confirmed_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $12)",
    )
    .bind(registration.id)
    .bind(registration.event_id)
    .bind(registration.person_id)
    .bind(&registration.name)
    .bind(&registration.organisation)
    .bind(registration.buyer)
    .bind(registration.seat)
    .bind(registration.arrival)
    .bind(registration.proven)
    .bind(registration.short_notice)
    .bind(token_hash)
    .bind(registration.created_at)
    .bind(registration.held_until)
    .bind(registration.confirmed_at)
    .execute(conn)
    .await
    .map(drop))
}

/// Writes what an act changed of a registration.
pub(super) async fn update(tx: &mut Tx, registration: &Registration, now: Timestamp) -> sqlx::Result<()> {
    on!(tx, |conn| {
        sqlx::query(
        "update registration
         set seat = $2, proven = $3, held_until = $4, confirmed_at = $5, cancelled_at = $6, changed_at = $7, short_notice = $8
         where id = $1",
    )
    .bind(registration.id)
    .bind(registration.seat)
    .bind(registration.proven)
    .bind(registration.held_until)
    .bind(registration.confirmed_at)
    .bind(registration.cancelled_at)
    .bind(now)
    .bind(registration.short_notice)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// The live registration of a person at an event.
pub(super) async fn find_live(tx: &mut Tx, event: EventId, person: PersonId) -> sqlx::Result<Option<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.person_id = $2
           and registration.seat in ('held', 'offered', 'confirmed', 'waiting')",
    ))
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await)
}

/// The registration of that identifier.
pub(super) async fn find(tx: &mut Tx, id: RegistrationId) -> sqlx::Result<Option<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!("select ", columns!(), from!(), "where registration.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The registration that a mail's link is about.
pub(super) async fn find_by_token(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!("select ", columns!(), from!(), "where registration.token_hash = $1"))
        .bind(hash)
        .fetch_optional(conn)
        .await)
}

/// Held and offered seats that were not taken in time.
pub(super) async fn overdue(tx: &mut Tx, event: EventId, now: Timestamp) -> sqlx::Result<Vec<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.seat in ('held', 'offered') and registration.held_until <= $2
         order by registration.arrival",
    ))
    .bind(event)
    .bind(now)
    .fetch_all(conn)
    .await)
}

/// The first `most` of the waiting list; at short notice, of those who can come then.
pub(super) async fn first_waiting(
    tx: &mut Tx,
    event: EventId,
    most: u32,
    notice: Notice,
) -> sqlx::Result<Vec<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.seat = 'waiting'
           and ($3 or (registration.short_notice and registration.proven))
         order by registration.arrival limit $2",
    ))
    .bind(event)
    .bind(i64::from(most))
    .bind(notice == Notice::InTime)
    .fetch_all(conn)
    .await)
}

/// The place in the waiting list of a request, from 1.
pub(super) async fn position(tx: &mut Tx, event: EventId, arrival: i64) -> sqlx::Result<i64> {
    on!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from registration
         where event_id = $1 and seat = 'waiting' and arrival <= $2",
    )
    .bind(event)
    .bind(arrival)
    .fetch_one(conn)
    .await)
}

/// Events with a held or offered seat that was not taken in time.
pub(super) async fn events_with_overdue(tx: &mut Tx, now: Timestamp) -> sqlx::Result<Vec<EventId>> {
    on!(tx, |conn| sqlx::query_scalar(
        "select distinct event_id from registration where seat in ('held', 'offered') and held_until <= $1",
    )
    .bind(now)
    .fetch_all(conn)
    .await)
}

/// Everything requested for an event, in order of arrival.
///
/// # Errors
///
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> sqlx::Result<Vec<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 order by registration.arrival",
    ))
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// The live registrations of a person with a place in the waiting list for those that wait.
///
/// # Errors
///
/// When the database fails.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> sqlx::Result<Vec<Mine>> {
    on!(tx, |conn| sqlx::query_as(
        "select mine.id, mine.event_id, mine.seat, mine.held_until, mine.changed_at,
                (select cast(count(*) as bigint) from registration other
                 where other.event_id = mine.event_id and other.seat = 'waiting' and other.arrival <= mine.arrival)
                as position
         from registration mine
         where mine.person_id = $1 and mine.seat in ('held', 'offered', 'confirmed', 'waiting')
         order by mine.created_at",
    )
    .bind(person)
    .fetch_all(conn)
    .await)
}

/// Whether a person has a confirmed seat.
///
/// # Errors
///
/// When the database fails.
pub async fn holds_seat(tx: &mut Tx, event: EventId, person: PersonId) -> sqlx::Result<bool> {
    let found: Option<i64> = on!(tx, |conn| sqlx::query_scalar(
        "select arrival from registration where event_id = $1 and person_id = $2 and seat = 'confirmed'",
    )
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// Confirmed people of an event who registered before `due_at` and were not yet sent this reminder of this revision.
pub(super) async fn to_remind(
    tx: &mut Tx,
    event: EventId,
    due_at: Timestamp,
    version: i64,
) -> sqlx::Result<Vec<Registration>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.seat = 'confirmed' and registration.confirmed_at < $2
           and not exists (select 1 from letter where letter.person_id = registration.person_id
                           and letter.subject_id = registration.event_id and letter.kind = 'reminder'
                           and letter.version = $3)
         order by registration.arrival",
    ))
    .bind(event)
    .bind(due_at)
    .bind(version)
    .fetch_all(conn)
    .await)
}

/// Moves a request to another place in the order.
pub(super) async fn set_arrival(tx: &mut Tx, id: RegistrationId, arrival: i64) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("update registration set arrival = $2 where id = $1")
        .bind(id)
        .bind(arrival)
        .execute(conn)
        .await
        .map(drop))
}

/// Whether a person's calendar was sent the event, and not the taking back of it.
pub(super) async fn has_in_calendar(tx: &mut Tx, event: EventId, person: PersonId) -> sqlx::Result<bool> {
    let booked: Option<bool> =
        on!(tx, |conn| sqlx::query_scalar("select booked from calendar_sent where event_id = $1 and person_id = $2")
            .bind(event)
            .bind(person)
            .fetch_optional(conn)
            .await)?;
    Ok(booked.unwrap_or(false))
}

/// A SEQUENCE above every one that a person's calendar was sent for the event, and not below the event's own.
pub(super) async fn next_sequence(tx: &mut Tx, event: &Event, person: PersonId, booked: bool) -> sqlx::Result<i64> {
    on!(tx, |conn| sqlx::query_scalar(
        "insert into calendar_sent (event_id, person_id, sequence, booked) values ($1, $2, $3, $4)
         on conflict (event_id, person_id) do update
         set booked = excluded.booked,
             sequence = case when excluded.sequence > calendar_sent.sequence then excluded.sequence
                             else calendar_sent.sequence + 1 end
         returning sequence",
    )
    .bind(event.id)
    .bind(person)
    .bind(event.sequence)
    .bind(booked)
    .fetch_one(conn)
    .await)
}

/// The reminders that an event's organisers chose, if they did.
pub(super) async fn reminders(tx: &mut Tx, event: EventId) -> sqlx::Result<Option<Vec<Reminder>>> {
    let chosen: Option<Json<Vec<Reminder>>> =
        on!(tx, |conn| sqlx::query_scalar("select chosen from event_reminders where event_id = $1")
            .bind(event)
            .fetch_optional(conn)
            .await)?;
    Ok(chosen.map(|Json(chosen)| chosen))
}

/// Writes down which reminders an event has.
pub(super) async fn set_reminders(tx: &mut Tx, event: EventId, chosen: &[Reminder]) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query(
        "insert into event_reminders (event_id, chosen) values ($1, $2)
         on conflict (event_id) do update set chosen = excluded.chosen",
    )
    .bind(event)
    .bind(Json(chosen))
    .execute(conn)
    .await
    .map(drop))
}
