//! All that a file says under one UID: a series or a single event, and what stands for single occurrences. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::component::Vevent;
use super::recurrence::{Budget, Exhausted, Rule, Until, Window};
use super::values::{Length, Moment, When};
use kernel::clock::Timestamp;

/// What becomes of one occurrence.
#[derive(Debug, Clone)]
pub struct Occurrence<'a> {
    /// What tells of it.
    pub event: &'a Vevent,
    /// The day that the series has it on, where it is one of a series: what it is known by, also once it moved.
    pub day: Option<Date>,
    /// When it starts.
    pub start: Moment,
    /// When it ends; `None` where nothing says.
    pub end: Option<Timestamp>,
    /// Whether it does not take place: cancelled by an own component, or left out by the series.
    pub is_gone: bool,
}

/// What was read under one UID.
#[derive(Debug, Default)]
pub struct Series<'a> {
    /// In no order; also past ones.
    pub occurrences: Vec<Occurrence<'a>>,
    /// Whether the series goes on after what was asked for.
    pub goes_on: bool,
    /// Older revisions of what is in the file twice.
    pub superseded: Vec<&'a Vevent>,
}

/// Works out what takes place between now and the last instant.
///
/// # Errors
///
/// When the budget runs out.
pub fn expand<'a>(
    events: &'a [Vevent],
    (now, last): (Timestamp, Timestamp),
    budget: &mut Budget,
) -> Result<Series<'a>, Exhausted> {
    let mut series = Series::default();
    let (masters, overrides): (Vec<_>, Vec<_>) = events.iter().partition(|event| event.recurrence.is_none());
    let masters = newest(masters, &mut series.superseded, |event| event.start.instant.as_millis());
    // Of one UID there is one event; what has the same revision and another start is one more.
    let newest_revision = masters.iter().map(|event| event.revision.clone()).max();
    let (masters, old): (Vec<_>, Vec<_>) =
        masters.into_iter().partition(|event| Some(&event.revision) == newest_revision.as_ref());
    series.superseded.extend(old);
    let clocks = masters.first().copied();
    let overrides = newest(overrides, &mut series.superseded, |event| recurrence_instant(event, clocks));
    let mut overrides: BTreeMap<i64, &Vevent> =
        overrides.into_iter().map(|event| (recurrence_instant(event, clocks), event)).collect();
    let ranges: Vec<(i64, &Vevent)> =
        overrides.iter().filter(|(_, event)| event.and_future).map(|(at, event)| (*at, *event)).collect();
    for (number, master) in masters.iter().enumerate() {
        let (starts, left_out) = starts(master, (now, last), &mut series.goes_on, budget)?;
        for (start, length) in starts {
            let at = start.instant.as_millis();
            let is_out = left_out.contains(&at);
            let own = overrides.remove(&at);
            let range = ranges.iter().rev().find(|(from, _)| *from <= at);
            let is_one_of_several = master.is_series() || own.is_some() || number > 0;
            let day = is_one_of_several.then(|| told_day(&start));
            series.occurrences.push(match (own, range) {
                (Some(own), _) => occurrence(own, day, own.start.clone()),
                (None, Some((_, range))) if !is_out => following(range, day, &start),
                _ => {
                    let end = length.or(master.length).and_then(|length| length.after(&start));
                    Occurrence { event: master, day, end, start, is_gone: master.is_cancelled || is_out }
                }
            });
        }
    }
    for event in overrides.into_values() {
        let day = event.recurrence.as_ref().map(recurrence_day);
        series.occurrences.push(occurrence(event, day, event.start.clone()));
    }
    Ok(series)
}

fn occurrence(event: &Vevent, day: Option<Date>, start: Moment) -> Occurrence<'_> {
    Occurrence { event, day, end: event.end(&start), start, is_gone: event.is_cancelled }
}

/// One that follows the change of an earlier one: as far from its own time as that one is from its.
fn following<'a>(range: &'a Vevent, day: Option<Date>, start: &Moment) -> Occurrence<'a> {
    let moved = match &range.recurrence {
        Some(When::At(recurrence)) => {
            let civil = recurrence.instant.civil(&range.start.zone.clocks);
            let own = start.instant.civil(&range.start.zone.clocks);
            own.checked_add(civil.duration_until(range.start.civil)).ok()
        }
        _ => None,
    };
    let start = moved.and_then(|civil| Moment::at(civil, &range.start.zone)).unwrap_or_else(|| start.clone());
    occurrence(range, day, start)
}

/// The day on the clocks on which an occurrence is told.
fn told_day(start: &Moment) -> Date {
    start.instant.civil(&start.zone.told_in).date()
}

