//! The short code of a board, which a room reads from a screen and types on telephones. It lets nobody in: whoever
//! follows it signs in and needs a seat.

use uuid::Uuid;

/// Nothing that looks like another sign, and no vowel, so that no code is a word.
const SIGNS: &[u8] = b"23456789bcdfghjkmnpqrstvwxz";
/// Signs of a code: 387 million codes, so that a slip of the finger leads nowhere rather than to another board.
const LENGTH: usize = 6;

/// A short code.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct BoardCode(String);

impl BoardCode {
    /// A new one. Two boards cannot have the same: the database would refuse the second.
    pub fn random() -> Self {
        let mut number = Uuid::new_v4().as_u128();
        let mut sign = || {
            let at = usize::try_from(number % SIGNS.len() as u128).unwrap_or_default();
            number /= SIGNS.len() as u128;
            char::from(SIGNS[at])
        };
        Self((0..LENGTH).map(|_| sign()).collect())
    }

    /// A code as somebody typed it, in capitals or small letters, with spaces, dashes and dots or without, or with the
    /// whole address before it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.rsplit_once("/t/").map_or(text, |(_, code)| code);
        let is_said = |sign: &char| !sign.is_whitespace() && !matches!(sign, '-' | '.' | '/');
        let code: String = text.chars().filter(is_said).map(|sign| sign.to_ascii_lowercase()).collect();
        let is_code = code.len() == LENGTH && code.bytes().all(|sign| SIGNS.contains(&sign));
        is_code.then_some(Self(code))
    }

    /// Where it leads.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/t/{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = BoardCode::random();
        assert_eq!(BoardCode::parse(&code.0), Some(code.clone()));
        let (start, end) = code.0.split_at(3);
        for typed in [
            format!("{} - {}", start.to_uppercase(), end),
            format!("{start}\u{a0}{end}."),
            format!(" \u{202f}{start}{end}/\n"),
            format!("https://parcours.exemple.fr{}", code.path()),
        ] {
            assert_eq!(BoardCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for none in ["", "bcd23", "bcd2345", "bcd23a", "bcd23é", "../../"] {
            assert_eq!(BoardCode::parse(none), None, "{none}");
        }
    }
}
