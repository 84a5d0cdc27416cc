//! The programme: editions and their events. Knows nothing of registrations.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod calendar;
mod draft;
pub mod file;
pub mod french;
pub mod import;
mod revision;
mod source;
mod store;
mod told;

use board_model::kinds::BoardKind;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use db::ReadConn;
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId};

pub use draft::{NewDraft, add_draft};
pub use revision::{Change, Difference, differences, revised, save};
pub use source::{Field, Merged, SourceSnapshot, merge};
pub use store::{
    Fingerprint, edition, event, event_by_id, events, fingerprint, list_for_calendar, lock, said, say,
    starting_between, versions,
};
pub use told::told;

/// A name in an address: lower-case ASCII letters, digits and single hyphens, 1 to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Slug(String);

impl Slug {
    /// A slug, or `None` when `text` is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let tidy = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        (!text.is_empty() && text.len() <= 80 && tidy && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The text of the slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// One run of the programme.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Edition {
    /// Its identifier.
    pub id: EditionId,
    /// Its name in files and addresses.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// One paragraph about it.
    pub summary: String,
    /// The IANA name of the zone its times are told in.
    pub zone: String,
    /// When something visible last changed.
    pub revised_at: Timestamp,
}

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum EventKind {
    /// Open to all, without a limit on seats unless one is given.
    Webinar,
    /// Participatory, with seats and a board.
    Workshop,
}

/// Whether an event can be seen, and takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum EventStatus {
    /// Being prepared: nobody but organisers sees it.
    Draft,
    /// On the programme.
    Published,
    /// Will not take place; still shown.
    Cancelled,
}

impl EventStatus {
    /// Whether registrations and reminders make sense.
    #[must_use]
    pub const fn takes_place(self) -> bool {
        matches!(self, Self::Published)
    }
}

/// What becomes of somebody who is not on an event's list of buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UnlistedPolicy {
    /// The list does not matter: what the person attests is enough.
    #[default]
    Admit,
    /// An organiser says yes or no.
    Approve,
    /// They are refused, with the reason.
    Refuse,
}

/// Somebody who speaks at an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speaker {
    /// Their name.
    pub name: String,
    /// What they do, and where.
    pub role: String,
}

/// A dated session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Event {
    /// Its identifier, and the root of its UID in calendars.
    pub id: EventId,
    /// The edition it belongs to.
    pub edition_id: EditionId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its place in the edition, from 1.
    pub position: i64,
    /// Webinar or workshop.
    pub kind: EventKind,
    /// Its title.
    pub title: String,
    /// One paragraph about it.
    pub summary: String,
    /// What those who come prepare beforehand; may be empty. Reminders repeat it.
    pub preparation: String,
    /// The civil time at which it starts, ISO 8601 without offset; the truth from which `starts_at` is derived.
    pub starts_local: String,
    /// The civil time at which it ends.
    pub ends_local: String,
    /// The IANA name of its zone.
    pub zone: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it takes place, in words.
    pub place: String,
    /// A public video link, if there is one.
    pub video_url: Option<String>,
    /// Seats; without a limit if absent.
    pub capacity: Option<i64>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
    /// The board its participants work on.
    pub board_kind: Option<BoardKind>,
    /// What happens, in order.
    pub agenda: Json<Vec<String>>,
    /// Who speaks.
    pub speakers: Json<Vec<Speaker>>,
    /// When registrations open; at once if absent.
    pub opens_at: Option<Timestamp>,
    /// When registrations close.
    pub closes_at: Timestamp,
    /// Draft, published or cancelled.
    pub status: EventStatus,
    /// Raised by whoever decides on seats.
    pub version: i64,
    /// The revision that calendars compare (RFC 5545 §3.8.7.4).
    pub sequence: i64,
    /// When it was first imported.
    pub created_at: Timestamp,
    /// When something visible last changed.
    pub revised_at: Timestamp,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Seats kept for invited people.
    #[sqlx(rename = "reserved_seats")]
    pub kept_seats: i64,
    /// Until when they are kept.
    #[sqlx(rename = "reserved_until")]
    pub kept_until: Option<Timestamp>,
    /// Seats that one organisation may have; as many as it likes if absent.
    pub organisation_cap: Option<i64>,
    /// Whose people count as public buyers, one a line: a domain of e-mail addresses, a SIRET, or a name.
    pub buyer_list: String,
    /// What becomes of who is not on that list.
    #[sqlx(rename = "unlisted_policy")]
    pub unlisted: UnlistedPolicy,
}

impl Event {
    /// The zone of its civil times; UTC if this machine does not know the zone.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The civil time at which it starts.
    #[must_use]
    pub fn starts_civil(&self) -> DateTime {
        self.starts_local.parse().unwrap_or_else(|_| self.starts_at.civil(&self.time_zone()))
    }

    /// The civil time at which it ends.
    #[must_use]
    pub fn ends_civil(&self) -> DateTime {
        self.ends_local.parse().unwrap_or_else(|_| self.ends_at.civil(&self.time_zone()))
    }

    /// Its page.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/evenements/{}", self.slug)
    }

    /// The way to its board, for who may come in.
    #[must_use]
    pub fn board_path(&self) -> String {
        format!("{}/tableau", self.path())
    }

    /// Whether visitors may see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.status != EventStatus::Draft
    }
}

/// A session does not last longer; a longer one is a slip of the pen.
const MAX_DURATION: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Whether a session would last longer than any does.
#[must_use]
pub fn lasts_too_long(starts: DateTime, ends: DateTime) -> bool {
    ends.duration_since(starts) > MAX_DURATION
}

/// Whether this can be the link of a video meeting.
#[must_use]
pub fn is_video_url(url: &str) -> bool {
    url.starts_with("https://") && url.len() <= 1000 && !url.chars().any(char::is_whitespace)
}

/// The edition to show: the newest.
pub async fn current_edition(tx: &mut ReadConn) -> sqlx::Result<Option<Edition>> {
    store::newest_edition(tx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_words_with_single_hyphens() {
        assert!(Slug::parse("atelier-2").is_some());
        for not_one in ["", "Atelier", "a--b", "-a", "a-", "a/b", "é"] {
            assert!(Slug::parse(not_one).is_none(), "{not_one}");
        }
    }
}
