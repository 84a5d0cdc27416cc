//! Calendars as another reader (calcard) understands them.

use calcard::common::IanaString;
use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarProperty, ICalendarValue};

/// The calendar that a text holds.
pub fn read(text: &str) -> ICalendar {
    ICalendar::parse(text).unwrap_or_else(|error| panic!("{error:?} in\n{text}"))
}

/// A property of an event or of the calendar, as text.
pub fn property(component: &ICalendarComponent, name: ICalendarProperty) -> String {
    match &component.property(&name).unwrap_or_else(|| panic!("no {name:?}")).values[0] {
        ICalendarValue::Integer(number) => number.to_string(),
        ICalendarValue::PartialDateTime(at) => at.to_rfc3339().unwrap(),
        ICalendarValue::Status(status) => status.as_str().to_owned(),
        ICalendarValue::Method(method) => method.as_str().to_owned(),
        value => value.as_text().unwrap_or_else(|| panic!("{value:?}")).to_owned(),
    }
}
