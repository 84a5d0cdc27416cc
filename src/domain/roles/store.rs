//! Roles in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::{Grant, Place, Rights, Role, Scope, french};
use crate::accounts::EmailAddress;
use crate::programme;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId, GrantId, PersonId};

/// A role with whoever holds it, as a list shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GrantRow {
    /// Its identifier.
    pub id: GrantId,
    /// Who holds it.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: EmailAddress,
    /// What they may do.
    pub role: Role,
    /// The edition that it is for.
    pub edition_id: Option<EditionId>,
    /// The event that it is for.
    pub event_id: Option<EventId>,
    /// The edition of that event.
    pub event_edition_id: Option<EditionId>,
    /// The title of the edition that it is for.
    pub edition_title: Option<String>,
    /// The name of that edition in files and addresses.
    pub edition_slug: Option<String>,
    /// The title of the event that it is for.
    pub event_title: Option<String>,
    /// The name of that event in addresses.
    pub event_slug: Option<String>,
    /// Since when.
    pub granted_at: Timestamp,
}

impl GrantRow {
    /// Where it holds.
    #[must_use]
    pub const fn place(&self) -> Place {
        match (self.edition_id, self.event_id, self.event_edition_id) {
            (_, Some(event), Some(edition)) => Place::Event { event, edition },
            (Some(edition), _, _) => Place::Edition(edition),
            _ => Place::Everything,
        }
    }

    /// The scope of the role.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self.place() {
            Place::Everything => Scope::Everything,
            Place::Edition(edition) => Scope::Edition(edition),
            Place::Event { event, .. } => Scope::Event(event),
        }
    }

    /// Where it holds, in words.
    #[must_use]
    pub fn place_name(&self) -> &str {
        self.event_title.as_deref().or(self.edition_title.as_deref()).unwrap_or(french::EVERYTHING)
    }
}

/// Locks the grants of owners of everything; returns how many there are. Whoever gives or ends roles comes one after another.
pub(super) async fn lock(tx: &mut WriteTx) -> sqlx::Result<usize> {
    let owners: Vec<GrantId> = dispatch!(tx, |conn| sqlx::query_scalar(
        "update role_grant set granted_at = granted_at
         where role = 'owner' and edition_id is null and event_id is null returning id",
    )
    .fetch_all(conn)
    .await)?;
    Ok(owners.len())
}

/// Who owns everything.
pub async fn owners(tx: &mut ReadConn) -> sqlx::Result<Vec<PersonId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select person_id from role_grant where role = 'owner' and edition_id is null and event_id is null",
    )
    .fetch_all(conn)
    .await)
}

pub(super) async fn insert(tx: &mut WriteTx, grant: &Grant) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        sqlx::query(
        "insert into role_grant (id, person_id, role, edition_id, event_id, granted_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(grant.id)
    .bind(grant.person_id)
    .bind(grant.role)
    .bind(grant.edition_id)
    .bind(grant.event_id)
    .bind(grant.granted_at)
    .execute(conn)
    .await
    .map(drop)
    })
}

pub(super) async fn delete(tx: &mut WriteTx, id: GrantId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from role_grant where id = $1").bind(id).execute(conn).await.map(drop))
}

pub(super) async fn delete_of_person(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from role_grant where person_id = $1")
        .bind(person)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn find(tx: &mut ReadConn, id: GrantId) -> sqlx::Result<Option<Grant>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, person_id, role, edition_id, event_id, granted_at from role_grant where id = $1"
    )
    .bind(id)
    .fetch_optional(conn)
    .await)
}

/// The roles that a person holds, the oldest first.
pub async fn of_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Rights> {
    let grants = dispatch!(tx, |conn| sqlx::query_as(
        "select id, person_id, role, edition_id, event_id, granted_at from role_grant
         where person_id = $1 order by granted_at, id"
    )
    .bind(person)
    .fetch_all(conn)
    .await)?;
    Ok(Rights::new(grants))
}

/// All roles, with whoever holds them.
pub async fn list(tx: &mut ReadConn) -> sqlx::Result<Vec<GrantRow>> {
    dispatch!(tx, |conn| {
        sqlx::query_as(
        "select role_grant.id, role_grant.person_id, person.name, person.email, role_grant.role,
                role_grant.edition_id, role_grant.event_id, event.edition_id as event_edition_id,
                edition.title as edition_title, edition.slug as edition_slug, event.title as event_title, event.slug as event_slug,
                role_grant.granted_at
         from role_grant
         join person on person.id = role_grant.person_id
         left join edition on edition.id = role_grant.edition_id
         left join event on event.id = role_grant.event_id
         order by person.name, person.email, role_grant.granted_at, role_grant.id",
    )
    .fetch_all(conn)
    .await
    })
}

/// The place of a scope; `None` when there is no such edition or event.
pub async fn place(tx: &mut ReadConn, scope: Scope) -> sqlx::Result<Option<Place>> {
    Ok(match scope {
        Scope::Everything => Some(Place::Everything),
        Scope::Edition(edition) => programme::edition_by_id(tx, edition).await?.map(|it| Place::Edition(it.id)),
        Scope::Event(event) => programme::event_by_id(tx, event).await?.map(|it| Place::from(&it)),
    })
}

/// Where a role holds, in words.
pub(super) async fn place_name(tx: &mut ReadConn, scope: Scope) -> sqlx::Result<String> {
    Ok(match scope {
        Scope::Everything => french::EVERYTHING.to_owned(),
        Scope::Edition(edition) => programme::edition_by_id(tx, edition).await?.map_or_else(String::new, |it| it.title),
        Scope::Event(event) => programme::event_by_id(tx, event).await?.map_or_else(String::new, |it| it.title),
    })
}
