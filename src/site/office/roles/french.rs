//! What is wrong with a role's form, in French.

use http::form::FieldError;

/// No role was chosen.
pub const NO_ROLE: FieldError = FieldError::new("Choisissez un rôle.");

/// No place was chosen, or one where the reader gives no roles.
pub const NO_PLACE: FieldError = FieldError::new("Choisissez où le rôle vaut.");

/// They hold it already.
pub const HAS_ROLE_ALREADY: FieldError = FieldError::new("Cette personne a déjà ce rôle.");

/// Nobody would be left who gives roles.
pub const LAST_OWNER: FieldError = FieldError::new(
    "Il doit rester un propriétaire\u{a0}: donnez d’abord ce rôle à quelqu’un d’autre, puis mettez fin à celui-ci.",
);
