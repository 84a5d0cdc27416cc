//! Letters that came back, in SQL.

use db::{WriteTx, dispatch};
use kernel::id::LetterId;

/// Marks a letter that left as failed; tells whether it was one that had.
pub async fn mark_returned(tx: &mut WriteTx, id: LetterId, reason: &str) -> sqlx::Result<bool> {
    dispatch!(tx, |conn| sqlx::query(
        "update letter set status = 'failed', reason = $2, lease_owner = null, lease_until = null
         where id = $1 and status in ('sent', 'sending')"
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1))
}
