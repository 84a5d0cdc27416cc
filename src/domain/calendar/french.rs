//! The words of the feeds.

use crate::programme::{PublicEvent, french};
use crate::registrations::{OwnRegistration, RegistrationStatus};

/// What a feed is called: the edition's title, and what it is limited to.
pub fn feed_name(edition: &str, part: Option<&str>) -> String {
    match part {
        Some(part) => format!("{edition} – {part}"),
        None => edition.to_owned(),
    }
}

/// Where there is no programme yet.
pub const NO_EDITION: &str = "Parcours";

/// The webinars of an edition.
pub const WEBINARS: &str = "webinaires";

/// The workshops of an edition.
pub const WORKSHOPS: &str = "ateliers";

/// What a person is registered for.
pub const OWN: &str = "mes inscriptions";

/// What a feed says about itself.
pub const PUBLIC_DESCRIPTION: &str = "Les rendez-vous du programme. Un changement arrive ici quand votre application \
     relit l’agenda\u{a0}: de toutes les heures à une fois par jour.";

/// What a private feed says about itself.
pub const OWN_DESCRIPTION: &str = "Vos inscriptions. Cette adresse n’est qu’à vous\u{202f}; vous pouvez la changer depuis \
     votre page «\u{a0}Mon parcours\u{a0}».";

/// How a registration is.
pub fn note(mine: &OwnRegistration, event: &PublicEvent) -> String {
    match mine.status {
        RegistrationStatus::Confirmed => "Votre inscription est confirmée.".to_owned(),
        RegistrationStatus::Held => {
            "Votre place est à confirmer par le lien du courriel que vous avez reçu.".to_owned()
        }
        RegistrationStatus::Offered => match mine.held_until {
            Some(until) => {
                format!("Une place vous est offerte, à confirmer avant le {}.", french::moment(until, event))
            }
            None => "Une place vous est offerte, à confirmer.".to_owned(),
        },
        RegistrationStatus::Waiting => format!("Vous êtes sur la liste d’attente, en position {}.", mine.position),
        RegistrationStatus::Pending => "Votre demande attend la réponse de l’équipe organisatrice.".to_owned(),
        RegistrationStatus::Cancelled
        | RegistrationStatus::Expired
        | RegistrationStatus::Refused
        | RegistrationStatus::Attended
        | RegistrationStatus::Absent => String::new(),
    }
}
