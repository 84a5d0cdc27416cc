//! What the form of the service's identity says, in French.

use http::form::FieldError;
use kernel::identity::{Fact, FactError};

/// How accessible the site was found to be.
pub const LEVELS: [(&str, &str); 3] = [
    ("none", "Non conforme, ou pas encore audité"),
    ("partial", "Partiellement conforme\u{a0}: au moins la moitié des critères"),
    ("full", "Totalement conforme"),
];

/// A level needs who found it.
pub const NO_AUDIT: FieldError = FieldError::new(
    "Indiquez qui a mené l’audit, quand, et son résultat\u{a0}: sans audit, un site se déclare non conforme.",
);

/// What a field is for.
pub const fn hint(fact: Fact) -> &'static str {
    match fact {
        Fact::Name => "Dans l’en-tête, les titres et les courriels. Laissé vide\u{a0}: Parcours.",
        Fact::Operator => "Par exemple\u{a0}: Ville d’Angers, direction de la commande publique.",
        Fact::ContactEmail => "Là où écrire pour une question. Exemple\u{a0}: parcours@ville.fr",
        Fact::ContactUrl => "Si vous préférez un formulaire\u{a0}: une adresse qui commence par https://",
        Fact::PostalAddress => "Celle de l’organisme responsable.",
        Fact::PublicationDirector => "Prénom, nom et fonction.",
        Fact::Host => "Nom, adresse et téléphone de qui héberge ce site.",
        Fact::Controller => "Si ce n’est pas l’organisme responsable.",
        Fact::LegalBasis => "Le plus souvent\u{a0}: mission d’intérêt public (RGPD, article 6, 1, e).",
        Fact::Recipients => "Partenaires ou prestataires qui reçoivent les inscriptions, un par ligne.",
        Fact::Dpo => "Comment joindre la déléguée ou le délégué à la protection des données.",
        Fact::Accessibility => "Un site sans audit se déclare non conforme.",
        Fact::AccessibilityAudit => {
            "Qui l’a mené, quand, et son résultat. Exemple\u{a0}: Cabinet Exemple, mars 2027, 62\u{202f}% des critères."
        }
    }
}

/// What is wrong with a fact.
pub const fn error(error: FactError) -> FieldError {
    match error {
        FactError::Email => FieldError::NOT_AN_ADDRESS,
        FactError::Url => FieldError::new("Indiquez une adresse complète, qui commence par https://"),
        FactError::TooLong => FieldError::new("C’est trop long\u{a0}: 600 caractères au plus."),
        FactError::Level => FieldError::new("Choisissez un des trois niveaux."),
    }
}
