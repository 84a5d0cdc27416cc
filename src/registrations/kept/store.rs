//! Whom kept seats are for, in SQL.

use sqlx::QueryBuilder;

use crate::accounts::EmailAddress;
use crate::db::{Tx, push_list};
use crate::id::EventId;
use crate::on;

/// Those of these addresses that the kept seats are for.
pub(super) async fn among_kept_for(
    tx: &mut Tx,
    event: EventId,
    addresses: impl Iterator<Item = &EmailAddress> + Send,
) -> sqlx::Result<Vec<EmailAddress>> {
    on!(tx, |conn| {
        let mut query = QueryBuilder::new("select email from kept_for where event_id = ");
        query.push_bind(event).push(" and email in ");
        push_list(&mut query, addresses);
        query.build_query_scalar().fetch_all(conn).await
    })
}

/// Keeps one of the kept seats for this address, if it is not yet.
pub(super) async fn keep_for(tx: &mut Tx, event: EventId, email: &EmailAddress) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("insert into kept_for (event_id, email) values ($1, $2) on conflict do nothing")
        .bind(event)
        .bind(email)
        .execute(conn)
        .await
        .map(drop))
}

/// The addresses that the kept seats of an event are for.
pub(super) async fn kept_for(tx: &mut Tx, event: EventId) -> sqlx::Result<Vec<EmailAddress>> {
    on!(tx, |conn| sqlx::query_scalar("select email from kept_for where event_id = $1 order by email")
        .bind(event)
        .fetch_all(conn)
        .await)
}

/// Empties that list.
pub(super) async fn keep_for_nobody(tx: &mut Tx, event: EventId) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("delete from kept_for where event_id = $1").bind(event).execute(conn).await.map(drop))
}
