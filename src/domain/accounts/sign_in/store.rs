//! Sign-in links in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::rules::MAX_WRONG_CODES;
use super::{Link, LinkState};
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, SignInId};
use kernel::key::Token;

pub(super) async fn insert(tx: &mut WriteTx, link: &Link, token: &Token, expires_at: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into sign_in_link (id, person_id, token_hash, expires_at, browser_hash, code_hash)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(link.id)
    .bind(link.person_id)
    .bind(token.hash())
    .bind(expires_at)
    .bind(link.browser_hash.as_deref())
    .bind(link.code_hash.as_deref())
    .execute(conn)
    .await
    .map(drop))
}

/// A link with the address of its person, usable or not.
pub(super) async fn find(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<LinkState>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select sign_in_link.id, person_id, browser_hash, code_hash, person.email, expires_at, used_at, wrong_codes
         from sign_in_link
         join person on person.id = sign_in_link.person_id
         where sign_in_link.token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await)
}

/// Locks a link that still works, so that attempts come one after another.
pub(super) async fn lock(tx: &mut WriteTx, hash: &[u8], now: Timestamp) -> sqlx::Result<Option<Link>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "update sign_in_link set wrong_codes = wrong_codes
         where token_hash = $1 and used_at is null and expires_at > $2 and wrong_codes < $3
         returning id, person_id, browser_hash, code_hash",
    )
    .bind(hash)
    .bind(now)
    .bind(MAX_WRONG_CODES)
    .fetch_optional(conn)
    .await)
}

/// Counts a wrong code; returns how many there were.
pub(super) async fn count_wrong_code(tx: &mut WriteTx, id: SignInId) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "update sign_in_link set wrong_codes = wrong_codes + 1 where id = $1 returning wrong_codes"
    )
    .bind(id)
    .fetch_one(conn)
    .await)
}

/// Marks every link on its way to a person used.
pub(super) async fn use_all(tx: &mut WriteTx, person: PersonId, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update sign_in_link set used_at = $2 where person_id = $1 and used_at is null")
        .bind(person)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn delete_of_person(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from sign_in_link where person_id = $1")
        .bind(person)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn delete_expired(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from sign_in_link where expires_at <= $1")
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}
