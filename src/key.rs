//! Secret links. A link's token is derived from a key and from what the link is for, so that a letter can be
//! written, or written again, without a token at rest: the database keeps only hashes.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a secret link is for; tokens for different purposes have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To see, confirm or cancel a registration.
    Registration,
    /// To take a seat that a colleague hands over.
    HandOver,
    /// To sign in, once.
    SignIn,
    /// A person's own calendar feed.
    Feed,
    /// To choose which letters come, by a link in one of them.
    Preferences,
    /// To answer an invitation.
    Invitation,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Registration => b"registration",
            Self::HandOver => b"hand-over",
            Self::SignIn => b"sign-in",
            Self::Feed => b"feed",
            Self::Preferences => b"preferences",
            Self::Invitation => b"invitation",
        }
    }
}

/// The secret part of a link: 43 characters of base64url that stand for 32 bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// 32 random bytes.
    ///
    /// # Panics
    ///
    /// When the operating system has no random bytes to give.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A token as it came in an address or a cookie.
    #[must_use]
    pub fn received(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What the database keeps of it: SHA-256, 32 bytes.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// The text, for an address or a cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never shows the secret.
impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

/// The key that tokens are derived with.
#[derive(Clone)]
pub struct LinkKey(Vec<u8>);

impl LinkKey {
    /// A key from a secret text, which should hold at least 32 random bytes.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).to_vec())
    }

    /// The token for `purpose` of the thing `id` in its `version`: the same each time.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes a key of any length.
    #[must_use]
    pub fn token(&self, purpose: Purpose, id: Uuid, version: u64) -> Token {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.label());
        mac.update(&[0]);
        mac.update(id.as_bytes());
        mac.update(&version.to_be_bytes());
        Token(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// Never shows the key.
impl fmt::Debug for LinkKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LinkKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_each_time_and_for_one_purpose_only() {
        let key = LinkKey::new("secret");
        let id = Uuid::from_u128(7);
        assert_eq!(key.token(Purpose::Feed, id, 1), key.token(Purpose::Feed, id, 1));
        assert_ne!(key.token(Purpose::Feed, id, 1), key.token(Purpose::Feed, id, 2));
        assert_ne!(key.token(Purpose::Feed, id, 1), key.token(Purpose::SignIn, id, 1));
        assert_ne!(key.token(Purpose::Feed, id, 1), LinkKey::new("other").token(Purpose::Feed, id, 1));
        assert_eq!(key.token(Purpose::Feed, id, 1).as_str().len(), 43);
    }

    #[test]
    fn a_token_and_a_key_never_print_themselves() {
        let key = LinkKey::new("secret");
        let token = Token::random();
        assert!(!format!("{token:?} {key:?}").contains(token.as_str()));
    }
}
