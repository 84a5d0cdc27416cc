//! Properties, by the type of their value (RFC 5545 §3.3).

use ical::property::Property;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization;

use kernel::clock::Timestamp;

fn property(name: &str, value: String) -> Property {
    Property { name: name.to_owned(), params: None, value: Some(value) }
}

fn with_parameter(mut property: Property, name: &str, value: &str) -> Property {
    property.params.get_or_insert_default().push((name.to_owned(), vec![value.to_owned()]));
    property
}

/// A property of type TEXT (§3.3.11).
#[must_use]
pub fn text(name: &str, value: &str) -> Property {
    property(name, escaped(value))
}

/// A property that is a list of TEXT, for instance CATEGORIES.
#[must_use]
pub fn texts(name: &str, values: &[&str]) -> Property {
    property(name, values.iter().map(|value| escaped(value)).collect::<Vec<_>>().join(","))
}

/// A property of type URI (§3.3.13): nothing is escaped; what cannot stand in an address is left out.
#[must_use]
pub fn uri(name: &str, address: &str) -> Property {
    property(name, address.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect())
}

/// CONFERENCE (RFC 7986 §5.11): where to meet by video.
#[must_use]
pub fn conference(address: &str, label: &str) -> Property {
    let property = with_parameter(uri("CONFERENCE", address), "VALUE", "URI");
    let property = with_parameter(property, "FEATURE", "VIDEO");
    with_parameter(property, "LABEL", &normalised(label))
}

/// A property that is somebody with an e-mail address (§3.3.3), with more parameters: ORGANIZER, ATTENDEE.
#[must_use]
pub fn person(name: &str, (called, address): (&str, &str), parameters: &[(&str, &str)]) -> Property {
    let mut property = uri(name, &format!("mailto:{address}"));
    let called = normalised(called);
    if !called.is_empty() {
        property = with_parameter(property, "CN", &called);
    }
    parameters.iter().fold(property, |property, (name, value)| with_parameter(property, name, value))
}

/// A property that is a whole number (§3.3.8).
#[must_use]
pub fn integer(name: &str, value: i64) -> Property {
    property(name, value.to_string())
}

/// A property with a word of the standard's as its value, for instance STATUS.
#[must_use]
pub fn word(name: &str, value: &'static str) -> Property {
    property(name, value.to_owned())
}

/// A property that is a duration (§3.3.6), written as the standard does, for instance `PT1H`.
#[must_use]
pub fn duration(name: &str, value: &'static str) -> Property {
    with_parameter(word(name, value), "VALUE", "DURATION")
}

/// A property that is a duration before something (§3.8.6.3): so many minutes.
#[must_use]
pub fn before(name: &str, minutes: i64) -> Property {
    property(name, format!("-PT{}M", minutes.max(0)))
}

/// A property that is an instant: DATE-TIME in UTC (§3.3.5, form 2), to the second.
#[must_use]
pub fn instant(name: &str, at: Timestamp) -> Property {
    property(name, format!("{}Z", date_time(at.civil(&TimeZone::UTC))))
}

/// A property that is a time on the clocks of a zone (§3.3.5, form 3). The calendar must hold the zone's VTIMEZONE.
#[must_use]
pub fn zoned(name: &str, at: DateTime, zone: &str) -> Property {
    with_parameter(property(name, date_time(at)), "TZID", zone)
}

/// `20270123T140000`.
pub(super) fn date_time(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// What readers get back of a text: composed (NFC), without control characters but tabs and line ends, no blanks at
/// its ends.
#[must_use]
pub fn normalised(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let text: String = text.nfc().filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect();
    text.trim().to_owned()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in normalised(text).chars() {
        match letter {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// The text without what would end a line, and without other control characters but tabs.
pub(super) fn without_controls(text: &str) -> String {
    text.chars().filter(|letter| *letter == '\t' || !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(property: &Property) -> &str {
        property.value.as_deref().unwrap_or("")
    }

    #[test]
    fn a_text_is_escaped_and_cannot_end_its_line() {
        let property = text("SUMMARY", "Achats ; suivi, bilan\\\r\nBEGIN:VEVENT\u{0}\u{7}");
        assert_eq!(value(&property), r"Achats \; suivi\, bilan\\\nBEGIN:VEVENT");
    }

    #[test]
    fn a_text_is_composed() {
        assert_eq!(value(&text("SUMMARY", "E\u{301}lodie")), "Élodie");
    }

    #[test]
    fn the_commas_of_a_list_separate_and_those_of_its_texts_do_not() {
        assert_eq!(value(&texts("CATEGORIES", &["Atelier", "a, b"])), r"Atelier,a\, b");
    }

    #[test]
    fn an_address_is_not_escaped_and_ends_no_line() {
        assert_eq!(value(&uri("URL", "https://exemple.fr/a,b;c\r\nX:y ")), "https://exemple.fr/a,b;cX:y");
    }

    #[test]
    fn times_are_written_to_the_second() {
        let at = Timestamp::from_millis(1_800_000_000_999);
        assert_eq!(value(&instant("DTSTAMP", at)), "20270115T080000Z");
        let local = zoned("DTSTART", "2027-01-23T14:00".parse().unwrap(), "Europe/Paris");
        assert_eq!(super::super::line::unfolded(&local), "DTSTART;TZID=Europe/Paris:20270123T140000");
    }
}
