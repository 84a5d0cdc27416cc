//! Dates and times as French writes them: « mardi 23 janvier 2027 », « 14 h – 16 h 30 ». Every page, letter and calendar takes
//! them from here.

use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};

use super::{EventKind, PublicEvent, Scheduled};
use kernel::clock::Timestamp;

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

/// The name of the month.
#[must_use]
pub fn month(time: DateTime) -> &'static str {
    usize::try_from(time.month()).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).copied().unwrap_or("")
}

/// The day of the month: « 1ᵉʳ », « 2 »…
#[must_use]
pub fn day_of_month(time: DateTime) -> String {
    if time.day() == 1 { "1ᵉʳ".to_owned() } else { time.day().to_string() }
}

/// « mardi 23 janvier 2027 ».
#[must_use]
pub fn date(time: DateTime) -> String {
    format!("{} {}", weekday(time.date().weekday()), day(time))
}

/// « 23 janvier 2027 ».
#[must_use]
pub fn day(time: DateTime) -> String {
    format!("{} {} {}", day_of_month(time), month(time), time.year())
}

/// « 14 h », « 16 h 30 », with no-break spaces.
#[must_use]
pub fn hour(time: DateTime) -> String {
    match time.minute() {
        0 => format!("{}\u{a0}h", time.hour()),
        minute => format!("{}\u{a0}h\u{a0}{minute:02}", time.hour()),
    }
}

/// The last day of what takes place between two moments, when it is another day than the first. Midnight belongs to the day
/// that it ends.
fn last_day(starts: DateTime, ends: DateTime) -> Option<DateTime> {
    let last = ends.checked_sub(1.nanosecond()).unwrap_or(ends);
    (last.date() > starts.date()).then_some(last)
}

/// « mardi 23 janvier 2027 », or « du mardi 23 janvier au mercredi 24 janvier 2027 ».
#[must_use]
pub fn dates_between(starts: DateTime, ends: DateTime) -> String {
    let Some(last) = last_day(starts, ends) else { return date(starts) };
    let year = if starts.year() == last.year() { String::new() } else { format!(" {}", starts.year()) };
    let first = format!("{} {} {}{year}", weekday(starts.date().weekday()), day_of_month(starts), month(starts));
    format!("du {first} au {}", date(last))
}

/// « 14 h – 16 h 30 », on one line; over several days « début à 14 h, fin à 16 h 30 ».
#[must_use]
pub fn hours_between(starts: DateTime, ends: DateTime) -> String {
    match last_day(starts, ends) {
        // A line could end after a dash, but for the word joiner.
        None => format!("{}\u{a0}–\u{2060}\u{a0}{}", hour(starts), hour(ends)),
        Some(_) => format!("début à {}, fin à {}", hour(starts), hour(ends)),
    }
}

/// The day of an event, or its first and its last one.
#[must_use]
pub fn dates(event: &impl Scheduled) -> String {
    dates_between(event.starts_civil(), event.ends_civil())
}

/// The hours of an event, on the clocks of its zone.
#[must_use]
pub fn hours(event: &impl Scheduled) -> String {
    hours_between(event.starts_civil(), event.ends_civil())
}

/// « mardi 23 janvier 2027 à 14 h » of an instant, on the clocks of the event's zone.
#[must_use]
pub fn moment(instant: Timestamp, event: &impl Scheduled) -> String {
    let civil = instant.civil(&event.time_zone());
    format!("{} à {}", date(civil), hour(civil))
}

/// « mardi 26 janvier 2027, 14 h – 16 h 30, heure de Paris » of an event.
#[must_use]
pub fn when(event: &impl Scheduled) -> String {
    format!("{}, {}, {}", dates(event), hours(event), zone_label(event))
}

/// « heure de Paris », or the zone's own name elsewhere.
#[must_use]
pub fn zone_label(event: &impl Scheduled) -> String {
    zone_name(event.zone())
}

/// The same of a zone by its name in the database.
#[must_use]
pub fn zone_name(zone: &str) -> String {
    match zone.rsplit_once('/') {
        Some((_, city)) => format!("heure de {}", city.replace('_', " ")),
        None => zone.to_owned(),
    }
}

/// What an event is called in lists and calendars.
#[must_use]
pub fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Webinar => "Webinaire",
        EventKind::Workshop => "Atelier participatif",
    }
}

/// What calendars call a video meeting.
pub const VIDEO: &str = "Visioconférence";

/// The title of a cancelled event in calendars, where not every app shows its state.
#[must_use]
pub fn cancelled(title: &str) -> String {
    format!("Annulé\u{a0}: {title}")
}

/// What calendars say about an event: `note` first, if there is one; the links again, since not every app shows them. `video`
/// is the address by which the reader joins its video meeting.
#[must_use]
pub fn calendar_description(event: &PublicEvent, url: &str, (note, video): (&str, Option<&str>)) -> String {
    let agenda = event.agenda.iter().map(|item| format!("– {item}")).collect::<Vec<_>>().join("\n");
    let video = video.map(|url| format!("{VIDEO}\u{a0}: {url}")).unwrap_or_default();
    let page = format!("Programme et inscription\u{a0}: {url}");
    let parts = [note, &event.summary, &agenda, &video, &page];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime {
        time.parse().unwrap()
    }

    #[test]
    fn a_date_reads_as_french_writes_it() {
        assert_eq!(date(at("2027-01-26T14:05")), "mardi 26 janvier 2027");
        assert_eq!(date(at("2027-07-01T00:00")), "jeudi 1ᵉʳ juillet 2027");
        assert_eq!(hour(at("2027-01-26T14:05")), "14\u{a0}h\u{a0}05");
        assert_eq!(hour(at("2027-01-26T14:00")), "14\u{a0}h");
        let hours = hours_between(at("2027-01-26T14:00"), at("2027-01-26T16:30"));
        assert_eq!(hours, "14\u{a0}h\u{a0}–\u{2060}\u{a0}16\u{a0}h\u{a0}30", "no line ends within");
    }

    #[test]
    fn what_lasts_several_days_names_its_last_one() {
        let (starts, ends) = (at("2027-06-29T14:00"), at("2027-07-01T12:30"));
        assert_eq!(dates_between(starts, ends), "du mardi 29 juin au jeudi 1ᵉʳ juillet 2027");
        assert_eq!(hours_between(starts, ends), "début à 14\u{a0}h, fin à 12\u{a0}h\u{a0}30");
        let (starts, ends) = (at("2026-12-31T14:00"), at("2027-01-01T12:00"));
        assert_eq!(dates_between(starts, ends), "du jeudi 31 décembre 2026 au vendredi 1ᵉʳ janvier 2027");
        let midnight = at("2027-06-30T00:00");
        assert_eq!(dates_between(at("2027-06-29T20:00"), midnight), "mardi 29 juin 2027");
    }
}
