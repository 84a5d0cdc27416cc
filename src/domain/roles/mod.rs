//! Who may do what: roles, each of everything, of an edition, or of one event.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod french;
mod letters;
mod rules;
mod store;

use serde::{Deserialize, Serialize};

use crate::accounts::{self, EmailAddress};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use db::{ChangeEvent, ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId, GrantId, PersonId};
use kernel::security_log::{SecurityEvent, SecurityLine};

pub use rules::{Permission, Place, Rights, Scope};
pub use store::{GrantRow, list, of_person, owners, place};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// Everything, and gives roles.
    Owner,
    /// Events, people and letters.
    Organiser,
    /// Runs boards, and sees names on them only.
    Facilitator,
    /// Sees counts and lists, and acts on nothing.
    Reader,
    /// Notes who is there.
    Door,
}

/// A role that a person holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// Who holds it.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// In which edition; none: not of an edition.
    pub edition_id: Option<EditionId>,
    /// At which event; none: not of an event.
    pub event_id: Option<EventId>,
    /// Since when.
    pub granted_at: Timestamp,
}

impl Grant {
    fn new(person: PersonId, role: Role, scope: Scope, now: Timestamp) -> Self {
        let (edition_id, event_id) = scope.columns();
        Self { id: GrantId::new(now), person_id: person, role, edition_id, event_id, granted_at: now }
    }

    /// Where the role holds.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (self.edition_id, self.event_id) {
            (_, Some(event)) => Scope::Event(event),
            (Some(edition), None) => Scope::Edition(edition),
            (None, None) => Scope::Everything,
        }
    }

    /// Whether whoever holds it may do everything, and gives roles.
    #[must_use]
    pub fn is_owner_of_everything(&self) -> bool {
        self.role == Role::Owner && self.scope() == Scope::Everything
    }
}

/// Why a role is not given or ended.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// Who wants it does not hold as much.
    #[error("nobody grants more than they hold")]
    BeyondOwn,
    /// Nobody would be left who may do everything.
    #[error("one owner of everything must stay")]
    LastOwner,
    /// There is no such grant.
    #[error("there is no such grant")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// Who gives or ends a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Somebody on the pages: they give and end no more than they hold.
    Person(PersonId),
    /// Whoever operates the server.
    Operator,
}

impl Authority {
    const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Operator => None,
        }
    }
}

/// Gives whoever has this address a role, and writes to them; an account is made if there is none. Says whether they did not
/// hold it yet.
///
/// # Errors
///
/// Refuses what goes beyond what `by` holds, and a place that there is not; fails when the database does.
pub async fn grant(
    context: &Context,
    by: Authority,
    email: &EmailAddress,
    role: Role,
    scope: Scope,
) -> Result<bool, RoleError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    store::lock(&mut tx).await?;
    check(&mut tx, by, scope).await?;
    let person = accounts::person_for(&mut tx, email, email.local_part(), None, now).await?;
    if store::of_person(&mut tx, person.id).await?.has(role, scope) {
        return Ok(false);
    }
    let grant = Grant::new(person.id, role, scope, now);
    let place = insert(&mut tx, by, &grant).await?;
    mail::outbox::enqueue(&mut tx, &letters::granted(&person, &grant, &place, None), now).await?;
    tx.commit().await?;
    tell(SecurityEvent::RoleGranted, by, &grant);
    Ok(true)
}

/// Puts another role in the place of one, in one act, and writes to whoever holds it. Says whether they did not hold the new
/// one yet.
///
/// # Errors
///
/// Refuses what goes beyond what `by` holds, what leaves no owner of everything, and a grant or a place that there is not.
pub async fn change(
    context: &Context,
    by: Authority,
    id: GrantId,
    (role, scope): (Role, Scope),
) -> Result<bool, RoleError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let owners = store::lock(&mut tx).await?;
    let before = store::find(&mut tx, id).await?.ok_or(RoleError::NotFound)?;
    check(&mut tx, by, before.scope()).await?;
    check(&mut tx, by, scope).await?;
    if store::of_person(&mut tx, before.person_id).await?.has(role, scope) {
        return Ok(false);
    }
    let person = accounts::find(&mut tx, before.person_id).await?.ok_or(RoleError::NotFound)?;
    let place_before = delete(&mut tx, (by, now), &before, owners).await?;
    let after = Grant::new(person.id, role, scope, now);
    let place = insert(&mut tx, by, &after).await?;
    let letter = letters::granted(&person, &after, &place, Some((&before, &place_before)));
    mail::outbox::enqueue(&mut tx, &letter, now).await?;
    tx.commit().await?;
    tell(SecurityEvent::RoleEnded, by, &before);
    tell(SecurityEvent::RoleGranted, by, &after);
    Ok(true)
}

