//! The addresses that reserved seats are for, in SQL.

use sqlx::QueryBuilder;

use crate::accounts::EmailAddress;
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::id::EventId;

/// Rows written by one statement; engines limit what one may bind.
const AT_ONCE: usize = 500;

/// Those of these addresses that the reserved seats are for.
pub(super) async fn among_reserved_for(
    tx: &mut ReadConn,
    event: EventId,
    addresses: impl Iterator<Item = &EmailAddress> + Send,
) -> sqlx::Result<Vec<EmailAddress>> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("select email from reserved_seat_address where event_id = ");
        query.push_bind(event).push(" and email in ");
        push_list(&mut query, addresses);
        query.build_query_scalar().fetch_all(conn).await
    })
}

/// Adds addresses that the reserved seats are for.
pub(super) async fn reserve_for(tx: &mut WriteTx, event: EventId, addresses: &[EmailAddress]) -> sqlx::Result<()> {
    for addresses in addresses.chunks(AT_ONCE) {
        dispatch!(tx, |conn| {
            let mut query = QueryBuilder::new("insert into reserved_seat_address (event_id, email) ");
            query.push_values(addresses, |mut row, address| {
                row.push_bind(event).push_bind(address);
            });
            query.push(" on conflict do nothing").build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// The addresses that the reserved seats of an event are for.
pub(super) async fn reserved_for(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<EmailAddress>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select email from reserved_seat_address where event_id = $1 order by email"
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// Empties that list.
pub(super) async fn clear_reserved_for(tx: &mut WriteTx, event: EventId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from reserved_seat_address where event_id = $1")
        .bind(event)
        .execute(conn)
        .await
        .map(drop))
}
