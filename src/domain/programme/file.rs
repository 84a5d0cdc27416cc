//! A programme in TOML: read, and checked with the line of what is wrong.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sqlx::types::Json;
use toml::Spanned;

use super::{Edition, Event, EventKind, EventStatus, Slug, Speaker, Times, is_video_url, lasts_too_long};
use board_model::kinds::BoardKind;
use kernel::clock::{ClockChange, ClockTime, Timestamp};
use kernel::id::EditionId;

/// The programme that the binary carries: the second edition of the parcours SPASER.
pub const BUNDLED: &str = include_str!("spaser.toml");

/// More seats than any room has.
const MAX_CAPACITY: i64 = 100_000;

/// Why a programme is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ParseError {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    edition: FileEdition,
    event: Vec<FileEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEdition {
    slug: Spanned<String>,
    title: Spanned<String>,
    summary: String,
    #[serde(default = "paris")]
    zone: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEvent {
    slug: Spanned<String>,
    kind: EventKind,
    title: Spanned<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    preparation: String,
    starts: Spanned<toml::value::Datetime>,
    ends: Spanned<toml::value::Datetime>,
    place: Spanned<String>,
    video_url: Option<Spanned<String>>,
    #[serde(default)]
    video_public: bool,
    capacity: Option<Spanned<i64>>,
    #[serde(default)]
    buyers_only: bool,
    board: Option<BoardKind>,
    #[serde(default)]
    agenda: Vec<String>,
    #[serde(default)]
    speakers: Vec<Speaker>,
    registration_opens: Option<Spanned<toml::value::Datetime>>,
    registration_closes: Option<Spanned<toml::value::Datetime>>,
    #[serde(default = "published")]
    status: EventStatus,
}

fn paris() -> Spanned<String> {
    Spanned::new(0..0, "Europe/Paris".to_owned())
}

const fn published() -> EventStatus {
    EventStatus::Published
}

/// A programme that was read and makes sense.
#[derive(Debug)]
pub struct Programme {
    pub(super) edition: Edition,
    pub(super) events: Vec<Event>,
    zone: TimeZone,
}

/// Knows the file's text, to tell lines.
struct Reader<'a> {
    text: &'a str,
    zone: TimeZone,
    now: Timestamp,
}

impl Reader<'_> {
    fn refuse<T>(&self, span: Range<usize>, reason: impl Into<String>) -> Result<T, ParseError> {
        let before = self.text.get(..span.start).unwrap_or("");
        Err(ParseError { line: before.matches('\n').count() + 1, reason: reason.into() })
    }

    fn slug(&self, slug: &Spanned<String>) -> Result<Slug, ParseError> {
        match Slug::parse(slug.get_ref()) {
            Some(slug) => Ok(slug),
            None => self.refuse(slug.span(), "a slug is lower-case letters, digits and single hyphens"),
        }
    }

    fn text(&self, text: &Spanned<String>, what: &str) -> Result<String, ParseError> {
        let trimmed = text.get_ref().trim();
        if trimmed.is_empty() || trimmed.chars().count() > 300 {
            return self.refuse(text.span(), format!("{what} has 1 to 300 characters"));
        }
        Ok(trimmed.to_owned())
    }

    fn civil(&self, time: &Spanned<toml::value::Datetime>) -> Result<DateTime, ParseError> {
        let value = time.get_ref();
        if value.offset.is_some() || value.date.is_none() || value.time.is_none() {
            return self
                .refuse(time.span(), "a time is written 2024-01-23T14:00:00, on the clocks of the edition's zone");
        }
        value.to_string().parse().or_else(|_| self.refuse(time.span(), format!("{value} is not a date and time")))
    }

    fn instant(&self, civil: DateTime, span: Range<usize>) -> Result<Timestamp, ParseError> {
        match Timestamp::on_clocks(civil, &self.zone) {
            Ok(ClockTime { civil: shown, change: Some(ClockChange::Skipped), .. }) => {
                self.refuse(span, format!("the clocks skip {civil}: they show {shown} instead"))
            }
            Ok(time) => Ok(time.at),
            Err(error) => self.refuse(span, error.to_string()),
        }
    }

    fn video_url(&self, url: Option<&Spanned<String>>) -> Result<Option<String>, ParseError> {
        let Some(url) = url else { return Ok(None) };
        if !is_video_url(url.get_ref()) {
            return self
                .refuse(url.span(), "a video link starts with https:// and a host, without a user, and has no blanks");
        }
        Ok(Some(url.get_ref().clone()))
    }

    fn capacity(&self, capacity: Option<&Spanned<i64>>) -> Result<Option<i64>, ParseError> {
        match capacity {
            Some(seats) if !(1..=MAX_CAPACITY).contains(seats.get_ref()) => {
                self.refuse(seats.span(), format!("capacity is 1 to {MAX_CAPACITY} seats; leave it out for no limit"))
            }
            other => Ok(other.map(|seats| *seats.get_ref())),
        }
    }

    fn event(&self, position: usize, file: FileEvent, edition: EditionId) -> Result<Event, ParseError> {
        let starts = self.civil(&file.starts)?;
        let ends = self.civil(&file.ends)?;
        if ends <= starts || lasts_too_long(starts, ends) {
            return self.refuse(file.ends.span(), "an event ends after it starts, and within two weeks");
        }
        let starts_at = self.instant(starts, file.starts.span())?;
        let optional = |time: Option<&Spanned<toml::value::Datetime>>| {
            time.map(|time| self.instant(self.civil(time)?, time.span())).transpose()
        };
        let opens_at = optional(file.registration_opens.as_ref())?;
        let closes_at = optional(file.registration_closes.as_ref())?.unwrap_or(starts_at);
        if let Some(opens) = file.registration_opens.as_ref().filter(|_| opens_at >= Some(closes_at)) {
            return self.refuse(opens.span(), "registration opens before it closes");
        }
        let times = Times {
            zone: self.zone.iana_name().unwrap_or("UTC").to_owned(),
            starts_civil: starts,
            ends_civil: ends,
            starts_at,
            ends_at: self.instant(ends, file.ends.span())?,
        };
        Ok(Event {
            position: i64::try_from(position).unwrap_or(i64::MAX),
            kind: file.kind,
            title: self.text(&file.title, "a title")?,
            summary: file.summary.trim().to_owned(),
            preparation: file.preparation.trim().to_owned(),
            place: self.text(&file.place, "a place")?,
            video_url: self.video_url(file.video_url.as_ref())?,
            video_public: file.video_public,
            capacity: self.capacity(file.capacity.as_ref())?,
            buyers_only: file.buyers_only,
            board_kind: file.board,
            agenda: Json(file.agenda),
            speakers: Json(file.speakers),
            opens_at,
            closes_at,
            status: file.status,
            cancelled_at: (file.status == EventStatus::Cancelled).then_some(self.now),
            ..Event::draft(edition, self.slug(&file.slug)?, times, self.now)
        })
    }
}

