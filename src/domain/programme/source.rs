//! An event and where it comes from, a file or another calendar: what it said last time, what it says now, and what was
//! edited here meanwhile. Pure: who asks reads and writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Event;

/// What a source can say of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Its place in the edition.
    Position,
    /// Webinar or workshop.
    Kind,
    /// Its title.
    Title,
    /// What it is about.
    Summary,
    /// What to prepare.
    Preparation,
    /// When it starts and ends, and on which clocks.
    Times,
    /// Where it takes place.
    Place,
    /// Its video link.
    Video,
    /// How many seats there are.
    Capacity,
    /// Whether only public buyers may come.
    BuyersOnly,
    /// Its board.
    Board,
    /// What happens, in order.
    Agenda,
    /// Who speaks.
    Speakers,
    /// When registrations open.
    Opens,
    /// When registrations close.
    Closes,
    /// Draft, published or cancelled.
    Status,
}

impl Field {
    /// All of them, times before what follows from them.
    pub const ALL: [Self; 16] = [
        Self::Position,
        Self::Kind,
        Self::Title,
        Self::Summary,
        Self::Preparation,
        Self::Times,
        Self::Place,
        Self::Video,
        Self::Capacity,
        Self::BuyersOnly,
        Self::Board,
        Self::Agenda,
        Self::Speakers,
        Self::Opens,
        Self::Closes,
        Self::Status,
    ];

    /// Those that another calendar tells of.
    pub const OF_CALENDARS: [Self; 4] = [Self::Title, Self::Times, Self::Place, Self::Summary];

    /// Its name in what is kept, on the command line and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Kind => "kind",
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Preparation => "preparation",
            Self::Times => "times",
            Self::Place => "place",
            Self::Video => "video_url",
            Self::Capacity => "capacity",
            Self::BuyersOnly => "buyers_only",
            Self::Board => "board",
            Self::Agenda => "agenda",
            Self::Speakers => "speakers",
            Self::Opens => "registration_opens",
            Self::Closes => "registration_closes",
            Self::Status => "status",
        }
    }

    fn value(self, event: &Event) -> Value {
        match self {
            Self::Position => json!(event.position),
            Self::Kind => json!(event.kind),
            Self::Title => json!(event.title),
            Self::Summary => json!(event.summary),
            Self::Preparation => json!(event.preparation),
            Self::Times => json!([event.starts_local, event.ends_local, event.zone]),
            Self::Place => json!(event.place),
            Self::Video => json!(event.video_url),
            Self::Capacity => json!(event.capacity),
            Self::BuyersOnly => json!(event.buyers_only),
            Self::Board => json!(event.board_kind),
            Self::Agenda => json!(event.agenda.0),
            Self::Speakers => json!(event.speakers.0),
            Self::Opens => json!(event.opens_at),
            // Most registrations close at the start, and follow it.
            Self::Closes if event.closes_at == event.starts_at => json!("start"),
            Self::Closes => json!(event.closes_at),
            Self::Status => json!(event.status),
        }
    }

    fn copy(self, from: &Event, to: &mut Event) {
        match self {
            Self::Position => to.position = from.position,
            Self::Kind => to.kind = from.kind,
            Self::Title => to.title.clone_from(&from.title),
            Self::Summary => to.summary.clone_from(&from.summary),
            Self::Preparation => to.preparation.clone_from(&from.preparation),
            Self::Times => {
                to.starts_local.clone_from(&from.starts_local);
                to.ends_local.clone_from(&from.ends_local);
                to.zone.clone_from(&from.zone);
                (to.starts_at, to.ends_at) = (from.starts_at, from.ends_at);
            }
            Self::Place => to.place.clone_from(&from.place),
            Self::Video => to.video_url.clone_from(&from.video_url),
            Self::Capacity => to.capacity = from.capacity,
            Self::BuyersOnly => to.buyers_only = from.buyers_only,
            Self::Board => to.board_kind = from.board_kind,
            Self::Agenda => to.agenda.clone_from(&from.agenda),
            Self::Speakers => to.speakers.clone_from(&from.speakers),
            Self::Opens => to.opens_at = from.opens_at,
            Self::Closes => to.closes_at = from.closes_at,
            Self::Status => to.status = from.status,
        }
    }
}

/// What a source said of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceSnapshot(BTreeMap<String, Value>);

impl SourceSnapshot {
    /// What `event`, as the source has it, says in these fields.
    #[must_use]
    pub fn of(event: &Event, fields: &[Field]) -> Self {
        Self(fields.iter().map(|field| (field.name().to_owned(), field.value(event))).collect())
    }

    /// The same, but as `before` said in these fields: nobody has looked at what is new in them yet.
    #[must_use]
    pub fn without(mut self, fields: &[Field], before: &Self) -> Self {
        for field in fields {
            match before.0.get(field.name()) {
                Some(value) => self.0.insert(field.name().to_owned(), value.clone()),
                None => self.0.remove(field.name()),
            };
        }
        self
    }
}

/// An event with what its source says now.
#[derive(Debug, Clone)]
pub struct Merged {
    /// As it becomes.
    pub event: Event,
    /// What the source changed since, and nobody here did.
    pub news: Vec<Field>,
    /// What was edited here, and the source says as it said before: the edit stays.
    pub kept: Vec<Field>,
    /// What was changed on both sides, or may have been: whoever asks decides.
    pub conflicts: Vec<Field>,
}

/// Puts together an event as it is here and as its source has it, which said `last` of it when it was last brought in.
/// A disputed field becomes what the source says where it `wins`.
#[must_use]
pub fn merge(
    here: &Event,
    (source, fields): (&Event, &[Field]),
    last: &SourceSnapshot,
    wins: impl Fn(Field) -> bool,
) -> Merged {
    let mut merged = Merged { event: here.clone(), news: Vec::new(), kept: Vec::new(), conflicts: Vec::new() };
    let mut taken = Vec::new();
    for field in fields {
        let (ours, theirs) = (field.value(here), field.value(source));
        let said = last.0.get(field.name());
        if ours == theirs {
            continue;
        }
        if said == Some(&theirs) {
            merged.kept.push(*field);
            continue;
        }
        let is_news = said == Some(&ours);
        let list = if is_news { &mut merged.news } else { &mut merged.conflicts };
        list.push(*field);
        if is_news || wins(*field) {
            field.copy(source, &mut merged.event);
            taken.push(*field);
        }
    }
    if here.closes_at == here.starts_at && !taken.contains(&Field::Closes) {
        merged.event.closes_at = merged.event.starts_at;
    }
    merged
}
