//! Percent-encoding of what goes into addresses.

use std::fmt::Write as _;

/// Percent-encodes a text for use within a query (RFC 3986 §2.1).
#[must_use]
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_a_query_is_encoded() {
        assert_eq!(encode("/a b?c=é&d"), "/a%20b%3Fc%3D%C3%A9%26d");
    }
}
