//! An event as calendars see it (RFC 5545). The same in every feed, file and letter: one UID, one revision.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{EventStatus, PublicEvent, Scheduled, french};
use ics::value::{before, conference, instant, integer, person, text, texts, uri, word, zoned};
use ics::zone::vtimezone;
use ics::{IcalAlarm, IcalCalendar, IcalEvent, Property};
use kernel::clock::Timestamp;

/// Who wrote the calendar (RFC 5545 §3.7.3).
const PRODID: &str = "-//parcours//parcours//FR";

/// What a person's own feed adds to an event.
#[derive(Debug, Clone)]
pub struct Own {
    /// How their registration is, in a sentence.
    pub note: String,
    /// Whether they are sure to come in.
    pub certain: bool,
    /// When that last changed.
    pub changed_at: Timestamp,
    /// Minutes before the start at which the app rings; `None` for never.
    pub alarm: Option<i64>,
}

/// An event of a calendar.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// What everybody may see of it.
    pub event: &'a PublicEvent,
    /// What a person's own feed adds.
    pub own: Option<Own>,
    /// The whole address of ours by which the calendar's owner joins the video meeting; in its place stands a public link.
    pub join: Option<String>,
}

impl<'a> Item<'a> {
    /// As everybody may see it.
    #[must_use]
    pub const fn public(event: &'a PublicEvent) -> Self {
        Self { event, own: None, join: None }
    }

    /// The address of the video meeting, as this calendar's readers may know it.
    fn video(&self) -> Option<&str> {
        self.join.as_deref().or(self.event.video_url.as_deref())
    }
}

/// A calendar of one event: what a page offers. `base_url` is the site's public address.
#[must_use]
pub fn event_ics(base_url: &str, event: &PublicEvent) -> String {
    ics::write(&calendar(Vec::new(), &[Item::public(event)], base_url))
}

/// What an invitation asks of a calendar (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To show the event, as it is now.
    Request,
    /// To take it away.
    Cancel,
}

/// What an invitation adds to an event: it is for one person's calendar.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    /// What is asked.
    pub method: Method,
    /// Above that of every invitation to the same event that this person was sent before.
    pub sequence: i64,
    /// Name and address of who invites: a mailbox that somebody reads.
    pub organiser: (&'a str, &'a str),
    /// Name and address of who comes.
    pub attendee: (&'a str, &'a str),
    /// The whole address by which they join the video meeting, if there is one.
    pub join: Option<&'a str>,
    /// When it is written.
    pub now: Timestamp,
}

/// An invitation (RFC 6047): what a calendar understands within a letter. The UID is that of the feeds.
#[must_use]
pub fn invitation_ics(base_url: &str, event: &PublicEvent, invitation: &Invitation<'_>) -> String {
    let method = match invitation.method {
        Method::Request => "REQUEST",
        Method::Cancel => "CANCEL",
    };
    let item = Item { join: invitation.join.map(str::to_owned), ..Item::public(event) };
    let mut calendar = calendar(vec![word("METHOD", method)], &[item], base_url);
    for entry in &mut calendar.events {
        entry.properties.retain(|property| !matches!(property.name.as_str(), "DTSTAMP" | "SEQUENCE" | "STATUS"));
        let status = if invitation.method == Method::Cancel { "CANCELLED" } else { "CONFIRMED" };
        let coming = [("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")];
        entry.properties.extend([
            instant("DTSTAMP", invitation.now),
            integer("SEQUENCE", invitation.sequence),
            word("STATUS", status),
            person("ORGANIZER", invitation.organiser, &[]),
            person("ATTENDEE", invitation.attendee, &coming),
        ]);
    }
    ics::write(&calendar)
}

/// A calendar of these events, with the zones that they need.
#[must_use]
pub fn calendar(heading: Vec<Property>, items: &[Item<'_>], base_url: &str) -> IcalCalendar {
    let mut properties = vec![word("VERSION", "2.0"), word("PRODID", PRODID), word("CALSCALE", "GREGORIAN")];
    properties.extend(heading);
    let zones = spans(items.iter().map(|item| item.event));
    IcalCalendar {
        properties,
        timezones: zones.iter().map(|(name, (zone, from, to))| vtimezone(name, zone, *from, *to)).collect(),
        events: items.iter().map(|item| entry(item, base_url)).collect(),
        ..IcalCalendar::default()
    }
}

/// The zones of these events with their earliest and latest time. UTC needs no entry.
fn spans<'a>(events: impl Iterator<Item = &'a PublicEvent>) -> BTreeMap<&'a str, (TimeZone, DateTime, DateTime)> {
    let mut spans: BTreeMap<&str, (TimeZone, DateTime, DateTime)> = BTreeMap::new();
    for event in events {
        let (starts, ends) = (event.starts_civil(), event.ends_civil());
        let span = spans.entry(&event.zone).or_insert_with(|| (event.time_zone(), starts, ends));
        span.1 = span.1.min(starts);
        span.2 = span.2.max(ends);
    }
    spans
}

fn entry(item: &Item<'_>, base_url: &str) -> IcalEvent {
    let (event, own) = (item.event, item.own.as_ref());
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or(host);
    let cancelled = event.status == EventStatus::Cancelled;
    let revised_at = own.map_or(event.revised_at, |own| own.changed_at.max(event.revised_at));
    let url = format!("{base_url}{}", event.path());
    let note = own.map_or("", |own| &own.note);
    let title = if cancelled { french::cancelled(&event.title) } else { event.title.clone() };
    let mut properties = vec![
        text("UID", &format!("{}@{host}", event.id)),
        instant("DTSTAMP", revised_at),
        instant("LAST-MODIFIED", revised_at),
        instant("CREATED", event.created_at),
        integer("SEQUENCE", event.sequence),
        word("STATUS", status(cancelled, own)),
        text("SUMMARY", &title),
        zoned("DTSTART", event.starts_civil(), &event.zone),
        zoned("DTEND", event.ends_civil(), &event.zone),
        text("DESCRIPTION", &french::calendar_description(event, &url, (note, item.video()))),
        uri("URL", &url),
        texts("CATEGORIES", &[french::kind(event.kind)]),
        word("TRANSP", if cancelled { "TRANSPARENT" } else { "OPAQUE" }),
    ];
    if !event.place.is_empty() {
        properties.push(text("LOCATION", &event.place));
    }
    if let Some(video) = item.video().filter(|_| !cancelled) {
        properties.push(conference(video, french::VIDEO));
    }
    let alarms = own.and_then(|own| own.alarm).filter(|_| !cancelled);
    let alarms = alarms.map(|minutes| alarm(minutes, &title)).into_iter().collect();
    IcalEvent { properties, alarms }
}

/// Rings so many minutes before the start (RFC 5545 §3.6.6).
fn alarm(minutes: i64, title: &str) -> IcalAlarm {
    IcalAlarm { properties: vec![word("ACTION", "DISPLAY"), before("TRIGGER", minutes), text("DESCRIPTION", title)] }
}

fn status(cancelled: bool, own: Option<&Own>) -> &'static str {
    match (cancelled, own) {
        (true, _) => "CANCELLED",
        (false, Some(own)) if !own.certain => "TENTATIVE",
        (false, _) => "CONFIRMED",
    }
}
