//! A zone as a calendar's own VTIMEZONE describes it (RFC 5545 §3.6.5). Pure.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::lines::{Component, Line};
use super::recurrence::{Budget, Rule, Until, Window};
use super::values;
use kernel::clock::Timestamp;

/// The clocks of a VTIMEZONE, from ten years ago until three years ahead; `None` when it cannot be understood.
#[must_use]
pub fn clocks(zone: &Component, now: Timestamp) -> Option<TimeZone> {
    let today = now.civil(&TimeZone::UTC).date();
    let window = Window { from: today.checked_sub(10.years()).ok()?, last: today.checked_add(3.years()).ok()? };
    let mut changes = Vec::new();
    for part in zone.parts.iter().filter(|part| matches!(part.name.as_str(), "STANDARD" | "DAYLIGHT")) {
        changes.extend(observance(part, window)?);
    }
    changes.sort_by_key(|change| change.at);
    changes.dedup_by_key(|change| change.at);
    let before = changes.first()?.before;
    TimeZone::tzif("", &tzif(before, &changes)?).ok()
}

/// The clocks change.
#[derive(Debug, Clone, Copy)]
struct Change {
    /// Seconds since 1970.
    at: i64,
    /// Seconds east of UTC.
    before: i32,
    /// The same, from then on.
    after: i32,
}

fn observance(part: &Component, window: Window) -> Option<Vec<Change>> {
    let (before, after) = (offset(part.line("TZOFFSETFROM")?)?, offset(part.line("TZOFFSETTO")?)?);
    let start = civil(&part.line("DTSTART")?.value)?;
    let instant = |civil: DateTime| {
        let seconds = TimeZone::UTC.to_timestamp(civil).ok()?.as_second();
        seconds.checked_sub(before.into())
    };
    let mut times = vec![start];
    for line in part.all("RRULE") {
        let rule = Rule::parse(&line.value).ok()?;
        let is_over = |time: DateTime| match rule.until {
            None => false,
            Some(Until::Day(last)) => time.date() > last,
            Some(Until::Civil(last)) => time > last,
            Some(Until::Instant(last)) => instant(time).is_none_or(|at| at > last.as_millis() / 1000),
        };
        times.extend(rule.expand(start, window, is_over, &mut Budget::default()).ok()?.times);
    }
    for line in part.all("RDATE") {
        let starts = line.value.split(',').filter_map(|text| civil(text.split('/').next()?));
        times.extend(starts);
    }
    times.into_iter().map(|time| Some(Change { at: instant(time)?, before, after })).collect()
}

/// « 20251026T030000 », on clocks that the observance names.
fn civil(text: &str) -> Option<DateTime> {
    let (day, time) = text.trim().trim_end_matches('Z').split_once('T')?;
    let time = jiff::civil::Time::strptime("%H%M%S", time).ok()?;
    Some(values::date(day)?.to_datetime(time))
}

/// « +0100 », « -033000 »: seconds east of UTC.
fn offset(line: &Line) -> Option<i32> {
    let text = line.value.trim();
    let (sign, digits) = match text.split_at_checked(1)? {
        ("-", digits) => (-1, digits),
        ("+", digits) => (1, digits),
        _ => (1, text),
    };
    let part = |from: usize| digits.get(from..from + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let seconds = part(0)? * 3600 + part(2)? * 60 + part(4)?;
    let limit = SignedDuration::from_hours(24).as_secs();
    (digits.len() >= 4 && i64::from(seconds) < limit).then_some(sign * seconds)
}

/// The changes as a file of the zone database (RFC 8536), which is how clocks are told to the library of times.
fn tzif(before: i32, changes: &[Change]) -> Option<Vec<u8>> {
    let mut offsets = vec![before];
    for change in changes {
        if !offsets.contains(&change.after) {
            offsets.push(change.after);
        }
    }
    let header = |changes: usize, offsets: usize| {
        let mut bytes = b"TZif2".to_vec();
        bytes.extend([0; 15]);
        let counts = [0, 0, 0, changes, offsets, NAME.len()];
        for count in counts {
            bytes.extend(u32::try_from(count).ok()?.to_be_bytes());
        }
        Some(bytes)
    };
    const NAME: &[u8] = b"LMT\0";
    let kind = |offset: i32| [&offset.to_be_bytes()[..], &[0, 0]].concat();
    let mut bytes = header(0, 1)?;
    bytes.extend(kind(before));
    bytes.extend(NAME);
    bytes.extend(header(changes.len(), offsets.len())?);
    bytes.extend(changes.iter().flat_map(|change| change.at.to_be_bytes()));
    for change in changes {
        let place = offsets.iter().position(|offset| *offset == change.after)?;
        bytes.push(u8::try_from(place).ok()?);
    }
    bytes.extend(offsets.iter().flat_map(|offset| kind(*offset)));
    bytes.extend(NAME);
    bytes.extend(b"\n\n");
    Some(bytes)
}
