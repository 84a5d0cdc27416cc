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

pub use rules::Scope;
pub use store::{GrantRow, list, of_person};

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
    /// The role is held for everything only.
    #[error("owners and organisers hold their role for everything")]
    Everywhere,
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
/// Refuses what goes beyond what `by` holds; fails when the database does.
pub async fn grant(
    context: &Context,
    by: Authority,
    email: &EmailAddress,
    role: Role,
    scope: Scope,
) -> Result<bool, RoleError> {
    if scope != Scope::Everything && !role.has_scopes() {
        return Err(RoleError::Everywhere);
    }
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    store::lock(&mut tx).await?;
    check(&mut tx, by, scope).await?;
    let person = accounts::person_for(&mut tx, email, email.local_part(), None, now).await?;
    let has = store::of_person(&mut tx, person.id).await?;
    if has.iter().any(|one| one.role == role && one.scope() == scope) {
        return Ok(false);
    }
    let grant = Grant::new(person.id, role, scope, now);
    store::insert(&mut tx, &grant).await?;
    let place = store::place(&mut tx, scope).await?;
    mail::outbox::enqueue(&mut tx, &letters::granted(&person, &grant, &place), now).await?;
    write_down(&mut tx, by, Act::GrantedRole, &grant, &place, now).await?;
    tx.commit().await?;
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
    if grant.is_owner_of_everything() && owners <= 1 {
        return Err(RoleError::LastOwner);
    }
    store::delete(&mut tx, id).await?;
    tx.emit(ChangeEvent::RightsReduced(grant.person_id));
    let place = store::place(&mut tx, grant.scope()).await?;
    if let Some(person) = accounts::find(&mut tx, grant.person_id).await? {
        mail::outbox::enqueue(&mut tx, &letters::ended(&person, &grant, &place), now).await?;
    }
    write_down(&mut tx, by, Act::EndedRole, &grant, &place, now).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Makes these addresses owners of everything, but only while nobody is one; says whether it did. They are told by whoever
/// starts the server.
pub async fn add_first_owners(context: &Context, emails: &[EmailAddress]) -> sqlx::Result<bool> {
    if emails.is_empty() || !store::owners(&mut context.db.read().await?).await?.is_empty() {
        return Ok(false);
    }
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    for email in emails {
        let person = accounts::person_for(&mut tx, email, email.local_part(), None, now).await?;
        let grant = Grant::new(person.id, Role::Owner, Scope::Everything, now);
        store::insert(&mut tx, &grant).await?;
        write_down(&mut tx, Authority::Operator, Act::GrantedRole, &grant, french::EVERYTHING, now).await?;
    }
    tx.commit().await?;
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

/// Whoever grants or ends a role holds one that covers it.
async fn check(tx: &mut WriteTx, by: Authority, scope: Scope) -> Result<(), RoleError> {
    let Authority::Person(person) = by else { return Ok(()) };
    let edition = match scope {
        Scope::Event(event) => store::edition_of(tx, event).await?,
        Scope::Edition(_) | Scope::Everything => None,
    };
    let own = store::of_person(tx, person).await?;
    let may = own.iter().any(|grant| grant.role.may_grant() && grant.scope().covers(scope, edition));
    if may { Ok(()) } else { Err(RoleError::BeyondOwn) }
}

async fn write_down(
    tx: &mut WriteTx,
    by: Authority,
    act: Act,
    grant: &Grant,
    place: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    let entry = Entry::new(by.person(), act, grant.event_id).person(grant.person_id);
    audit::write(tx, &entry.note(french::role_at(grant.role, place)), now).await
}
