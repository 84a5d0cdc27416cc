//! What takes place at a civil time in a zone: an event, or what everybody may see of one. Pure.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Event;

/// What the words of dates and the calendars ask for.
pub trait Scheduled {
    /// The civil time at which it starts.
    fn starts_civil(&self) -> DateTime;

    /// The civil time at which it ends.
    fn ends_civil(&self) -> DateTime;

    /// The IANA name of its zone.
    fn zone(&self) -> &str;

    /// The zone of its civil times; UTC if this machine does not know the zone.
    fn time_zone(&self) -> TimeZone {
        TimeZone::get(self.zone()).unwrap_or(TimeZone::UTC)
    }
}

impl Scheduled for Event {
    fn starts_civil(&self) -> DateTime {
        Self::starts_civil(self)
    }

    fn ends_civil(&self) -> DateTime {
        Self::ends_civil(self)
    }

    fn zone(&self) -> &str {
        &self.zone
    }
}

impl<T: Scheduled> Scheduled for &T {
    fn starts_civil(&self) -> DateTime {
        T::starts_civil(self)
    }

    fn ends_civil(&self) -> DateTime {
        T::ends_civil(self)
    }

    fn zone(&self) -> &str {
        T::zone(self)
    }
}
