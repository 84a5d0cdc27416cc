//! Domain events: what an act in one feature causes in the others, within the transaction of the act. One table says who
//! reacts. What caches, rooms and workers learn after the commit are change events, `db::ChangeEvent`.

use std::pin::Pin;

use db::WriteTx;
use domain::Context;
use domain::accounts::{EmailAddress, Person};
use domain::organisations::Organisation;
use domain::programme::{Change, Event};
use domain::registrations::{self, Notify};
use domain::{accounts, audit, invitations, roles};
use kernel::id::PersonId;

/// Something that happened in one feature and that others may have to follow.
#[derive(Debug)]
pub enum DomainEvent<'a> {
    /// An event is new.
    EventAdded(&'a Event),
    /// An event is not as it was; it is written, under its lock.
    EventRevised {
        /// Before and after.
        change: &'a Change,
        /// Whether participants are told that it leaves the programme or is back on it.
        notice: Notify,
    },
    /// An organisation is another one under a second name; it is deleted once nothing points to it.
    OrganisationMerged {
        /// The one that goes.
        from: &'a Organisation,
        /// The one that stays.
        into: &'a Organisation,
    },
    /// A person has another name.
    PersonRenamed {
        /// Who.
        person: PersonId,
        /// The name.
        name: &'a str,
    },
    /// A person has another address.
    AddressChanged {
        /// The one they had.
        from: &'a EmailAddress,
        /// The one they have.
        to: &'a EmailAddress,
    },
    /// A person is erased; their row goes last.
    PersonErased(&'a Person),
}

/// Which [`DomainEvent`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainEventKind {
    /// [`DomainEvent::EventAdded`].
    EventAdded,
    /// [`DomainEvent::EventRevised`].
    EventRevised,
    /// [`DomainEvent::OrganisationMerged`].
    OrganisationMerged,
    /// [`DomainEvent::PersonRenamed`].
    PersonRenamed,
    /// [`DomainEvent::AddressChanged`].
    AddressChanged,
    /// [`DomainEvent::PersonErased`].
    PersonErased,
}

impl DomainEventKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::EventAdded,
        Self::EventRevised,
        Self::OrganisationMerged,
        Self::PersonRenamed,
        Self::AddressChanged,
        Self::PersonErased,
    ];
}

impl DomainEvent<'_> {
    const fn kind(&self) -> DomainEventKind {
        match self {
            Self::EventAdded(_) => DomainEventKind::EventAdded,
            Self::EventRevised { .. } => DomainEventKind::EventRevised,
            Self::OrganisationMerged { .. } => DomainEventKind::OrganisationMerged,
            Self::PersonRenamed { .. } => DomainEventKind::PersonRenamed,
            Self::AddressChanged { .. } => DomainEventKind::AddressChanged,
            Self::PersonErased(_) => DomainEventKind::PersonErased,
        }
    }
}

type Reacting<'a> = Pin<Box<dyn Future<Output = sqlx::Result<()>> + Send + 'a>>;
type React = for<'a> fn(&'a Context, &'a mut WriteTx, &'a DomainEvent<'a>) -> Reacting<'a>;

/// A feature that reacts to a kind of event.
pub struct Reaction {
    /// To what.
    pub to: DomainEventKind,
    /// Which feature.
    pub feature: &'static str,
    react: React,
}

/// A row of [`REACTIONS`]. The pattern is that of `$kind`.
macro_rules! reaction {
    ($kind:ident $fields:tt => $feature:literal: |$context:ident, $tx:ident| $react:expr) => {
        Reaction {
            to: DomainEventKind::$kind,
            feature: $feature,
            react: |$context, $tx, event| match event {
                DomainEvent::$kind $fields => Box::pin($react),
                _ => unreachable!("raised by its kind"),
            },
        }
    };
}

/// Who reacts to what, in this order, within the transaction of the act.
pub static REACTIONS: &[Reaction] = &[
    reaction!(EventAdded(event) => "boards": |context, tx| {
        boards::ensure_for_event(tx, event, context.clock.now())
    }),
    reaction!(EventRevised { change, .. } => "boards": |context, tx| {
        boards::ensure_for_event(tx, &change.after, context.clock.now())
    }),
    reaction!(EventRevised { change, notice } => "registrations": |context, tx| {
        registrations::on_event_revised(context, tx, change, *notice)
    }),
    reaction!(OrganisationMerged { from, into } => "registrations": |_context, tx| {
        registrations::on_organisation_merged(tx, from.id, into.id)
    }),
    reaction!(OrganisationMerged { from, into } => "accounts": |_context, tx| {
        accounts::move_to_organisation(tx, from.id, into.id)
    }),
    reaction!(PersonRenamed { person, name } => "registrations": |_context, tx| {
        registrations::rename(tx, *person, name)
    }),
    reaction!(AddressChanged { from, to } => "registrations": |_context, tx| {
        registrations::move_address(tx, from, to)
    }),
    reaction!(AddressChanged { from, to } => "invitations": |_context, tx| invitations::move_address(tx, from, to)),
    reaction!(AddressChanged { from, to } => "mail": |_context, tx| {
        mail::recipients::move_to(tx, from.as_str(), to.as_str())
    }),
    // First: it locks the events of the person, as every act on seats does.
    reaction!(PersonErased(person) => "registrations": |context, tx| {
        registrations::erase_person(context, tx, person)
    }),
    reaction!(PersonErased(person) => "audit": |_context, tx| audit::erase_notes_about(tx, person.id)),
    reaction!(PersonErased(person) => "invitations": |_context, tx| invitations::erase_guest(tx, &person.email)),
    reaction!(PersonErased(person) => "mail": |_context, tx| mail::recipients::erase(tx, person.email.as_str())),
    reaction!(PersonErased(person) => "roles": |_context, tx| roles::erase_person(tx, person.id)),
    // Last: the others read what hangs on the person's row.
    reaction!(PersonErased(person) => "accounts": |_context, tx| accounts::delete(tx, person.id)),
];

/// Lets the others react to what an act did, in its transaction.
///
/// # Errors
///
/// When the database fails; then the act is not done either.
pub async fn raise(context: &Context, tx: &mut WriteTx, event: &DomainEvent<'_>) -> sqlx::Result<()> {
    for reaction in REACTIONS.iter().filter(|reaction| reaction.to == event.kind()) {
        (reaction.react)(context, tx, event).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_reacts_to_each_kind_of_event_and_nobody_twice() {
        for kind in DomainEventKind::ALL {
            let mut features: Vec<_> = REACTIONS.iter().filter(|one| one.to == kind).map(|one| one.feature).collect();
            assert!(!features.is_empty(), "nobody reacts to {kind:?}");
            features.sort_unstable();
            let count = features.len();
            features.dedup();
            assert_eq!(features.len(), count, "{kind:?}");
        }
    }
}
