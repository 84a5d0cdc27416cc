//! What the page of an event's letters says.

use domain::programme::LetterText;

/// What the log says of a change of an event's letters.
pub const LETTER_TEXTS: &str = "textes des courriels";

/// A letter whose first sentences can be changed: what it is called, what to know, and its standard text.
pub const fn letter_text(which: LetterText) -> (&'static str, &'static str, &'static str) {
    match which {
        LetterText::Confirmed => ("Confirmation", "Part dès qu’une place est confirmée.", "Nous vous attendons\u{a0}:"),
        LetterText::Reminder => {
            ("Rappel", "Part avant le rendez-vous, à chaque rappel choisi.", "Nous vous attendons\u{a0}:")
        }
        LetterText::Thanks => (
            "Remerciement",
            "Proposé quand vous écrivez aux participants après la séance.",
            "Merci de votre participation.",
        ),
    }
}
