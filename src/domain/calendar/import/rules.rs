//! Understands another calendar: what can become an event, and what was not understood. Pure. Nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarFrequency, ICalendarParameterName, ICalendarProperty, ICalendarStatus,
    ICalendarValue,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::programme::Times;
use kernel::clock::Timestamp;

/// More occurrences than this are not taken from one calendar.
pub const MAX_EVENTS: usize = 200;

/// Occurrences are taken from now until two years ahead.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(2 * 366 * 24 * 3600);

/// The longest title, place and description, characters.
const MAX_LINE: usize = 300;
const MAX_TEXT: usize = 10_000;

/// An event as the other calendar tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalEvent {
    /// Its UID there, and for one of several occurrences the day that the series has it on: it stays when it moves.
    pub key: String,
    /// What it was known by before keys stayed: the UID and the start.
    pub former_key: String,
    /// Its title.
    pub title: String,
    /// What it is about; may be empty.
    pub summary: String,
    /// Where; may be empty.
    pub place: String,
    /// When.
    pub times: Times,
}

/// Why something is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// It lasts whole days: at what hour would it start?
    AllDay,
    /// It has no title, no UID or no start.
    Incomplete,
    /// Its zone is in no database.
    UnknownZone,
    /// It ends before it starts, or lasts longer than two weeks.
    BadTimes,
    /// Its recurrence is more frequent than daily, or cannot be read.
    BadRecurrence,
    /// It was cancelled there.
    Cancelled,
    /// It is past, or further ahead than two years.
    OutOfReach,
    /// There are more than [`MAX_EVENTS`].
    TooMany,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What can become events, in order.
    pub events: Vec<ExternalEvent>,
    /// What is not taken, by its title, and why.
    pub skipped: Vec<(String, SkipReason)>,
}

/// Reads a calendar. Times without a zone are told on the clocks of `zone`.
///
/// # Errors
///
/// When it is no calendar at all.
pub fn read(text: &str, zone: &str, now: Timestamp) -> Result<Reading, NoCalendar> {
    let mut calendar = ICalendar::parse(text).map_err(|_| NoCalendar)?;
    let mut reading = Reading::default();
    let default_clocks = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let (aside, left_out) = set_aside(&mut calendar, &mut reading, &default_clocks);
    let default = zone.parse::<Tz>().unwrap_or(Tz::UTC);
    let expanded = calendar.expand_dates(default, MAX_EVENTS + 1);
    for error in expanded.errors.into_iter().filter(|error| !aside.contains(&error.comp_id)) {
        let title = calendar.component_by_id(error.comp_id).map(title).unwrap_or_default();
        reading.skipped.push((title, SkipReason::BadRecurrence));
    }
    let mut read = Vec::new();
    for event in expanded.events.into_iter().filter(|event| !aside.contains(&event.comp_id)) {
        let Some(component) = calendar.component_by_id(event.comp_id).filter(|it| it.component_type.is_event()) else {
            continue;
        };
        let end = match event.end {
            TimeOrDelta::Time(end) => end.timestamp(),
            TimeOrDelta::Delta(length) => event.start.timestamp() + length.num_seconds(),
        };
        match foreign(component, (event.start.timestamp(), end), zone, now) {
            Ok(_) if read.len() >= MAX_EVENTS => reading.skipped.push((title(component), SkipReason::TooMany)),
            Ok(event) => read.push((recurrence_day(component, &default_clocks).is_some(), event)),
            Err(reason) => reading.skipped.push((title(component), reason)),
        }
    }
    reading.events = each_once(read, &left_out);
    reading.skipped.dedup();
    Ok(reading)
}

/// Each occurrence once, in order: what says of itself that it stands for one of a series does, and what is left out is.
fn each_once(mut read: Vec<(bool, ExternalEvent)>, left_out: &BTreeSet<String>) -> Vec<ExternalEvent> {
    read.sort_by_key(|(stands_for_one, event)| (!stands_for_one, event.times.starts_at));
    let mut found: BTreeMap<String, bool> = BTreeMap::new();
    let mut events = Vec::new();
    for (stands_for_one, mut event) in read {
        match found.get(&event.key) {
            _ if left_out.contains(&event.key) => continue,
            Some(true) => continue,
            // Several a day.
            Some(false) => event.key = format!("{}T{}", event.key, event.times.starts_civil.time()),
            None => {}
        }
        found.insert(event.key.clone(), stands_for_one);
        events.push(event);
    }
    events.sort_by_key(|event| event.times.starts_at);
    events
}

