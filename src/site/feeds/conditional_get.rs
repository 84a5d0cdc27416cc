//! Conditional answers (RFC 9110 §13) with a calendar in them.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use sha2::{Digest, Sha256};

use kernel::clock::Timestamp;

/// What tells the tag of the compressed bytes from that of the others: they are not the same bytes.
const ZIPPED: &str = "-gzip";

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Anybody, for five minutes.
    Public,
    /// Nobody but the reader, who asks each time.
    Private,
}

/// A calendar as it is sent, as often as it is asked for.
#[derive(Debug)]
pub struct CachedFeed {
    hash: String,
    /// What is told with every answer: the tags of the plain and of the compressed bytes, and the date.
    tags: [HeaderValue; 2],
    modified: Option<HeaderValue>,
    changed_at: Option<Timestamp>,
    /// Something leaves it then by itself.
    good_until: Option<Timestamp>,
    keeping: CachePolicy,
    body: Bytes,
    zipped: OnceLock<Bytes>,
}

impl CachedFeed {
    /// A calendar; `changed_at` is told where it is known.
    #[must_use]
    pub fn new(body: String, changed_at: Option<Timestamp>, keeping: CachePolicy) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(body.as_bytes())[..18]);
        // A hash in base64 and a date are always header values.
        let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        let tags = ["", ZIPPED].map(|ending| value(format!("\"{hash}{ending}\"")));
        let modified = changed_at.map(|at| value(http_date(at)));
        let (body, zipped) = (body.into(), OnceLock::new());
        Self { hash, tags, modified, changed_at, good_until: None, keeping, body, zipped }
    }

    /// How many bytes it has, uncompressed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Of no use from then on, by itself.
    #[must_use]
    pub fn good_until(self, good_until: Option<Timestamp>) -> Self {
        Self { good_until, ..self }
    }

    /// Whether it still says how things are, as far as time alone changes them.
    #[must_use]
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.good_until.is_none_or(|until| now < until)
    }

    /// Answers with the calendar, or with 304 when the reader has it already.
    pub fn answer(&self, request: &HeaderMap) -> Response {
        let zip = takes_gzip(request);
        let unchanged = self.is_known(request);
        let mut response = match (unchanged, zip) {
            (true, _) => StatusCode::NOT_MODIFIED.into_response(),
            (false, false) => Body::from(self.body.clone()).into_response(),
            (false, true) => Body::from(self.zipped()).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tags[usize::from(zip)].clone());
        if let Some(modified) = &self.modified {
            headers.insert(header::LAST_MODIFIED, modified.clone());
        }
        let mut set = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        set(header::VARY, "accept-encoding");
        match self.keeping {
            CachePolicy::Public => set(header::CACHE_CONTROL, "public, max-age=300"),
            CachePolicy::Private => {
                set(header::CACHE_CONTROL, "private, no-cache");
                set(HeaderName::from_static("x-robots-tag"), "noindex");
            }
        }
        if !unchanged {
            set(header::CONTENT_TYPE, "text/calendar; charset=utf-8");
            if zip {
                set(header::CONTENT_ENCODING, "gzip");
            }
        }
        response
    }

    fn zipped(&self) -> Bytes {
        let zip = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&self.body).and_then(|()| encoder.finish()).expect("a Vec takes every byte").into()
        };
        self.zipped.get_or_init(zip).clone()
    }

    /// Whether the reader has what it asks for: its tags decide (§13.1.2); without any, its date (§13.1.3).
    fn is_known(&self, request: &HeaderMap) -> bool {
        let mut tags = request.get_all(header::IF_NONE_MATCH).iter().peekable();
        if tags.peek().is_some() {
            let mut listed = tags.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
            return listed.any(|listed| listed.trim() == "*" || self.is_tag(listed.trim()));
        }
        let since = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        let since = since.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        match (since, self.changed_at) {
            (Some(since), Some(changed_at)) => changed_at.to_jiff().as_second() <= since.as_second(),
            _ => false,
        }
    }

    /// Compared weakly: what stands between may have weakened it, or compressed the bytes itself.
    fn is_tag(&self, tag: &str) -> bool {
        let tag = tag.trim_start_matches("W/");
        let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        tag.is_some_and(|tag| tag.strip_suffix(ZIPPED).unwrap_or(tag) == self.hash)
    }
}

/// Whether the reader says that it takes gzip (§12.5.3).
fn takes_gzip(request: &HeaderMap) -> bool {
    let listed = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        matches!(name, "gzip" | "x-gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn http_date(at: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at.to_jiff()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGED: Timestamp = Timestamp::from_millis(1_795_507_200_999);

    fn asked(pairs: &[(HeaderName, &str)]) -> Response {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        CachedFeed::new("BEGIN:VCALENDAR\r\n".into(), Some(CHANGED), CachePolicy::Public).answer(&headers)
    }

    fn tag() -> String {
        asked(&[]).headers()[header::ETAG].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_tag_in_a_list_or_weakened_or_a_star_is_known() {
        for tags in [tag(), format!("W/{}", tag()), format!("\"x\", W/{} , \"y\"", tag()), "*".to_owned()] {
            let answer = asked(&[(header::IF_NONE_MATCH, &tags)]);
            assert_eq!(answer.status(), 304, "{tags}");
            assert_eq!(answer.headers()[header::ETAG].to_str().unwrap(), tag());
            assert_eq!(answer.headers()[header::LAST_MODIFIED], "Tue, 24 Nov 2026 08:00:00 GMT");
            assert!(!answer.headers().contains_key(header::CONTENT_TYPE));
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"other\"")]).status(), 200);
    }

    #[test]
    fn a_date_counts_only_without_tags_and_only_when_it_can_be_read() {
        let since = |date| asked(&[(header::IF_MODIFIED_SINCE, date)]).status();
        assert_eq!(since("Tue, 24 Nov 2026 08:00:00 GMT"), 304);
        assert_eq!(since("Tue, 24 Nov 2026 07:59:59 GMT"), 200);
        assert_eq!(since("yesterday"), 200);
        let both = [(header::IF_NONE_MATCH, "\"other\""), (header::IF_MODIFIED_SINCE, "Tue, 24 Nov 2026 08:00:00 GMT")];
        assert_eq!(asked(&both).status(), 200);
    }

    #[test]
    fn compressed_bytes_have_a_tag_of_their_own_and_both_are_known() {
        let zipped = asked(&[(header::ACCEPT_ENCODING, "br;q=1, gzip;q=0.5")]);
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        let tag_of_zipped = zipped.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(tag_of_zipped, format!("{}-gzip\"", tag().trim_end_matches('"')));
        assert_eq!(asked(&[(header::IF_NONE_MATCH, tag_of_zipped)]).status(), 304);
        for not in ["gzip;q=0", "br", "identity", "gzip;q=x"] {
            assert!(
                !asked(&[(header::ACCEPT_ENCODING, not)]).headers().contains_key(header::CONTENT_ENCODING),
                "{not}"
            );
        }
    }

    #[test]
    fn a_private_answer_is_kept_by_nobody_and_found_by_no_engine() {
        let answer = CachedFeed::new(String::new(), None, CachePolicy::Private).answer(&HeaderMap::new());
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "private, no-cache");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex");
        assert!(!answer.headers().contains_key(header::LAST_MODIFIED));
    }
}
