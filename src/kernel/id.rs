//! Typed identifiers: a UUID (version 7, so that they sort by age) that cannot be taken for another kind's.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Uuid};

use crate::clock::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
        )]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier, made at `now`.
            #[must_use]
            pub fn new(now: Timestamp) -> Self {
                Self(version_7(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// An edition of the parcours.
    EditionId,
    /// A dated session: a webinar or a workshop.
    EventId,
    /// Somebody who registers, or organises.
    PersonId,
    /// A person's request for a seat at one event.
    RegistrationId,
    /// Something asked for with an address that is not proved yet.
    ProofRequestId,
    /// What such a request asks of one event.
    RegistrationRequestId,
    /// Whom people work for.
    OrganisationId,
    /// One change of a registration.
    StepId,
    /// A seat on its way to a colleague.
    TransferId,
    /// Something that an organiser did.
    AuditId,
    /// A role that somebody holds.
    GrantId,
    /// A signed-in browser.
    SessionId,
    /// A request to sign in by mail.
    SignInId,
    /// Another address that a person asks for.
    AddressChangeId,
    /// A mail that the system owes somebody.
    LetterId,
    /// What organisers wrote to those who registered.
    MessageId,
    /// A sending of invitations.
    RoundId,
    /// An invitation of one person.
    InvitationId,
    /// A file that belongs to an event.
    DocumentId,
    /// An entry of the library.
    ResourceId,
    /// A live board.
    BoardId,
    /// One item on a board.
    CardId,
    /// A link between two cards of a board.
    LinkId,
    /// What somebody says about a card.
    CommentId,
    /// A browser tab that edits boards, named by itself.
    ClientId,
}

/// Identifiers made in the same millisecond sort in the order they were made in.
static IN_ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

fn version_7(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000 * 1_000_000).expect("below a thousand million");
    Uuid::new_v7(uuid::Timestamp::from_unix(&IN_ORDER, millis / 1000, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_identifiers_sort_later() {
        let earlier = EventId::new(Timestamp::from_millis(1_000));
        let later = EventId::new(Timestamp::from_millis(1_001));
        assert!(earlier < later);
    }

    #[test]
    fn identifiers_of_one_millisecond_sort_as_they_were_made() {
        let now = Timestamp::from_millis(1_000);
        let made: Vec<EventId> = (0..100).map(|_| EventId::new(now)).collect();
        assert!(made.is_sorted());
    }
}
