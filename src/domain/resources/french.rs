//! How the library names its entries in French.

use super::ResourceKind;

/// What an entry is.
#[must_use]
pub const fn kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Sheet => "Fiche",
        ResourceKind::Tool => "Outil",
        ResourceKind::Mooc => "MOOC",
        ResourceKind::Replay => "Replay",
        ResourceKind::Spaser => "SPASER d’un acheteur",
        ResourceKind::Link => "Lien utile",
    }
}

/// The name of a kind in addresses.
#[must_use]
pub const fn word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Sheet => "fiche",
        ResourceKind::Tool => "outil",
        ResourceKind::Mooc => "mooc",
        ResourceKind::Replay => "replay",
        ResourceKind::Spaser => "spaser",
        ResourceKind::Link => "lien",
    }
}
