//! The link in a letter by which its recipient says which letters come. It holds the address sealed, so that no log of
//! addresses names anybody, and needs no row: it works for as long as letters come, whatever becomes of the outbox's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::letter::Priority;
use kernel::key::{LinkKey, Purpose, Token};

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

/// The path for the recipient of a letter of this class, if it can be refused.
#[must_use]
pub fn path(key: &LinkKey, address: &str, class: Priority) -> Option<String> {
    Some(format!("/courriels-recus/{}/{}", name(class)?, key.seal(Purpose::Preferences, address).as_str()))
}

/// The same with an ellipsis in place of the secret.
#[must_use]
pub fn path_without_secret(class: Priority) -> Option<String> {
    Some(format!("/courriels-recus/{}/…", name(class)?))
}

/// Whose link this is, and to which letters; `None` when it is none of ours.
#[must_use]
pub fn recipient(key: &LinkKey, class: &str, sealed: &Token) -> Option<(String, Priority)> {
    Some((key.open(Purpose::Preferences, sealed)?, class_of(class)?))
}

/// The same of a link as they were before, with the address in base64 and a token.
#[must_use]
pub fn recipient_of_old(key: &LinkKey, class: &str, address: &str, token: &Token) -> Option<(String, Priority)> {
    // Whoever tries addresses is told nothing before the secret fits.
    let address = String::from_utf8(URL_SAFE_NO_PAD.decode(address).ok()?).ok()?;
    let digest = Sha256::digest(address.as_bytes());
    let id = Uuid::from_bytes(std::array::from_fn(|place| digest[place]));
    let fits = address.len() <= MAX_ADDRESS && key.token(Purpose::Preferences, id, 0) == *token;
    Some((address, class_of(class)?)).filter(|_| fits)
}

fn class_of(called: &str) -> Option<Priority> {
    [Priority::Reminder, Priority::Announcement].into_iter().find(|class| name(*class) == Some(called))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "élodie+spaser@exemple.fr";

    #[test]
    fn a_link_names_nobody_and_tells_us_whose_it_is() {
        let key = LinkKey::new("secret");
        let path = path(&key, ADDRESS, Priority::Reminder).unwrap();
        for plain in [ADDRESS, "elodie", "exemple.fr"] {
            assert!(!path.contains(plain));
            assert!(!path.contains(&URL_SAFE_NO_PAD.encode(plain)));
        }
        let parts: Vec<&str> = path.split('/').collect();
        let ask = |class, sealed: &str| recipient(&key, class, &Token::received(sealed));
        assert_eq!(ask(parts[2], parts[3]), Some((ADDRESS.to_owned(), Priority::Reminder)));
        assert_eq!(ask("annonces", parts[3]).unwrap().1, Priority::Announcement);
        assert_eq!(ask("tout", parts[3]), None);
        assert_eq!(ask(parts[2], &parts[3][1..]), None);
        assert!(super::path(&key, ADDRESS, Priority::Awaited).is_none());
        assert_eq!(path_without_secret(Priority::Announcement).as_deref(), Some("/courriels-recus/annonces/…"));
    }

    #[test]
    fn a_link_of_before_still_tells_whose_it_is_and_only_the_right_secret_opens_it() {
        // Made by the version before, and by Python's hmac.
        let token = "xaEbpGiUbFVN7lyYMF8DpwoX6pt-9H1FXQz0MKiGaIo";
        let ask = |class, address: &str, token: &str| {
            recipient_of_old(&LinkKey::new("secret"), class, address, &Token::received(token))
        };
        let address = URL_SAFE_NO_PAD.encode(ADDRESS);
        assert_eq!(ask("rappels", &address, token), Some((ADDRESS.to_owned(), Priority::Reminder)));
        assert_eq!(ask("annonces", &address, token).unwrap().1, Priority::Announcement);
        assert_eq!(ask("rappels", &URL_SAFE_NO_PAD.encode("eve@exemple.fr"), token), None);
        assert_eq!(ask("tout", &address, token), None);
        assert_eq!(ask("rappels", "é", token), None);
    }
}
