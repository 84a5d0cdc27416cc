//! The French that lists of guests and messages to them are read for.

/// How the headings over the addresses of a pasted list begin.
pub(super) const ADDRESS_HEADINGS: [&str; 5] = ["email", "e-mail", "mail", "courriel", "adresse"];

/// In a message, what stands for the name of a guest.
pub(super) const NAME: &str = "{nom}";

/// In a message, what stands for the organisation of a guest.
pub(super) const ORGANISATION: &str = "{organisation}";
