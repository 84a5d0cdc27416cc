//! What an organiser is told of a time that a change of the clocks falls on.

use domain::programme::french as dates;
use jiff::civil::DateTime;

/// The sentence about a field of an event's form: `starts.sautee.2027-03-28T03:30`, as the address of the page tells it.
pub fn clock_change(told: &str) -> Option<String> {
    let mut parts = told.splitn(3, '.');
    let (field, change, civil) = (parts.next()?, parts.next()?, parts.next()?.parse::<DateTime>().ok()?);
    let field = match field {
        "starts" => "Début",
        "ends" => "Fin",
        "opens" => "Ouverture des inscriptions",
        "closes" => "Clôture des inscriptions",
        _ => return None,
    };
    let (day, hour) = (dates::date(civil), dates::hour(civil));
    match change {
        "sautee" => Some(format!(
            "{field}\u{a0}: l’heure choisie n’existe pas le {day}, jour du passage à l’heure d’été. Les horloges indiqueront {hour}, c’est l’heure enregistrée."
        )),
        "double" => Some(format!(
            "{field}\u{a0}: {hour} passe deux fois le {day}, jour du retour à l’heure d’hiver. La première est retenue."
        )),
        _ => None,
    }
}
