//! Which reminders there are, when each is due, and how long it is of use. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use kernel::clock::Timestamp;

/// A reminder of an event. The names are kept in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// Fourteen days before.
    TwoWeeks,
    /// Seven days before.
    Week,
    /// Three days before.
    ThreeDays,
    /// Two days before.
    TwoDays,
    /// The day before.
    Day,
    /// Three hours before.
    ThreeHours,
    /// One hour before.
    Hour,
    /// A quarter of an hour before.
    Quarter,
}

/// What the versions of one reminder's letters are apart, from one revision of its event to the next.
pub const REVISION: i64 = 10;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

impl Reminder {
    /// All there are, the farthest first.
    pub const ALL: [Self; 8] = [
        Self::TwoWeeks,
        Self::Week,
        Self::ThreeDays,
        Self::TwoDays,
        Self::Day,
        Self::ThreeHours,
        Self::Hour,
        Self::Quarter,
    ];

    /// Those of an event whose organisers chose none.
    pub const USUAL: [Self; 3] = [Self::Week, Self::Day, Self::Hour];

    /// Tells the letters of one revision apart; never changes.
    const fn number(self) -> i64 {
        match self {
            Self::Week => 0,
            Self::Day => 1,
            Self::Hour => 2,
            Self::TwoWeeks => 3,
            Self::ThreeDays => 4,
            Self::TwoDays => 5,
            Self::ThreeHours => 6,
            Self::Quarter => 7,
        }
    }

    /// Its name in forms and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoWeeks => "two_weeks",
            Self::Week => "week",
            Self::ThreeDays => "three_days",
            Self::TwoDays => "two_days",
            Self::Day => "day",
            Self::ThreeHours => "three_hours",
            Self::Hour => "hour",
            Self::Quarter => "quarter",
        }
    }

    /// The version of its letters for a revision of the event: a moved event is reminded of again.
    #[must_use]
    pub const fn version(self, sequence: i64) -> i64 {
        sequence * REVISION + self.number()
    }

    /// The last moment at which it is still of use: a reminder of the week before is of none when that of the day
    /// before is near.
    #[must_use]
    pub fn useful_until(self, starts_at: Timestamp) -> Timestamp {
        let before = match self {
            Self::TwoWeeks => 8 * DAY,
            Self::Week => 2 * DAY,
            Self::ThreeDays => 36 * HOUR,
            Self::TwoDays => 26 * HOUR,
            Self::Day => 3 * HOUR,
            Self::ThreeHours => 65 * 60,
            Self::Hour => 5 * 60,
            Self::Quarter => 60,
        };
        starts_at - Duration::from_secs(before)
    }

    /// Civil days and seconds before the start, on the clocks of the event's zone.
    #[must_use]
    pub const fn before(self) -> (i64, u64) {
        match self {
            Self::TwoWeeks => (14, 0),
            Self::Week => (7, 0),
            Self::ThreeDays => (3, 0),
            Self::TwoDays => (2, 0),
            Self::Day => (1, 0),
            Self::ThreeHours => (0, 3 * HOUR),
            Self::Hour => (0, HOUR),
            Self::Quarter => (0, HOUR / 4),
        }
    }

    /// Whether it counts in days.
    #[must_use]
    pub const fn is_of_days(self) -> bool {
        self.before().0 > 0
    }
}
