//! The programme: editions and their events. Knows nothing of registrations.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod calendar;
mod draft;
mod event;
pub mod file;
pub mod french;
pub mod import;
mod letter_texts;
mod public;
mod question;
mod revision;
mod scheduled;
mod source;
mod store;
mod told;
mod video;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use db::ReadConn;
use kernel::clock::Timestamp;
use kernel::id::EditionId;

pub use draft::{NewDraft, add_draft};
pub use event::{Event, Field, Times};
pub use letter_texts::{LetterText, LetterTexts, MAX_LETTER_TEXT};
pub use public::{PublicEdition, PublicEvent};
pub use question::{Answer, AnswerProblem, MAX_QUESTIONS, Question, QuestionKind};
pub use revision::{Announced, Change, Difference, differences, revised, save};
pub use scheduled::Scheduled;
pub use source::{Merged, Source, SourceSnapshot, merge};
pub use store::{
    Fingerprint, edition, edition_by_id, editions, event, event_by_id, events, fingerprint, list_for_calendar, lock,
    put_source_snapshot, source_snapshot, starting_between, versions,
};
pub use told::told;
pub use video::{is_video_url, video_host};

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

/// A session does not last longer; a longer one is a slip of the pen.
const MAX_DURATION: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Whether a session would last longer than any does.
#[must_use]
pub fn lasts_too_long(starts: DateTime, ends: DateTime) -> bool {
    ends.duration_since(starts) > MAX_DURATION
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
