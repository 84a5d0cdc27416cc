//! Whom organisers invite, and what fills their words in. Pure.

use super::french;
use crate::accounts::EmailAddress;

/// More people than this are invited in several rounds.
pub const MAX_PEOPLE: usize = 2_000;

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Where the invitation goes.
    pub address: EmailAddress,
    /// Their name; may be empty.
    pub name: String,
    /// Their organisation; may be empty.
    pub organisation: String,
}

/// A placeholder of the message that means nothing, if there is one.
#[must_use]
pub fn unknown_placeholder(message: &str) -> Option<String> {
    let named = message.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let is_known = |name: &str| [french::NAME, french::ORGANISATION].contains(&format!("{{{name}}}").as_str());
    named.filter(|name| !is_known(name)).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_nothing_unknown() {
        assert_eq!(unknown_placeholder("Bonjour {nom}, {prenom}"), Some("prenom".to_owned()));
        assert_eq!(unknown_placeholder("Un } et un { seuls"), None);
    }
}
