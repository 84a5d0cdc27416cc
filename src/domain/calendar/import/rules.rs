//! Understands another calendar: what can become an event, and what was not understood. Pure. Nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::component::Vevent;
use super::content::Content;
use super::lines::{self, Component};
use super::recurrence::Budget;
use super::series::{self, Occurrence};
use super::zones::{ZoneNote, Zones};
use crate::programme::Times;
use kernel::clock::Timestamp;

/// More coming occurrences than this are not taken from one file.
pub const MAX_EVENTS: usize = 200;

/// Occurrences are taken from now until two years ahead.
const AHEAD: Duration = Duration::from_secs(2 * 366 * 24 * 3600);

/// The longest event, milliseconds.
const LONGEST: i64 = 14 * 24 * 3_600_000;

/// An event as the other calendar tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalEvent {
    /// Its UID there, and for one of several occurrences the day that the series has it on: it stays when it moves.
    pub key: String,
    /// What it was known by before keys stayed: the UID and the start.
    pub former_key: String,
    /// Its UID, which its occurrences share.
    pub uid: String,
    /// What it is about.
    pub content: Content,
    /// When.
    pub times: Times,
}

/// Why something is not taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// It lasts whole days: at what hour would it start?
    AllDay,
    /// It has no title.
    NoTitle,
    /// It has no UID, by which it would be found again.
    NoUid,
    /// It has no start.
    NoStart,
    /// It has no end, and thus no length.
    NoEnd,
    /// Its zone, of this name, is in no database, and the file does not describe it.
    UnknownZone(String),
    /// Its times cannot be read, or it ends before it starts.
    BadTimes,
    /// It lasts longer than two weeks.
    TooLong,
    /// Its recurrence is hourly or more frequent.
    TooFrequent,
    /// Its recurrence cannot be read.
    BadRecurrence,
    /// It was cancelled there.
    Cancelled,
    /// It is past.
    Past,
    /// It is further ahead than two years.
    TooFar,
    /// The series goes on after two years; the rest is not taken.
    GoesOn,
    /// So many of its occurrences are beyond [`MAX_EVENTS`].
    TooMany(usize),
    /// Working out the recurrences of this file takes too long.
    TooMuchWork,
    /// The file has a newer revision of it.
    Superseded,
    /// It is an answer to an invitation, not an event.
    Reply,
    /// It is a task.
    Task,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What can become events, in order.
    pub events: Vec<ExternalEvent>,
    /// What is not taken, by its title, and why.
    pub skipped: Vec<(String, SkipReason)>,
    /// The keys of what was cancelled or left out there.
    pub cancelled: BTreeSet<String>,
    /// The UIDs of which all that is to come was read: what is known of them and not here is gone.
    pub whole: BTreeSet<String>,
    /// The zones that were understood from the file's own description.
    pub zones: Vec<ZoneNote>,
    /// Whether the file ends in the middle of an event.
    pub is_cut_off: bool,
}

/// The text is no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no calendar")]
pub struct NoCalendar;

/// Reads a file of one or several calendars. Times without a zone are told on the clocks that the calendar names, else on those
/// of `zone`. It may take half a second: not for an async thread.
///
/// # Errors
///
/// When it is no calendar at all.
pub fn read(text: &str, zone: &str, now: Timestamp) -> Result<Reading, NoCalendar> {
    let file = lines::parse(text);
    if file.calendars.is_empty() {
        return Err(NoCalendar);
    }
    let mut reading = Reading { is_cut_off: file.is_cut_off, ..Reading::default() };
    let (groups, unread) = components(&file.calendars, zone, now, &mut reading);
    let (mut found, mut budget) = (BTreeMap::new(), Budget::default());
    for (uid, events) in &groups {
        let title = title_of(events);
        let last = now + AHEAD;
        let Ok(series) = series::expand(events, (now, last), &mut budget) else {
            reading.skipped.push((title, SkipReason::TooMuchWork));
            continue;
        };
        if !unread.contains(uid) && events.iter().any(|event| event.recurrence.is_none()) {
            reading.whole.insert(uid.clone());
        }
        reading.skipped.extend(series.superseded.iter().map(|old| (old.content.title.clone(), SkipReason::Superseded)));
        take(uid, &series.occurrences, (now, last), &mut found, &mut reading);
        if series.goes_on {
            reading.skipped.push((title, SkipReason::GoesOn));
        }
    }
    limit(found.into_values().collect(), &mut reading);
    tidy(&mut reading.skipped);
    Ok(reading)
}

type Groups = BTreeMap<String, Vec<Vevent>>;

