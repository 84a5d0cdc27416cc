//! Time: the one place that reads the current time, and the instants everything else is told.
//!
//! An instant is kept as milliseconds since 1970 (a `bigint` column). A future meeting is a civil
//! date-time in a zone; its instant is derived, so that it survives a change of the zone's rules.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An instant, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant that many milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The same instant in jiff's terms; far-out values are clamped to what jiff can express.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// The civil date-time on the clocks of `zone`.
    #[must_use]
    pub fn civil(self, zone: &TimeZone) -> DateTime {
        zone.to_datetime(self.to_jiff())
    }

    /// The instant at which the clocks of `zone` show `civil`. A time that a change to summer
    /// time skips moves forward; one that occurs twice is its first occurrence (RFC 5545 §3.3.5).
    ///
    /// # Errors
    ///
    /// When the instant lies outside years −9999 to 9999.
    pub fn from_civil(civil: DateTime, zone: &TimeZone) -> Result<Self, jiff::Error> {
        Ok(Self(zone.to_timestamp(civil)?.as_millisecond()))
    }

    /// What the clocks of `zone` really show at the time that [`from_civil`](Self::from_civil) makes of `civil`, and whether that
    /// is another time, or one of two.
    ///
    /// # Errors
    ///
    /// When the instant lies outside years −9999 to 9999.
    pub fn on_clocks(civil: DateTime, zone: &TimeZone) -> Result<ClockTime, jiff::Error> {
        let at = Self::from_civil(civil, zone)?;
        let civil = civil.with().subsec_nanosecond(civil.subsec_nanosecond() / 1_000_000 * 1_000_000).build()?;
        let shown = at.civil(zone);
        let change = if shown != civil {
            Some(ClockChange::Skipped)
        } else {
            zone.to_ambiguous_timestamp(civil).is_ambiguous().then_some(ClockChange::Twice)
        };
        Ok(ClockTime { civil: shown, at, change })
    }

    /// How long after `earlier` this is; zero if it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// A time that somebody chose, as the clocks of a zone show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockTime {
    /// What the clocks show.
    pub civil: DateTime,
    /// When.
    pub at: Timestamp,
    /// What a change of the clocks did to the choice, if one did.
    pub change: Option<ClockChange>,
}

/// What a change of the clocks does to a time that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChange {
    /// The clocks never show it: they show a later time.
    Skipped,
    /// They show it twice: the first is meant.
    Twice,
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(out)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, after: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, before: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(before.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Stored as `bigint` on both engines.
#[cfg(feature = "sqlx")]
mod stored {
    use super::Timestamp;
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::{Database, Decode, Encode, Type};

    impl<DB: Database> Type<DB> for Timestamp
    where
        i64: Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            <i64 as Type<DB>>::type_info()
        }
        fn compatible(info: &DB::TypeInfo) -> bool {
            <i64 as Type<DB>>::compatible(info)
        }
    }

    impl<'q, DB: Database> Encode<'q, DB> for Timestamp
    where
        i64: Encode<'q, DB>,
    {
        fn encode_by_ref(&self, buffer: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            self.0.encode_by_ref(buffer)
        }
    }

    impl<'r, DB: Database> Decode<'r, DB> for Timestamp
    where
        i64: Decode<'r, DB>,
    {
        fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
            i64::decode(value).map(Self)
        }
    }
}

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `start` until it is advanced.
    #[must_use]
    pub fn set(start: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(start.0)))
    }

    /// The current instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Self::Set(millis) => Timestamp(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock forward; does nothing to the machine's.
    pub fn advance(&self, by: Duration) {
        if let Self::Set(millis) = self {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

/// Serializes an instant as text, RFC 3339: for people who take their data away.
///
/// # Errors
///
/// The serializer's own.
pub fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Serializes an instant, or none, as [`as_text`] does.
///
/// # Errors
///
/// The serializer's own.
pub fn as_optional_text<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&at.map(|at| at.to_string()), serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_what_they_show_and_one_they_show_twice_is_the_first() {
        let chosen = |text: &str| Timestamp::on_clocks(text.parse().unwrap(), &paris()).unwrap();
        let skipped = chosen("2027-03-28T02:30");
        assert_eq!(
            (skipped.civil.to_string().as_str(), skipped.change),
            ("2027-03-28T03:30:00", Some(ClockChange::Skipped))
        );
        let twice = chosen("2027-10-31T02:30");
        assert_eq!((twice.civil.to_string().as_str(), twice.change), ("2027-10-31T02:30:00", Some(ClockChange::Twice)));
        assert_eq!(twice.at.to_string(), "2027-10-31T00:30:00Z");
        for (text, at) in
            [("2027-03-28T03:00", "2027-03-28T01:00:00Z"), ("2027-03-28T01:59:59", "2027-03-28T00:59:59Z")]
        {
            assert_eq!((chosen(text).at.to_string().as_str(), chosen(text).change), (at, None));
        }
    }

    #[test]
    fn ten_in_paris_is_nine_utc_in_winter_and_eight_in_summer() {
        let winter = Timestamp::from_civil("2026-12-07T10:00".parse().unwrap(), &paris()).unwrap();
        let summer = Timestamp::from_civil("2027-06-11T10:00".parse().unwrap(), &paris()).unwrap();
        assert_eq!(winter.to_string(), "2026-12-07T09:00:00Z");
        assert_eq!(summer.to_string(), "2027-06-11T08:00:00Z");
        assert_eq!(winter.civil(&paris()).to_string(), "2026-12-07T10:00:00");
    }

    #[test]
    fn a_set_clock_moves_only_when_told() {
        let clock = Clock::set(Timestamp::from_millis(5));
        clock.advance(Duration::from_millis(7));
        assert_eq!(clock.now(), Timestamp::from_millis(12));
    }
}
