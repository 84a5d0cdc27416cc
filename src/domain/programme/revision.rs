//! An event as it was and as it becomes: what changed, and what calendars must be told. Pure, but for [`save`].
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use serde::{Deserialize, Serialize};

use super::{Event, EventStatus, store};
use db::WriteTx;
use kernel::clock::Timestamp;

/// An event before and after somebody changed it.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it was.
    pub before: Event,
    /// As it is.
    pub after: Event,
}

impl Change {
    /// Whether nothing changed that anybody sees or decides by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.after.has_content_of(&self.before)
    }
}

/// One thing that those who are registered should know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It will not take place.
    Cancelled,
    /// It takes place after all.
    Restored,
    /// It is off the programme, for now.
    Unpublished,
    /// It is on the programme, perhaps again.
    Published,
    /// It starts or ends at another time.
    Time,
    /// It is somewhere else.
    Place,
    /// It has a video meeting now, or none any more. Another link alone changes nothing for those registered: they join by
    /// our own address, which leads to the new one.
    Video,
}

/// What those who are registered were told of an event: a letter that waits keeps it, so that a letter in its place can say
/// what is new to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    status: EventStatus,
    starts_local: String,
    ends_local: String,
    zone: String,
    starts_at: Timestamp,
    ends_at: Timestamp,
    place: String,
    video: bool,
}

impl From<&Event> for Announced {
    fn from(event: &Event) -> Self {
        Self {
            status: event.status,
            starts_local: event.starts_local.clone(),
            ends_local: event.ends_local.clone(),
            zone: event.zone.clone(),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            place: event.place.clone(),
            video: event.video_url.is_some(),
        }
    }
}

impl Announced {
    /// The event as they were told of it; all else is as it is now.
    #[must_use]
    pub fn of(self, event: &Event) -> Event {
        Event {
            status: self.status,
            starts_local: self.starts_local,
            ends_local: self.ends_local,
            zone: self.zone,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            place: self.place,
            video_url: self.video.then(|| event.video_url.clone().unwrap_or_default()),
            ..event.clone()
        }
    }
}

/// What those who are registered should know of, the gravest first.
#[must_use]
pub fn differences(change: &Change) -> Vec<Difference> {
    let Change { before, after } = change;
    let status = match (before.status, after.status) {
        (EventStatus::Published | EventStatus::Draft, EventStatus::Cancelled) => Some(Difference::Cancelled),
        (EventStatus::Published, EventStatus::Draft) => Some(Difference::Unpublished),
        (EventStatus::Draft, EventStatus::Published) => Some(Difference::Published),
        (EventStatus::Cancelled, EventStatus::Published) => Some(Difference::Restored),
        _ => None,
    };
    let time = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at);
    let place = before.place != after.place;
    let video = before.video_url.is_some() != after.video_url.is_some();
    let seen = [
        status,
        time.then_some(Difference::Time),
        place.then_some(Difference::Place),
        video.then_some(Difference::Video),
    ];
    seen.into_iter().flatten().collect()
}

/// The event as it becomes: what it was stays, and calendars see a new revision when time, place, state or what they show of
/// a video meeting changed.
#[must_use]
pub fn revised(before: &Event, mut event: Event, now: Timestamp) -> Event {
    let moved = before.starts_at != event.starts_at
        || before.ends_at != event.ends_at
        || before.place != event.place
        || before.shown_video() != event.shown_video()
        || before.status != event.status;
    event.id = before.id;
    event.created_at = before.created_at;
    event.version = before.version;
    event.sequence = before.sequence + i64::from(moved);
    event.revised_at = if event.looks_like(before) { before.revised_at } else { now };
    event.cancelled_at = (event.status == EventStatus::Cancelled).then(|| before.cancelled_at.unwrap_or(now));
    event
}

/// Writes a revised event, under its lock.
pub async fn save(tx: &mut WriteTx, event: &Event) -> sqlx::Result<()> {
    store::put_event(tx, event).await
}
