//! Registrations in SQL. Whoever writes holds the event's lock (`programme::lock`).
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;

use super::{OwnRegistration, Registration, history};
use crate::accounts::EmailAddress;
use crate::statuses;
use db::{ChangeEvent, ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId, RegistrationId, RegistrationRequestId};

macro_rules! columns {
    () => {
        "registration.id, registration.event_id, registration.person_id, registration.name, registration.organisation,
         registration.organisation_id, registration.buyer, registration.status, registration.arrival, registration.verified,
         registration.short_notice, registration.invited, registration.approved, registration.reason,
         registration.created_at, registration.held_until, registration.confirmed_at, registration.cancelled_at,
         registration.answers,
         person.email"
    };
}

/// Registrations with the address of their person.
macro_rules! from {
    () => {
        " from registration join person on person.id = registration.person_id "
    };
}

/// Rows of one statement at most: each binds 19 values, and SQLite takes 32,766.
const AT_ONCE: usize = 1_000;

/// Takes so many numbers of an event's order of requests; the last of them.
pub(super) async fn take_arrivals(tx: &mut WriteTx, event: EventId, count: i64) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "insert into event_arrival (event_id, last) values ($1, $2)
         on conflict (event_id) do update set last = event_arrival.last + excluded.last returning last",
    )
    .bind(event)
    .bind(count)
    .fetch_one(conn)
    .await)
}

/// Adds registrations, each with the first step of its history. `hash` is what is kept of a link's secret.
pub(super) async fn insert(
    tx: &mut WriteTx,
    registrations: &[&Registration],
    hash: impl Fn(RegistrationId) -> Vec<u8> + Send + Sync,
) -> sqlx::Result<()> {
    for registrations in registrations.chunks(AT_ONCE) {
        insert_some(tx, registrations, &hash).await?;
    }
    Ok(())
}

async fn insert_some(
    tx: &mut WriteTx,
    registrations: &[&Registration],
    hash: impl Fn(RegistrationId) -> Vec<u8> + Send,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "insert into registration
                 (id, event_id, person_id, name, organisation, organisation_id, buyer, status, arrival, verified,
                  short_notice, invited, approved, token_hash, created_at, held_until, confirmed_at, changed_at,
                  answers) ",
        );
        query.push_values(registrations, |mut row, one| {
            row.push_bind(one.id).push_bind(one.event_id).push_bind(one.person_id).push_bind(&one.name);
            row.push_bind(&one.organisation).push_bind(one.organisation_id).push_bind(one.buyer).push_bind(one.status);
            row.push_bind(one.arrival).push_bind(one.verified).push_bind(one.short_notice).push_bind(one.invited);
            row.push_bind(one.approved).push_bind(hash(one.id)).push_bind(one.created_at).push_bind(one.held_until);
            row.push_bind(one.confirmed_at).push_bind(one.created_at).push_bind(&one.answers);
        });
        query.build().persistent(registrations.len() == 1).execute(conn).await.map(drop)
    })?;
    for registration in registrations {
        tx.emit(ChangeEvent::Feed { id: registration.person_id.0, version: None });
    }
    history::insert_steps(tx, registrations.iter().map(|one| (*one, one.created_at))).await
}

/// Writes what an act changed of a registration; a new seat is a step of its history. Its person's calendar is told a
/// revision only of what it shows.
pub(super) async fn update(tx: &mut WriteTx, registration: &Registration, now: Timestamp) -> sqlx::Result<()> {
    tx.emit(ChangeEvent::Feed { id: registration.person_id.0, version: None });
    if !registration.status.is_theirs() {
        tx.emit(ChangeEvent::RightsReduced(registration.person_id));
    }
    history::insert_step_if_new(tx, registration, now).await?;
    dispatch!(tx, |conn| {
        sqlx::query(
            "update registration
             set status = $2, verified = $3, held_until = $4, confirmed_at = $5, cancelled_at = $6,
                 changed_at = case when status = $2 and coalesce(held_until, 0) = coalesce(cast($4 as bigint), 0)
                                   then changed_at else $7 end,
                 short_notice = $8, invited = $9, approved = $10, reason = $11
             where id = $1",
        )
        .bind(registration.id)
        .bind(registration.status)
        .bind(registration.verified)
        .bind(registration.held_until)
        .bind(registration.confirmed_at)
        .bind(registration.cancelled_at)
        .bind(now)
        .bind(registration.short_notice)
        .bind(registration.invited)
        .bind(registration.approved)
        .bind(&registration.reason)
        .execute(conn)
        .await
        .map(drop)
    })
}

