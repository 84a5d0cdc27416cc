//! SQL of the outbox.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use db::{Engine, ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{LetterId, PersonId};

use super::letter::{Letter, LetterLink, Priority};
use super::outbox::State;

/// The three instants of a new letter.
#[derive(Clone, Copy)]
pub struct Times {
    pub now: Timestamp,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A worker's hold on letters.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    pub owner: Uuid,
    pub until: Timestamp,
}

/// What the column `data` holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    pub data: Value,
    pub links: Vec<LetterLink>,
}

/// A letter in the outbox.
#[derive(Debug, Clone, FromRow)]
pub struct Stored {
    /// Which one.
    pub id: LetterId,
    /// Which letter: the name of its folder in `mail-templates/`.
    pub kind: String,
    /// The address it goes to.
    pub recipient: String,
    /// The name beside the address; may be empty.
    pub recipient_name: String,
    /// What fills it in.
    pub(super) data: Json<Content>,
    /// The iCalendar text attached to it.
    pub calendar: Option<String>,
    pub(super) priority: i64,
    pub(super) attempts: i64,
    /// When it was, or is, to be tried.
    pub due_at: Timestamp,
    /// Given up then.
    pub expires_at: Timestamp,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the mail server took it over.
    pub sent_at: Option<Timestamp>,
    /// queued, sending, sent, failed or suppressed.
    #[sqlx(rename = "status")]
    pub state: String,
    /// Why it was not sent, or not yet.
    pub reason: Option<String>,
}

impl Stored {
    /// What goes before what.
    #[must_use]
    pub fn class(&self) -> Priority {
        Priority::of_rank(self.priority)
    }

    /// The words that fill it in, for a search.
    #[must_use]
    pub fn words(&self) -> String {
        self.data.data.to_string()
    }
}

/// The columns of [`Stored`]; written once, as `concat!` wants literals.
macro_rules! columns {
    () => {
        "id, kind, recipient, recipient_name, data, calendar, priority, attempts, due_at, expires_at, created_at,
         sent_at, status, reason"
    };
}

/// Letters that may be claimed: due, or in the hands of a worker that has died.
macro_rules! claimable {
    () => {
        "((status = 'queued' and due_at <= $1) or (status = 'sending' and lease_until <= $1))"
    };
}

/// A letter to be written: which one, when it is due, and why it is not to be sent, if it is not.
pub struct New<'a> {
    pub id: LetterId,
    pub letter: &'a Letter,
    pub times: Times,
    pub refusal: Option<&'a str>,
}

/// Writes letters; returns how many were new: one whose key is there already is dropped.
pub async fn insert(tx: &mut WriteTx, letters: &[New<'_>]) -> sqlx::Result<u64> {
    if letters.is_empty() {
        return Ok(0);
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "insert into letter
                 (id, kind, person_id, subject_id, version, recipient, recipient_name, data, calendar, priority,
                  due_at, expires_at, created_at, status, reason) ",
        );
        query.push_values(letters, |mut row, New { id, letter, times, refusal }| {
            row.push_bind(*id).push_bind(letter.kind).push_bind(letter.to.person).push_bind(letter.subject);
            row.push_bind(letter.version).push_bind(&letter.to.address).push_bind(&letter.to.name);
            row.push_bind(Json(Content { data: letter.data.clone(), links: letter.links.clone() }));
            row.push_bind(&letter.calendar).push_bind(letter.priority.rank());
            row.push_bind(times.due_at).push_bind(times.expires_at).push_bind(times.now);
            row.push_bind(if refusal.is_some() { "suppressed" } else { "queued" }).push_bind(*refusal);
        });
        let query = query.push(" on conflict do nothing").build().persistent(letters.len() == 1);
        query.execute(conn).await.map(|done| done.rows_affected())
    })
}