impl Programme {
    /// Reads a programme.
    ///
    /// # Errors
    ///
    /// Refuses what is not TOML, lacks a field, has one that is unknown, or makes no sense.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, ParseError> {
        let mut reader = Reader { text, zone: TimeZone::UTC, now };
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => return reader.refuse(error.span().unwrap_or(0..0), error.message()),
        };
        reader.zone = match TimeZone::get(file.edition.zone.get_ref()) {
            Ok(zone) => zone,
            Err(_) => return reader.refuse(file.edition.zone.span(), "this zone is not in the IANA database"),
        };
        let edition = Edition {
            id: EditionId::new(now),
            slug: reader.slug(&file.edition.slug)?,
            title: reader.text(&file.edition.title, "a title")?,
            summary: file.edition.summary.trim().to_owned(),
            zone: file.edition.zone.get_ref().clone(),
            revised_at: now,
        };
        let mut seen = BTreeSet::new();
        let mut events = Vec::new();
        for (index, event) in file.event.into_iter().enumerate() {
            let span = event.slug.span();
            let event = reader.event(index + 1, event, edition.id)?;
            if !seen.insert(event.slug.clone()) {
                return reader.refuse(span, format!("the slug {} is used twice", event.slug));
            }
            events.push(event);
        }
        Ok(Self { edition, events, zone: reader.zone })
    }

    /// Moves the whole programme by as many years, to the week, as bring its first event after `now`; days of the week and
    /// times of day stay.
    ///
    /// # Errors
    ///
    /// When a moved time cannot be expressed.
    pub fn to_coming_cycle(self, now: Timestamp) -> Result<Self, jiff::Error> {
        let Some(first) = self.events.iter().map(Event::starts_civil).min() else { return Ok(self) };
        let mut years = 0;
        while Timestamp::from_civil(first.checked_add(weeks_of(years).weeks())?, &self.zone)? <= now {
            years += 1;
        }
        self.moved(weeks_of(years))
    }

    /// Moves the whole programme by whole weeks, so that its first event ended three weeks before `now`, or up to four.
    ///
    /// # Errors
    ///
    /// When a moved time cannot be expressed.
    pub fn to_running_cycle(self, now: Timestamp) -> Result<Self, jiff::Error> {
        const WEEK: i64 = 7 * 24 * 3600 * 1000;
        let Some(first) = self.events.iter().map(|event| event.ends_at).min() else { return Ok(self) };
        let weeks = (now.as_millis() - first.as_millis()).div_euclid(WEEK) - 3;
        self.moved(weeks)
    }

    /// Moves the whole programme by whole weeks.
    ///
    /// # Errors
    ///
    /// When a moved time cannot be expressed.
    pub fn moved(mut self, weeks: i64) -> Result<Self, jiff::Error> {
        for event in &mut self.events {
            let starts = Timestamp::on_clocks(event.starts_civil().checked_add(weeks.weeks())?, &self.zone)?;
            let ends = Timestamp::on_clocks(event.ends_civil().checked_add(weeks.weeks())?, &self.zone)?;
            (event.starts_local, event.starts_at) = (starts.civil.to_string(), starts.at);
            (event.ends_local, event.ends_at) = (ends.civil.to_string(), ends.at);
            event.opens_at = None;
            event.closes_at = event.starts_at;
        }
        Ok(self)
    }

    /// The events that were read, in their order.
    #[must_use]
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }
}

