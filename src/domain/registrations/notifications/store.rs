//! What people's calendars were sent, in SQL.

use crate::programme::Event;
use db::{ReadConn, WriteTx, dispatch};
use kernel::id::{EventId, PersonId};

/// Whether a person's calendar was sent the event, and not the taking back of it.
pub(super) async fn has_in_calendar(tx: &mut ReadConn, event: EventId, person: PersonId) -> sqlx::Result<bool> {
    let booked: Option<bool> = dispatch!(tx, |conn| sqlx::query_scalar(
        "select active from calendar_invite where event_id = $1 and person_id = $2"
    )
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await)?;
    Ok(booked.unwrap_or(false))
}

/// A SEQUENCE above every one that a person's calendar was sent for the event, and not below the event's own.
pub(super) async fn next_sequence(
    tx: &mut WriteTx,
    event: &Event,
    person: PersonId,
    booked: bool,
) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "insert into calendar_invite (event_id, person_id, sequence, active) values ($1, $2, $3, $4)
         on conflict (event_id, person_id) do update
         set active = excluded.active,
             sequence = case when excluded.sequence > calendar_invite.sequence then excluded.sequence
                             else calendar_invite.sequence + 1 end
         returning sequence",
    )
    .bind(event.id)
    .bind(person)
    .bind(event.sequence)
    .bind(booked)
    .fetch_one(conn)
    .await)
}

/// Whether a person's seat at an event is theirs.
pub(super) async fn has_seat(tx: &mut ReadConn, event: EventId, person: PersonId) -> sqlx::Result<bool> {
    let found: Option<i64> = dispatch!(tx, |conn| sqlx::query_scalar(
        "select arrival from registration where event_id = $1 and person_id = $2 and status = 'confirmed'",
    )
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}