/// The text is no calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no calendar")]
pub struct NoCalendar;

/// Takes out, before any recurrence is worked out, what is not understood for certain; says the numbers of these, and
/// which occurrences of series they stand for.
fn set_aside(calendar: &mut ICalendar, reading: &mut Reading, clocks: &TimeZone) -> (BTreeSet<u32>, BTreeSet<String>) {
    let (mut aside, mut left_out) = (BTreeSet::new(), BTreeSet::new());
    for (number, component) in (0_u32..).zip(&mut calendar.components) {
        let reason = if component.component_type.is_event() { skip_reason(component) } else { None };
        if let Some(reason) = reason {
            reading.skipped.push((title(component), reason));
            aside.insert(number);
            let day = recurrence_day(component, clocks);
            left_out.extend(component.uid().zip(day).map(|(uid, day)| format!("{uid}/{day}")));
            // Without a start it is not expanded; the others keep their numbers.
            component
                .entries
                .retain(|entry| !matches!(entry.name, ICalendarProperty::Dtstart | ICalendarProperty::Rrule));
        }
    }
    (aside, left_out)
}

/// The day of the occurrence of a series that a component stands for (RFC 5545 §3.8.4.4).
fn recurrence_day(component: &ICalendarComponent, clocks: &TimeZone) -> Option<Date> {
    let value = component.property(&ICalendarProperty::RecurrenceId)?.values.first()?;
    let ICalendarValue::PartialDateTime(at) = value else { return None };
    if at.tz_hour.is_some() && at.has_time() {
        return Some(Timestamp::from_millis(at.to_timestamp()? * 1000).civil(clocks).date());
    }
    let (month, day) = (i8::try_from(at.month?).ok()?, i8::try_from(at.day?).ok()?);
    Date::new(i16::try_from(at.year?).ok()?, month, day).ok()
}

fn skip_reason(component: &ICalendarComponent) -> Option<SkipReason> {
    let start = component.property(&ICalendarProperty::Dtstart)?;
    let all_day = matches!(start.values.first(), Some(ICalendarValue::PartialDateTime(at)) if at.hour.is_none());
    let too_often = component.properties(&ICalendarProperty::Rrule).any(|rule| match rule.values.first() {
        Some(ICalendarValue::RecurrenceRule(rule)) => {
            matches!(
                rule.freq,
                ICalendarFrequency::Secondly | ICalendarFrequency::Minutely | ICalendarFrequency::Hourly
            )
        }
        _ => true,
    });
    let status = component.property(&ICalendarProperty::Status).and_then(|entry| entry.values.first());
    if matches!(status, Some(ICalendarValue::Status(ICalendarStatus::Cancelled))) {
        return Some(SkipReason::Cancelled);
    }
    let incomplete = component.uid().is_none() || title(component).is_empty();
    [(incomplete, SkipReason::Incomplete), (all_day, SkipReason::AllDay), (too_often, SkipReason::BadRecurrence)]
        .into_iter()
        .find_map(|(wrong, reason)| wrong.then_some(reason))
}

fn text(component: &ICalendarComponent, name: &ICalendarProperty, most: usize) -> String {
    let text = component.property(name).and_then(|entry| entry.values.first()).and_then(|value| value.as_text());
    let clean = text.unwrap_or_default().chars().filter(|letter| *letter == '\n' || !letter.is_control());
    clean.take(most).collect::<String>().trim().to_owned()
}

fn title(component: &ICalendarComponent) -> String {
    text(component, &ICalendarProperty::Summary, MAX_LINE).replace('\n', " ")
}