/// The whole weeks that are nearest to so many years.
const fn weeks_of(years: i64) -> i64 {
    // 400 years have 20,871 weeks.
    (years * 20_871 + 200) / 400
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_500_000_000); // 2026-11-24

    fn line_of(text: &str) -> (usize, String) {
        let nonsense = Programme::read(text, NOW).unwrap_err();
        (nonsense.line, nonsense.reason)
    }

    #[test]
    fn the_carried_programme_has_six_events_of_which_four_have_sixty_seats() {
        let programme = Programme::read(BUNDLED, NOW).unwrap();
        assert_eq!(programme.events.len(), 6);
        assert_eq!(programme.events.iter().filter(|event| event.capacity == Some(60) && event.buyers_only).count(), 4);
    }

    #[test]
    fn the_demo_moves_to_the_coming_year_on_the_same_days_of_the_week_at_the_same_times_in_paris() {
        let programme = Programme::read(BUNDLED, NOW).unwrap().to_coming_cycle(NOW).unwrap();
        let starts: Vec<_> = programme.events.iter().map(|event| event.starts_local.as_str()).collect();
        assert_eq!(starts[0], "2026-12-10T10:00:00");
        assert_eq!(starts[1], "2027-01-26T14:00:00");
        assert_eq!(starts[4], "2027-06-15T14:00:00");
        assert_eq!(programme.events[0].starts_at.to_string(), "2026-12-10T09:00:00Z");
        assert_eq!(programme.events[4].starts_at.to_string(), "2027-06-15T12:00:00Z");
        let read = Programme::read(BUNDLED, NOW).unwrap();
        for (moved, read) in programme.events.iter().zip(&read.events) {
            assert_eq!(moved.starts_civil().date().weekday(), read.starts_civil().date().weekday());
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_line_and_the_reason() {
        let broken = BUNDLED.replace("kind = \"webinar\"", "kind = \"party\"");
        let (line, reason) = line_of(&broken);
        let expected = broken.lines().position(|line| line.contains("party")).unwrap() + 1;
        assert_eq!(line, expected);
        assert!(reason.contains("party"), "{reason}");

        let late = BUNDLED.replacen("ends = 2023-12-07T12:00:00", "ends = 2023-12-07T09:00:00", 1);
        let (line, reason) = line_of(&late);
        assert_eq!(late.lines().nth(line - 1).unwrap(), "ends = 2023-12-07T09:00:00");
        assert!(reason.contains("ends after it starts"), "{reason}");
    }

    #[test]
    fn a_video_link_is_for_those_registered_unless_the_file_says_that_it_is_public() {
        let link = "capacity = 60\nvideo_url = \"https://visio.exemple.fr/a\"";
        let read = |more: &str| {
            let text = BUNDLED.replacen("capacity = 60", &format!("{link}{more}"), 1);
            let events = Programme::read(&text, NOW).unwrap().into_events();
            events.into_iter().find(|event| event.video_url.is_some()).unwrap()
        };
        assert_eq!(read("").public_video_url(), None);
        assert_eq!(read("\nvideo_public = true").public_video_url(), Some("https://visio.exemple.fr/a"));
        let twofold = BUNDLED.replacen("capacity = 60", "video_url = \"https://visio.exemple.fr@ailleurs.fr\"", 1);
        assert!(line_of(&twofold).1.contains("video link"));
    }

    #[test]
    fn a_misspelt_field_a_slug_used_twice_and_an_impossible_day_are_refused() {
        assert!(line_of(&BUNDLED.replacen("capacity = 60", "capacty = 60", 1)).1.contains("capacty"));
        assert!(line_of(&BUNDLED.replacen("capacity = 60", "capacity = 0", 1)).1.contains("capacity"));
        let twice = BUNDLED.replacen("slug = \"atelier-2", "slug = \"atelier-1-role-de-l-acheteur\" #", 1);
        assert!(line_of(&twice).1.contains("twice"));
        assert!(Programme::read(&BUNDLED.replacen("2023-12-07T10", "2023-02-30T10", 1), NOW).is_err());
    }
}
