//! Letters whose time has not come, in SQL.

use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::Delayed;
use crate::store::Content;
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{LetterId, PersonId};

/// Letters deleted by one statement; engines limit what one may bind.
const AT_ONCE: usize = 1_000;

type Row = (LetterId, PersonId, Json<Content>, Timestamp);

pub(super) async fn of_subject(
    tx: &mut ReadConn,
    subject: Uuid,
    kind: &str,
    now: Timestamp,
) -> sqlx::Result<Vec<Delayed>> {
    let rows: Vec<Row> = dispatch!(tx, |conn| sqlx::query_as(
        "select id, person_id, data, due_at from letter
         where status = 'queued' and attempts = 0 and due_at > $3 and subject_id = $1 and kind = $2
           and person_id is not null",
    )
    .bind(subject)
    .bind(kind)
    .bind(now)
    .fetch_all(conn)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(id, person, content, due_at)| Delayed { id, person, data: content.0.data, due_at })
        .collect())
}

pub(super) async fn delete(tx: &mut WriteTx, letters: &[LetterId]) -> sqlx::Result<()> {
    for letters in letters.chunks(AT_ONCE) {
        dispatch!(tx, |conn| {
            let mut query = QueryBuilder::new("delete from letter where status = 'queued' and id in ");
            push_list(&mut query, letters);
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}
