//! VTIMEZONE (RFC 5545 §3.6.5) for any IANA zone, from the time-zone database.
//!
//! Where the zone changes its clocks by one rule a year that held before the first time of interest, the two rules
//! are written, as Outlook wants it. Elsewhere every change in the span is written out.

use ical::parser::ical::component::{IcalTimeZone, IcalTimeZoneTransition, IcalTimeZoneTransitionType};
use ical::property::Property;
use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, Dst, Offset, TimeZone};

use super::value::{date_time, text};

/// No rule reaches further back than this.
const EARLIEST: DateTime = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);

/// A change of a zone's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    /// On the clocks before the change.
    at: DateTime,
    from: Offset,
    to: Offset,
    dst: Dst,
}

/// A change that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    first: Change,
    day: Day,
}

/// Which day of its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Last(Weekday),
    /// The first, second… one.
    Nth(i8, Weekday),
}

/// The VTIMEZONE of `zone`, whose IANA name is `name`, right for every time from `from` to `to`.
#[must_use]
pub fn vtimezone(name: &str, zone: &TimeZone, from: DateTime, to: DateTime) -> IcalTimeZone {
    let horizon = to.saturating_add(2.years());
    let changes = changes(zone, horizon);
    let transitions = match yearly_rules(&changes, from, horizon) {
        Some(rules) => rules.iter().map(|rule| observance(&rule.first, Some(rule.day))).collect(),
        None => every_change(zone, &changes, from),
    };
    IcalTimeZone { properties: vec![text("TZID", name)], transitions }
}

/// All changes from [`EARLIEST`] to `horizon`.
fn changes(zone: &TimeZone, horizon: DateTime) -> Vec<Change> {
    let Ok(start) = TimeZone::UTC.to_timestamp(EARLIEST) else { return Vec::new() };
    let mut before = zone.to_offset(start);
    let mut changes = Vec::new();
    for transition in zone.following(start) {
        let (from, to) = (before, transition.offset());
        before = to;
        let at = from.to_datetime(transition.timestamp());
        if at > horizon {
            break;
        }
        // Some entries of the database change only the name of the time.
        if from != to {
            changes.push(Change { at, from, to, dst: transition.dst() });
        }
    }
    changes
}

/// The two rules that hold from before `from` until the horizon, if there are such.
fn yearly_rules(changes: &[Change], from: DateTime, horizon: DateTime) -> Option<[Rule; 2]> {
    let rules = [yearly_rule(changes, Dst::No, horizon)?, yearly_rule(changes, Dst::Yes, horizon)?];
    // Both begin in the same year, so that none holds alone for years.
    let year = rules.iter().map(|rule| rule.first.at.year()).max()?;
    let [standard, daylight] = rules.map(|rule| rule.beginning_in(year, changes));
    let rules = [standard?, daylight?];
    let begins = rules.iter().map(|rule| rule.first.at).max()?;
    // Other changes in between, for instance for Ramadan, follow no rule.
    let mut since = changes.iter().filter(|change| change.at >= begins);
    let alone = since.all(|change| rules.iter().any(|rule| rule.covers(change)));
    (begins < from && alone).then_some(rules)
}

/// The rule of the changes to or from summer time, as far back as it holds without a gap.
fn yearly_rule(changes: &[Change], dst: Dst, horizon: DateTime) -> Option<Rule> {
    let mut backwards = changes.iter().filter(|change| change.dst == dst).rev();
    let newest = *backwards.next()?;
    if horizon.year() - newest.at.year() > 1 {
        return None;
    }
    let weekday = newest.at.weekday();
    let mut days = vec![Day::Last(weekday), Day::Nth((newest.at.day() - 1) / 7 + 1, weekday)];
    days.retain(|day| day.is(newest.at));
    let mut rule = Rule { first: newest, day: *days.first()? };
    for change in backwards {
        let same_time = change.at.time() == newest.at.time() && change.at.month() == newest.at.month();
        let same_offsets = (change.from, change.to) == (newest.from, newest.to);
        days.retain(|day| day.is(change.at));
        if !(same_time && same_offsets && change.at.year() == rule.first.at.year() - 1) {
            break;
        }
        let Some(day) = days.first() else { break };
        rule = Rule { first: *change, day: *day };
    }
    Some(rule)
}

impl Rule {
    fn covers(&self, change: &Change) -> bool {
        let first = &self.first;
        change.at.time() == first.at.time()
            && change.at.month() == first.at.month()
            && (change.from, change.to) == (first.from, first.to)
            && self.day.is(change.at)
    }

    fn beginning_in(self, year: i16, changes: &[Change]) -> Option<Self> {
        let first = *changes.iter().find(|change| change.at.year() == year && self.covers(change))?;
        Some(Self { first, ..self })
    }
}

