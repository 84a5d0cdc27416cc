//! Recurrence rules (RFC 5545 §3.3.10) on the clocks of their series, no more frequent than daily. Pure. Work is counted, so
//! that a rule that never holds costs what the budget allows and no more.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

use super::values::date;
use kernel::clock::Timestamp;

/// Days that the rules of one calendar may look at: half a second of work or so.
pub const MAX_DAYS: u64 = 3_000_000;

/// Times that the rules of one calendar may make: several a day for years.
pub const MAX_TIMES: u64 = 20_000;

/// What is left of the work that one calendar may cause.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    days: u64,
    times: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { days: MAX_DAYS, times: MAX_TIMES }
    }
}

/// The budget ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much work")]
pub struct Exhausted;

impl Budget {
    fn look_at(&mut self, days: u64) -> Result<(), Exhausted> {
        self.days = self.days.checked_sub(days).ok_or(Exhausted)?;
        Ok(())
    }

    fn make(&mut self) -> Result<(), Exhausted> {
        self.times = self.times.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }
}

/// Why a rule is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleProblem {
    /// It is hourly or more frequent.
    TooFrequent,
    /// It is no rule, or has a part that is not known.
    Unreadable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last moment of a rule, included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// A whole day on the clocks of the series.
    Day(Date),
    /// What these clocks show.
    Civil(DateTime),
    /// An instant.
    Instant(Timestamp),
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    frequency: Frequency,
    interval: i32,
    count: Option<u32>,
    /// Its last moment, included.
    pub until: Option<Until>,
    months: BTreeSet<i8>,
    week_numbers: BTreeSet<i32>,
    year_days: BTreeSet<i32>,
    month_days: BTreeSet<i32>,
    /// With 0, each such day; else the first, the last but one …, of the month or the year.
    weekdays: Vec<(i32, Weekday)>,
    hours: BTreeSet<i8>,
    minutes: BTreeSet<i8>,
    seconds: BTreeSet<i8>,
    positions: BTreeSet<i32>,
    week_start: Weekday,
}

/// What a rule makes of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// In order.
    pub times: Vec<DateTime>,
    /// Whether there may be more after the last day asked for.
    pub goes_on: bool,
}

