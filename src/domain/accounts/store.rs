//! People and their feeds in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{EmailAddress, Newcomer, Person, ProvedPerson};
use db::{ChangeEvent, Engine, ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{OrganisationId, PersonId};

/// What the changes of all feeds are counted under.
pub const FEED_CHANGES: Uuid = Uuid::nil();

macro_rules! person_columns {
    () => {
        concat!(
            "person.id, person.email, person.name, coalesce(organisation.name, '') as organisation, person.organisation_id,
         exists (select 1 from role_grant
                 where role_grant.person_id = person.id and role_grant.role in ",
            $crate::roles_with!(read),
            ") as has_office,
         person.feed_version, person.feed_hash is not null as has_feed, person.feed_alarm",
        )
    };
}
pub(super) use person_columns;

/// People with the organisation that they belong to.
macro_rules! from_person {
    () => {
        " from person left join organisation on organisation.id = person.organisation_id "
    };
}
pub(super) use from_person;

/// The person of that identifier.
pub async fn find(tx: &mut ReadConn, id: PersonId) -> sqlx::Result<Option<Person>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", person_columns!(), from_person!(), "where person.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The person whose private feed this is.
pub async fn find_by_feed(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<Person>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", person_columns!(), from_person!(), "where feed_hash = $1"))
        .bind(hash)
        .fetch_optional(conn)
        .await)
}

/// Whether this was the address of a private feed that has a new one by now.
pub async fn is_retired_feed(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<bool> {
    let found: Option<i64> =
        dispatch!(tx, |conn| sqlx::query_scalar("select retired_at from retired_feed where feed_hash = $1")
            .bind(hash)
            .fetch_optional(conn)
            .await)?;
    Ok(found.is_some())
}

/// Adds the people whose addresses are new.
pub(super) async fn insert_unless_known(
    tx: &mut WriteTx,
    newcomers: &[Newcomer<'_>],
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("insert into person (id, email, name, organisation_id, created_at) ");
        query.push_values(newcomers, |mut row, newcomer| {
            row.push_bind(PersonId::new(now)).push_bind(newcomer.email).push_bind(newcomer.name);
            row.push_bind(newcomer.organisation).push_bind(now);
        });
        let query = query.push(" on conflict (email) do nothing").build().persistent(newcomers.len() == 1);
        query.execute(conn).await.map(drop)
    })
}

/// The people who have these addresses.
pub(super) async fn find_by_emails(tx: &mut ReadConn, newcomers: &[Newcomer<'_>]) -> sqlx::Result<Vec<Person>> {
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(concat!("select ", person_columns!(), from_person!(), "where email in "));
        push_list(&mut query, newcomers.iter().map(|newcomer| newcomer.email));
        query.build_query_as().persistent(newcomers.len() == 1).fetch_all(conn).await
    })
}

pub(super) async fn rename(
    tx: &mut WriteTx,
    person: PersonId,
    name: &str,
    organisation: Option<OrganisationId>,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set name = $2, organisation_id = $3 where id = $1")
        .bind(person)
        .bind(name)
        .bind(organisation)
        .execute(conn)
        .await
        .map(drop))
}

