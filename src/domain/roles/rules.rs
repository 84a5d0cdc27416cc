//! What roles allow, and where.

use super::{Grant, Role};
use crate::programme::Event;
use kernel::id::{EditionId, EventId};

/// What a page or an act asks of whoever wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Sees counts, registrations and the people behind them.
    Read,
    /// Changes events, registrations, people and letters.
    Organise,
    /// Takes lists of people away.
    Export,
    /// Runs boards.
    RunBoards,
    /// Notes who is there.
    CheckIn,
    /// Gives and ends roles.
    GrantRoles,
    /// Says who runs the service.
    SetIdentity,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Organise, Self::Export, Self::RunBoards, Self::CheckIn, Self::GrantRoles, Self::SetIdentity];

    /// Whether it is used only by somebody who proved lately, by a fresh link, that it is them: what cannot be taken back.
    #[must_use]
    pub const fn needs_proof(self) -> bool {
        matches!(self, Self::Export | Self::GrantRoles)
    }
}

impl Role {
    /// All of them, the widest first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Organiser, Self::Facilitator, Self::Reader, Self::Door];

    /// Its name in SQL, JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Organiser => "organiser",
            Self::Facilitator => "facilitator",
            Self::Reader => "reader",
            Self::Door => "door",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What whoever holds it may do, within its scope.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{CheckIn, Export, Organise, Read, RunBoards};
        match self {
            Self::Owner => &Permission::ALL,
            Self::Organiser => &[Read, Organise, Export, RunBoards, CheckIn],
            Self::Facilitator => &[RunBoards],
            Self::Reader => &[Read],
            Self::Door => &[CheckIn],
        }
    }
}

/// The roles with a permission that statements ask for, as a list of SQL: `read` and `run_boards`, as
/// [`Role::permissions`] says. Literals, since no type for a list binds on both engines.
#[macro_export]
macro_rules! roles_with {
    (read) => {
        "('owner', 'organiser', 'reader')"
    };
    (run_boards) => {
        "('owner', 'organiser', 'facilitator')"
    };
}

/// Where a role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Everything,
    /// At the events of an edition.
    Edition(EditionId),
    /// At one event.
    Event(EventId),
}

impl Scope {
    /// As the two columns of a grant.
    #[must_use]
    pub const fn columns(self) -> (Option<EditionId>, Option<EventId>) {
        match self {
            Self::Everything => (None, None),
            Self::Edition(edition) => (Some(edition), None),
            Self::Event(event) => (None, Some(event)),
        }
    }

    /// Whether what holds here holds at this place.
    #[must_use]
    pub fn covers(self, place: Place) -> bool {
        match self {
            Self::Everything => true,
            Self::Edition(edition) => place.edition() == Some(edition),
            Self::Event(event) => matches!(place, Place::Event { event: other, .. } if other == event),
        }
    }
}

/// Where something belongs that a permission is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To no edition: what concerns all of the service.
    Everything,
    /// To an edition.
    Edition(EditionId),
    /// To an event.
    Event {
        /// Which.
        event: EventId,
        /// The edition that it belongs to.
        edition: EditionId,
    },
}

impl Place {
    const fn edition(self) -> Option<EditionId> {
        match self {
            Self::Everything => None,
            Self::Edition(edition) | Self::Event { edition, .. } => Some(edition),
        }
    }
}

impl From<&Event> for Place {
    fn from(event: &Event) -> Self {
        Self::Event { event: event.id, edition: event.edition_id }
    }
}

/// What somebody may do: the roles that they hold.
#[derive(Debug, Clone, Default)]
pub struct Rights(Vec<Grant>);

impl Rights {
    pub(super) const fn new(grants: Vec<Grant>) -> Self {
        Self(grants)
    }

    /// The roles.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.0
    }

    /// Whether they hold this very role.
    #[must_use]
    pub fn has(&self, role: Role, scope: Scope) -> bool {
        self.0.iter().any(|grant| grant.role == role && grant.scope() == scope)
    }

    /// Whether they have this permission here.
    #[must_use]
    pub fn may(&self, permission: Permission, place: impl Into<Place>) -> bool {
        let place = place.into();
        self.with(permission).any(|grant| grant.scope().covers(place))
    }

    /// Whether they have this permission somewhere.
    #[must_use]
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        self.with(permission).next().is_some()
    }

    fn with(&self, permission: Permission) -> impl Iterator<Item = &Grant> {
        self.0.iter().filter(move |grant| grant.role.permissions().contains(&permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;

    #[test]
    fn a_role_covers_what_lies_within_its_scope() {
        let now = Timestamp::from_millis(0);
        let (edition, other) = (EditionId::new(now), EditionId::new(now));
        let event = EventId::new(now);
        let at_event = Place::Event { event, edition };
        for place in [Place::Everything, Place::Edition(edition), at_event] {
            assert!(Scope::Everything.covers(place));
        }
        assert!(Scope::Edition(edition).covers(Place::Edition(edition)) && Scope::Edition(edition).covers(at_event));
        assert!(Scope::Event(event).covers(at_event));
        for wider in [Place::Everything, Place::Edition(other), Place::Event { event, edition: other }] {
            assert!(!Scope::Edition(edition).covers(wider), "{wider:?}");
        }
        for wider in [Place::Everything, Place::Edition(edition), Place::Event { event: EventId::new(now), edition }] {
            assert!(!Scope::Event(event).covers(wider), "{wider:?}");
        }
    }

    #[test]
    fn the_roles_of_statements_are_those_with_the_permission() {
        for (sql, permission) in
            [(roles_with!(read), Permission::Read), (roles_with!(run_boards), Permission::RunBoards)]
        {
            let having = Role::ALL.into_iter().filter(|role| role.permissions().contains(&permission));
            let listed: Vec<String> = having.map(|role| format!("'{}'", role.name())).collect();
            assert_eq!(sql, format!("({})", listed.join(", ")));
        }
    }

    #[test]
    fn only_owners_give_roles_and_they_hold_all_that_they_give() {
        for role in Role::ALL {
            let gives = role.permissions().contains(&Permission::GrantRoles);
            assert_eq!(gives, role == Role::Owner);
            assert_eq!(Role::parse(role.name()), Some(role));
            assert!(role.permissions().iter().all(|permission| Role::Owner.permissions().contains(permission)));
        }
    }
}
