//! What organisers did: each of their acts leaves a line, written in the act's own transaction. So does a participant's
//! change of organisation, on which caps depend.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod store;

use serde::{Deserialize, Serialize};

use db::WriteTx;
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};

pub use store::{of_event, of_person, youngest};

/// What an organiser did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Act {
    /// Registered a person.
    Registered,
    /// Offered a seat to a person of their choice.
    Offered,
    /// Moved a person on the waiting list.
    Moved,
    /// Withdrew a registration.
    Withdrew,
    /// Approved a request.
    Approved,
    /// Refused a request.
    Refused,
    /// Noted attendance.
    Attended,
    /// Noted absence.
    Absent,
    /// Took such a note back.
    Unmarked,
    /// Changed an event.
    Edited,
    /// Changed how many seats there are.
    ChangedCapacity,
    /// Closed registrations.
    Closed,
    /// Opened registrations again.
    Reopened,
    /// Cancelled an event.
    CancelledEvent,
    /// Took an event off the programme.
    Unpublished,
    /// Put an event on the programme.
    Published,
    /// Changed who may come.
    ChangedAudience,
    /// Changed the addresses that reserved seats are for.
    ChangedGuests,
    /// Chose the reminders of an event.
    ChoseReminders,
    /// Sent invitations.
    Invited,
    /// Wrote again to those who had not answered an invitation.
    #[serde(rename = "chased")]
    #[sqlx(rename = "chased")]
    FollowedUp,
    /// Stopped a sending of invitations.
    StoppedSending,
    /// Let a stopped one go on.
    ResumedSending,
    /// Wrote to those who are registered at an event.
    Wrote,
    /// Had a letter sent again.
    SentAgain,
    /// Dropped a letter that waited.
    DroppedLetter,
    /// Stopped writing to an address, or began again.
    ChangedRecipient,
    /// Corrected an organisation, merged two, or said that they are two.
    ChangedOrganisation,
    /// Archived a board.
    ArchivedBoard,
    /// Let an archived board be written again.
    ReopenedBoard,
    /// Let everybody read what is on a board, as it was then.
    PublishedResults,
    /// Took that back.
    WithdrewResults,
    /// Added, changed or removed a document, a replay or another resource.
    ChangedResources,
    /// Said, of themselves, that they work for another organisation.
    ChangedOwnOrganisation,
    /// Has another address: they changed it themselves.
    ChangedOwnAddress,
    /// Gave a role.
    GrantedRole,
    /// Ended a role.
    EndedRole,
    /// Changed what the site says of who runs it.
    ChangedIdentity,
    /// Took a list of people away, or a board with what is private on it.
    Exported,
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who; none: whoever operates the server.
    pub by: Option<PersonId>,
    /// What they did.
    pub act: Act,
    /// At which event.
    pub event: Option<EventId>,
    /// To whom.
    pub person: Option<PersonId>,
    /// Why, or what exactly: without anybody's name.
    pub note: String,
}

impl Entry {
    /// What `by` did at `event`.
    #[must_use]
    pub fn new(by: impl Into<Option<PersonId>>, act: Act, event: impl Into<Option<EventId>>) -> Self {
        Self { by: by.into(), act, event: event.into(), person: None, note: String::new() }
    }

    /// Done to this person.
    #[must_use]
    pub fn person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// With why, or what exactly.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// A line as it is read: names are those of today, and gone once a person is erased.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The organiser's name.
    pub by_name: Option<String>,
    /// What they did.
    #[sqlx(rename = "action")]
    pub act: Act,
    /// The event's title.
    pub event_title: Option<String>,
    /// The name of the person it was done to.
    pub person_name: Option<String>,
    /// Their identifier.
    pub person_id: Option<PersonId>,
    /// Why, or what exactly.
    pub note: String,
}

/// Writes a line, in the transaction of the act.
pub async fn write(tx: &mut WriteTx, entry: &Entry, now: Timestamp) -> sqlx::Result<()> {
    write_all(tx, std::slice::from_ref(entry), now).await
}

/// Writes a line for each, in the transaction of the act.
pub async fn write_all(tx: &mut WriteTx, entries: &[Entry], now: Timestamp) -> sqlx::Result<()> {
    if entries.is_empty() { Ok(()) } else { store::insert(tx, entries, now).await }
}

/// Forgets why things were done to a person: free text may name them.
pub async fn erase_notes_about(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    store::erase_notes_about(tx, person).await
}
