//! The link in a letter by which its recipient says which letters come. It is about the address and proves itself: it
//! works for as long as letters come, whatever becomes of the outbox's rows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::letter::{Link, Priority};
use crate::key::{LinkKey, Purpose, Token};

/// The longest address (RFC 5321 §4.5.3.1.3), bytes.
const MAX_ADDRESS: usize = 254;

/// What links to these letters are called; letters that somebody waits for cannot be refused.
const fn name(class: Priority) -> Option<&'static str> {
    match class {
        Priority::Awaited => None,
        Priority::Reminder => Some("rappels"),
        Priority::Announcement => Some("annonces"),
    }
}

/// What the token is derived from.
fn id(address: &str) -> Uuid {
    let digest = Sha256::digest(address.as_bytes());
    Uuid::from_bytes(std::array::from_fn(|place| digest[place]))
}

/// The link for the recipient of a letter of this class, if it can be refused.
#[must_use]
pub fn link(address: &str, class: Priority) -> Option<Link> {
    let path = format!("/courriels-recus/{}/{}/{{token}}", name(class)?, URL_SAFE_NO_PAD.encode(address));
    Some(Link::secret("preferences", path, Purpose::Preferences, id(address), 0))
}

/// Whose link this is, and to which letters; `None` when it is none of ours.
#[must_use]
pub fn recipient(key: &LinkKey, (class, address, token): (&str, &str, &Token)) -> Option<(String, Priority)> {
    let class = [Priority::Reminder, Priority::Announcement].into_iter().find(|one| name(*one) == Some(class))?;
    // Whoever tries addresses is told nothing before the secret fits.
    let address = String::from_utf8(URL_SAFE_NO_PAD.decode(address).ok()?).ok()?;
    let fits = address.len() <= MAX_ADDRESS && key.token(Purpose::Preferences, id(&address), 0) == *token;
    fits.then_some((address, class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_tells_whose_it_is_and_only_the_right_secret_opens_it() {
        let key = LinkKey::new("secret");
        let link = link("élodie+spaser@exemple.fr", Priority::Reminder).unwrap();
        let path = link.address("", &key);
        let parts: Vec<&str> = path.split('/').collect();
        let ask = |class, address: &str, token: &str| recipient(&key, (class, address, &Token::received(token)));
        let found = ask(parts[2], parts[3], parts[4]);
        assert_eq!(found, Some(("élodie+spaser@exemple.fr".to_owned(), Priority::Reminder)));
        assert_eq!(ask("annonces", parts[3], parts[4]).unwrap().1, Priority::Announcement);
        assert_eq!(ask(parts[2], &URL_SAFE_NO_PAD.encode("eve@exemple.fr"), parts[4]), None);
        assert_eq!(ask("tout", parts[3], parts[4]), None);
        assert_eq!(ask(parts[2], "é", parts[4]), None);
        assert!(super::link("ada@exemple.fr", Priority::Awaited).is_none());
    }
}