/// Ends a role at once, and writes to whoever held it: their pages and open boards follow.
///
/// # Errors
///
/// Refuses to end the last owner's role, and what goes beyond what `by` holds.
pub async fn end(context: &Context, by: Authority, id: GrantId) -> Result<Grant, RoleError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let owners = store::lock(&mut tx).await?;
    let grant = store::find(&mut tx, id).await?.ok_or(RoleError::NotFound)?;
    check(&mut tx, by, grant.scope()).await?;
    let place = delete(&mut tx, (by, now), &grant, owners).await?;
    if let Some(person) = accounts::find(&mut tx, grant.person_id).await? {
        mail::outbox::enqueue(&mut tx, &letters::ended(&person, &grant, &place), now).await?;
    }
    tx.commit().await?;
    tell(SecurityEvent::RoleEnded, by, &grant);
    Ok(grant)
}

/// Makes these addresses owners of everything, but only while nobody is one; says whether it did. They are told by whoever
/// starts the server.
pub async fn add_first_owners(context: &Context, emails: &[EmailAddress]) -> sqlx::Result<bool> {
    if emails.is_empty() || !store::owners(&mut context.db.read().await?).await?.is_empty() {
        return Ok(false);
    }
    let now = context.clock.now();
    let (mut tx, mut owners) = (context.db.write().await?, Vec::new());
    for email in emails {
        let person = accounts::person_for(&mut tx, email, email.local_part(), None, now).await?;
        let owner = Grant::new(person.id, Role::Owner, Scope::Everything, now);
        insert(&mut tx, Authority::Operator, &owner).await?;
        owners.push(owner);
    }
    tx.commit().await?;
    owners.iter().for_each(|owner| tell(SecurityEvent::RoleGranted, Authority::Operator, owner));
    Ok(true)
}

/// Whether nobody else may do everything.
pub async fn is_last_owner(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<bool> {
    let owners = store::owners(tx).await?;
    Ok(!owners.is_empty() && owners.iter().all(|owner| *owner == person))
}

/// Ends what a person holds, without a word, when they are erased.
pub async fn erase_person(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    store::delete_of_person(tx, person).await
}

/// There is such a place, and whoever gives or ends a role may do so there: owners, who hold all that a role can allow.
async fn check(tx: &mut WriteTx, by: Authority, scope: Scope) -> Result<(), RoleError> {
    let place = store::place(tx, scope).await?.ok_or(RoleError::NotFound)?;
    let Authority::Person(person) = by else { return Ok(()) };
    let own = store::of_person(tx, person).await?;
    if own.may(Permission::GrantRoles, place) { Ok(()) } else { Err(RoleError::BeyondOwn) }
}

/// Stores a grant and writes it down; returns where it holds, in words.
async fn insert(tx: &mut WriteTx, by: Authority, grant: &Grant) -> sqlx::Result<String> {
    store::insert(tx, grant).await?;
    write_down(tx, (by, grant.granted_at), Act::GrantedRole, grant).await
}

/// Deletes a grant and writes it down, unless nobody would be left of `owners`; returns where it held, in words.
async fn delete(
    tx: &mut WriteTx,
    act: (Authority, Timestamp),
    grant: &Grant,
    owners: usize,
) -> Result<String, RoleError> {
    if grant.is_owner_of_everything() && owners <= 1 {
        return Err(RoleError::LastOwner);
    }
    store::delete(tx, grant.id).await?;
    tx.emit(ChangeEvent::RightsReduced(grant.person_id));
    Ok(write_down(tx, act, Act::EndedRole, grant).await?)
}

/// Writes a line of the security log, once the act is committed.
fn tell(event: SecurityEvent, by: Authority, grant: &Grant) {
    SecurityLine::new(event).kind(grant.role.name()).person(grant.person_id).by(by.person()).about(grant.id).write();
}

async fn write_down(
    tx: &mut WriteTx,
    (by, now): (Authority, Timestamp),
    act: Act,
    grant: &Grant,
) -> sqlx::Result<String> {
    let place = store::place_name(tx, grant.scope()).await?;
    let entry = Entry::new(by.person(), act, grant.event_id).person(grant.person_id);
    audit::write(tx, &entry.note(french::role_at(grant.role, &place)), now).await?;
    Ok(place)
}
