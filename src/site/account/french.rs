//! What the pages of a person’s own say in French.

use jiff::tz::TimeZone;

use domain::programme::french as dates;
use http::form::FieldError;
use kernel::clock::Timestamp;

/// Choices of an alarm: minutes, and how they are called.
pub const ALARMS: [(i64, &str); 5] = [
    (0, "Jamais"),
    (15, "15 minutes avant"),
    (60, "1 heure avant"),
    (24 * 60, "1 jour avant"),
    (7 * 24 * 60, "1 semaine avant"),
];

/// What calendar apps call a private feed before they have read it.
pub const FEED_NAME: &str = "Mon parcours";

/// It is theirs already.
pub const SAME_ADDRESS: FieldError = FieldError::new("C’est déjà votre adresse\u{a0}: tapez la nouvelle.");

/// The old address stopped a change lately.
pub const ADDRESS_STOPPED: FieldError = FieldError::new(
    "Un changement vient d’être arrêté depuis votre adresse actuelle\u{a0}: attendez un jour avant d’en demander un autre.",
);

/// No code was typed, or what was typed is none.
pub fn no_code(typed: &str) -> FieldError {
    FieldError::new(if typed.trim().is_empty() {
        "Tapez le code affiché dans le navigateur où le lien a été demandé."
    } else {
        "Ce code a six chiffres."
    })
}

/// The code is another one; the link still takes so many wrong ones.
pub fn wrong_code(left: i64) -> FieldError {
    FieldError::new(match left {
        1 => "Ce n’est pas le bon code\u{a0}: il reste un essai, puis ce lien ne fonctionnera plus.",
        2 => "Ce n’est pas le bon code\u{a0}: il reste deux essais.",
        3 => "Ce n’est pas le bon code\u{a0}: il reste trois essais.",
        _ => "Ce n’est pas le bon code\u{a0}: il reste quatre essais.",
    })
}

/// « 26 janvier 2027 à 14 h » of an instant, on the clocks of a zone.
pub fn moment(instant: Timestamp, zone: &TimeZone) -> String {
    let civil = instant.civil(zone);
    format!("{} à {}", dates::day(civil), dates::hour(civil))
}
