//! Sessions in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::rules::{ROLE_IDLE, ROLE_LASTS, SESSION_LASTS};
use super::{Ended, Session, SignedInPerson};
use crate::accounts::store::{from_person, person_columns};
use db::{ChangeEvent, ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, SessionId};

macro_rules! session_columns {
    () => {
        "session.id as session_id, session.created_at as began_at, session.expires_at, session.last_used_at,
         session.proved_at, session.device"
    };
}

/// A session with its person, over or not: one statement, since every page of whoever is signed in runs it.
pub(super) async fn find(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<SignedInPerson>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        person_columns!(),
        ", ",
        session_columns!(),
        ", exists (select 1 from role_grant where role_grant.person_id = person.id) as holds_role",
        from_person!(),
        "join session on session.person_id = person.id
         where session.token_hash = $1",
    ))
    .bind(hash)
    .fetch_optional(conn)
    .await)
}

/// The sessions of a person that were not ended, the last used first.
pub async fn sessions(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<Session>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        session_columns!(),
        " from session where person_id = $1 order by last_used_at desc, created_at desc, id desc",
    ))
    .bind(person)
    .fetch_all(conn)
    .await)
}

/// Adds a session of a person on a device, proved by the link that begins it.
pub(super) async fn insert(
    tx: &mut WriteTx,
    id: SessionId,
    person: PersonId,
    device: &str,
    hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into session (id, person_id, token_hash, created_at, expires_at, last_used_at, proved_at, device)
         values ($1, $2, $3, $4, $5, $4, $4, $6)",
    )
    .bind(id)
    .bind(person)
    .bind(hash)
    .bind(now)
    .bind(now + SESSION_LASTS)
    .bind(device)
    .execute(conn)
    .await
    .map(drop))
}

/// Notes a use, unless one was noted since `before`: requests of one moment write once.
pub(super) async fn note_use(tx: &mut WriteTx, id: SessionId, now: Timestamp, before: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update session set last_used_at = $2 where id = $1 and last_used_at <= $3")
        .bind(id)
        .bind(now)
        .bind(before)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn delete(tx: &mut WriteTx, hash: &[u8]) -> sqlx::Result<Ended> {
    let ended: Ended =
        dispatch!(tx, |conn| sqlx::query_as("delete from session where token_hash = $1 returning id, person_id")
            .bind(hash)
            .fetch_optional(conn)
            .await)?;
    ended.iter().for_each(|(_, person)| tx.emit(ChangeEvent::RightsReduced(*person)));
    Ok(ended)
}

/// Ends a session if it is this person's; says whether it was.
pub(super) async fn delete_own(tx: &mut WriteTx, person: PersonId, id: SessionId) -> sqlx::Result<bool> {
    tx.emit(ChangeEvent::RightsReduced(person));
    let ended: Option<SessionId> =
        dispatch!(tx, |conn| sqlx::query_scalar("delete from session where id = $1 and person_id = $2 returning id")
            .bind(id)
            .bind(person)
            .fetch_optional(conn)
            .await)?;
    Ok(ended.is_some())
}

/// Ends every session of a person, but the one that is `kept`.
pub(super) async fn delete_others(
    tx: &mut WriteTx,
    person: PersonId,
    kept: Option<SessionId>,
) -> sqlx::Result<Vec<SessionId>> {
    tx.emit(ChangeEvent::RightsReduced(person));
    dispatch!(tx, |conn| sqlx::query_scalar(
        "delete from session where person_id = $1 and ($2 is null or id <> $2) returning id"
    )
    .bind(person)
    .bind(kept)
    .fetch_all(conn)
    .await)
}

/// Deletes what is over: as `Session::is_over` decides.
pub(super) async fn delete_over(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "delete from session
         where expires_at <= $1
            or ((last_used_at <= $2 or created_at <= $3)
                and exists (select 1 from role_grant where role_grant.person_id = session.person_id))",
    )
    .bind(now)
    .bind(now - ROLE_IDLE)
    .bind(now - ROLE_LASTS)
    .execute(conn)
    .await
    .map(drop))
}
