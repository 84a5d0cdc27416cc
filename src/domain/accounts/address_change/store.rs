//! Changes of addresses in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::{AddressChange, AddressChangeStatus};
use crate::accounts::EmailAddress;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, ProofRequestId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, person_id, proof_request_id, email, status, created_at, changed_at, takes_effect_at
             from address_change ",
            $rest
        )
    };
}

pub(super) async fn insert(tx: &mut WriteTx, change: &AddressChange, token_hash: &[u8]) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        sqlx::query(
        "insert into address_change (id, person_id, proof_request_id, email, status, token_hash, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(change.id)
    .bind(change.person_id)
    .bind(change.proof_request_id)
    .bind(&change.email)
    .bind(change.status)
    .bind(token_hash)
    .bind(change.created_at)
    .bind(change.changed_at)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// Writes how far a change is; tells whether it was as far as `from` until then.
pub(super) async fn set(tx: &mut WriteTx, change: &AddressChange, from: AddressChangeStatus) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "update address_change set status = $3, changed_at = $4, takes_effect_at = $5 where id = $1 and status = $2"
    )
    .bind(change.id)
    .bind(from)
    .bind(change.status)
    .bind(change.changed_at)
    .bind(change.takes_effect_at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub(super) async fn find_by_request(tx: &mut ReadConn, id: ProofRequestId) -> sqlx::Result<Option<AddressChange>> {
    dispatch!(tx, |conn| sqlx::query_as(select!("where proof_request_id = $1")).bind(id).fetch_optional(conn).await)
}

pub(super) async fn find_by_token(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<AddressChange>> {
    dispatch!(tx, |conn| sqlx::query_as(select!("where token_hash = $1")).bind(hash).fetch_optional(conn).await)
}

/// A person's changes that are known, oldest first.
pub async fn of_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<AddressChange>> {
    dispatch!(tx, |conn| sqlx::query_as(select!("where person_id = $1 order by created_at, id"))
        .bind(person)
        .fetch_all(conn)
        .await)
}

/// Proved changes whose time has come.
pub async fn due(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<Vec<AddressChange>> {
    dispatch!(tx, |conn| sqlx::query_as(select!(
        "where status = 'proved' and takes_effect_at <= $1 order by takes_effect_at, id"
    ))
    .bind(now)
    .fetch_all(conn)
    .await)
}

/// Whether nobody has an address.
pub(super) async fn is_free(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<bool> {
    let found: Option<PersonId> = dispatch!(tx, |conn| sqlx::query_scalar("select id from person where email = $1")
        .bind(email)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_none())
}

/// Deletes what this person asked for and did not prove.
pub(super) async fn delete_asked(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    delete_with(tx, person, AddressChangeStatus::Asked).await
}

/// Deletes what this person proved and that has not taken effect.
pub(super) async fn delete_proved(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    delete_with(tx, person, AddressChangeStatus::Proved).await
}

async fn delete_with(tx: &mut WriteTx, person: PersonId, status: AddressChangeStatus) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from address_change where person_id = $1 and status = $2")
        .bind(person)
        .bind(status)
        .execute(conn)
        .await
        .map(drop))
}

/// Deletes changes that last went further before this moment, but for those that wait for their time.
pub(super) async fn delete_over(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from address_change where status <> 'proved' and changed_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop))
}

/// Deletes the changes of others to the address of a person.
pub(super) async fn delete_to_address_of(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "delete from address_change where email = (select email from person where id = $1)"
    )
    .bind(person)
    .execute(conn)
    .await
    .map(drop))
}
