//! Proof requests in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sqlx::QueryBuilder;
use sqlx::types::Json;

use super::{Answer, Counted, DueRequest, NewProofRequest, ProofPurpose, ProofRequest};
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::ProofRequestId;

/// How long a request is kept after it was made, without what was typed: what is usual is counted by it.
const KEPT: Duration = Duration::from_secs(8 * 24 * 3600);

/// A request as it is written.
pub(super) struct Row<'a> {
    pub id: ProofRequestId,
    pub request: &'a NewProofRequest,
    pub counted: Counted,
    pub token_hash: Vec<u8>,
}

/// How often keys were counted since a moment, and when first.
type Counts = HashMap<Vec<u8>, (u32, Timestamp)>;

fn counts(rows: Vec<(Vec<u8>, i64, Timestamp)>) -> Counts {
    rows.into_iter().map(|(key, count, first)| (key, (u32::try_from(count).unwrap_or(u32::MAX), first))).collect()
}

pub(super) async fn count_by_mailbox(
    tx: &mut ReadConn,
    keys: impl Iterator<Item = &[u8]> + Send,
    since: Timestamp,
) -> sqlx::Result<Counts> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select mailbox, cast(count(*) as bigint), min(created_at) from proof_request where created_at > ",
        );
        query.push_bind(since).push(" and mailbox in ");
        push_list(&mut query, keys);
        query.push(" group by mailbox").build_query_as().fetch_all(conn).await.map(counts)
    })
}

pub(super) async fn count_by_network(
    tx: &mut ReadConn,
    keys: impl Iterator<Item = &[u8]> + Send,
    since: Timestamp,
) -> sqlx::Result<Counts> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select network, cast(count(*) as bigint), min(created_at) from proof_request where created_at > ",
        );
        query.push_bind(since).push(" and network in ");
        push_list(&mut query, keys);
        query.push(" group by network").build_query_as().fetch_all(conn).await.map(counts)
    })
}

pub(super) async fn insert(tx: &mut WriteTx, rows: &[Row<'_>], now: Timestamp) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "insert into proof_request
                 (id, purpose, email, mailbox, network, details, token_hash, created_at, expires_at) ",
        );
        query.push_values(rows, |mut row, one| {
            row.push_bind(one.id).push_bind(one.request.purpose).push_bind(&one.request.email);
            row.push_bind(&one.counted.mailbox).push_bind(&one.counted.network);
            row.push_bind(Json(&one.request.details)).push_bind(&one.token_hash);
            row.push_bind(now).push_bind(one.request.expires_at);
        });
        query.build().persistent(rows.len() == 1).execute(conn).await.map(drop)
    })
}

/// The request that a letter's button is about.
pub async fn find_by_token(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<ProofRequest>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, email, details, created_at, expires_at from proof_request where token_hash = $1"
    )
    .bind(hash)
    .fetch_optional(conn)
    .await)
}

/// Requests with an address that are not out of date, oldest first.
pub async fn of_address(tx: &mut ReadConn, email: &str) -> sqlx::Result<Vec<ProofRequest>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, email, details, created_at, expires_at from proof_request where email = $1 order by created_at, id"
    )
    .bind(email)
    .fetch_all(conn)
    .await)
}

/// Whether the letter of a request is due.
pub(super) async fn any_due(tx: &mut ReadConn, purpose: ProofPurpose, now: Timestamp) -> sqlx::Result<bool> {
    let found: Option<i64> = dispatch!(tx, |conn| sqlx::query_scalar(
        "select created_at from proof_request
         where purpose = $1 and answered_at is null and expires_at > $2 order by created_at limit 1",
    )
    .bind(purpose)
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// Requests whose letters are due, oldest first, with an address that was ever proved, or that never was.
pub(super) async fn due(
    tx: &mut ReadConn,
    purpose: ProofPurpose,
    proved: bool,
    most: u32,
    now: Timestamp,
) -> sqlx::Result<Vec<DueRequest>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select proof_request.id, proof_request.email, proof_request.details, proof_request.created_at,
                proof_request.expires_at, person.id as person_id, person.proved_at is not null as is_proved
         from proof_request left join person on person.email = proof_request.email
         where proof_request.purpose = $1 and proof_request.answered_at is null and proof_request.expires_at > $2
           and (person.proved_at is not null) = $3
         order by proof_request.created_at, proof_request.id limit $4",
    )
    .bind(purpose)
    .bind(now)
    .bind(proved)
    .bind(i64::from(most))
    .fetch_all(conn)
    .await)
}

