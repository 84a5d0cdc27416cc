//! Letters that an address is not to be sent: what its owner does not want, and what organisers stopped.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;

use super::letter::Priority;

/// What is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Scope {
    /// Every letter: the organisers stopped writing to this address, or it does not exist.
    Everything,
    /// Reminders.
    Reminders,
    /// Announcements and invitations.
    Announcements,
}

impl Scope {
    /// What refuses a letter of this class besides [`Scope::Everything`].
    #[must_use]
    pub const fn of(class: Priority) -> Option<Self> {
        match class {
            Priority::Awaited => None,
            Priority::Reminder => Some(Self::Reminders),
            Priority::Announcement => Some(Self::Announcements),
        }
    }
}

/// What an address wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// Reminders of what it is registered for.
    pub reminders: bool,
    /// Announcements and invitations.
    pub announcements: bool,
}

/// What is refused at some addresses.
#[derive(Debug)]
pub struct Suppressions(Vec<(String, Scope, String)>);

impl Suppressions {
    /// What is refused at these addresses; of any number.
    pub async fn of(tx: &mut ReadConn, addresses: impl Iterator<Item = &str> + Send) -> sqlx::Result<Self> {
        store::of(tx, addresses).await.map(Self)
    }

    /// Why a letter of this class is not sent to this address, if it is not.
    #[must_use]
    pub fn reason(&self, address: &str, class: Priority) -> Option<&str> {
        let applies = |scope: Scope| scope == Scope::Everything || Some(scope) == Scope::of(class);
        let found = self.0.iter().find(|(refusing, scope, _)| refusing == address && applies(*scope));
        found.map(|(.., reason)| reason.as_str())
    }

    fn has(&self, scope: Scope) -> bool {
        self.0.iter().any(|(_, refused, _)| *refused == scope)
    }
}

/// What an address wants.
pub async fn wishes(tx: &mut ReadConn, address: &str) -> sqlx::Result<Wishes> {
    let refusals = Suppressions::of(tx, std::iter::once(address)).await?;
    Ok(Wishes { reminders: !refusals.has(Scope::Reminders), announcements: !refusals.has(Scope::Announcements) })
}

/// Why nothing is written to an address any more, if so: organisers stopped, or it does not exist.
pub async fn why_stopped(tx: &mut ReadConn, address: &str) -> sqlx::Result<Option<String>> {
    let refusals = Suppressions::of(tx, std::iter::once(address)).await?;
    Ok(refusals.0.into_iter().find(|(_, scope, _)| *scope == Scope::Everything).map(|(.., reason)| reason))
}

/// Writes down what the owner of an address wants; letters that wait and are not wanted stay.
pub async fn set_wishes(tx: &mut WriteTx, address: &str, wishes: Wishes, now: Timestamp) -> sqlx::Result<()> {
    for (scope, wanted) in [(Scope::Reminders, wishes.reminders), (Scope::Announcements, wishes.announcements)] {
        if wanted {
            store::lift(tx, address, scope).await?;
        } else {
            refuse(tx, address, scope, ("its owner does not want these letters", now)).await?;
        }
    }
    Ok(())
}

/// Refuses letters to an address from now on, those that wait included.
pub async fn refuse(
    tx: &mut WriteTx,
    address: &str,
    scope: Scope,
    (reason, now): (&str, Timestamp),
) -> sqlx::Result<()> {
    store::put(tx, (address, scope), reason, now).await?;
    let least = match scope {
        Scope::Everything => Priority::Awaited,
        Scope::Reminders => Priority::Reminder,
        Scope::Announcements => Priority::Announcement,
    };
    let most = if scope == Scope::Everything { Priority::Announcement } else { least };
    store::suppress_queued(tx, address, least.rank(), most.rank(), reason).await
}

/// Writes to an address again.
pub async fn lift(tx: &mut WriteTx, address: &str, scope: Scope) -> sqlx::Result<()> {
    store::lift(tx, address, scope).await
}

/// The addresses that nothing is written to any more, newest first, with the reason.
pub async fn stopped(tx: &mut ReadConn) -> sqlx::Result<Vec<(String, String)>> {
    store::stopped(tx).await
}

/// Lets what somebody does not want to be sent follow them to another address. That letters do not arrive at the old one says
/// nothing of the new one.
pub(super) async fn copy(tx: &mut WriteTx, from: &str, to: &str) -> sqlx::Result<()> {
    store::copy(tx, from, to).await
}