/// The live registration of a person at an event.
pub(super) async fn find_live(
    tx: &mut ReadConn,
    event: EventId,
    person: PersonId,
) -> sqlx::Result<Option<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.person_id = $2 and registration.status in ",
        statuses!(live),
    ))
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await)
}

/// The live registrations of these addresses at an event.
pub(super) async fn live_of(
    tx: &mut ReadConn,
    event: EventId,
    addresses: impl Iterator<Item = &EmailAddress> + Send,
) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(concat!("select ", columns!(), from!(), "where registration.status in "));
        query
            .push(statuses!(live))
            .push(" and registration.event_id = ")
            .push_bind(event)
            .push(" and person.email in ");
        push_list(&mut query, addresses);
        query.build_query_as().fetch_all(conn).await
    })
}

/// The registration of that identifier.
pub async fn find(tx: &mut ReadConn, id: RegistrationId) -> sqlx::Result<Option<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", columns!(), from!(), "where registration.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The registrations of these identifiers, in no order; at least one.
pub(super) async fn find_all(tx: &mut ReadConn, ids: &[RegistrationId]) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(concat!("select ", columns!(), from!(), "where registration.id in "));
        push_list(&mut query, ids);
        query.build_query_as().persistent(ids.len() == 1).fetch_all(conn).await
    })
}

/// The registration that a mail's link is about.
pub(super) async fn find_by_token(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", columns!(), from!(), "where registration.token_hash = $1"))
        .bind(hash)
        .fetch_optional(conn)
        .await)
}

/// Held and offered seats that were not taken in time.
pub(super) async fn overdue(tx: &mut ReadConn, event: EventId, now: Timestamp) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| {
        sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.status in ('held', 'offered') and registration.held_until <= $2
         order by registration.arrival",
    ))
    .bind(event)
    .bind(now)
    .fetch_all(conn)
    .await
    })
}

/// The waiting list, in its order.
pub(super) async fn waiting(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.status = 'waiting' order by registration.arrival",
    ))
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// The order numbers of those who wait, in their order.
pub(super) async fn waiting_arrivals(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<i64>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select arrival from registration where event_id = $1 and status = 'waiting' order by arrival"
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// The place in the waiting list of a request, from 1.
pub(super) async fn position(tx: &mut ReadConn, event: EventId, arrival: i64) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from registration
         where event_id = $1 and status = 'waiting' and arrival <= $2",
    )
    .bind(event)
    .bind(arrival)
    .fetch_one(conn)
    .await)
}

/// Events to be brought up to date: with a held or offered seat that was not taken in time, or where people wait for
/// seats that are reserved no more.
pub(super) async fn events_overdue(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<Vec<EventId>> {
    dispatch!(tx, |conn| {
        sqlx::query_scalar(
        "select distinct event_id from registration where status in ('held', 'offered') and held_until <= $1
         union
         select id from event
         where reserved_until <= $1 and starts_at > $1 and status = 'published' and reserved_seats > 0
           and capacity > (select count(*) from registration
                           where event_id = event.id and status in ('held', 'offered', 'confirmed', 'attended', 'absent'))
           and exists (select 1 from registration where event_id = event.id and status = 'waiting')",
    )
    .bind(now)
    .fetch_all(conn)
    .await
    })
}

/// Everything requested for an event, in order of arrival.
pub async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 order by registration.arrival",
    ))
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// Everything that a person ever requested, youngest first.
pub async fn all_of_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.person_id = $1 order by registration.created_at desc, registration.id desc",
    ))
    .bind(person)
    .fetch_all(conn)
    .await)
}