/// Takes requests to answer them; tells which of them no other node had taken.
pub(super) async fn take(
    tx: &mut WriteTx,
    ids: &[ProofRequestId],
    now: Timestamp,
) -> sqlx::Result<HashSet<ProofRequestId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let taken: Vec<ProofRequestId> = dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update proof_request set answered_at = ");
        query.push_bind(now).push(" where answered_at is null and id in ");
        push_list(&mut query, ids);
        query.push(" returning id").build_query_scalar().fetch_all(conn).await
    })?;
    Ok(taken.into_iter().collect())
}

/// Says who got the letters of requests.
pub async fn answered(tx: &mut WriteTx, ids: &[ProofRequestId], answer: Answer, now: Timestamp) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update proof_request set answer = ");
        query.push_bind(answer).push(", answered_at = ").push_bind(now).push(" where id in ");
        push_list(&mut query, ids);
        query.build().execute(conn).await.map(drop)
    })
}

/// How many letters were written since a moment to addresses that were never proved.
pub(super) async fn count_unproved_letters(tx: &mut ReadConn, since: Timestamp) -> sqlx::Result<u32> {
    let count: i64 = dispatch!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from proof_request where answer = 'unproved' and answered_at > $1"
    )
    .bind(since)
    .fetch_one(conn)
    .await)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How many requests were made between two moments.
pub async fn recent(tx: &mut ReadConn, from: Timestamp, to: Timestamp) -> sqlx::Result<u32> {
    let count: i64 = dispatch!(tx, |conn| sqlx::query_scalar(
        "select cast(count(*) as bigint) from proof_request where created_at > $1 and created_at <= $2"
    )
    .bind(from)
    .bind(to)
    .fetch_one(conn)
    .await)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Deletes one request.
pub async fn delete(tx: &mut WriteTx, id: ProofRequestId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from proof_request where id = $1").bind(id).execute(conn).await.map(drop))
}

/// Deletes the requests with an address.
pub async fn delete_of(tx: &mut WriteTx, email: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from proof_request where email = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))
}

/// Lets the requests with an address follow its owner to another one.
pub async fn move_address(tx: &mut WriteTx, from: &str, to: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update proof_request set email = $2 where email = $1")
        .bind(from)
        .bind(to)
        .execute(conn)
        .await
        .map(drop))
}

/// Requests for seats that lapsed with an address that was ever proved, and of which that is yet to be told.
macro_rules! lapsed {
    () => {
        " from proof_request join person on person.email = proof_request.email
         where proof_request.purpose = 'registration' and proof_request.answer in ('proved', 'unproved')
           and proof_request.expires_at <= $1 and person.proved_at is not null "
    };
}

/// Whether it is yet to be told of a request that it lapsed.
pub async fn any_lapsed(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<bool> {
    let found: Option<i64> =
        dispatch!(tx, |conn| sqlx::query_scalar(concat!("select proof_request.created_at", lapsed!(), "limit 1"))
            .bind(now)
            .fetch_optional(conn)
            .await)?;
    Ok(found.is_some())
}

/// Takes requests of which it is yet to be told that they lapsed; no other node takes them before the caller has committed.
pub async fn take_lapsed(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<Vec<DueRequest>> {
    let found: Vec<DueRequest> = dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select proof_request.id, proof_request.email, proof_request.details, proof_request.created_at,
                proof_request.expires_at, person.id as person_id, true as is_proved",
        lapsed!(),
        "order by proof_request.created_at, proof_request.id limit 100"
    ))
    .bind(now)
    .fetch_all(conn)
    .await)?;
    let mut taken = Vec::new();
    for one in found {
        let rows = dispatch!(tx, |conn| sqlx::query(
            "update proof_request set answer = 'lapsed' where id = $1 and answer in ('proved', 'unproved')"
        )
        .bind(one.request.id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
        if rows == 1 {
            taken.push(one);
        }
    }
    Ok(taken)
}

/// Forgets what was typed with requests that are out of date, and the requests themselves once nothing counts them. Owners of
/// proved addresses can make theirs again until then.
pub async fn forget(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update proof_request set email = '', details = '{}'
         where expires_at <= $1 and email <> ''
           and not (created_at >= $2
                    and (answer = 'lapsed'
                         or (purpose = 'registration' and answer in ('proved', 'unproved')
                             and exists (select 1 from person
                                         where person.email = proof_request.email and person.proved_at is not null))))",
    )
    .bind(now)
    .bind(now - KEPT)
    .execute(conn)
    .await
    .map(drop))?;
    dispatch!(tx, |conn| sqlx::query("delete from proof_request where created_at < $1 and expires_at <= $2")
        .bind(now - KEPT)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}
