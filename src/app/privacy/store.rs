//! Which people are inactive, in SQL: a report over the tables of several features, in one statement, since there may be many.

use db::{ReadConn, dispatch};
use kernel::clock::Timestamp;
use kernel::id::PersonId;

/// People who hold no role, whose last event ended and who were last signed in before this moment.
pub(super) async fn inactive_since(tx: &mut ReadConn, moment: Timestamp) -> sqlx::Result<Vec<PersonId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select id from person
         where created_at < $1
           and not exists (select 1 from role_grant where person_id = person.id)
           and not exists (select 1 from registration join event on event.id = registration.event_id
                           where registration.person_id = person.id and event.ends_at >= $1)
           and not exists (select 1 from session where person_id = person.id and last_used_at >= $1)
         order by id",
    )
    .bind(moment)
    .fetch_all(conn)
    .await)
}
