//! E-mail addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An e-mail address, in lower case, of at most 254 characters (RFC 5321 §4.5.3.1.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// An address as somebody typed it, or `None` when it cannot be one. Whether it exists is known only by
    /// writing to it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let address = text.trim().to_lowercase();
        let (_, domain) = address.rsplit_once('@')?;
        let domain_is_public = domain.contains('.') && !domain.starts_with('[');
        let good = address.len() <= 254 && domain_is_public && address.parse::<lettre::Address>().is_ok();
        good.then_some(Self(address))
    }

    /// The text of the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case_without_the_blanks_around_it() {
        assert_eq!(
            EmailAddress::parse("  Ada.Lovelace+spaser@Exemple.FR ").unwrap().as_str(),
            "ada.lovelace+spaser@exemple.fr"
        );
    }

    #[test]
    fn what_no_letter_could_reach_is_refused() {
        for not_one in [
            "",
            "ada",
            "ada@",
            "@exemple.fr",
            "ada@localhost",
            "a b@exemple.fr",
            "ada@exemple.fr\r\nBcc: x@y.fr",
            "ada@[127.0.0.1]",
        ] {
            assert!(EmailAddress::parse(not_one).is_none(), "{not_one}");
        }
        assert!(EmailAddress::parse(&format!("{}@exemple.fr", "a".repeat(250))).is_none());
    }
}
