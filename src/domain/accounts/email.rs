//! E-mail addresses.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use kernel::text::visible_line;

/// An e-mail address, in lower case, its domain in ASCII (IDNA, RFC 5890), of at most 254 characters (RFC 5321 §4.5.3.1.3): however
/// one and the same address is written, it is one value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct EmailAddress(String);

/// Why a text is no address that a letter of ours can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailAddressError {
    /// It is none.
    NotAnAddress,
    /// It has letters beyond ASCII before the `@`: only mail servers that speak SMTPUTF8 (RFC 6531) take letters to it.
    NeedsSmtpUtf8,
}

impl EmailAddress {
    /// An address as somebody typed it, or `None` when it cannot be one. Whether it exists is known only by
    /// writing to it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// The same, with what is wrong.
    ///
    /// # Errors
    ///
    /// See [`EmailAddressError`].
    pub fn read(text: &str) -> Result<Self, EmailAddressError> {
        let typed = visible_line(text).to_lowercase();
        let (local, domain) = typed.rsplit_once('@').ok_or(EmailAddressError::NotAnAddress)?;
        let domain = ascii(domain).ok_or(EmailAddressError::NotAnAddress)?;
        let address = format!("{local}@{domain}");
        let domain_is_public = domain.contains('.') && !domain.starts_with('[');
        let is_good = address.len() <= 254 && domain_is_public && address.parse::<lettre::Address>().is_ok();
        match is_good {
            true if address.is_ascii() => Ok(Self(address)),
            true => Err(EmailAddressError::NeedsSmtpUtf8),
            false => Err(EmailAddressError::NotAnAddress),
        }
    }

    /// The address as people read it: a domain with accents in its letters. A domain in letters of several alphabets, or of one
    /// that could be taken for ours, stays in ASCII.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        if !self.domain().contains("xn--") {
            return Cow::Borrowed(&self.0);
        }
        let (domain, read) = idna::domain_to_unicode(self.domain());
        // The letters of French and its neighbours; others look like them, a dotless i among them.
        let is_plain = |letter: char| letter.is_ascii() || matches!(letter, 'ß'..='ö' | 'ø'..='ÿ' | 'œ');
        let is_plain = domain.chars().all(is_plain);
        if read.is_ok() && is_plain {
            Cow::Owned(format!("{}@{domain}", self.local_part()))
        } else {
            Cow::Borrowed(&self.0)
        }
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

/// A domain in ASCII; `None` when it is none.
fn ascii(domain: &str) -> Option<String> {
    if domain.is_ascii() {
        return Some(domain.to_owned());
    }
    idna::domain_to_ascii(domain).ok().filter(|domain| !domain.is_empty())
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
    fn one_address_is_one_however_its_domain_and_what_nobody_sees_are_written() {
        for (typed, kept) in [
            ("ada@exemple.fr\u{200b}", "ada@exemple.fr"),
            ("\u{feff}ada@ex\u{ad}emple.fr\u{a0}", "ada@exemple.fr"),
            ("\u{202a}ada@exemple.fr\u{202c}", "ada@exemple.fr"),
            ("ada@école-exemple.fr", "ada@xn--cole-exemple-9db.fr"),
            ("ADA@ÉCOLE-exemple.fr", "ada@xn--cole-exemple-9db.fr"),
            ("ada@e\u{301}cole-exemple.fr", "ada@xn--cole-exemple-9db.fr"),
            ("ada@xn--cole-exemple-9db.fr", "ada@xn--cole-exemple-9db.fr"),
        ] {
            assert_eq!(EmailAddress::parse(typed).map(|it| it.to_string()).as_deref(), Some(kept), "{typed:?}");
        }
        let shown = |address: &str| EmailAddress::parse(address).unwrap().shown().into_owned();
        assert_eq!(shown("ada@école-exemple.fr"), "ada@école-exemple.fr");
        assert_eq!(shown("ada@exemple.fr"), "ada@exemple.fr");
        assert_eq!(
            shown("ada@\u{430}\u{440}\u{440}\u{4cf}\u{435}.com"),
            "ada@xn--80ak6aa92e.com",
            "looks like another"
        );
    }

    #[test]
    fn a_domain_that_could_be_taken_for_another_stays_in_ascii() {
        let dotless = EmailAddress::parse("ada@gma\u{131}l.com").unwrap();
        assert_eq!(dotless.shown(), "ada@xn--gmal-nza.com");
    }

    #[test]
    fn accents_before_the_at_need_what_our_letters_have_not() {
        assert_eq!(EmailAddress::read("élodie@exemple.fr"), Err(EmailAddressError::NeedsSmtpUtf8));
        assert_eq!(EmailAddress::read("é lodie@exemple.fr"), Err(EmailAddressError::NotAnAddress));
        assert_eq!(EmailAddress::read("ada@\u{2800}.fr"), Err(EmailAddressError::NotAnAddress));
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
