//! The RFC 5545 writer against any text, read back by other people's parsers.

use std::io::BufReader;

use calcard::icalendar::{ICalendar, ICalendarParameterName, ICalendarProperty};
use ical::IcalParser;
use ical::parser::Component;
use ics::value::{conference, normalised, person, text, texts, uri};
use ics::{IcalCalendar, IcalEvent, write};
use proptest::prelude::*;

/// Texts as people write and attackers try.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Zéèçœ ]{1,30}",
        "\\PC{0,20}",
        any::<char>().prop_map(String::from),
        prop::sample::select(vec![
            "\\",
            ";",
            ",",
            ":",
            "\"",
            "\r\n",
            "\n",
            "\r",
            "\t",
            "  ",
            "\u{a0}",
            "\u{202f}",
            "\u{2028}",
            "\u{85}",
            "👩🏽‍🏫",
            "E\u{301}",
            "\\n",
            "\\N",
            "^n",
            "BEGIN:VEVENT",
            "\r\nATTENDEE:mailto:eve@exemple.fr",
            "END:VEVENT",
        ])
        .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn written(properties: Vec<ics::Property>) -> String {
    let event = IcalEvent { properties, ..IcalEvent::default() };
    write(&IcalCalendar { events: vec![event], ..IcalCalendar::default() })
}

proptest! {
    #[test]
    fn any_text_in_any_field_is_read_back_and_adds_nothing(
        title in any_text(), description in any_text(), place in any_text(), category in any_text(), label in any_text(),
    ) {
        let bytes = written(vec![
            text("SUMMARY", &title),
            text("DESCRIPTION", &description),
            text("LOCATION", &place),
            texts("CATEGORIES", &[&category, "Atelier"]),
            conference("https://exemple.fr/a,b;c", &label),
            person("ORGANIZER", (&label, "a@exemple.fr"), &[("ROLE", "CHAIR")]),
        ]);
        prop_assert!(bytes.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{bytes}");
        let calendar = ICalendar::parse(&bytes).unwrap();
        let event = calendar.components.iter().find(|component| component.component_type.is_event()).unwrap();
        prop_assert_eq!(event.entries.len(), 6, "{}", bytes);
        let read = |name: ICalendarProperty| {
            let values = &event.property(&name).unwrap().values;
            values.iter().map(|value| value.as_text().unwrap_or_default()).collect::<Vec<_>>()
        };
        let first = |name| read(name).first().map(|text| (*text).to_owned()).unwrap_or_default();
        prop_assert_eq!(first(ICalendarProperty::Summary), normalised(&title), "{}", bytes);
        prop_assert_eq!(first(ICalendarProperty::Description), normalised(&description), "{}", bytes);
        prop_assert_eq!(first(ICalendarProperty::Location), normalised(&place), "{}", bytes);
        prop_assert_eq!(read(ICalendarProperty::Categories).last().copied(), Some("Atelier"), "{}", bytes);
        let video = event.property(&ICalendarProperty::Conference).unwrap();
        prop_assert_eq!(video.values[0].as_text(), Some("https://exemple.fr/a,b;c"), "{}", bytes);
        let organiser = event.property(&ICalendarProperty::Organizer).unwrap();
        prop_assert_eq!(organiser.values[0].as_text(), Some("mailto:a@exemple.fr"), "{}", bytes);
        prop_assert!(organiser.parameter(&ICalendarParameterName::Role).is_some(), "{}", bytes);
        prop_assert!(video.parameter(&ICalendarParameterName::Label).is_some() || normalised(&label).is_empty());
    }

    #[test]
    fn the_old_parser_reads_our_lines_without_loss(title in any_text(), address in "[ -~]{0,200}") {
        // It takes colons at the start of a value for part of the mark before it.
        let title = title.trim_start_matches([':', ' ', '\t', '\r', '\n']).to_owned();
        prop_assume!(!normalised(&title).starts_with(':'));
        let address = format!("https://exemple.fr/{address}");
        let (summary, url) = (text("SUMMARY", &title), uri("URL", &address));
        let bytes = written(vec![summary.clone(), url.clone()]);
        let calendar = IcalParser::new(BufReader::new(bytes.as_bytes())).next().unwrap().unwrap();
        let event = &calendar.events[0];
        prop_assert_eq!(event.properties.len(), 2);
        let value = |name: &str| event.get_property(name).and_then(|property| property.value.clone()).unwrap_or_default();
        prop_assert_eq!(value("SUMMARY"), summary.value.unwrap_or_default(), "{}", bytes);
        prop_assert_eq!(value("URL"), url.value.unwrap_or_default(), "{}", bytes);
    }
}
