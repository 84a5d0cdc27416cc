//! SIRET numbers. Pure.

use std::fmt;

/// The SIREN of La Poste, whose many SIRETs were given without Luhn's check digit.
const LA_POSTE: &str = "356000000";

/// The number of an establishment: 14 digits of which the last checks the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct Siret(String);

impl Siret {
    /// A SIRET as people write it, blanks allowed; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '.').collect();
        let is_number = digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_checked = || luhn(&digits) || (digits.starts_with(LA_POSTE) && sum(&digits).is_multiple_of(5));
        (is_number && is_checked()).then_some(Self(digits))
    }

    /// Its 14 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn digits(number: &str) -> impl DoubleEndedIterator<Item = u32> {
    number.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')))
}

fn sum(number: &str) -> u32 {
    digits(number).sum()
}

/// Luhn's check: every second digit from the right counts double, digit by digit.
fn luhn(number: &str) -> bool {
    let weighted = digits(number).rev().enumerate().map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    });
    weighted.sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_is_fourteen_digits_that_check() {
        assert_eq!(Siret::parse("213 300 635 00017").unwrap().as_str(), "21330063500017", "the city of Bordeaux");
        for not_one in ["", "21330063500018", "2133006350001", "213300635000170", "2133006350001a", "12031503300017"] {
            assert!(Siret::parse(not_one).is_none(), "{not_one}");
        }
    }

    #[test]
    fn la_poste_is_an_exception_and_nobody_else_is() {
        assert!(Siret::parse("35600000000048").is_some(), "its seat checks as all do");
        let branch = "35600000049837";
        assert!(!luhn(branch) && sum(branch).is_multiple_of(5));
        assert!(Siret::parse(branch).is_some());
        assert!(Siret::parse("35600000049838").is_none());
        assert!(Siret::parse("21330063500002").is_none(), "a sum divisible by five is not enough for others");
    }
}
