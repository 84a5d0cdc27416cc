//! The link of an event's video meeting. Pure.

use hyper::http::uri::Authority;

/// The longest link, bytes.
const MAX_BYTES: usize = 1000;

/// The host that a link of a video meeting leads to, in lower case (RFC 3986 §3.2.2); `None` for what cannot be such a link.
///
/// A page shows this name before anybody follows the link, so that it must be the one that browsers go to: `\` ends it, as
/// it does for them, and a name of a user before it (`https://visio.exemple.fr@ailleurs.fr`) is refused.
#[must_use]
pub fn video_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    if url.len() > MAX_BYTES || url.chars().any(|sign| sign.is_whitespace() || sign.is_control()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    if authority.contains(['@', '%']) {
        return None;
    }
    let authority: Authority = authority.parse().ok()?;
    Some(authority.host().to_ascii_lowercase()).filter(|host| !host.is_empty())
}

/// Whether this can be the link of a video meeting.
#[must_use]
pub fn is_video_url(url: &str) -> bool {
    video_host(url).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_one_that_a_browser_goes_to() {
        for (url, host) in [
            ("https://visio.exemple.fr/salle?a=1,2;b", "visio.exemple.fr"),
            ("https://VISIO.exemple.fr:8443", "visio.exemple.fr"),
            ("https://ailleurs.fr\\@visio.exemple.fr/", "ailleurs.fr"),
            ("https://ailleurs.fr#@visio.exemple.fr", "ailleurs.fr"),
            ("https://[2001:db8::1]/salle", "[2001:db8::1]"),
        ] {
            assert_eq!(video_host(url).as_deref(), Some(host), "{url}");
        }
    }

    #[test]
    fn what_leads_elsewhere_than_it_seems_or_nowhere_is_no_link() {
        for url in [
            "",
            "visio.exemple.fr",
            "http://visio.exemple.fr",
            "javascript:alert(1)",
            "https://",
            "https:///salle",
            "https://:443/",
            "https://visio.exemple.fr@ailleurs.fr/",
            "https://visio.exemple.fr%2f@ailleurs.fr/",
            "https://visio.exemple.fr%2eailleurs.fr/",
            "https://visio exemple.fr/",
            "https://visio.exemple.fr/\u{a0}a",
            "https://visio.exemple.fr/\u{0}",
        ] {
            assert_eq!(video_host(url), None, "{url}");
        }
        let long = format!("https://visio.exemple.fr/{}", "a".repeat(MAX_BYTES));
        assert!(!is_video_url(&long) && is_video_url(&long[..MAX_BYTES]));
    }
}
