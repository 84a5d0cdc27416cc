//! What French is written with.

/// Letters and signs beyond ASCII.
pub const LETTERS: &str = "éèêëàâäçîïôöùûüÿœæÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒÆ’\u{ab}\u{bb}€–—…°\u{a0}";