/// The live registrations of a person with a place in the waiting list for those that wait.
pub async fn of_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<OwnRegistration>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select mine.id, mine.event_id, mine.status, mine.held_until, mine.changed_at,
                (select cast(count(*) as bigint) from registration other
                 where other.event_id = mine.event_id and other.status = 'waiting' and other.arrival <= mine.arrival)
                as position, mine.organisation_id
         from registration mine
         where mine.person_id = $1
           and mine.status in ('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent')
         order by mine.created_at",
    )
    .bind(person)
    .fetch_all(conn)
    .await)
}

/// What a person was offered and let lapse at events to come, the last time at each, unless they have asked again since.
pub async fn lapsed_of_person(
    tx: &mut ReadConn,
    person: PersonId,
    now: Timestamp,
) -> sqlx::Result<Vec<OwnRegistration>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select mine.id, mine.event_id, mine.status, mine.held_until, mine.changed_at, cast(0 as bigint) as position,
                mine.organisation_id
         from registration mine join event on event.id = mine.event_id
         where mine.person_id = $1 and mine.status = 'expired' and event.starts_at > $2
           and not exists (select 1 from registration other
                           where other.event_id = mine.event_id and other.person_id = mine.person_id
                             and other.id <> mine.id and other.arrival > mine.arrival)
         order by event.starts_at",
    )
    .bind(person)
    .bind(now)
    .fetch_all(conn)
    .await)
}

/// Confirmed people of an event who registered before `due_at` and were not yet sent this reminder, nor since that moment
/// the same of an earlier revision: another room brings no second letter. One that was taken back is owed again.
pub(super) async fn to_remind(
    tx: &mut ReadConn,
    event: EventId,
    due_at: Timestamp,
    version: i64,
    revision: i64,
) -> sqlx::Result<Vec<Registration>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        from!(),
        "where registration.event_id = $1 and registration.status = 'confirmed' and registration.confirmed_at < $2
           and not exists (select 1 from letter where letter.person_id = registration.person_id
                           and letter.subject_id = registration.event_id and letter.kind = 'reminder'
                           and (letter.version = $3
                                or ((letter.version - $3) % $4 = 0 and letter.created_at >= $2
                                    and letter.status <> 'suppressed')))
         order by registration.arrival",
    ))
    .bind(event)
    .bind(due_at)
    .bind(version)
    .bind(revision)
    .fetch_all(conn)
    .await)
}

/// Moves a request to another place in the order, which nobody has.
pub(super) async fn set_arrival(tx: &mut WriteTx, id: RegistrationId, arrival: i64) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update registration set arrival = $2 where id = $1")
        .bind(id)
        .bind(arrival)
        .execute(conn)
        .await
        .map(drop))
}

/// What became of requests, by their identifiers: those of which nothing has are not there.
pub(super) async fn proved_requests(
    tx: &mut ReadConn,
    ids: &[RegistrationRequestId],
) -> sqlx::Result<BTreeMap<RegistrationRequestId, RegistrationId>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(RegistrationRequestId, RegistrationId)> = dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select id, registration_id from registration_request where registration_id is not null and id in ",
        );
        push_list(&mut query, ids);
        query.build_query_as().persistent(ids.len() == 1).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().collect())
}

/// Says what became of requests.
pub(super) async fn set_proved_requests(
    tx: &mut WriteTx,
    proved: &[(RegistrationRequestId, RegistrationId)],
) -> sqlx::Result<()> {
    if proved.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update registration_request set registration_id = case id");
        for (request, registration) in proved {
            query.push(" when ").push_bind(*request).push(" then ").push_bind(*registration);
        }
        query.push(" end where id in ");
        push_list(&mut query, proved.iter().map(|(request, _)| *request));
        query.build().persistent(proved.len() == 1).execute(conn).await.map(drop)
    })
}
