//! Secret links. A link's token is derived from a key and from what the link is for, so that a letter can be
//! written, or written again, without a token at rest: the database keeps only hashes.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a secret link is for; tokens for different purposes have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To see, confirm or cancel a registration.
    Registration,
    /// To prove the address that a request was made with.
    ProofRequest,
    /// What a mailbox or a network is counted by.
    Limit,
    /// What a browser keeps that proved an address once.
    ProvedAddress,
    /// To take a seat that a colleague hands over.
    Transfer,
    /// To sign in, once.
    SignIn,
    /// The code that a sign-in link asks for in another browser.
    SignInCode,
    /// A person's own calendar feed.
    Feed,
    /// To choose which letters come, by a link in one of them.
    Preferences,
    /// To answer an invitation.
    Invitation,
    /// To stop a change of an address, or have it at once.
    AddressChange,
    /// To join an event's video meeting, and nothing else: calendars with this link in them are shared.
    Joining,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Registration => b"registration",
            Self::ProofRequest => b"proof-request",
            Self::Limit => b"limit",
            Self::ProvedAddress => b"proved-address",
            Self::Transfer => b"hand-over",
            Self::SignIn => b"sign-in",
            Self::SignInCode => b"sign-in-code",
            Self::Feed => b"feed",
            Self::Preferences => b"preferences",
            Self::Invitation => b"invitation",
            Self::AddressChange => b"address-change",
            Self::Joining => b"joining",
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
        let derived = self.derive(purpose, &[&[0], id.as_bytes(), &version.to_be_bytes()]);
        Token(URL_SAFE_NO_PAD.encode(derived))
    }

    /// Six digits that stand for `token`, for somebody to type: the same each time.
    #[must_use]
    pub fn code(&self, purpose: Purpose, token: &Token) -> u32 {
        let [a, b, c, d, ..] = self.derive(purpose, &[b"\0code", token.as_str().as_bytes()]);
        u32::from_be_bytes([a, b, c, d]) % 1_000_000
    }

    /// What stands for `text` where it must not be read: 32 bytes, the same each time.
    #[must_use]
    pub fn digest(&self, purpose: Purpose, text: &str) -> Vec<u8> {
        self.derive(purpose, &[b"\0digest", text.as_bytes()]).to_vec()
    }

    /// A text that only this key reads, for an address; the same each time. It proves itself: what [`open`](Self::open)
    /// reads was sealed here.
    ///
    /// # Panics
    ///
    /// Never: the text is short.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, text: &str) -> Token {
        // Derived from the text, so that no two texts share one: one under the same key would give both away.
        let digest = self.derive(purpose, &[b"\0nonce", text.as_bytes()]);
        let nonce: [u8; NONCE_LEN] = std::array::from_fn(|place| digest[place]);
        let mut sealed = text.as_bytes().to_vec();
        let key = self.sealing_key(purpose);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .expect("the text is far shorter than the cipher's limit");
        Token(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The text that was sealed for `purpose`; `None` when nothing was, here.
    #[must_use]
    pub fn open(&self, purpose: Purpose, sealed: &Token) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed.as_str()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let key = self.sealing_key(purpose);
        let text = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// A token for the thing `id`, from which [`open_id`](Self::open_id) reads it; the same each time. The database keeps
    /// nothing of it.
    #[must_use]
    pub fn seal_id(&self, purpose: Purpose, id: Uuid) -> Token {
        self.seal(purpose, &id.simple().to_string())
    }

    /// The identifier that was sealed for `purpose`; `None` when none was, here.
    #[must_use]
    pub fn open_id(&self, purpose: Purpose, sealed: &Token) -> Option<Uuid> {
        self.open(purpose, sealed)?.parse().ok()
    }

    fn sealing_key(&self, purpose: Purpose) -> LessSafeKey {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.derive(purpose, &[b"\0seal"]));
        LessSafeKey::new(key.expect("HMAC-SHA-256 gives as many bytes as the cipher's key has"))
    }

    fn derive(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.label());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
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
    fn a_code_has_six_digits_and_belongs_to_one_token_and_one_key() {
        let (key, token) = (LinkKey::new("secret"), Token::received("a"));
        let code = key.code(Purpose::SignInCode, &token);
        assert!(code < 1_000_000);
        assert_eq!(code, key.code(Purpose::SignInCode, &token));
        assert_ne!(code, key.code(Purpose::SignInCode, &Token::received("b")));
        assert_ne!(code, LinkKey::new("other").code(Purpose::SignInCode, &token));
    }

    #[test]
    fn what_is_sealed_is_read_with_its_key_and_for_its_purpose_only() {
        let key = LinkKey::new("secret");
        for text in ["", "élodie@exemple.fr", &"a".repeat(300)] {
            let sealed = key.seal(Purpose::Preferences, text);
            assert_eq!(sealed, key.seal(Purpose::Preferences, text), "a letter sent again is the same letter");
            assert_eq!(key.open(Purpose::Preferences, &sealed).as_deref(), Some(text));
            assert_eq!(key.open(Purpose::Feed, &sealed), None);
            assert_eq!(LinkKey::new("other").open(Purpose::Preferences, &sealed), None);
            for place in 0..sealed.as_str().len() {
                let mut forged = sealed.as_str().as_bytes().to_vec();
                forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
                let forged = Token::received(std::str::from_utf8(&forged).unwrap());
                assert_eq!(key.open(Purpose::Preferences, &forged), None, "at {place}");
            }
        }
        assert_eq!(key.open(Purpose::Preferences, &Token::received("é")), None);
        assert_eq!(key.open(Purpose::Preferences, &Token::received("AAAA")), None);
    }

    #[test]
    fn a_sealed_identifier_is_read_for_its_purpose_only_and_a_text_is_none() {
        let (key, id) = (LinkKey::new("secret"), Uuid::from_u128(7));
        let sealed = key.seal_id(Purpose::Joining, id);
        assert_eq!(key.open_id(Purpose::Joining, &sealed), Some(id));
        assert_eq!(key.open_id(Purpose::Preferences, &sealed), None);
        assert_eq!(LinkKey::new("other").open_id(Purpose::Joining, &sealed), None);
        assert_eq!(key.open_id(Purpose::Joining, &key.token(Purpose::Joining, id, 0)), None);
        assert_eq!(key.open_id(Purpose::Joining, &key.seal(Purpose::Joining, "ada@exemple.fr")), None);
    }

    #[test]
    fn a_token_and_a_key_never_print_themselves() {
        let key = LinkKey::new("secret");
        let token = Token::random();
        assert!(!format!("{token:?} {key:?}").contains(token.as_str()));
    }
}
