//! How the facts are called in French.

use kernel::identity::Fact;

/// The name of a fact, as a field and in the log.
#[must_use]
pub const fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::Name => "nom du service",
        Fact::Operator => "organisme responsable",
        Fact::ContactEmail => "adresse de contact",
        Fact::ContactUrl => "page de contact",
        Fact::PostalAddress => "adresse postale",
        Fact::PublicationDirector => "direction de la publication",
        Fact::Host => "hébergeur",
        Fact::Controller => "responsable du traitement des données",
        Fact::LegalBasis => "base légale du traitement",
        Fact::Recipients => "autres destinataires des données",
        Fact::Dpo => "protection des données (DPO)",
        Fact::Accessibility => "niveau d’accessibilité",
        Fact::AccessibilityAudit => "audit d’accessibilité",
    }
}

/// Several facts, one after another.
#[must_use]
pub fn list(facts: &[Fact]) -> String {
    facts.iter().map(|one| fact(*one)).collect::<Vec<_>>().join(", ")
}
