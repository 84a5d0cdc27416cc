//! What organisers read about a letter.

use super::outbox;

/// Why a letter did not leave; what a mail server said stands as it was said.
#[must_use]
pub fn reason(reason: &str) -> String {
    match reason {
        "it could not be sent in time" => "il n’a pas pu partir à temps".to_owned(),
        "no longer true" => "il ne disait plus vrai".to_owned(),
        outbox::DROPPED => "abandonné par l’équipe".to_owned(),
        "an organiser stopped writing to this address" => "l’équipe n’écrit plus à cette adresse".to_owned(),
        "its owner does not want these letters" => "la personne ne veut pas de ces courriels".to_owned(),
        said => format!("réponse du serveur de courriel\u{a0}: {said}"),
    }
}
