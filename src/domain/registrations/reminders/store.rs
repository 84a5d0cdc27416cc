//! Which reminders an event has, in SQL.

use sqlx::types::Json;

use db::{ReadConn, WriteTx, dispatch};
use kernel::id::EventId;

use super::rules::Reminder;

/// The reminders that an event's organisers chose, if they did.
pub(super) async fn reminders(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Option<Vec<Reminder>>> {
    let chosen: Option<Json<Vec<Reminder>>> =
        dispatch!(tx, |conn| sqlx::query_scalar("select reminders from reminder_settings where event_id = $1")
            .bind(event)
            .fetch_optional(conn)
            .await)?;
    Ok(chosen.map(|Json(chosen)| chosen))
}

/// Writes down which reminders an event has.
pub(super) async fn set_reminders(tx: &mut WriteTx, event: EventId, chosen: &[Reminder]) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into reminder_settings (event_id, reminders) values ($1, $2)
         on conflict (event_id) do update set reminders = excluded.reminders",
    )
    .bind(event)
    .bind(Json(chosen))
    .execute(conn)
    .await
    .map(drop))
}
