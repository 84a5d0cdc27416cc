//! Refused letters in SQL.

use sqlx::QueryBuilder;

use super::Scope;
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;

/// What is refused at addresses, the widest first.
pub async fn of(
    tx: &mut ReadConn,
    addresses: impl Iterator<Item = &str> + Send,
) -> sqlx::Result<Vec<(String, Scope, String)>> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("select address, scope, reason from suppression where address in ");
        push_list(&mut query, addresses);
        query.push(" order by case scope when 'everything' then 0 else 1 end").build_query_as().fetch_all(conn).await
    })
}

pub async fn put(tx: &mut WriteTx, (address, scope): (&str, Scope), reason: &str, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into suppression (address, scope, reason, created_at) values ($1, $2, $3, $4)
         on conflict (address, scope) do nothing",
    )
    .bind(address)
    .bind(scope)
    .bind(reason)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

pub async fn copy(tx: &mut WriteTx, from: &str, to: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into suppression (address, scope, reason, created_at)
         select $2, scope, reason, created_at from suppression where address = $1 and scope <> 'everything'
         on conflict (address, scope) do nothing",
    )
    .bind(from)
    .bind(to)
    .execute(conn)
    .await
    .map(drop))
}

pub async fn lift(tx: &mut WriteTx, address: &str, scope: Scope) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from suppression where address = $1 and scope = $2")
        .bind(address)
        .bind(scope)
        .execute(conn)
        .await
        .map(drop))
}

/// Takes what waits for an address, of these ranks, out of the queue.
pub async fn suppress_queued(tx: &mut WriteTx, address: &str, least: i64, most: i64, reason: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update letter set status = 'suppressed', reason = $4
         where recipient = $1 and status = 'queued' and priority >= $2 and priority <= $3",
    )
    .bind(address)
    .bind(least)
    .bind(most)
    .bind(reason)
    .execute(conn)
    .await
    .map(drop))
}

pub async fn stopped(tx: &mut ReadConn) -> sqlx::Result<Vec<(String, String)>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select address, reason from suppression where scope = 'everything' order by created_at desc, address",
    )
    .fetch_all(conn)
    .await)
}
