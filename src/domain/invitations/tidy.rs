//! Rounds that were stopped before anything was written of them are not kept for ever.

use std::time::Duration;

use crate::context::Context;
use db::dispatch;

/// How long a round that was stopped stays.
const KEPT_FOR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Removes old rounds that were stopped and invited nobody.
pub(super) async fn tidy(context: &Context) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let before = context.clock.now() - KEPT_FOR;
    dispatch!(&mut tx, |conn| sqlx::query(
        "delete from invitation_round where stopped_at < $1
         and not exists (select 1 from invitation where invitation.round_id = invitation_round.id)"
    )
    .bind(before)
    .execute(conn)
    .await
    .map(drop))?;
    tx.commit().await
}
