//! What stands in which feed, and since when.

use std::time::Duration;

use super::french;
use crate::programme::calendar::{Item, Own, calendar};
use crate::programme::{Event, EventKind, EventStatus, PublicEdition, PublicEvent};
use crate::registrations::OwnRegistration;
use ics::Property;
use ics::value::{duration, text, uri, word};
use kernel::clock::Timestamp;

/// Past events stay this long after their end.
const PAST: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Cancelled events stay this long, so that every app has polled and struck them out.
const CANCELLED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The public feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feed {
    /// All events.
    All,
    /// Those open to everyone.
    Webinars,
    /// Those with seats.
    Workshops,
}

impl Feed {
    fn holds(self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Webinars => event.kind == EventKind::Webinar,
            Self::Workshops => event.kind == EventKind::Workshop,
        }
    }

    /// Its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::All => "/calendrier.ics",
            Self::Webinars => "/calendrier/webinaires.ics",
            Self::Workshops => "/calendrier/ateliers.ics",
        }
    }

    /// What it is limited to, in words.
    pub fn part(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Webinars => Some(french::WEBINARS),
            Self::Workshops => Some(french::WORKSHOPS),
        }
    }
}

/// A feed as it is sent.
#[derive(Debug)]
pub struct Text {
    /// The calendar.
    pub body: String,
    /// When anything in it, or gone from it, last changed, where that is known.
    pub changed_at: Option<Timestamp>,
    /// When the first event leaves it by itself.
    pub good_until: Option<Timestamp>,
}

/// When a public event leaves the feeds.
fn leaves_at(event: &Event) -> Timestamp {
    let past = event.ends_at + PAST;
    match (event.status, event.cancelled_at) {
        (EventStatus::Cancelled, Some(cancelled_at)) => past.min(cancelled_at + CANCELLED),
        _ => past,
    }
}

fn is_shown(event: &Event, now: Timestamp) -> bool {
    event.is_public() && leaves_at(event) > now
}

/// When an event last changed what a feed shows: by a revision, or by leaving it.
fn changed_at(event: &Event, now: Timestamp) -> Timestamp {
    let left_at = leaves_at(event);
    if event.is_public() && left_at <= now { left_at.max(event.revised_at) } else { event.revised_at }
}

/// A public feed. `events` are all there are, drafts too: one that was on the programme tells when it left.
pub fn public(feed: Feed, edition: Option<&PublicEdition>, events: &[Event], site: &Site<'_>) -> Text {
    let shown = events.iter().filter(|event| feed.holds(event) && is_shown(event, site.now));
    let shown: Vec<PublicEvent> = shown.map(PublicEvent::from).collect();
    let items: Vec<_> = shown.iter().map(Item::public).collect();
    let changes = events.iter().map(|event| changed_at(event, site.now));
    let changes = changes.chain(edition.map(|edition| edition.revised_at));
    let changed_at = Some(changes.max().unwrap_or(Timestamp::from_millis(0)));
    let title = edition.map_or(french::NO_EDITION, |edition| &edition.title);
    let name = french::feed_name(title, feed.part());
    let heading = heading(&name, french::PUBLIC_DESCRIPTION, edition, site);
    // Of every kind: an event that leaves another feed changes this one's date, as it does those of all.
    let public = events.iter().filter(|event| is_shown(event, site.now));
    let good_until = public.map(leaves_at).min();
    Text { body: ics::write(&calendar(heading, &items, site.base_url)), changed_at, good_until }
}

/// A registration of the person whose feed it is.
#[derive(Debug)]
pub struct OwnItem {
    /// The registration.
    pub mine: OwnRegistration,
    /// Its event.
    pub event: Event,
    /// The whole address by which they join its video meeting, if they may.
    pub join: Option<String>,
}

/// A person's own feed: their live registrations, and an alarm so many minutes before. It has no
/// date: a place in the waiting list changes without a word about when. The tag tells.
pub fn own(mine: &[OwnItem], edition: Option<&PublicEdition>, alarm: Option<i64>, site: &Site<'_>) -> Text {
    let shown: Vec<_> = mine.iter().filter(|one| is_shown(&one.event, site.now)).collect();
    let events: Vec<PublicEvent> = shown.iter().map(|one| (&one.event).into()).collect();
    let items: Vec<_> = shown.iter().zip(&events).map(|(one, event)| item(one, event, alarm)).collect();
    let title = edition.map_or(french::NO_EDITION, |edition| &edition.title);
    let name = french::feed_name(title, Some(french::OWN));
    let heading = heading(&name, french::OWN_DESCRIPTION, edition, site);
    let good_until = shown.iter().map(|one| leaves_at(&one.event)).min();
    Text { body: ics::write(&calendar(heading, &items, site.base_url)), changed_at: None, good_until }
}

/// A registration as an entry of its person's feed; `event` is its event.
fn item<'a>(one: &OwnItem, event: &'a PublicEvent, alarm: Option<i64>) -> Item<'a> {
    let OwnItem { mine, join, .. } = one;
    let own =
        Own { note: french::note(mine, event), certain: mine.status.is_theirs(), changed_at: mine.changed_at, alarm };
    Item { event, own: Some(own), join: join.clone() }
}

/// Where and when a feed is made.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The site's public address.
    pub base_url: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// What a feed says about itself, twice over: in RFC 7986's words, and in those that apps understood before.
fn heading(name: &str, description: &str, edition: Option<&PublicEdition>, site: &Site<'_>) -> Vec<Property> {
    let zone = edition.map_or("UTC", |edition| &edition.zone);
    vec![
        text("NAME", name),
        text("X-WR-CALNAME", name),
        text("DESCRIPTION", description),
        text("X-WR-CALDESC", description),
        text("X-WR-TIMEZONE", zone),
        duration("REFRESH-INTERVAL", "PT1H"),
        word("X-PUBLISHED-TTL", "PT1H"),
        word("COLOR", "steelblue"),
        uri("URL", site.base_url),
    ]
}