/// Whether somebody ever proved that letters to this address reach them.
pub async fn is_proved(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<bool> {
    let found: Option<i64> = dispatch!(tx, |conn| sqlx::query_scalar(
        "select proved_at from person where email = $1 and proved_at is not null"
    )
    .bind(email)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}

/// Gives people the names and organisations that they gave, and notes that they proved their addresses.
pub(super) async fn prove(tx: &mut WriteTx, people: &[ProvedPerson<'_>], now: Timestamp) -> sqlx::Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("update person set proved_at = ");
        query.push_bind(now).push(", name = case id");
        for one in people {
            query.push(" when ").push_bind(one.id).push(" then ").push_bind(one.name);
        }
        query.push(" end, organisation_id = case id");
        for one in people {
            query.push(" when ").push_bind(one.id).push(" then ").push_bind(one.organisation);
        }
        query.push(" end where id in ");
        push_list(&mut query, people.iter().map(|one| one.id));
        query.build().persistent(people.len() == 1).execute(conn).await.map(drop)
    })
}

/// Notes that a person proved their address.
pub(super) async fn set_proved(tx: &mut WriteTx, person: PersonId, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set proved_at = $2 where id = $1")
        .bind(person)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}

/// Gives a person another address, which they proved.
pub(super) async fn set_address(
    tx: &mut WriteTx,
    person: PersonId,
    email: &EmailAddress,
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set email = $2, proved_at = $3 where id = $1")
        .bind(person)
        .bind(email)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
    note_feed_change(tx, person).await
}

/// People whose address has signs beyond ASCII.
pub async fn addresses_beyond_ascii(tx: &mut ReadConn) -> sqlx::Result<Vec<(PersonId, EmailAddress)>> {
    dispatch!(tx, |conn| sqlx::query_as("select id, email from person where octet_length(email) <> length(email)")
        .fetch_all(conn)
        .await)
}

/// Writes a person's address in another way, which is as proved as it was; not when somebody is known by it. Tells whether it did.
pub async fn rewrite_address(tx: &mut WriteTx, person: PersonId, email: &EmailAddress) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "update person set email = $2 where id = $1 and not exists (select 1 from person where email = $2)"
    )
    .bind(person)
    .bind(email)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Locks a person's row, so that no other transaction refers to it until this one ends.
pub async fn hold(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    if let Engine::Postgres(conn) = tx.engine() {
        // SQLite has one writer, which locks everything; it does not know the clause.
        let hold = sqlx::query("select id from person where id = $1 for update");
        hold.bind(person).execute(conn).await?;
    }
    Ok(())
}

/// How many people belong to an organisation.
pub async fn count_of_organisation(tx: &mut ReadConn, organisation: OrganisationId) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar("select cast(count(*) as bigint) from person where organisation_id = $1")
        .bind(organisation)
        .fetch_one(conn)
        .await)
}

/// Moves all people of one organisation to another.
pub async fn move_to_organisation(tx: &mut WriteTx, from: OrganisationId, into: OrganisationId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set organisation_id = $2 where organisation_id = $1")
        .bind(from)
        .bind(into)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn delete(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from person where id = $1").bind(person).execute(conn).await.map(drop))?;
    note_feed_change(tx, person).await
}

/// Retires the feed's present address, if there is one, and returns the version of the next.
pub(super) async fn raise_feed(tx: &mut WriteTx, person: PersonId, now: Timestamp) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into retired_feed (feed_hash, retired_at)
         select feed_hash, $2 from person where id = $1 and feed_hash is not null
         on conflict (feed_hash) do nothing",
    )
    .bind(person)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))?;
    dispatch!(tx, |conn| sqlx::query_scalar(
        "update person set feed_version = feed_version + 1 where id = $1 returning feed_version",
    )
    .bind(person)
    .fetch_one(conn)
    .await)
}

pub(super) async fn set_feed(tx: &mut WriteTx, person: PersonId, hash: Option<&[u8]>) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set feed_hash = $2 where id = $1")
        .bind(person)
        .bind(hash)
        .execute(conn)
        .await
        .map(drop))?;
    note_feed_change(tx, person).await
}

pub(super) async fn set_feed_alarm(tx: &mut WriteTx, person: PersonId, minutes: Option<i64>) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update person set feed_alarm = $2 where id = $1")
        .bind(person)
        .bind(minutes)
        .execute(conn)
        .await
        .map(drop))?;
    note_feed_change(tx, person).await
}

/// Tells this process which feed changed, and the other processes that one did.
async fn note_feed_change(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    let number: i64 = dispatch!(tx, |conn| sqlx::query_scalar(
        "update feed_generation set generation = generation + 1 where id = 1 returning generation"
    )
    .fetch_one(conn)
    .await)?;
    tx.emit(ChangeEvent::Feed { id: person.0, version: None });
    tx.emit(ChangeEvent::Feed { id: FEED_CHANGES, version: Some(number) });
    Ok(())
}

/// How often feeds were changed by their owners.
pub async fn feed_changes(tx: &mut ReadConn) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar("select generation from feed_generation where id = 1")
        .fetch_one(conn)
        .await)
}