impl Day {
    fn is(self, at: DateTime) -> bool {
        match self {
            Self::Last(weekday) => at.weekday() == weekday && at.day() + 7 > at.date().days_in_month(),
            Self::Nth(nth, weekday) => at.weekday() == weekday && (at.day() - 1) / 7 + 1 == nth,
        }
    }

    /// As BYDAY wants it: `-1SU`, `2SU`.
    fn by_day(self) -> String {
        let (nth, weekday) = match self {
            Self::Last(weekday) => (-1, weekday),
            Self::Nth(nth, weekday) => (nth, weekday),
        };
        let name = match weekday {
            Weekday::Monday => "MO",
            Weekday::Tuesday => "TU",
            Weekday::Wednesday => "WE",
            Weekday::Thursday => "TH",
            Weekday::Friday => "FR",
            Weekday::Saturday => "SA",
            Weekday::Sunday => "SU",
        };
        format!("{nth}{name}")
    }
}

/// The state before `from`, and every change after it.
fn every_change(zone: &TimeZone, changes: &[Change], from: DateTime) -> Vec<IcalTimeZoneTransition> {
    let later = changes.iter().position(|change| change.at >= from).unwrap_or(changes.len());
    let mut observances = Vec::new();
    if later == 0 {
        let offset = match zone.to_ambiguous_timestamp(from).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        observances.push(observance(&Change { at: EARLIEST, from: offset, to: offset, dst: Dst::No }, None));
    }
    observances.extend(changes.iter().skip(later.saturating_sub(1)).map(|change| observance(change, None)));
    observances
}

fn observance(change: &Change, every_year_on: Option<Day>) -> IcalTimeZoneTransition {
    let plain = |name: &str, value: String| Property { name: name.into(), params: None, value: Some(value) };
    let mut properties = vec![plain("DTSTART", date_time(change.at))];
    if let Some(day) = every_year_on {
        let rule = format!("FREQ=YEARLY;BYMONTH={};BYDAY={}", change.at.month(), day.by_day());
        properties.push(plain("RRULE", rule));
    }
    properties.push(plain("TZOFFSETFROM", utc_offset(change.from)));
    properties.push(plain("TZOFFSETTO", utc_offset(change.to)));
    let transition = match change.dst {
        Dst::No => IcalTimeZoneTransitionType::STANDARD,
        Dst::Yes => IcalTimeZoneTransitionType::DAYLIGHT,
    };
    IcalTimeZoneTransition { transition, properties }
}

/// `+0100`, or with seconds where a zone has them (§3.3.14).
fn utc_offset(offset: Offset) -> String {
    let seconds = offset.seconds().unsigned_abs();
    let sign = if offset.is_negative() { '-' } else { '+' };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IcalCalendar, write};

    fn written(name: &str, from: &str, to: &str) -> String {
        let zone = TimeZone::get(name).unwrap();
        let timezones = vec![vtimezone(name, &zone, from.parse().unwrap(), to.parse().unwrap())];
        write(&IcalCalendar { timezones, ..IcalCalendar::default() })
    }

    #[test]
    fn paris_has_the_two_rules_of_the_european_union() {
        let text = written("Europe/Paris", "2026-12-07T10:00", "2027-07-02T16:30");
        let expected = [
            "BEGIN:VCALENDAR",
            "BEGIN:VTIMEZONE",
            "TZID:Europe/Paris",
            "BEGIN:STANDARD",
            "DTSTART:19961027T030000",
            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:19960331T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
            "END:VCALENDAR",
            "",
        ];
        assert_eq!(text, expected.join("\r\n"));
    }

    #[test]
    fn a_zone_is_the_same_whatever_events_are_in_its_calendar() {
        let one = written("Europe/Paris", "2026-12-07T10:00", "2026-12-07T12:00");
        assert_eq!(one, written("Europe/Paris", "2024-01-01T10:00", "2031-07-02T16:30"));
    }

    #[test]
    fn new_york_counts_its_sundays_and_tokyo_and_utc_never_change() {
        let york = written("America/New_York", "2026-12-07T10:00", "2027-07-02T16:30");
        assert!(york.contains("BYMONTH=3;BYDAY=2SU") && york.contains("BYMONTH=11;BYDAY=1SU"), "{york}");
        for name in ["Asia/Tokyo", "UTC"] {
            let text = written(name, "2026-12-07T10:00", "2027-07-02T16:30");
            assert_eq!(text.matches("DTSTART").count(), 1, "{text}");
            assert!(!text.contains("RRULE"), "{text}");
        }
    }

    #[test]
    fn a_zone_whose_changes_follow_no_yearly_rule_has_them_written_out() {
        let text = written("Africa/Casablanca", "2026-12-07T10:00", "2027-07-02T16:30");
        assert!(!text.contains("RRULE"), "{text}");
        assert!(text.contains("DTSTART:2027"), "{text}");
    }
}
