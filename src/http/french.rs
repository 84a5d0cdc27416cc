//! What any page says in French: durations, and what is wrong with a field.

use super::form::FieldError;

/// A number of days, in years or months where it is a whole number of them.
#[must_use]
pub fn days(days: u32) -> String {
    match days {
        1 => "1 jour".to_owned(),
        365 => "1 an".to_owned(),
        _ if days.is_multiple_of(365) => format!("{} ans", days / 365),
        _ if days.is_multiple_of(30) => format!("{} mois", days / 30),
        _ => format!("{days} jours"),
    }
}

/// How accessible the site was found to be, by the level of its declaration.
#[must_use]
pub fn accessibility(level: &str) -> &'static str {
    match level {
        "full" => "totalement conforme",
        "partial" => "partiellement conforme",
        _ => "non conforme",
    }
}

impl FieldError {
    /// No name was given.
    pub const NO_NAME: Self = Self::new("Indiquez un prénom et un nom.");

    /// No address was given.
    pub const NO_ADDRESS: Self = Self::new("Indiquez une adresse électronique.");

    /// No organisation was given.
    pub const NO_ORGANISATION: Self = Self::new("Indiquez une organisation.");

    /// It is longer than anybody's name.
    pub const TOO_LONG: Self = Self::new("C’est trop long\u{a0}: 120 caractères au plus.");

    /// No letter could reach it.
    pub const NOT_AN_ADDRESS: Self =
        Self::new("Cette adresse ne peut pas recevoir de courriel. Exemple\u{a0}: prenom.nom@ville.fr");

    /// Letters beyond ASCII before the `@`.
    pub const NEEDS_SMTPUTF8: Self = Self::new(
        "Cette adresse a un accent ou un signe particulier avant l’arobase\u{a0}: beaucoup de messageries ne savent pas lui écrire, la nôtre non plus. Indiquez-en une autre, sans accent avant l’arobase.",
    );

    /// No SIRET: 14 digits that check.
    pub const NOT_A_SIRET: Self = Self::new(
        "Ce n’est pas un SIRET\u{a0}: 14 chiffres, sans erreur de frappe. Vous pouvez aussi laisser ce champ vide.",
    );

    /// Something must be written here.
    pub const MISSING: Self = Self::new("Remplissez ce champ.");

    /// No event was chosen.
    pub const NO_EVENT: Self = Self::new("Choisissez au moins un rendez-vous.");

    /// Somebody else has stored something else here since the form was opened.
    pub const CHANGED_MEANWHILE: Self = Self::new(
        "Une autre personne vient d’enregistrer autre chose ici. Gardez votre texte ou reprenez le sien, puis enregistrez.",
    );
}
