//! What organisers read about a letter.

use super::{bounces, outbox};

/// That nothing is written to an address any more, in two words.
#[must_use]
pub fn stopped(reason: &str) -> &'static str {
    if reason.starts_with(bounces::NO_SUCH_ADDRESS) { "adresse inexistante" } else { "courriels arrêtés" }
}

/// Why a letter did not leave, or came back; what a mail server said stands as it was said.
#[must_use]
pub fn reason(reason: &str) -> String {
    match reason {
        "it could not be sent in time" => "il n’a pas pu partir à temps".to_owned(),
        "no longer true" => "il ne disait plus vrai".to_owned(),
        outbox::DROPPED => "abandonné par l’équipe".to_owned(),
        "an organiser stopped writing to this address" => "l’équipe n’écrit plus à cette adresse".to_owned(),
        "its owner does not want these letters" => "la personne ne veut pas de ces courriels".to_owned(),
        said if said.starts_with(bounces::RETURNED) => {
            format!("revenu après son départ\u{a0}: {}", &said[bounces::RETURNED.len()..])
        }
        said if said.starts_with(bounces::NO_SUCH_ADDRESS) => {
            format!("cette adresse n’existe pas\u{a0}: {}", &said[bounces::NO_SUCH_ADDRESS.len()..])
        }
        said => format!("réponse du serveur de courriel\u{a0}: {said}"),
    }
}
