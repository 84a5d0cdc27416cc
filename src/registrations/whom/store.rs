//! Whom registered people work for, in SQL.

use crate::db::Tx;
use crate::id::{EventId, OrganisationId};
use crate::on;

/// The events that people of an organisation asked for.
pub(super) async fn events_of(tx: &mut Tx, organisation: OrganisationId) -> sqlx::Result<Vec<EventId>> {
    on!(tx, |conn| sqlx::query_scalar("select distinct event_id from registration where organisation_id = $1")
        .bind(organisation)
        .fetch_all(conn)
        .await)
}

pub(super) async fn move_registrations(tx: &mut Tx, from: OrganisationId, into: OrganisationId) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("update registration set organisation_id = $2 where organisation_id = $1")
        .bind(from)
        .bind(into)
        .execute(conn)
        .await
        .map(drop))
}
