//! What a role covers.

use super::Role;
use kernel::id::{EditionId, EventId};

impl Role {
    /// All of them, the widest first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Organiser, Self::Facilitator];

    /// Its name in SQL, JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Organiser => "organiser",
            Self::Facilitator => "facilitator",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether who holds it gives and ends roles.
    #[must_use]
    pub const fn may_grant(self) -> bool {
        matches!(self, Self::Owner)
    }

    /// Whether it is given for one edition or one event too.
    #[must_use]
    pub const fn has_scopes(self) -> bool {
        matches!(self, Self::Facilitator)
    }
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
    /// Whether what holds here holds at `other`, which belongs to `edition` if it is an event.
    #[must_use]
    pub fn covers(self, other: Self, edition: Option<EditionId>) -> bool {
        match self {
            Self::Everything => true,
            Self::Edition(own) => other == self || (matches!(other, Self::Event(_)) && edition == Some(own)),
            Self::Event(_) => other == self,
        }
    }

    /// As the two columns of a grant.
    #[must_use]
    pub const fn columns(self) -> (Option<EditionId>, Option<EventId>) {
        match self {
            Self::Everything => (None, None),
            Self::Edition(edition) => (Some(edition), None),
            Self::Event(event) => (None, Some(event)),
        }
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
        let event = Scope::Event(EventId::new(now));
        for scope in [Scope::Everything, Scope::Edition(edition), event] {
            assert!(Scope::Everything.covers(scope, Some(edition)));
            assert!(scope.covers(scope, Some(edition)));
        }
        assert!(Scope::Edition(edition).covers(event, Some(edition)));
        assert!(!Scope::Edition(edition).covers(event, Some(other)));
        assert!(!Scope::Edition(edition).covers(Scope::Edition(other), None));
        assert!(!Scope::Edition(edition).covers(Scope::Everything, None));
        assert!(!event.covers(Scope::Edition(edition), None));
        assert!(!event.covers(Scope::Event(EventId::new(now)), Some(edition)));
    }

    #[test]
    fn only_owners_give_roles() {
        let givers: Vec<_> = Role::ALL.into_iter().filter(|role| role.may_grant()).collect();
        assert_eq!(givers, [Role::Owner]);
        assert!(Role::ALL.into_iter().all(|role| Role::parse(role.name()) == Some(role)));
    }
}
