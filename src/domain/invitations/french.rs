//! The French that messages to guests are written in.

/// In a message, what stands for the name of a guest.
pub(super) const NAME: &str = "{nom}";

/// In a message, what stands for the organisation of a guest.
pub(super) const ORGANISATION: &str = "{organisation}";

/// In place of a name after a preposition.
pub(super) const YOU: &str = "vous";

/// In place of an organisation after a preposition.
pub(super) const YOUR_ORGANISATION: &str = "votre organisation";

/// Words that need another after them.
pub(super) const PREPOSITIONS: [&str; 16] = [
    "à", "avec", "chez", "contre", "dans", "de", "devant", "et", "ou", "entre", "par", "parmi", "pour", "sans",
    "selon", "vers",
];

/// Articles before a name or an organisation, and what stands before "vous" or "votre" instead.
pub(super) const ARTICLES: [(&str, &str); 9] = [
    ("d’", "de "),
    ("d'", "de "),
    ("l’", ""),
    ("l'", ""),
    ("du ", "de "),
    ("au ", "à "),
    ("la ", ""),
    ("le ", ""),
    ("que ", "que "),
];
