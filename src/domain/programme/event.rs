//! An event: its row, in the struct and in SQL, and what a source can say of it, each field in one place. Pure.

use board_model::kinds::BoardKind;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sqlx::types::Json;

use super::{EventKind, EventStatus, LetterTexts, Question, Slug, Speaker, UnlistedPolicy};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId};

/// Defines a struct whose fields are the columns of a table; and, for its statements, two macros, the columns' names as a literal
/// and the binding of their values in the same order, and the names as a list.
macro_rules! table_row {
    (
        $(#[$meta:meta])*
        pub struct $Row:ident, $COLUMNS:ident, $columns:ident!, $bind:ident! {
            $(#[$first_doc:meta])* $first:ident: $first_type:ty,
            $($(#[$doc:meta])* $column:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        pub struct $Row {
            $(#[$first_doc])* pub $first: $first_type,
            $($(#[$doc])* pub $column: $type,)*
        }

        pub(super) const $COLUMNS: &[&str] = &[stringify!($first), $(stringify!($column)),*];

        macro_rules! $columns {
            () => {
                concat!(stringify!($first), $(", ", stringify!($column)),*)
            };
        }
        pub(super) use $columns;

        macro_rules! $bind {
            ($query:expr, $row:expr) => {
                $query.bind(&$row.$first)$(.bind(&$row.$column))*
            };
        }
        pub(super) use $bind;
    };
}

table_row! {
    /// A dated session.
    #[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
    pub struct Event, EVENT_COLUMNS, event_columns!, bind_event! {
        /// Its identifier, and the root of its UID in calendars.
        id: EventId,
        /// The edition it belongs to.
        edition_id: EditionId,
        /// Its name in addresses.
        slug: Slug,
        /// Its place in the edition, from 1.
        position: i64,
        /// Webinar or workshop.
        kind: EventKind,
        /// Its title.
        title: String,
        /// One paragraph about it.
        summary: String,
        /// What those who come prepare beforehand; may be empty. Reminders repeat it.
        preparation: String,
        /// The civil time at which it starts, ISO 8601 without offset; the truth from which `starts_at` is derived.
        starts_local: String,
        /// The civil time at which it ends.
        ends_local: String,
        /// The IANA name of its zone.
        zone: String,
        /// When it starts.
        starts_at: Timestamp,
        /// When it ends.
        ends_at: Timestamp,
        /// Where it takes place, in words.
        place: String,
        /// The link of its video meeting, if there is one: for those whose seat is theirs, by way of our own address.
        video_url: Option<String>,
        /// Whether that link is for everybody, on its page and in the public feeds.
        video_public: bool,
        /// Seats; without a limit if absent.
        capacity: Option<i64>,
        /// Whether only public buyers may come.
        buyers_only: bool,
        /// The board its participants work on.
        board_kind: Option<BoardKind>,
        /// What happens, in order.
        agenda: Json<Vec<String>>,
        /// Who speaks.
        speakers: Json<Vec<Speaker>>,
        /// When registrations open; at once if absent.
        opens_at: Option<Timestamp>,
        /// When registrations close.
        closes_at: Timestamp,
        /// Draft, published or cancelled.
        status: EventStatus,
        /// Raised by whoever decides on seats.
        version: i64,
        /// The revision that calendars compare (RFC 5545 §3.8.7.4).
        sequence: i64,
        /// When it was first imported.
        created_at: Timestamp,
        /// When something visible last changed.
        revised_at: Timestamp,
        /// When it was cancelled.
        cancelled_at: Option<Timestamp>,
        /// Seats kept for invited people.
        reserved_seats: i64,
        /// Until when they are kept.
        reserved_until: Option<Timestamp>,
        /// Seats that one organisation may have; as many as it likes if absent.
        organisation_cap: Option<i64>,
        /// Whose people count as public buyers, one a line: a domain of e-mail addresses, a SIRET, or a name.
        buyer_list: String,
        /// What becomes of who is not on that list.
        unlisted_policy: UnlistedPolicy,
        /// What organisers wrote in place of the first sentences of its letters.
        letter_texts: Json<LetterTexts>,
        /// Questions of the organisers' own on its form.
        questions: Json<Vec<Question>>,
    }
}

/// When an event takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// The IANA name of its zone.
    pub zone: String,
    /// When it starts, on the clocks of the zone.
    pub starts_civil: DateTime,
    /// When it ends, on the clocks of the zone.
    pub ends_civil: DateTime,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

impl Event {
    /// A draft of a webinar that is open to all, to be completed.
    #[must_use]
    pub(super) fn draft(edition: EditionId, slug: Slug, times: Times, now: Timestamp) -> Self {
        Self {
            id: EventId::new(now),
            edition_id: edition,
            slug,
            position: 0,
            kind: EventKind::Webinar,
            title: String::new(),
            summary: String::new(),
            preparation: String::new(),
            starts_local: times.starts_civil.to_string(),
            ends_local: times.ends_civil.to_string(),
            zone: times.zone,
            starts_at: times.starts_at,
            ends_at: times.ends_at,
            place: String::new(),
            video_url: None,
            video_public: false,
            capacity: None,
            buyers_only: false,
            board_kind: None,
            agenda: Json(Vec::new()),
            speakers: Json(Vec::new()),
            opens_at: None,
            closes_at: times.starts_at,
            status: EventStatus::Draft,
            version: 0,
            sequence: 0,
            created_at: now,
            revised_at: now,
            cancelled_at: None,
            reserved_seats: 0,
            reserved_until: None,
            organisation_cap: None,
            buyer_list: String::new(),
            unlisted_policy: UnlistedPolicy::default(),
            letter_texts: Json(LetterTexts::default()),
            questions: Json(Vec::new()),
        }
    }

    /// Moves it.
    pub fn set_times(&mut self, times: Times) {
        self.zone = times.zone;
        self.starts_local = times.starts_civil.to_string();
        self.ends_local = times.ends_civil.to_string();
        (self.starts_at, self.ends_at) = (times.starts_at, times.ends_at);
    }

    /// Whether the two say the same, revisions apart.
    #[must_use]
    pub(super) fn has_content_of(&self, other: &Self) -> bool {
        let revision = |event: &Self| Self {
            id: self.id,
            version: self.version,
            sequence: self.sequence,
            created_at: self.created_at,
            revised_at: self.revised_at,
            cancelled_at: self.cancelled_at,
            ..event.clone()
        };
        *self == revision(other)
    }

    /// What calendars show of its video meeting: whether there is one, and its link where that is public.
    #[must_use]
    pub(super) fn shown_video(&self) -> (bool, Option<&str>) {
        (self.video_url.is_some(), self.public_video_url())
    }

    /// Whether the two look the same on pages and in calendars: seats and who may come apart, and where a video meeting is
    /// behind our own address.
    #[must_use]
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let same_video = self.shown_video() == other.shown_video();
        let video_url = if same_video { &self.video_url } else { &other.video_url };
        self.has_content_of(&Self {
            video_url: video_url.clone(),
            video_public: if same_video { self.video_public } else { other.video_public },
            capacity: self.capacity,
            reserved_seats: self.reserved_seats,
            reserved_until: self.reserved_until,
            organisation_cap: self.organisation_cap,
            buyers_only: self.buyers_only,
            buyer_list: self.buyer_list.clone(),
            unlisted_policy: self.unlisted_policy,
            questions: self.questions.clone(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            ..other.clone()
        })
    }

    /// Its video link, where its organiser made it public.
    #[must_use]
    pub fn public_video_url(&self) -> Option<&str> {
        self.video_url.as_deref().filter(|_| self.video_public)
    }

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

/// Defines the fields: for each its name in what is stored, on the command line and in forms, its value in a snapshot, and the
/// columns that it stands for.
macro_rules! fields {
    ($($(#[$doc:meta])* $Field:ident, $name:literal, $value:expr, [$($column:ident),*];)*) => {
        /// What a source can say of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* $Field,)*
        }

        impl Field {
            /// All of them, times before what follows from them.
            pub const ALL: &'static [Self] = &[$(Self::$Field),*];

            /// Its name in what is stored, on the command line and in forms.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Field => $name,)*
                }
            }

            /// What the event says, as it is stored in a snapshot.
            pub(super) fn value(self, event: &Event) -> Value {
                let value: fn(&Event) -> Value = match self {
                    $(Self::$Field => $value,)*
                };
                value(event)
            }

            pub(super) fn copy(self, from: &Event, to: &mut Event) {
                match self {
                    $(Self::$Field => { $(to.$column.clone_from(&from.$column);)* })*
                }
            }
        }
    };
}

fields! {
    /// Its place in the edition.
    Position, "position", |event| json!(event.position), [position];
    /// Webinar or workshop.
    Kind, "kind", |event| json!(event.kind), [kind];
    /// Its title.
    Title, "title", |event| json!(event.title), [title];
    /// What it is about.
    Summary, "summary", |event| json!(event.summary), [summary];
    /// What to prepare.
    Preparation, "preparation", |event| json!(event.preparation), [preparation];
    /// When it starts and ends, and on which clocks.
    Times, "times", |event| json!([event.starts_local, event.ends_local, event.zone]), [starts_local, ends_local, zone, starts_at, ends_at];
    /// Where it takes place.
    Place, "place", |event| json!(event.place), [place];
    /// Its video link.
    Video, "video_url", |event| json!(event.video_url), [video_url];
    /// Whether that is public.
    VideoPublic, "video_public", |event| json!(event.video_public), [video_public];
    /// How many seats there are.
    Capacity, "capacity", |event| json!(event.capacity), [capacity];
    /// Whether only public buyers may come.
    BuyersOnly, "buyers_only", |event| json!(event.buyers_only), [buyers_only];
    /// Its board.
    Board, "board", |event| json!(event.board_kind), [board_kind];
    /// What happens, in order.
    Agenda, "agenda", |event| json!(event.agenda), [agenda];
    /// Who speaks.
    Speakers, "speakers", |event| json!(event.speakers), [speakers];
    /// When registrations open.
    Opens, "registration_opens", |event| json!(event.opens_at), [opens_at];
    /// When registrations close.
    Closes, "registration_closes", closes, [closes_at];
    /// Draft, published or cancelled.
    Status, "status", |event| json!(event.status), [status];
}

impl Field {
    /// Those that another calendar tells of.
    pub const OF_CALENDARS: &'static [Self] = &[Self::Title, Self::Times, Self::Place, Self::Video, Self::Summary];
}

/// Most registrations close at the start, and follow it.
fn closes(event: &Event) -> Value {
    if event.closes_at == event.starts_at { json!("start") } else { json!(event.closes_at) }
}