fn recurrence_day(recurrence: &When) -> Date {
    match recurrence {
        When::Day(day) => *day,
        When::At(moment) => told_day(moment),
    }
}

/// The instant of the occurrence that a component stands for; of a day alone the hour is that of the series.
fn recurrence_instant(event: &Vevent, master: Option<&Vevent>) -> i64 {
    let moment = match &event.recurrence {
        Some(When::At(moment)) => return moment.instant.as_millis(),
        Some(When::Day(day)) => {
            let start = master.map_or(&event.start, |master| &master.start);
            Moment::at(day.to_datetime(start.civil.time()), &start.zone)
        }
        None => None,
    };
    moment.map_or_else(|| event.start.instant.as_millis(), |moment| moment.instant.as_millis())
}

/// The newest revision of each that has the same key; the others are told.
fn newest<'a>(
    mut events: Vec<&'a Vevent>,
    superseded: &mut Vec<&'a Vevent>,
    key: impl Fn(&Vevent) -> i64,
) -> Vec<&'a Vevent> {
    events.sort_by_key(|event| event.revision.clone());
    let mut found: BTreeMap<i64, &Vevent> = BTreeMap::new();
    for event in events {
        if let Some(old) = found.insert(key(event), event) {
            // Twice the same says nothing new.
            if old.revision != event.revision || old.content != event.content {
                superseded.push(old);
            }
        }
    }
    found.into_values().collect()
}

type Starts = Vec<(Moment, Option<Length>)>;

/// When a series has its occurrences, each once, and the instants of those that it leaves out.
fn starts(
    master: &Vevent,
    (now, last): (Timestamp, Timestamp),
    goes_on: &mut bool,
    budget: &mut Budget,
) -> Result<(Starts, BTreeSet<i64>), Exhausted> {
    let zone = &master.start.zone;
    let day = |at: Timestamp| at.civil(&zone.clocks).date();
    // An earlier one may have moved here.
    let from = day(now).checked_sub(60.days()).unwrap_or(Date::MIN);
    let window = Window { from, last: day(last) };
    let mut found: BTreeMap<i64, (Moment, Option<Length>)> = BTreeMap::new();
    let mut add = |moment: Moment, length| {
        found.entry(moment.instant.as_millis()).or_insert((moment, length));
    };
    add(master.start.clone(), None);
    for rule in &master.rules.0 {
        let times = expand_rule(rule, master, window, budget)?;
        *goes_on |= times.1;
        times.0.into_iter().for_each(|moment| add(moment, None));
    }
    for (when, length) in &master.more {
        if let Some(moment) = on_clocks(when, master) {
            add(moment, *length);
        }
    }
    let mut left_out = BTreeSet::new();
    for rule in &master.rules.1 {
        left_out.extend(expand_rule(rule, master, window, budget)?.0.into_iter().map(|at| at.instant.as_millis()));
    }
    for except in &master.except {
        match except {
            When::At(moment) => drop(left_out.insert(moment.instant.as_millis())),
            // All of that day.
            When::Day(day) => left_out.extend(
                found
                    .values()
                    .filter(|(start, _)| start.civil.date() == *day)
                    .map(|(start, _)| start.instant.as_millis()),
            ),
        }
    }
    Ok((found.into_values().collect(), left_out))
}

/// A time on the clocks of a series; a day has the hour of the series.
fn on_clocks(when: &When, master: &Vevent) -> Option<Moment> {
    let zone = &master.start.zone;
    match when {
        When::Day(day) => Moment::at(day.to_datetime(master.start.civil.time()), zone),
        When::At(moment) => {
            let civil = moment.instant.civil(&zone.clocks);
            Some(Moment { civil, instant: moment.instant, zone: zone.clone() })
        }
    }
}

fn expand_rule(
    rule: &Rule,
    master: &Vevent,
    window: Window,
    budget: &mut Budget,
) -> Result<(Vec<Moment>, bool), Exhausted> {
    let zone = &master.start.zone;
    let is_over = |time: DateTime| match rule.until {
        None => false,
        Some(Until::Day(last)) => time.date() > last,
        Some(Until::Civil(last)) => time > last,
        Some(Until::Instant(last)) => Moment::at(time, zone).is_none_or(|moment| moment.instant > last),
    };
    let expansion = rule.expand(master.start.civil, window, is_over, budget)?;
    let moments: Vec<_> = expansion.times.into_iter().filter_map(|time| Moment::at(time, zone)).collect();
    let goes_on = expansion.goes_on && !moments.is_empty();
    Ok((moments, goes_on))
}