/// The events of all calendars by their UID, and the UIDs of which something was not understood.
fn components(
    calendars: &[Component],
    zone: &str,
    now: Timestamp,
    reading: &mut Reading,
) -> (Groups, BTreeSet<String>) {
    let (mut groups, mut unread) = (Groups::new(), BTreeSet::new());
    for calendar in calendars {
        let zones = Zones::of(calendar, zone, now);
        let method = calendar.text("METHOD").to_ascii_uppercase();
        for component in &calendar.parts {
            let skip = match component.name.as_str() {
                "VEVENT" => match Vevent::read(component, &zones, &method) {
                    Ok(event) => {
                        groups.entry(event.uid.clone()).or_default().push(event);
                        continue;
                    }
                    Err(reason) => reason,
                },
                "VTODO" => SkipReason::Task,
                _ => continue,
            };
            unread.extend(super::component::key_of(&component.text("UID")));
            reading.skipped.push((Content::of(component).title, skip));
        }
        reading.zones.extend(zones.notes);
    }
    (groups, unread)
}

/// The title of a series, or of what there is of it.
fn title_of(events: &[Vevent]) -> String {
    let master = events.iter().find(|event| event.recurrence.is_none()).or(events.first());
    master.map(|event| event.content.title.clone()).unwrap_or_default()
}

/// Takes the occurrences that are to come; when there is none, says why.
fn take(
    uid: &str,
    occurrences: &[Occurrence<'_>],
    window: (Timestamp, Timestamp),
    found: &mut BTreeMap<String, ExternalEvent>,
    reading: &mut Reading,
) {
    let (mut taken, mut skipped) = (0_usize, Vec::new());
    for occurrence in occurrences {
        let key = occurrence.day.map_or_else(|| uid.to_owned(), |day| format!("{uid}/{day}"));
        match event(uid, &key, occurrence, window) {
            Ok(mut event) => {
                // Several a day.
                if found.contains_key(&key) {
                    event.key = format!("{key}T{}", event.times.starts_civil.time());
                }
                taken += 1;
                found.insert(event.key.clone(), event);
            }
            Err(reason) => {
                if reason == SkipReason::Cancelled {
                    reading.cancelled.insert(key);
                }
                let is_left_out = occurrence.is_gone && !occurrence.event.is_cancelled;
                if !is_left_out {
                    skipped.push((occurrence.event.content.title.clone(), reason));
                }
            }
        }
    }
    // The past of a series that goes on is no news, nor is what lies beyond.
    skipped.retain(|(_, reason)| taken == 0 || !matches!(reason, SkipReason::Past | SkipReason::TooFar));
    if skipped.iter().any(|(_, reason)| *reason == SkipReason::TooFar) {
        skipped.retain(|(_, reason)| *reason != SkipReason::Past);
    }
    reading.skipped.extend(skipped);
}

fn event(
    uid: &str,
    key: &str,
    occurrence: &Occurrence<'_>,
    (now, last): (Timestamp, Timestamp),
) -> Result<ExternalEvent, SkipReason> {
    if occurrence.is_gone {
        return Err(SkipReason::Cancelled);
    }
    let starts_at = occurrence.start.instant;
    if starts_at <= now {
        return Err(SkipReason::Past);
    }
    if starts_at > last {
        return Err(SkipReason::TooFar);
    }
    let ends_at = occurrence.end.ok_or(SkipReason::NoEnd)?;
    if ends_at <= starts_at {
        return Err(SkipReason::BadTimes);
    }
    if ends_at.as_millis() - starts_at.as_millis() > LONGEST {
        return Err(SkipReason::TooLong);
    }
    let zone = &occurrence.start.zone;
    let (starts_civil, ends_civil) = (starts_at.civil(&zone.told_in), ends_at.civil(&zone.told_in));
    Ok(ExternalEvent {
        key: key.to_owned(),
        former_key: format!("{uid}/{}", starts_at.as_millis() / 1000),
        uid: uid.to_owned(),
        content: occurrence.event.content.clone(),
        times: Times { zone: zone.name.clone(), starts_civil, ends_civil, starts_at, ends_at },
    })
}

/// The first ones, up to the limit; what is beyond is told by name and number.
fn limit(mut events: Vec<ExternalEvent>, reading: &mut Reading) {
    events.sort_by(|one, other| (one.times.starts_at, &one.key).cmp(&(other.times.starts_at, &other.key)));
    let mut beyond: BTreeMap<String, usize> = BTreeMap::new();
    for event in events.drain(MAX_EVENTS.min(events.len())..) {
        *beyond.entry(event.content.title).or_default() += 1;
        // What is not taken is not gone.
        reading.whole.remove(&event.uid);
    }
    reading.skipped.extend(beyond.into_iter().map(|(title, count)| (title, SkipReason::TooMany(count))));
    reading.events = events;
}

/// Each reason once for each title, in the order of the file.
fn tidy(skipped: &mut Vec<(String, SkipReason)>) {
    let mut seen = BTreeSet::new();
    skipped.retain(|one| seen.insert(one.clone()));
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
