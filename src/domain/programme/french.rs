//! Dates and times as French writes them: « mardi 23 janvier 2027 », « 14 h 00 ».

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

/// The day of the month: « 1er », « 2 »…
#[must_use]
pub fn day_of_month(time: DateTime) -> String {
    if time.day() == 1 { "1er".to_owned() } else { time.day().to_string() }
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

/// « 14 h 00 », with no-break spaces.
#[must_use]
pub fn hour(time: DateTime) -> String {
    format!("{}\u{a0}h\u{a0}{:02}", time.hour(), time.minute())
}

/// « 14 h 00 – 16 h 30 » of an event, on the clocks of its zone.
#[must_use]
pub fn hours(event: &impl Scheduled) -> String {
    format!("{} – {}", hour(event.starts_civil()), hour(event.ends_civil()))
}

/// « mardi 23 janvier 2027 à 14 h 00 » of an instant, on the clocks of the event's zone.
#[must_use]
pub fn moment(instant: Timestamp, event: &impl Scheduled) -> String {
    let civil = instant.civil(&event.time_zone());
    format!("{} à {}", date(civil), hour(civil))
}

/// « mardi 26 janvier 2027, 14 h 00 – 16 h 30, heure de Paris » of an event.
#[must_use]
pub fn when(event: &impl Scheduled) -> String {
    format!("{}, {}, {}", date(event.starts_civil()), hours(event), zone_label(event))
}

/// « heure de Paris », or the zone's own name elsewhere.
#[must_use]
pub fn zone_label(event: &impl Scheduled) -> String {
    match event.zone().rsplit_once('/') {
        Some((_, city)) => format!("heure de {}", city.replace('_', " ")),
        None => event.zone().to_owned(),
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

    #[test]
    fn a_date_reads_as_french_writes_it() {
        let time: DateTime = "2027-01-26T14:05".parse().unwrap();
        assert_eq!(date(time), "mardi 26 janvier 2027");
        assert_eq!(hour(time), "14\u{a0}h\u{a0}05");
        assert_eq!(date("2027-07-01T00:00".parse().unwrap()), "jeudi 1er juillet 2027");
    }
}
