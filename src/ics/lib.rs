//! iCalendar (RFC 5545): a small writer over the `ical` crate's model. It alone knows about bytes, and it knows no
//! feature: feeds and letters build an [`IcalCalendar`] with the functions of [`value`] and [`zone`], and [`write()`] it.
//!
//! The crate's own generator is not used: it escapes nothing, panics on some accents and folds by characters.

mod line;
pub mod value;
pub mod zone;

pub use ical::parser::ical::component::{IcalAlarm, IcalCalendar, IcalEvent, IcalTimeZone, IcalTimeZoneTransition};
pub use ical::property::Property;

use ical::parser::ical::component::IcalTimeZoneTransitionType;

/// The text of a calendar: CRLF after every line, at most 75 octets in one (RFC 5545 §3.1), zones before events.
///
/// The same calendar makes the same text. To-dos, journals and free-busy times are not written.
#[must_use]
pub fn write(calendar: &IcalCalendar) -> String {
    let mut out = String::with_capacity(1024 + 1024 * calendar.events.len());
    component(&mut out, "VCALENDAR", &calendar.properties, |out| {
        for zone in &calendar.timezones {
            component(out, "VTIMEZONE", &zone.properties, |out| observances(out, &zone.transitions));
        }
        for event in &calendar.events {
            component(out, "VEVENT", &event.properties, |out| alarms(out, &event.alarms));
        }
    });
    out
}

/// The same text with each of its lines changed, and folded anew (RFC 5545 §3.1).
#[must_use]
pub fn map_lines(text: &str, change: impl Fn(&str) -> String) -> String {
    let unfolded = text.replace("\r\n ", "");
    let mut out = String::with_capacity(text.len() + 128);
    for line in unfolded.split_terminator("\r\n") {
        line::push_folded(&mut out, &change(line));
    }
    out
}

fn alarms(out: &mut String, alarms: &[IcalAlarm]) {
    for alarm in alarms {
        component(out, "VALARM", &alarm.properties, |_| {});
    }
}

fn observances(out: &mut String, observances: &[IcalTimeZoneTransition]) {
    for observance in observances {
        let name = match observance.transition {
            IcalTimeZoneTransitionType::STANDARD => "STANDARD",
            IcalTimeZoneTransitionType::DAYLIGHT => "DAYLIGHT",
        };
        component(out, name, &observance.properties, |_| {});
    }
}

fn component(out: &mut String, name: &str, properties: &[Property], inside: impl FnOnce(&mut String)) {
    line::push_folded(out, &format!("BEGIN:{name}"));
    for property in properties {
        line::push_folded(out, &line::unfolded(property));
    }
    inside(out);
    line::push_folded(out, &format!("END:{name}"));
}

#[cfg(test)]
mod tests {
    use super::value::text;
    use super::*;

    #[test]
    fn a_text_whose_lines_stay_is_the_same_text_and_a_longer_line_is_folded_anew() {
        let event = IcalEvent { properties: vec![text("SUMMARY", &"é, è; ".repeat(40))], ..IcalEvent::default() };
        let written = write(&IcalCalendar { events: vec![event], ..IcalCalendar::default() });
        assert_eq!(map_lines(&written, str::to_owned), written);
        let longer = map_lines(&written, |line| line.replace("SUMMARY:", &format!("SUMMARY:{}", "a".repeat(200))));
        assert!(longer.split("\r\n").all(|line| line.len() <= 75) && longer.ends_with("\r\n"), "{longer}");
        let unfolded = |text: &str| text.replace("\r\n ", "");
        assert_eq!(unfolded(&longer), unfolded(&written).replace("SUMMARY:", &format!("SUMMARY:{}", "a".repeat(200))));
    }
}