/// What is asked of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Times before this day are counted and not returned.
    pub from: Date,
    /// The last day.
    pub last: Date,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    ///
    /// When it is more frequent than daily, or has a part that is not understood.
    pub fn parse(text: &str) -> Result<Self, RuleProblem> {
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: BTreeSet::new(),
            week_numbers: BTreeSet::new(),
            year_days: BTreeSet::new(),
            month_days: BTreeSet::new(),
            weekdays: Vec::new(),
            hours: BTreeSet::new(),
            minutes: BTreeSet::new(),
            seconds: BTreeSet::new(),
            positions: BTreeSet::new(),
            week_start: Weekday::Monday,
        };
        let mut frequency = None;
        for part in text.trim().split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or(RuleProblem::Unreadable)?;
            let (name, value) = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
            if name == "FREQ" {
                frequency = Some(parse_frequency(&value)?);
            } else {
                rule.take(&name, &value).ok_or(RuleProblem::Unreadable)?;
            }
        }
        rule.frequency = frequency.ok_or(RuleProblem::Unreadable)?;
        Ok(rule)
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "INTERVAL" => self.interval = value.parse().ok().filter(|number| (1..=10_000).contains(number))?,
            "COUNT" => self.count = Some(value.parse().ok().filter(|number| *number > 0)?),
            "UNTIL" => self.until = Some(parse_until(value)?),
            "WKST" => self.week_start = weekday(value)?,
            "BYMONTH" => self.months = small(value, 1..=12)?,
            "BYHOUR" => self.hours = small(value, 0..=23)?,
            "BYMINUTE" => self.minutes = small(value, 0..=59)?,
            "BYSECOND" => self.seconds = small(value, 0..=60)?.into_iter().map(|second| second.min(59)).collect(),
            "BYMONTHDAY" => self.month_days = signed(value, 31)?,
            "BYYEARDAY" => self.year_days = signed(value, 366)?,
            "BYWEEKNO" => self.week_numbers = signed(value, 53)?,
            "BYSETPOS" => self.positions = signed(value, 366)?,
            "BYDAY" => self.weekdays = value.split(',').map(nth_weekday).collect::<Option<_>>()?,
            // Extensions change nothing that is understood; other parts would.
            name if name.starts_with("X-") => {}
            _ => return None,
        }
        Some(())
    }

    /// What does not follow from the rule follows from the start (§3.3.10).
    fn completed(&self, start: DateTime) -> Self {
        let mut rule = self.clone();
        let names_days = !(rule.weekdays.is_empty()
            && rule.month_days.is_empty()
            && rule.year_days.is_empty()
            && rule.week_numbers.is_empty());
        match rule.frequency {
            Frequency::Yearly if !names_days => {
                if rule.months.is_empty() {
                    rule.months.insert(start.month());
                }
                rule.month_days.insert(start.day().into());
            }
            Frequency::Yearly if !rule.week_numbers.is_empty() && self.weekdays.is_empty() => {
                let names_others = !(rule.month_days.is_empty() && rule.year_days.is_empty());
                if !names_others {
                    rule.weekdays.push((0, start.weekday()));
                }
            }
            Frequency::Monthly if !names_days => drop(rule.month_days.insert(start.day().into())),
            Frequency::Weekly if !names_days => rule.weekdays.push((0, start.weekday())),
            _ => {}
        }
        let or = |own: &BTreeSet<i8>, start: i8| if own.is_empty() { BTreeSet::from([start]) } else { own.clone() };
        rule.hours = or(&self.hours, start.hour());
        rule.minutes = or(&self.minutes, start.minute());
        rule.seconds = or(&self.seconds, start.second());
        rule
    }

    /// The times of the rule for a series that starts then, up to the last day of `span`. `is_over` says whether a time is after
    /// the last moment of the rule.
    ///
    /// # Errors
    ///
    /// When the budget runs out.
    pub fn expand(
        &self,
        start: DateTime,
        span: Window,
        is_over: impl Fn(DateTime) -> bool,
        budget: &mut Budget,
    ) -> Result<Expansion, Exhausted> {
        let rule = self.completed(start);
        let (mut found, mut counted) = (Expansion::default(), 0_u32);
        for period in rule.first_period(start.date(), span.from).. {
            let Some((first, length)) = rule.period(start.date(), period).filter(|(first, _)| *first <= span.last)
            else {
                found.goes_on = true;
                break;
            };
            budget.look_at(u64::from(length.unsigned_abs()))?;
            for time in rule.within(first, length).into_iter().filter(|time| *time >= start) {
                if is_over(time) || rule.count.is_some_and(|count| counted >= count) {
                    return Ok(found);
                }
                counted += 1;
                if time.date() > span.last {
                    found.goes_on = true;
                    return Ok(found);
                }
                if time.date() >= span.from {
                    budget.make()?;
                    found.times.push(time);
                }
            }
            if is_over(first.to_datetime(Time::midnight())) {
                return Ok(found);
            }
        }
        found.goes_on &= rule.count.is_none_or(|count| counted < count);
        Ok(found)
    }

    /// The period to begin with: what is before `from` matters only where occurrences are counted.
    fn first_period(&self, start: Date, from: Date) -> i32 {
        if self.count.is_some() || from <= start {
            return 0;
        }
        let days = i32::try_from(start.duration_until(from).as_hours() / 24).unwrap_or(0);
        // Never too late: a month has 31 days at most, a year 366.
        let length = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        (days / length / self.interval - 1).max(0)
    }

    /// The first day of a period, and how many it has; `None` beyond the calendar.
    fn period(&self, start: Date, number: i32) -> Option<(Date, i32)> {
        let steps = i64::from(number) * i64::from(self.interval);
        let back = |days: i8| start.checked_sub(i64::from(days).days()).ok();
        let (first, step) = match self.frequency {
            Frequency::Daily => (start, Span::new().try_days(steps)),
            Frequency::Weekly => (back(start.weekday().since(self.week_start))?, Span::new().try_weeks(steps)),
            Frequency::Monthly => (start.first_of_month(), Span::new().try_months(steps)),
            Frequency::Yearly => (start.first_of_year(), Span::new().try_years(steps)),
        };
        let first = first.checked_add(step.ok()?).ok()?;
        let length = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => first.days_in_month().into(),
            Frequency::Yearly => first.days_in_year().into(),
        };
        Some((first, length))
    }

    /// The times of one period, in order.
    fn within(&self, first: Date, length: i32) -> Vec<DateTime> {
        let days = (0..length).filter_map(|day| first.checked_add(i64::from(day).days()).ok());
        let times: Vec<DateTime> = days
            .filter(|day| self.holds_on(*day))
            .flat_map(|day| self.clock_times().map(move |time| day.to_datetime(time)))
            .collect();
        if self.positions.is_empty() {
            return times;
        }
        let count = i32::try_from(times.len()).unwrap_or(i32::MAX);
        let is_taken = |place: i32| self.positions.contains(&(place + 1)) || self.positions.contains(&(place - count));
        (0..).zip(times).filter(|(place, _)| is_taken(*place)).map(|(_, time)| time).collect()
    }

    fn clock_times(&self) -> impl Iterator<Item = Time> + '_ {
        self.hours.iter().flat_map(move |hour| {
            self.minutes.iter().flat_map(move |minute| {
                self.seconds.iter().filter_map(move |second| Time::new(*hour, *minute, *second, 0).ok())
            })
        })
    }

    fn holds_on(&self, day: Date) -> bool {
        let from_both_ends = |set: &BTreeSet<i32>, place: i32, length: i32| {
            set.is_empty() || set.contains(&place) || set.contains(&(place - length - 1))
        };
        (self.months.is_empty() || self.months.contains(&day.month()))
            && from_both_ends(&self.month_days, day.day().into(), day.days_in_month().into())
            && from_both_ends(&self.year_days, day.day_of_year().into(), day.days_in_year().into())
            && (self.week_numbers.is_empty() || {
                let (week, weeks) = self.week_number(day);
                from_both_ends(&self.week_numbers, week, weeks)
            })
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|one| self.is_weekday(*one, day)))
    }

    /// The number of a day's week and how many weeks its year has: the first one has at least four days in it.
    fn week_number(&self, day: Date) -> (i32, i32) {
        let middle = |day: Date| {
            let since = i64::from(day.weekday().since(self.week_start));
            day.checked_add((3 - since).days()).unwrap_or(day)
        };
        let number = |middle: Date| i32::from((middle.day_of_year() - 1) / 7 + 1);
        let middle_of_week = middle(day);
        // 28 December is always in the last week.
        let late = Date::new(middle_of_week.year(), 12, 28).unwrap_or(day);
        (number(middle_of_week), number(middle(late)))
    }

    fn is_weekday(&self, (nth, weekday): (i32, Weekday), day: Date) -> bool {
        if day.weekday() != weekday {
            return false;
        }
        let of_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (place, length) = if of_year {
            (i32::from(day.day_of_year()), i32::from(day.days_in_year()))
        } else {
            (i32::from(day.day()), i32::from(day.days_in_month()))
        };
        let has_places = self.frequency >= Frequency::Monthly && self.week_numbers.is_empty();
        nth == 0 || !has_places || nth == (place - 1) / 7 + 1 || nth == -((length - place) / 7 + 1)
    }
}

