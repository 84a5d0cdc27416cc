//! What organisers write in place of the first sentences of an event's letters. Pure.

use serde::{Deserialize, Serialize};

/// The longest such text, characters.
pub const MAX_LETTER_TEXT: usize = 2_000;

/// A letter whose first sentences organisers may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterText {
    /// That a seat is confirmed.
    Confirmed,
    /// That the event comes nearer.
    Reminder,
    /// Thanks afterwards.
    Thanks,
}

impl LetterText {
    /// All of them, as they are sent.
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::Reminder, Self::Thanks];

    /// Its name in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Reminder => "reminder",
            Self::Thanks => "thanks",
        }
    }
}

/// The texts of an event; an empty one is the standard one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LetterTexts {
    confirmed: String,
    reminder: String,
    thanks: String,
}

impl LetterTexts {
    /// What an organiser wrote; empty for the standard text.
    #[must_use]
    pub fn of(&self, which: LetterText) -> &str {
        match which {
            LetterText::Confirmed => &self.confirmed,
            LetterText::Reminder => &self.reminder,
            LetterText::Thanks => &self.thanks,
        }
    }

    /// Replaces one; an empty text is the standard one.
    pub fn set(&mut self, which: LetterText, text: String) {
        match which {
            LetterText::Confirmed => self.confirmed = text,
            LetterText::Reminder => self.reminder = text,
            LetterText::Thanks => self.thanks = text,
        }
    }

    /// What an organiser wrote for letters of this kind, if they may write it and did.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> Option<&str> {
        let which = match kind {
            "confirmed" | "promoted" => LetterText::Confirmed,
            "reminder" => LetterText::Reminder,
            _ => return None,
        };
        Some(self.of(which)).filter(|text| !text.is_empty())
    }
}
