//! An edition and an event as everybody may see them. Public pages and feeds are given these types, so that they cannot show
//! what belongs to those registered or to organisers: they have no field for it. Pure.

use board_model::kinds::BoardKind;
use jiff::civil::DateTime;
use sqlx::types::Json;

use super::{Edition, Event, EventKind, EventStatus, Question, Scheduled, Slug, Speaker, UnlistedPolicy};
use kernel::clock::Timestamp;
use kernel::id::EventId;

/// What everybody may know of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicEdition {
    /// Its title.
    pub title: String,
    /// One paragraph about it.
    pub summary: String,
    /// The IANA name of the zone its times are told in.
    pub zone: String,
    /// When something visible last changed.
    pub revised_at: Timestamp,
}

impl From<Edition> for PublicEdition {
    fn from(edition: Edition) -> Self {
        let Edition { title, summary, zone, revised_at, .. } = edition;
        Self { title, summary, zone, revised_at }
    }
}

/// What everybody may know of an event. A field that is added to [`Event`] is not here until somebody decides that it is
/// public; then the test `no_word_of_members_stands_on_a_public_page_or_feed` has no word to plant in it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicEvent {
    /// Its identifier, and the root of its UID in calendars.
    pub id: EventId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Webinar or workshop.
    pub kind: EventKind,
    /// Its title.
    pub title: String,
    /// One paragraph about it.
    pub summary: String,
    /// What those who come prepare beforehand; may be empty.
    pub preparation: String,
    /// The civil time at which it starts.
    pub starts_civil: DateTime,
    /// The civil time at which it ends.
    pub ends_civil: DateTime,
    /// The IANA name of its zone.
    pub zone: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it takes place, in words.
    pub place: String,
    /// Its video link, where its organiser made it public.
    pub video_url: Option<String>,
    /// Seats; without a limit if absent.
    pub capacity: Option<i64>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
    /// Whether an organiser decides on requests of people who are not on its list.
    pub by_approval: bool,
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
    /// The revision that calendars compare (RFC 5545 §3.8.7.4).
    pub sequence: i64,
    /// When it was first imported.
    pub created_at: Timestamp,
    /// When something visible last changed.
    pub revised_at: Timestamp,
    /// Questions on its form.
    pub questions: Json<Vec<Question>>,
    /// Seats that one organisation may have, a rule that those who wait are told; as many as it likes if absent.
    pub organisation_cap: Option<i64>,
}

impl From<&Event> for PublicEvent {
    fn from(event: &Event) -> Self {
        Self::from(event.clone())
    }
}

impl From<Event> for PublicEvent {
    fn from(event: Event) -> Self {
        Self {
            starts_civil: event.starts_civil(),
            ends_civil: event.ends_civil(),
            video_url: event.public_video_url().map(str::to_owned),
            id: event.id,
            slug: event.slug,
            kind: event.kind,
            title: event.title,
            summary: event.summary,
            preparation: event.preparation,
            zone: event.zone,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            place: event.place,
            capacity: event.capacity,
            buyers_only: event.buyers_only,
            by_approval: event.unlisted_policy == UnlistedPolicy::Approve,
            board_kind: event.board_kind,
            agenda: event.agenda,
            speakers: event.speakers,
            opens_at: event.opens_at,
            closes_at: event.closes_at,
            status: event.status,
            sequence: event.sequence,
            created_at: event.created_at,
            revised_at: event.revised_at,
            questions: event.questions,
            organisation_cap: event.organisation_cap,
        }
    }
}

impl PublicEvent {
    /// Its page.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/evenements/{}", self.slug)
    }

    /// Whether visitors may see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.status != EventStatus::Draft
    }
}

impl Scheduled for PublicEvent {
    fn starts_civil(&self) -> DateTime {
        self.starts_civil
    }

    fn ends_civil(&self) -> DateTime {
        self.ends_civil
    }

    fn zone(&self) -> &str {
        &self.zone
    }
}