fn foreign(
    component: &ICalendarComponent,
    (starts, ends): (i64, i64),
    default_zone: &str,
    now: Timestamp,
) -> Result<ExternalEvent, SkipReason> {
    const LONGEST: i64 = 14 * 24 * 3600;
    if ends <= starts || ends - starts > LONGEST {
        return Err(SkipReason::BadTimes);
    }
    let instant = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1000));
    let (starts_at, ends_at) = (instant(starts), instant(ends));
    if starts_at <= now || starts_at > now + AHEAD {
        return Err(SkipReason::OutOfReach);
    }
    let start = component.property(&ICalendarProperty::Dtstart).ok_or(SkipReason::Incomplete)?;
    let named = start.parameter(&ICalendarParameterName::Tzid).and_then(|value| value.as_text());
    let zone = match named {
        Some(name) if TimeZone::get(name).is_ok() => name,
        // Outlook's own names; the parser knows what they mean, but we would not know what to write.
        Some(_) => return Err(SkipReason::UnknownZone),
        None => default_zone,
    };
    let clocks = TimeZone::get(zone).map_err(|_| SkipReason::UnknownZone)?;
    let (starts_civil, ends_civil) = (starts_at.civil(&clocks), ends_at.civil(&clocks));
    let uid = component.uid().ok_or(SkipReason::Incomplete)?;
    let is_series =
        [ICalendarProperty::Rrule, ICalendarProperty::Rdate].iter().any(|it| component.property(it).is_some());
    let day = recurrence_day(component, &clocks).or_else(|| is_series.then(|| starts_civil.date()));
    Ok(ExternalEvent {
        key: day.map_or_else(|| uid.to_owned(), |day| format!("{uid}/{day}")),
        former_key: format!("{uid}/{starts}"),
        title: title(component),
        summary: text(component, &ICalendarProperty::Description, MAX_TEXT),
        place: text(component, &ICalendarProperty::Location, MAX_LINE).replace('\n', ", "),
        times: Times { zone: zone.to_owned(), starts_civil, ends_civil, starts_at, ends_at },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 24 November 2026, 9:00 in Paris.
    const NOW: Timestamp = Timestamp::from_millis(1_795_507_200_000);

    fn calendar(events: &str) -> Reading {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n");
        read(&text, "Europe/Paris", NOW).unwrap()
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Réunion\\, puis atelier\r\n{lines}END:VEVENT\r\n")
    }

    const TIMES: &str = "DTSTART;TZID=Europe/Paris:20270326T140000\r\nDTEND;TZID=Europe/Paris:20270326T160000\r\n";

    fn starts(reading: &Reading) -> Vec<String> {
        reading.events.iter().map(|event| format!("{} {}", event.times.starts_civil, event.times.zone)).collect()
    }

    #[test]
    fn an_event_is_read_with_its_own_zone_utc_or_none() {
        let reading = calendar(&event(&format!("{TIMES}LOCATION:Bordeaux\\; salle 2\r\nDESCRIPTION:Un\\nDeux\r\n")));
        assert_eq!(reading.skipped, []);
        let one = &reading.events[0];
        assert_eq!((one.title.as_str(), one.place.as_str()), ("Réunion, puis atelier", "Bordeaux; salle 2"));
        assert_eq!((one.summary.as_str(), one.times.zone.as_str()), ("Un\nDeux", "Europe/Paris"));
        assert_eq!(one.times.ends_civil.to_string(), "2027-03-26T16:00:00");
        let utc = calendar(&event("DTSTART:20270326T130000Z\r\nDURATION:PT2H\r\n"));
        assert_eq!(starts(&utc), ["2027-03-26T14:00:00 Europe/Paris"]);
        assert_eq!(utc.events[0].times.starts_at, one.times.starts_at);
        let floating = calendar(&event("DTSTART:20270326T140000\r\nDTEND:20270326T160000\r\n"));
        assert_eq!(floating.events[0].times.starts_at, one.times.starts_at);
        let far = calendar(&event("DTSTART;TZID=Indian/Reunion:20270326T160000\r\nDURATION:PT2H\r\n"));
        assert_eq!(starts(&far), ["2027-03-26T16:00:00 Indian/Reunion"]);
        assert_eq!(far.events[0].times.starts_at, Timestamp::from_millis(one.times.starts_at.as_millis() - 3_600_000));
    }

    #[test]
    fn a_recurrence_keeps_the_hour_leaves_out_what_it_says_and_is_bounded() {
        let weekly = format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;TZID=Europe/Paris:20270402T140000\r\n");
        let reading = calendar(&event(&weekly));
        // The clocks change on 28 March.
        assert_eq!(starts(&reading), ["2027-03-26T14:00:00 Europe/Paris", "2027-04-09T14:00:00 Europe/Paris"]);
        assert_ne!(reading.events[0].key, reading.events[1].key);
        let endless = calendar(&event(&format!("{TIMES}RRULE:FREQ=DAILY\r\n")));
        assert_eq!(endless.events.len(), MAX_EVENTS);
        assert_eq!(endless.skipped, [("Réunion, puis atelier".to_owned(), SkipReason::TooMany)]);
        let never = calendar(&event(&format!("{TIMES}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")));
        assert!(never.events.len() <= 1);
    }

    #[test]
    fn an_occurrence_keeps_its_key_when_it_moves_and_one_that_is_cancelled_is_left_out() {
        let keys = |reading: &Reading| reading.events.iter().map(|event| event.key.clone()).collect::<Vec<_>>();
        let one = calendar(&event(TIMES));
        assert_eq!(keys(&one), ["1"]);
        assert_eq!(keys(&calendar(&event(&TIMES.replace("20270326", "20270329")))), ["1"]);
        let weekly = event(&format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=3\r\n"));
        assert_eq!(keys(&calendar(&weekly)), ["1/2027-03-26", "1/2027-04-02", "1/2027-04-09"]);
        for recurrence in [";TZID=Europe/Paris:20270402T140000", ":20270402T120000Z"] {
            // With a number of its own, as many programs write it.
            let moved = format!(
                "{weekly}BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Autre\r\nSEQUENCE:3\r\nRECURRENCE-ID{recurrence}\r\n\
                 DTSTART;TZID=Europe/Paris:20270403T100000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
            );
            let reading = calendar(&moved);
            assert_eq!(keys(&reading), ["1/2027-03-26", "1/2027-04-02", "1/2027-04-09"], "{recurrence}");
            assert_eq!(starts(&reading)[1], "2027-04-03T10:00:00 Europe/Paris");
            let cancelled = calendar(&moved.replace("SEQUENCE:3", "STATUS:CANCELLED"));
            assert_eq!(keys(&cancelled), ["1/2027-03-26", "1/2027-04-09"], "{recurrence}");
            assert_eq!(cancelled.skipped, [("Autre".to_owned(), SkipReason::Cancelled)]);
        }
    }

    #[test]
    fn what_is_not_understood_is_told_and_never_guessed() {
        let skipped =
            |lines: &str| calendar(&event(lines)).skipped.iter().map(|(_, reason)| *reason).collect::<Vec<_>>();
        assert_eq!(skipped("DTSTART;VALUE=DATE:20270326\r\n"), [SkipReason::AllDay]);
        assert_eq!(skipped(&format!("{TIMES}STATUS:CANCELLED\r\n")), [SkipReason::Cancelled]);
        assert_eq!(skipped(&format!("{TIMES}RRULE:FREQ=SECONDLY\r\n")), [SkipReason::BadRecurrence]);
        assert_eq!(
            skipped("DTSTART;TZID=Lune/Copernic:20270326T140000\r\nDURATION:PT1H\r\n"),
            [SkipReason::UnknownZone]
        );
        assert_eq!(skipped("DTSTART:20270326T140000Z\r\nDTEND:20270326T130000Z\r\n"), [SkipReason::BadTimes]);
        assert_eq!(skipped("DTSTART:20200326T140000Z\r\nDTEND:20200326T150000Z\r\n"), [SkipReason::OutOfReach]);
        let untitled = calendar(&format!("BEGIN:VEVENT\r\nUID:2\r\n{TIMES}END:VEVENT\r\n"));
        assert_eq!(untitled.skipped, [(String::new(), SkipReason::Incomplete)]);
        assert!(read("<html>", "Europe/Paris", NOW).is_err());
    }
}
