//! Dates, times and durations as calendars write them (RFC 5545 §3.3.4 to §3.3.6), on the clocks of their zone. Pure.

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::lines::Line;
use super::zones::{Zone, Zones};
use kernel::clock::Timestamp;

/// A day, or a time of a day on some clocks.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A whole day.
    Day(Date),
    /// A moment.
    At(Moment),
}

/// A time of a day on the clocks of a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What the clocks show.
    pub civil: DateTime,
    /// When that is.
    pub instant: Timestamp,
    /// The clocks.
    pub zone: Zone,
}

impl Moment {
    /// The moment at which the clocks of a zone show this; a time that they skip is read as RFC 5545 §3.3.5 says.
    #[must_use]
    pub fn at(civil: DateTime, zone: &Zone) -> Option<Self> {
        let instant = Timestamp::from_civil(civil, &zone.clocks).ok()?;
        Some(Self { civil, instant, zone: zone.clone() })
    }
}

/// Why a time cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeProblem {
    /// It is no time.
    Unreadable,
    /// Nobody knows its zone, of this name.
    UnknownZone(String),
}

/// The one time of a line.
///
/// # Errors
///
/// When it cannot be read, or its zone is unknown.
pub fn when(line: &Line, zones: &Zones) -> Result<When, TimeProblem> {
    value(&line.value, line.parameter("TZID"), zones)
}

/// The times of a line, separated by commas; of a period its start and its length.
///
/// # Errors
///
/// When one of them cannot be read.
pub fn several(line: &Line, zones: &Zones) -> Result<Vec<(When, Option<Length>)>, TimeProblem> {
    let zone = line.parameter("TZID");
    let texts = line.value.split(',').filter(|text| !text.trim().is_empty());
    texts
        .map(|text| match text.split_once('/') {
            None => Ok((value(text, zone, zones)?, None)),
            Some((start, end)) => period(start, end, zone, zones),
        })
        .collect()
}

fn period(start: &str, end: &str, zone: Option<&str>, zones: &Zones) -> Result<(When, Option<Length>), TimeProblem> {
    let start = value(start, zone, zones)?;
    let length = match (Length::parse(end), &start) {
        (Some(length), _) => length,
        (None, When::At(start)) => match value(end, zone, zones)? {
            When::At(end) => Length::exact(end.instant.as_millis() - start.instant.as_millis()),
            When::Day(_) => return Err(TimeProblem::Unreadable),
        },
        (None, When::Day(_)) => return Err(TimeProblem::Unreadable),
    };
    Ok((start, Some(length)))
}

fn value(text: &str, zone: Option<&str>, zones: &Zones) -> Result<When, TimeProblem> {
    let text = text.trim().to_ascii_uppercase();
    let (text, is_utc) = text.strip_suffix('Z').map_or((text.as_str(), false), |text| (text, true));
    let Some((day, time)) = text.split_once('T') else {
        return date(text).map(When::Day).ok_or(TimeProblem::Unreadable);
    };
    let civil = date(day).zip(clock_time(time)).map(|(day, time)| day.to_datetime(time));
    let civil = civil.ok_or(TimeProblem::Unreadable)?;
    let zone = match zone {
        _ if is_utc => zones.utc().clone(),
        Some(name) => zones.named(name).ok_or_else(|| TimeProblem::UnknownZone(name.to_owned()))?,
        None => zones.floating().clone(),
    };
    Moment::at(civil, &zone).map(When::At).ok_or(TimeProblem::Unreadable)
}

/// « 20270326 ».
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<i16>().ok());
    let (year, month, day) = (number(0..4)?, i8::try_from(number(4..6)?).ok()?, i8::try_from(number(6..8)?).ok()?);
    Date::new(year, month, day).ok().filter(|_| digits)
}

/// « 140000 », « 1400 ».
fn clock_time(text: &str) -> Option<jiff::civil::Time> {
    let digits = matches!(text.len(), 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (number(0..2)?, number(2..4)?, number(4..6).unwrap_or(0));
    // A leap second is the one before (§3.3.12).
    jiff::civil::Time::new(hour, minute, second.min(59), 0).ok().filter(|_| digits)
}

/// How long something lasts: days on the clocks, and what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Nominal days: over a change of the clocks, a day ends at the same hour.
    pub days: i64,
    /// Exact milliseconds.
    pub millis: i64,
}

impl Length {
    /// Exact milliseconds.
    #[must_use]
    pub const fn exact(millis: i64) -> Self {
        Self { days: 0, millis }
    }

    /// « PT1H30M », « P1D », « P2W »; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        /// Longer than anything that becomes an event; keeps sums far from overflow.
        const MOST: i64 = 1_000_000;
        let text = text.trim().to_ascii_uppercase();
        let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
        let text = text.trim_start_matches('+').strip_prefix('P')?;
        let (mut length, mut digits, mut read) = (Self::exact(0), String::new(), false);
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            if letter == 'T' {
                continue;
            }
            let number: i64 = digits.parse().ok().filter(|number| *number <= MOST)?;
            digits.clear();
            read = true;
            match letter {
                'W' => length.days += 7 * number,
                'D' => length.days += number,
                'H' => length.millis += 3_600_000 * number,
                'M' => length.millis += 60_000 * number,
                'S' => length.millis += 1000 * number,
                _ => return None,
            }
        }
        (read && digits.is_empty() && !negative).then_some(length)
    }

    /// The end of what starts then.
    #[must_use]
    pub fn after(self, start: &Moment) -> Option<Timestamp> {
        let span = Span::new().try_days(self.days).ok()?;
        let whole = if self.days == 0 {
            start.instant
        } else {
            Moment::at(start.civil.checked_add(span).ok()?, &start.zone)?.instant
        };
        Some(Timestamp::from_millis(whole.as_millis().checked_add(self.millis)?))
    }
}
