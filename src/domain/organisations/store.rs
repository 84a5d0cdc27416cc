//! Organisations in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;

use super::{Organisation, Siret};
use db::{Engine, ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::OrganisationId;

/// The organisation of that identifier.
pub async fn find(tx: &mut ReadConn, id: OrganisationId) -> sqlx::Result<Option<Organisation>> {
    dispatch!(tx, |conn| sqlx::query_as("select id, name, kind, siret from organisation where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// All of them, by name.
pub async fn list(tx: &mut ReadConn) -> sqlx::Result<Vec<Organisation>> {
    dispatch!(tx, |conn| sqlx::query_as("select id, name, kind, siret from organisation order by name, id")
        .fetch_all(conn)
        .await)
}

/// Names to suggest: only those that an organiser has checked, so that the list does not reveal who registers.
pub async fn suggestions(tx: &mut ReadConn) -> sqlx::Result<Vec<String>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select name from organisation where kind is not null order by name limit 500"
    )
    .fetch_all(conn)
    .await)
}

/// As [`find`], and keeps everybody else from pointing to it, or deleting it, until the transaction ends.
pub async fn hold(tx: &mut WriteTx, id: OrganisationId) -> sqlx::Result<Option<Organisation>> {
    if let Engine::Postgres(conn) = tx.engine() {
        // SQLite has one writer, which locks everything; it does not know the clause.
        let find = sqlx::query_as("select id, name, kind, siret from organisation where id = $1 for update");
        return find.bind(id).fetch_optional(conn).await;
    }
    find(tx, id).await
}

/// The organisation of that number: its own, or one that it had before it was merged with another.
pub(super) async fn find_by_siret(tx: &mut ReadConn, siret: &Siret) -> sqlx::Result<Option<Organisation>> {
    let own: Option<Organisation> =
        dispatch!(tx, |conn| sqlx::query_as("select id, name, kind, siret from organisation where siret = $1")
            .bind(siret)
            .fetch_optional(conn)
            .await)?;
    match own {
        Some(own) => Ok(Some(own)),
        None => {
            let found = find_by_spellings(tx, std::iter::once(number(siret).as_str())).await?;
            Ok(found.into_iter().next().map(|(_, organisation)| organisation))
        }
    }
}

/// A number that leads to an organisation beside its own stands among the spellings.
fn number(siret: &Siret) -> String {
    format!("siret: {siret}")
}

pub(super) async fn add_number(tx: &mut WriteTx, siret: &Siret, id: OrganisationId) -> sqlx::Result<()> {
    add_spelling(tx, &number(siret), id).await
}

/// Pairs that an organiser declared to be two.
pub(super) async fn apart(tx: &mut ReadConn) -> sqlx::Result<BTreeSet<(OrganisationId, OrganisationId)>> {
    let rows: Vec<(OrganisationId, OrganisationId)> =
        dispatch!(tx, |conn| sqlx::query_as("select one, other from organisation_distinct").fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

pub(super) async fn insert_apart(tx: &mut WriteTx, (one, other): (OrganisationId, OrganisationId)) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into organisation_distinct (one, other) values ($1, $2) on conflict do nothing"
    )
    .bind(one)
    .bind(other)
    .execute(conn)
    .await
    .map(drop))
}

/// The organisations of these spellings, each with its spelling.
pub(super) async fn find_by_spellings(
    tx: &mut ReadConn,
    spellings: impl Iterator<Item = &str> + Send,
) -> sqlx::Result<Vec<(String, Organisation)>> {
    let rows: Vec<Spelt> = dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(
            "select spelling, organisation.id, organisation.name, organisation.kind, organisation.siret
             from organisation join organisation_spelling on organisation_spelling.organisation_id = organisation.id
             where organisation_spelling.spelling in ",
        );
        push_list(&mut query, spellings);
        query.build_query_as().fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| (row.spelling, row.organisation)).collect())
}

#[derive(sqlx::FromRow)]
struct Spelt {
    spelling: String,
    #[sqlx(flatten)]
    organisation: Organisation,
}

/// Nothing happens when its SIRET is another's.
pub(super) async fn insert(tx: &mut WriteTx, organisation: &Organisation, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into organisation (id, name, kind, siret, created_at) values ($1, $2, $3, $4, $5)
         on conflict (siret) do nothing",
    )
    .bind(organisation.id)
    .bind(&organisation.name)
    .bind(organisation.kind)
    .bind(&organisation.siret)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn update(tx: &mut WriteTx, organisation: &Organisation) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update organisation set name = $2, kind = $3, siret = $4 where id = $1")
        .bind(organisation.id)
        .bind(&organisation.name)
        .bind(organisation.kind)
        .bind(&organisation.siret)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn set_siret(tx: &mut WriteTx, id: OrganisationId, siret: &Siret) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update organisation set siret = $2 where id = $1")
        .bind(id)
        .bind(siret)
        .execute(conn)
        .await
        .map(drop))
}

/// A spelling that another organisation has stays with it.
pub(super) async fn add_spelling(tx: &mut WriteTx, spelling: &str, id: OrganisationId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into organisation_spelling (spelling, organisation_id) select $1, id from organisation where id = $2
         on conflict (spelling) do nothing",
    )
    .bind(spelling)
    .bind(id)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn move_spellings(tx: &mut WriteTx, from: OrganisationId, into: OrganisationId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "update organisation_spelling set organisation_id = $2 where organisation_id = $1"
    )
    .bind(from)
    .bind(into)
    .execute(conn)
    .await
    .map(drop))
}

pub(super) async fn delete(tx: &mut WriteTx, id: OrganisationId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from organisation where id = $1").bind(id).execute(conn).await.map(drop))
}
