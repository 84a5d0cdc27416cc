//! What every answer and every request must satisfy: headers, and the Origin of unsafe requests.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Web;
use crate::error::Error;
use crate::refusals;

/// Nothing but our own files; no inline script or style, no frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the security headers that an answer has not set for itself; notes it if it refuses something.
pub async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = refusals::watch(&web, request, next).await;
    add(response.headers_mut(), web.config.is_https());
    response
}

/// Adds the security headers that are not there yet.
pub fn add(headers: &mut HeaderMap, https: bool) {
    // Once, not again and again while they come in.
    headers.reserve(10);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    // Pages tell who is signed in: no cache may keep them.
    set(header::CACHE_CONTROL, "no-store");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

/// Refuses unsafe requests that another site made a browser send.
///
/// Browsers tell where an unsafe request comes from (`Sec-Fetch-Site`, `Origin`); what tells neither is no
/// browser and carries nobody's cookies.
pub async fn same_origin(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers(), web.config.origin()) {
        return next.run(request).await;
    }
    Error::Forbidden.into_response()
}

/// Whether the request comes from our own pages, or from no browser at all.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap, ours: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(origin) = text(&header::ORIGIN) {
        return origin == ours;
    }
    matches!(text(&HeaderName::from_static("sec-fetch-site")), None | Some("same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused_and_our_own_is_taken() {
        let ours = "https://exemple.fr";
        assert!(is_same_origin(&headers(&[("origin", "https://exemple.fr")]), ours));
        assert!(!is_same_origin(&headers(&[("origin", "https://mechant.fr")]), ours));
        assert!(!is_same_origin(&headers(&[("origin", "null")]), ours));
        assert!(!is_same_origin(&headers(&[("origin", "http://exemple.fr")]), ours));
        assert!(!is_same_origin(&headers(&[("sec-fetch-site", "cross-site")]), ours));
        assert!(is_same_origin(&headers(&[]), ours));
    }
}