/// Whether a letter waits to be claimed.
pub async fn any_claimable(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<bool> {
    let found: Option<i64> = dispatch!(tx, |conn| sqlx::query_scalar(concat!(
        "select cast(1 as bigint) from letter where ",
        claimable!(),
        " limit 1"
    ))
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// Takes hold of up to `limit` letters, the most urgent first. One whose worker died counts one more attempt.
pub async fn claim(tx: &mut WriteTx, lease: Lease, now: Timestamp, limit: i64) -> sqlx::Result<Vec<Stored>> {
    macro_rules! claim {
        ($lock:literal) => {
            concat!(
                "with due as (select id as due_id from letter where ",
                claimable!(),
                " order by priority, due_at limit $2",
                $lock,
                ")
                 update letter
                 set attempts = attempts + case when status = 'sending' then 1 else 0 end,
                     status = 'sending', lease_owner = $3, lease_until = $4
                 where id in (select due_id from due)
                 returning ",
                columns!()
            )
        };
    }
    let mut letters: Vec<Stored> = match tx.engine() {
        // The one writer needs no locks, and SQLite has none to skip.
        Engine::Sqlite(conn) => {
            let query = sqlx::query_as(claim!("")).bind(now).bind(limit);
            query.bind(lease.owner).bind(lease.until).fetch_all(conn).await?
        }
        Engine::Postgres(conn) => {
            let query = sqlx::query_as(claim!(" for update skip locked")).bind(now).bind(limit);
            query.bind(lease.owner).bind(lease.until).fetch_all(conn).await?
        }
    };
    letters.sort_by_key(|letter| (letter.priority, letter.due_at));
    Ok(letters)
}

/// The mail server took them over, whoever holds them now.
pub async fn mark_sent(tx: &mut WriteTx, ids: &[LetterId], now: Timestamp) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update letter set status = 'sent', sent_at = ");
        query.push_bind(now);
        query.push(", reason = null, lease_owner = null, lease_until = null where id in ");
        push_list(&mut query, ids);
        query.build().execute(conn).await.map(drop)
    })
}

/// Tried again later; this try counts.
pub async fn retry(tx: &mut WriteTx, id: LetterId, owner: Uuid, again: (Timestamp, &str)) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        sqlx::query(
        "update letter
         set status = 'queued', attempts = attempts + 1, due_at = $3, reason = $4, lease_owner = null, lease_until = null
         where id = $1 and lease_owner = $2",
    )
    .bind(id)
    .bind(owner)
    .bind(again.0)
    .bind(again.1)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// Given up.
pub async fn mark_failed(tx: &mut WriteTx, id: LetterId, owner: Uuid, reason: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update letter
         set status = 'failed', attempts = attempts + 1, reason = $3, lease_owner = null, lease_until = null
         where id = $1 and lease_owner = $2",
    )
    .bind(id)
    .bind(owner)
    .bind(reason)
    .execute(conn)
    .await
    .map(drop))
}

/// Puts all that a worker still holds back into the queue, untried.
pub async fn release(tx: &mut WriteTx, owner: Uuid) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update letter
         set status = 'queued', lease_owner = null, lease_until = null
         where lease_owner = $1 and status = 'sending'",
    )
    .bind(owner)
    .execute(conn)
    .await
    .map(drop))
}

/// The youngest `limit` letters, youngest first.
pub async fn latest(tx: &mut ReadConn, limit: i64) -> sqlx::Result<Vec<Stored>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from letter order by created_at desc, id desc limit $1"
    ))
    .bind(limit)
    .fetch_all(conn)
    .await)
}

/// One letter.
pub async fn find(tx: &mut ReadConn, id: LetterId) -> sqlx::Result<Option<Stored>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", columns!(), " from letter where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// How many more letters may leave in the present minute. Those being sent count: they may be gone.
pub async fn allowance(tx: &mut WriteTx, per_minute: u32, now: Timestamp) -> sqlx::Result<u32> {
    if let Engine::Postgres(conn) = tx.engine() {
        // Two processes that count at once would both find room; on SQLite there is one writer anyhow.
        sqlx::query("select pg_advisory_xact_lock(7209651)").execute(conn).await?;
    }
    let minute_ago = Timestamp::from_millis(now.as_millis() - 60_000);
    let gone: i64 = dispatch!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from letter
         where sent_at > $1 or (status = 'sending' and lease_until > $2)",
    )
    .bind(minute_ago)
    .bind(now)
    .fetch_one(conn)
    .await)?;
    Ok(per_minute.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX)))
}

