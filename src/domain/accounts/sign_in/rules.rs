//! What a sign-in link asks of the browser that opens it.

use std::fmt;
use std::time::Duration;

use super::Link;

/// A sign-in link works for 20 minutes, once.
pub const SIGN_IN_LASTS: Duration = Duration::from_secs(20 * 60);

/// Wrong codes that a link takes: the last one ends it. Whoever has the letter and not the browser guesses the code of one link
/// in 200,000.
pub const MAX_WRONG_CODES: i64 = 5;

/// Six digits, which the browser that asked for a link shows, for use in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInCode(pub(super) u32);

impl SignInCode {
    /// A code as somebody typed it, with blanks or without.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let is_code = digits.len() == 6 && digits.chars().all(|sign| sign.is_ascii_digit());
        digits.parse().ok().filter(|_| is_code).map(Self)
    }
}

/// In two groups, to be read out and typed.
impl fmt::Display for SignInCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:03}\u{a0}{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// Why a link does not sign in by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is opened in another browser, without the code of the one that asked.
    NoCode,
    /// The code is another one.
    WrongCode,
}

impl Link {
    /// Whether the browser whose hash this is asked for the link.
    pub(super) fn is_asked_by(&self, browser: Option<&[u8]>) -> bool {
        match &self.browser_hash {
            Some(asking) => browser == Some(asking.as_slice()),
            // A link of before browsers were told apart: it works for 20 minutes.
            None => true,
        }
    }

    /// Decides on signing in, in the browser whose hash this is, with a typed code whose hash this is.
    pub(super) fn admit(&self, browser: Option<&[u8]>, code: Option<&[u8]>) -> Result<(), Refused> {
        match code {
            _ if self.is_asked_by(browser) => Ok(()),
            None => Err(Refused::NoCode),
            Some(_) if code == self.code_hash.as_deref() => Ok(()),
            Some(_) => Err(Refused::WrongCode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;
    use kernel::id::{PersonId, SignInId};

    fn link() -> Link {
        let now = Timestamp::from_millis(0);
        let (browser_hash, code_hash) = (Some(vec![1]), Some(vec![2]));
        Link { id: SignInId::new(now), person_id: PersonId::new(now), browser_hash, code_hash }
    }

    #[test]
    fn a_link_needs_the_browser_that_asked_for_it_or_its_code() {
        assert_eq!(link().admit(Some(&[1]), None), Ok(()));
        assert_eq!(link().admit(Some(&[1]), Some(&[9])), Ok(()));
        assert_eq!(link().admit(None, Some(&[2])), Ok(()));
        assert_eq!(link().admit(Some(&[9]), Some(&[2])), Ok(()));
        for browser in [None, Some(&[9][..])] {
            assert_eq!(link().admit(browser, None), Err(Refused::NoCode));
            assert_eq!(link().admit(browser, Some(&[9])), Err(Refused::WrongCode));
        }
    }

    #[test]
    fn a_link_with_a_browser_and_no_code_opens_nowhere_else() {
        let link = Link { code_hash: None, ..link() };
        assert_eq!(link.admit(None, None), Err(Refused::NoCode));
        assert_eq!(link.admit(None, Some(&[2])), Err(Refused::WrongCode));
    }

    #[test]
    fn a_code_is_read_with_blanks_and_shown_in_two_groups() {
        for typed in ["012345", " 012 345 ", "012\u{a0}345"] {
            assert_eq!(SignInCode::parse(typed), Some(SignInCode(12_345)), "{typed}");
        }
        for wrong in ["", "12345", "1234567", "12345a", "+12345", "-12345", "１２３４５６"] {
            assert_eq!(SignInCode::parse(wrong), None, "{wrong}");
        }
        assert_eq!(SignInCode(12_345).to_string(), "012\u{a0}345");
    }
}
