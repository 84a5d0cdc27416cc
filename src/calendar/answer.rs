//! Conditional answers (RFC 9110 §13) with a calendar in them.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Anybody, for five minutes.
    Public,
    /// Nobody but the reader, who asks each time.
    Private,
}

/// Answers with a calendar, or with 304 when the reader has it already. `changed_at` is told where it is known.
pub fn calendar(request: &HeaderMap, body: String, changed_at: Option<Timestamp>, keeping: Keeping) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body.as_bytes())[..18]));
    let unchanged = is_unchanged(request, &tag, changed_at);
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(body).into_response() };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, &tag);
    if let Some(changed_at) = changed_at {
        set(header::LAST_MODIFIED, &http_date(changed_at));
    }
    // The body may be compressed on its way.
    set(header::VARY, "accept-encoding");
    match keeping {
        Keeping::Public => set(header::CACHE_CONTROL, "public, max-age=300"),
        Keeping::Private => {
            set(header::CACHE_CONTROL, "private, no-cache");
            set(HeaderName::from_static("x-robots-tag"), "noindex");
        }
    }
    if !unchanged {
        set(header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    }
    response
}

/// Whether the reader has what it asks for: its tags decide (§13.1.2); without any, its date (§13.1.3).
fn is_unchanged(request: &HeaderMap, tag: &str, changed_at: Option<Timestamp>) -> bool {
    let mut tags = request.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        let mut listed = tags.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        // Compared weakly: what compresses on the way may weaken a tag.
        return listed.any(|listed| matches!(listed.trim(), "*") || listed.trim().trim_start_matches("W/") == tag);
    }
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    match (since, changed_at) {
        (Some(since), Some(changed_at)) => changed_at.to_jiff().as_second() <= since.as_second(),
        _ => false,
    }
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
        calendar(&headers, "BEGIN:VCALENDAR\r\n".into(), Some(CHANGED), Keeping::Public)
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
    fn a_private_answer_is_kept_by_nobody_and_found_by_no_engine() {
        let answer = calendar(&HeaderMap::new(), String::new(), None, Keeping::Private);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "private, no-cache");
        assert_eq!(answer.headers()["x-robots-tag"], "noindex");
        assert!(!answer.headers().contains_key(header::LAST_MODIFIED));
    }
}