/// Takes letters of one kind about one subject to these people back from the queue.
pub async fn withdraw(tx: &mut WriteTx, people: &[PersonId], subject: Uuid, kind: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "update letter set status = 'suppressed', reason = 'no longer true' where status = 'queued' and kind = ",
        );
        query.push_bind(kind).push(" and subject_id = ").push_bind(subject).push(" and person_id in ");
        push_list(&mut query, people);
        query.build().persistent(people.len() == 1).execute(conn).await.map(drop)
    })
}

/// Takes letters of one kind about one subject back from the queue, whoever they are to; returns how many.
pub async fn withdraw_all(tx: &mut WriteTx, subject: Uuid, kind: &str) -> sqlx::Result<u64> {
    dispatch!(tx, |conn| sqlx::query(
        "update letter set status = 'suppressed', reason = 'no longer true'
         where subject_id = $1 and kind = $2 and status = 'queued'",
    )
    .bind(subject)
    .bind(kind)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))
}

/// How many letters about one subject wait, by kind.
pub async fn waiting_about(tx: &mut ReadConn, subject: Uuid) -> sqlx::Result<Vec<(String, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select kind, cast(count(*) as bigint) from letter
         where subject_id = $1 and status in ('queued', 'sending') group by kind order by kind",
    )
    .bind(subject)
    .fetch_all(conn)
    .await)
}

/// Letters of one state, youngest first.
pub async fn list(tx: &mut ReadConn, state: State, skip: i64, limit: i64) -> sqlx::Result<Vec<Stored>> {
    let (one, other) = match state {
        State::Queued => ("queued", "sending"),
        State::Sent => ("sent", "sent"),
        State::Failed => ("failed", "failed"),
        State::Suppressed => ("suppressed", "suppressed"),
    };
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from letter where status in ($1, $2) order by created_at desc, id desc limit $4 offset $3"
    ))
    .bind(one)
    .bind(other)
    .bind(skip)
    .bind(limit)
    .fetch_all(conn)
    .await)
}

/// How many letters are queued or being sent, sent, failed and suppressed.
pub async fn counts(tx: &mut ReadConn) -> sqlx::Result<[i64; 4]> {
    let rows: Vec<(String, i64)> =
        dispatch!(tx, |conn| sqlx::query_as("select status, cast(count(*) as bigint) from letter group by status")
            .fetch_all(conn)
            .await)?;
    let of = |state: State| rows.iter().filter(|(status, _)| State::of(status) == Some(state)).map(|(_, n)| n).sum();
    Ok([State::Queued, State::Sent, State::Failed, State::Suppressed].map(of))
}

/// Puts a failed or suppressed letter back into the queue, as if it had never been tried.
pub async fn requeue(tx: &mut WriteTx, id: LetterId, due_at: Timestamp, expires_at: Timestamp) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "update letter set status = 'queued', attempts = 0, due_at = $2, expires_at = $3, reason = null
         where id = $1 and status in ('failed', 'suppressed')",
    )
    .bind(id)
    .bind(due_at)
    .bind(expires_at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes a letter out of the queue.
pub async fn drop_queued(tx: &mut WriteTx, id: LetterId, reason: &str) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "update letter set status = 'suppressed', reason = $2 where id = $1 and status = 'queued'",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Deletes letters of one kind about these subjects that wait and were never tried.
pub async fn delete_untried(tx: &mut WriteTx, kind: &str, subjects: &[Uuid]) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("delete from letter where status = 'queued' and attempts = 0 and kind = ");
        query.push_bind(kind).push(" and subject_id in ");
        push_list(&mut query, subjects);
        query.build().execute(conn).await.map(drop)
    })
}

/// Takes letters of one kind about these subjects out of the queue.
pub async fn drop_about(tx: &mut WriteTx, kind: &str, subjects: &[Uuid], reason: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update letter set status = 'suppressed', reason = ");
        query.push_bind(reason).push(" where status = 'queued' and kind = ").push_bind(kind);
        query.push(" and subject_id in ");
        push_list(&mut query, subjects);
        query.build().execute(conn).await.map(drop)
    })
}
