//! What every request must satisfy before the site sees it: one host, one length, an address of bounded length, a body in time.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::error::Error;
use http::{BodyDeadline, Web, proxies, security};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, StatusCode, Version};
use kernel::identity::SharedIdentity;
use tower::Service as _;
use tracing::warn;

use super::activity::Activity;
use super::timed_body::{Late, TimedBody, WatchedBody};

/// The longest address of a request, bytes: no page or form of ours comes near it.
const MAX_URI: usize = 8 * 1024;

/// So many forwarded requests from an untrusted address of a private network are no accident.
const FORWARDED_REQUESTS: u32 = 20;

/// The site, and what its requests must satisfy.
pub(super) struct Gate {
    site: Router,
    identity: SharedIdentity,
    body_timeout: Duration,
    https: bool,
    trusts_proxies: bool,
    /// Requests that a proxy forwarded which is not trusted.
    forwarded: AtomicU32,
}

impl Gate {
    pub(super) fn new(site: Router, web: &Web, body_timeout: Duration) -> Self {
        let (identity, https) = (web.identity().clone(), web.config.is_https());
        let trusts_proxies = !web.config.trusted_proxies.is_empty();
        Self { site, identity, body_timeout, https, trusts_proxies, forwarded: AtomicU32::new(0) }
    }

    /// Answers a request, or refuses it.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        activity: &Arc<Activity>,
    ) -> Result<Response<WatchedBody>, Infallible> {
        activity.answers();
        self.look_for_proxy(peer.ip(), request.headers());
        let response = match check(&request, activity.is_framed_twice()) {
            Ok(()) => self.pass_on(request, peer).await,
            Err(error) => self.refuse(&error),
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            activity.upgraded();
        }
        Ok(response.map(|body| WatchedBody { body, activity: Arc::clone(activity) }))
    }

    /// Lets the site answer, as long as the request's body comes in time.
    async fn pass_on(&self, request: Request<Incoming>, peer: SocketAddr) -> Response {
        let late = Late::default();
        let extended = BodyDeadline::default();
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                return Body::empty();
            }
            let timeout = self.body_timeout;
            let deadline = Box::pin(tokio::time::sleep(timeout));
            Body::new(TimedBody { body, timeout, deadline, extended: extended.clone(), late: late.clone() })
        });
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(extended);
        let Ok(response) = self.site.clone().call(request).await;
        if late.is_set() { self.refuse(&Error::TooSlow) } else { response }
    }

    /// A refusal, after which nothing that the client sends on this connection can be understood.
    fn refuse(&self, error: &Error) -> Response {
        let mut response = http::page::error_of(self.identity.get(), error);
        security::add(response.headers_mut(), self.https);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// Warns once of a proxy that is not trusted: all visitors then are one to rate limits and the security log.
    fn look_for_proxy(&self, peer: IpAddr, headers: &HeaderMap) {
        if self.trusts_proxies || !is_internal(peer) || !proxies::is_forwarded(headers) {
            return;
        }
        if self.forwarded.fetch_add(1, Ordering::Relaxed) + 1 == FORWARDED_REQUESTS {
            warn!(
                "a proxy forwards requests and PARCOURS_TRUSTED_PROXIES is empty: all visitors seem to be one, \
                 share one rate limit, and have the proxy's address in the security log"
            );
        }
    }
}

/// Whether an address is of this machine or of a private network, where proxies stand.
fn is_internal(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// # Errors
///
/// Refuses an address that is too long, a request without exactly one host (RFC 9112 §3.2), and one whose length is told twice.
fn check<B>(request: &Request<B>, framed_twice: bool) -> Result<(), Error> {
    let uri = request.uri();
    if uri.path_and_query().map_or(0, |path| path.as_str().len()) > MAX_URI {
        return Err(Error::AddressTooLong);
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() == Version::HTTP_10 => {}
        (Some(host), None) if is_host(host) => {}
        _ => return Err(Error::BadRequest),
    }
    if framed_twice { Err(Error::BadRequest) } else { Ok(()) }
}

fn is_host(host: &HeaderValue) -> bool {
    host.to_str()
        .is_ok_and(|host| host.parse::<hyper::http::uri::Authority>().is_ok_and(|host| !host.as_str().contains('@')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, hosts: &[&str]) -> Request<()> {
        let builder = hosts.iter().fold(Request::builder().uri(path), |builder, host| builder.header("host", *host));
        builder.body(()).unwrap()
    }

    #[test]
    fn a_request_has_exactly_one_host() {
        for host in ["exemple.fr", "exemple.fr:8080", "[::1]:3000", "127.0.0.1"] {
            assert!(check(&request("/", &[host]), false).is_ok(), "{host}");
        }
        for hosts in [&[][..], &["exemple.fr", "exemple.fr"], &[""], &["a b"], &["moi@exemple.fr"], &["a/b"]] {
            assert!(matches!(check(&request("/", hosts), false), Err(Error::BadRequest)), "{hosts:?}");
        }
        let mut old = request("/", &[]);
        *old.version_mut() = Version::HTTP_10;
        assert!(check(&old, false).is_ok());
    }

    #[test]
    fn an_address_has_a_bounded_length_and_a_body_one_length() {
        let long = |length: usize| format!("/?{}", "x".repeat(length - 2));
        assert!(check(&request(&long(MAX_URI), &["a"]), false).is_ok());
        assert!(matches!(check(&request(&long(MAX_URI + 1), &["a"]), false), Err(Error::AddressTooLong)));
        assert!(matches!(check(&request("/", &["a"]), true), Err(Error::BadRequest)));
    }
}
