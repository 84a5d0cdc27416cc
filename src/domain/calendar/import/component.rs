//! One VEVENT, read: its times, its recurrence and what it is about. Pure.

use super::content::Content;
use super::lines::{Component, Line};
use super::recurrence::{Rule, RuleProblem};
use super::rules::SkipReason;
use super::values::{Length, Moment, TimeProblem, When, several, when};
use super::zones::Zones;
use kernel::clock::Timestamp;

/// A VEVENT.
#[derive(Debug, Clone)]
pub struct Vevent {
    /// Its UID, short enough for a key.
    pub uid: String,
    /// Its revision: SEQUENCE, then when it was last written.
    pub revision: (i64, String),
    /// The occurrence of a series that it stands for.
    pub recurrence: Option<When>,
    /// Whether it stands for those after it, too (RANGE=THISANDFUTURE).
    pub and_future: bool,
    /// When it starts.
    pub start: Moment,
    /// How long it lasts; `None` where nothing says.
    pub length: Option<Length>,
    /// Its rules, and those of what is left out (EXRULE, RFC 2445).
    pub rules: (Vec<Rule>, Vec<Rule>),
    /// More occurrences.
    pub more: Vec<(When, Option<Length>)>,
    /// Those left out.
    pub except: Vec<When>,
    /// Whether it was cancelled there.
    pub is_cancelled: bool,
    /// What it is about.
    pub content: Content,
}

impl Vevent {
    /// Reads a component of a calendar with that METHOD.
    ///
    /// # Errors
    ///
    /// Says why it cannot be an event here.
    pub fn read(component: &Component, zones: &Zones, method: &str) -> Result<Self, SkipReason> {
        if !matches!(method, "" | "PUBLISH" | "REQUEST" | "ADD" | "CANCEL") {
            return Err(SkipReason::Reply);
        }
        let content = Content::of(component);
        let uid = key_of(&component.text("UID")).ok_or(SkipReason::NoUid)?;
        let is_cancelled = method == "CANCEL" || component.says("STATUS", "CANCELLED");
        let recurrence = component.line("RECURRENCE-ID");
        let and_future = recurrence
            .and_then(|line| line.parameter("RANGE"))
            .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        let recurrence = recurrence.map(|line| when(line, zones)).transpose().map_err(time_problem)?;
        let start = match component.line("DTSTART") {
            Some(line) => when(line, zones).map_err(time_problem)?,
            // Who cancels one of a series need not repeat its times.
            None if is_cancelled => recurrence.clone().ok_or(SkipReason::Cancelled)?,
            None => return Err(SkipReason::NoStart),
        };
        let When::At(start) = start else { return Err(SkipReason::AllDay) };
        if content.title.is_empty() && !is_cancelled {
            return Err(SkipReason::NoTitle);
        }
        let length = if is_cancelled { None } else { length(component, zones, &start)? };
        Ok(Self {
            uid,
            revision: (component.text("SEQUENCE").parse().unwrap_or(0), stamp(component)),
            recurrence,
            and_future,
            length,
            rules: (rules(component, "RRULE")?, rules(component, "EXRULE")?),
            more: lists(component.all("RDATE"), zones)?,
            except: lists(component.all("EXDATE"), zones)?.into_iter().map(|(when, _)| when).collect(),
            start,
            is_cancelled,
            content,
        })
    }

    /// Whether it has more than one occurrence, or may have.
    #[must_use]
    pub fn is_series(&self) -> bool {
        !self.rules.0.is_empty() || !self.more.is_empty()
    }

    /// The instant at which it ends, if it starts then.
    #[must_use]
    pub fn end(&self, start: &Moment) -> Option<Timestamp> {
        self.length?.after(start)
    }
}

/// A UID, or what stands for one that is too long for a key of the database.
#[must_use]
pub fn key_of(uid: &str) -> Option<String> {
    /// Far longer than programs make them; PostgreSQL indexes 2,700 bytes at most.
    const MOST: usize = 300;
    use sha2::{Digest, Sha256};
    let uid = uid.replace('\n', " ");
    match uid.len() {
        0 => None,
        1..=MOST => Some(uid),
        _ => {
            let digest = Sha256::digest(uid.as_bytes());
            Some(format!("sha256:{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        }
    }
}

fn time_problem(problem: TimeProblem) -> SkipReason {
    match problem {
        TimeProblem::Unreadable => SkipReason::BadTimes,
        TimeProblem::UnknownZone(name) => SkipReason::UnknownZone(name.chars().take(80).collect()),
    }
}

/// When it was last written, in a form that sorts.
fn stamp(component: &Component) -> String {
    let text = component.text("LAST-MODIFIED");
    if text.is_empty() { component.text("DTSTAMP") } else { text }
}

/// From the start to DTEND, exactly; or DURATION, whose days are nominal (§3.8.2.5).
fn length(component: &Component, zones: &Zones, start: &Moment) -> Result<Option<Length>, SkipReason> {
    if let Some(line) = component.line("DTEND") {
        let When::At(end) = when(line, zones).map_err(time_problem)? else { return Err(SkipReason::BadTimes) };
        return Ok(Some(Length::exact(end.instant.as_millis() - start.instant.as_millis())));
    }
    match component.line("DURATION") {
        Some(line) => Length::parse(&line.value).map(Some).ok_or(SkipReason::BadTimes),
        None => Ok(None),
    }
}

fn rules(component: &Component, name: &str) -> Result<Vec<Rule>, SkipReason> {
    let rules: Result<_, _> = component.all(name).map(|line| Rule::parse(&line.value)).collect();
    rules.map_err(|problem| match problem {
        RuleProblem::TooFrequent => SkipReason::TooFrequent,
        RuleProblem::Unreadable => SkipReason::BadRecurrence,
    })
}

fn lists<'a>(lines: impl Iterator<Item = &'a Line>, zones: &Zones) -> Result<Vec<(When, Option<Length>)>, SkipReason> {
    let mut all = Vec::new();
    for line in lines {
        all.extend(several(line, zones).map_err(time_problem)?);
    }
    Ok(all)
}
