//! The version `major.minor` of the messages. An added message, an added field of a message and an added edit raise
//! `minor`; whatever is removed or changed raises `major`, which stands in the name of the subprotocol too.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The WebSocket subprotocol. Its last part is the major version.
pub const SUBPROTOCOL: &str = "parcours.board.v1";

/// The version of the messages that this program knows. The generated types of each version are kept in `versions/`, and
/// a test fails when they change without a new number.
pub const VERSION: Version = Version { major: 1, minor: 0 };

/// A version of the messages; `major.minor` as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Programs of different majors do not understand each other.
    pub major: u16,
    /// Within a major, who knows less ignores what it does not know, except edits: see [`Edit::minor`].
    ///
    /// [`Edit::minor`]: crate::model::Edit::minor
    pub minor: u16,
}

impl Version {
    /// Whether messages of the other version can be exchanged with this one.
    #[must_use]
    pub const fn speaks_with(self, other: Self) -> bool {
        self.major == other.major
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version of the messages")]
pub struct NoVersion;

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let (major, minor) = text.split_once('.').ok_or(NoVersion)?;
        let number = |text: &str| text.parse().map_err(|_| NoVersion);
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_written_and_nothing_else_is_one() {
        let version = Version { major: 1, minor: 12 };
        assert_eq!(version.to_string().parse(), Ok(version));
        assert_eq!(serde_json::to_string(&version).unwrap(), r#""1.12""#);
        for text in ["", "1", "1.", ".1", "1.0.0", "-1.0", "0123456789ab", "1.99999"] {
            assert_eq!(text.parse::<Version>(), Err(NoVersion), "{text}");
        }
    }

    #[test]
    fn minors_of_one_major_speak_with_each_other_and_the_subprotocol_names_the_major() {
        let later = Version { minor: VERSION.minor + 1, ..VERSION };
        let other = Version { major: VERSION.major + 1, ..VERSION };
        assert!(VERSION.speaks_with(later) && later.speaks_with(VERSION) && !VERSION.speaks_with(other));
        assert_eq!(SUBPROTOCOL, format!("parcours.board.v{}", VERSION.major));
    }
}
