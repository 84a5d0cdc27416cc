//! Signs letters (DKIM, RFC 6376) with an RSA key, canonicalised `relaxed/relaxed`: the one form that survives mail
//! servers which refold headers. lettre's signer is not used: its default form never verified. Why not
//! `mail-auth` says docs/decisions/0035-what-stays-our-own.md.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::Mailbox;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256};

use kernel::clock::Timestamp;

/// Headers that are signed where they stand. Each is signed once; who adds a second From breaks nothing that we sign,
/// so From is listed once more than it stands.
const SIGNED: [&str; 13] = [
    "from",
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-language",
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// Signs letters of one domain.
pub struct Signer {
    key: RsaKeyPair,
    domain: String,
    selector: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// Reads the key: PEM, PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`), 2048 bits or more.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is no such key.
    pub fn open(file: &Path, selector: &str, from: &Mailbox) -> Result<Self, String> {
        let pem = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::new(&pem, selector, from.email.domain())
    }

    fn new(pem: &str, selector: &str, domain: &str) -> Result<Self, String> {
        let lines = pem.lines().map(str::trim).filter(|line| !line.is_empty());
        let (marks, data): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("-----"));
        let der = STANDARD.decode(data.concat()).map_err(|_| "it is no PEM file".to_owned())?;
        let key = match marks.first().copied() {
            Some("-----BEGIN PRIVATE KEY-----") => RsaKeyPair::from_pkcs8(&der),
            Some("-----BEGIN RSA PRIVATE KEY-----") => RsaKeyPair::from_der(&der),
            _ => return Err("it does not begin with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY".to_owned()),
        };
        let key = key.map_err(|error| format!("it is no RSA key of 2048 bits or more: {error}"))?;
        Ok(Self { key, domain: domain.to_owned(), selector: selector.to_owned() })
    }

    /// The message with its signature in front.
    ///
    /// # Errors
    ///
    /// When the message has no end of its headers, or the key does not sign.
    pub fn sign(&self, message: &[u8], now: Timestamp) -> Result<Vec<u8>, String> {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n").ok_or("the message has no body")?;
        let head = std::str::from_utf8(&message[..end + 2]).map_err(|_| "the headers are not UTF-8")?;
        let body_hash = STANDARD.encode(Sha256::digest(relaxed_body(&message[end + 4..])));
        let fields = fields(head);
        let mut left: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let mut names = Vec::new();
        let mut signed = String::new();
        for name in SIGNED {
            let found = left.iter().rposition(|field| *field == name);
            // The second From stands for none: it must stay so.
            if found.is_none() && name != "from" {
                continue;
            }
            names.push(name);
            if let Some(at) = found {
                left[at] = "";
                let _ = write!(signed, "{}:{}\r\n", fields[at].0, fields[at].1);
            }
        }
        let unsigned = format!(
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d={}; s={}; t={}; h={}; bh={body_hash}; b=",
            self.domain,
            self.selector,
            now.to_jiff().as_second(),
            names.join(":"),
        );
        signed.push_str("dkim-signature:");
        signed.push_str(&unsigned);
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature)
            .map_err(|_| "the key does not sign".to_owned())?;
        let mut whole = format!("DKIM-Signature: {}", folded(&unsigned, &STANDARD.encode(signature))).into_bytes();
        whole.extend_from_slice(message);
        Ok(whole)
    }
}

/// The header's value on lines of a decent length: readers unfold it, and blanks inside `b=` do not count.
fn folded(tags: &str, signature: &str) -> String {
    let mut folded = tags.replace("; h=", ";\r\n h=").replace("; bh=", ";\r\n bh=").replace("; b=", ";\r\n b=");
    for (index, letter) in signature.chars().enumerate() {
        if index > 0 && index % 72 == 0 {
            folded.push_str("\r\n ");
        }
        folded.push(letter);
    }
    folded + "\r\n"
}

/// Headers by their names in lower case, canonicalised (§3.4.2).
fn fields(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = unfolded.split("\r\n").filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| {
            let words = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
            (name.trim_end().to_ascii_lowercase(), words.join(" "))
        })
        .collect()
}

/// The body, canonicalised (§3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut blank = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                relaxed.push(b' ');
            }
            relaxed.push(*byte);
        }
        relaxed.extend_from_slice(b"\r\n");
    }
    while relaxed.ends_with(b"\r\n\r\n") {
        relaxed.truncate(relaxed.len() - 2);
    }
    if relaxed == b"\r\n" { Vec::new() } else { relaxed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_canonicalised_as_the_standard_shows() {
        // RFC 6376 §3.4.5.
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(
            fields("A: X\r\nB : Y\t\r\n\tZ  \r\n"),
            [("a".to_owned(), "X".to_owned()), ("b".to_owned(), "Y Z".to_owned())]
        );
    }

    #[test]
    fn a_signature_is_the_one_that_another_implementation_found_right() {
        // Found right by dkimpy 1.1.8; RSA signatures of this kind are the same each time.
        let signer = Signer::new(include_str!("../../tests/fixtures/dkim.pem"), "letters", "exemple.fr").unwrap();
        let message = "From: =?utf-8?b?w4lsb2RpZQ==?= <a@exemple.fr>\r\nSubject: Un\r\n  sujet \t long\r\n\
                       List-Unsubscribe: <https://exemple.fr/x>\r\n\r\nBonjour \t \r\n\r\nFin\r\n\r\n\r\n";
        let signed = signer.sign(message.as_bytes(), Timestamp::from_millis(1_795_507_200_000)).unwrap();
        let signed = String::from_utf8(signed).unwrap();
        assert!(signed.ends_with(message));
        let hash = STANDARD.encode(Sha256::digest(signed.as_bytes()));
        assert_eq!(hash, "ODGmbojFdKLzT0ZdMXxhyW/AShICaNMfIAds8CjaI8w=", "{signed}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for pem in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "-----BEGIN X-----\nAAAA"] {
            assert!(Signer::new(pem, "a", "exemple.fr").is_err(), "{pem}");
        }
    }
}