fn parse_frequency(word: &str) -> Result<Frequency, RuleProblem> {
    match word {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "HOURLY" | "MINUTELY" | "SECONDLY" => Err(RuleProblem::TooFrequent),
        _ => Err(RuleProblem::Unreadable),
    }
}

fn parse_until(text: &str) -> Option<Until> {
    let (text, is_utc) = text.strip_suffix('Z').map_or((text, false), |text| (text, true));
    let Some((day, time)) = text.split_once('T') else { return date(text).map(Until::Day) };
    let time = Time::strptime("%H%M%S", time).ok()?;
    let civil = date(day)?.to_datetime(time);
    if !is_utc {
        return Some(Until::Civil(civil));
    }
    Timestamp::from_civil(civil, &jiff::tz::TimeZone::UTC).ok().map(Until::Instant)
}

fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let place = NAMES.iter().position(|name| *name == word)?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

fn nth_weekday(text: &str) -> Option<(i32, Weekday)> {
    let (number, name) = text.trim().split_at_checked(text.trim().len().checked_sub(2)?)?;
    let number =
        if number.is_empty() { 0 } else { number.parse().ok().filter(|one: &i32| *one != 0 && one.abs() <= 53)? };
    Some((number, weekday(name)?))
}

fn small(text: &str, range: std::ops::RangeInclusive<i8>) -> Option<BTreeSet<i8>> {
    text.split(',').map(|one| one.trim().parse().ok().filter(|number| range.contains(number))).collect()
}

fn signed(text: &str, most: i32) -> Option<BTreeSet<i32>> {
    text.split(',')
        .map(|one| one.trim().parse().ok().filter(|number: &i32| *number != 0 && number.abs() <= most))
        .collect()
}
