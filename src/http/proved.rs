//! The cookie of a browser that proved addresses: the limits count it apart for these, so that nobody locks their owners out.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Web;
use crate::error::Error;
use crate::limits::ClientAddress;
use crate::session::cookie;
use domain::proof_requests::{self, Requester};
use kernel::config::Config;

/// As long as browsers keep any cookie (RFC 6265bis §5.5).
pub const LASTS: Duration = Duration::from_secs(400 * 24 * 3600);

/// Addresses of one browser that are remembered: those proved last.
const REMEMBERED: usize = 4;

const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-parcours_proved" } else { "parcours_proved" }
}

/// Who asks, as far as limits tell: the network that a request comes from, and the addresses that its browser proved.
#[derive(Debug, Clone)]
pub struct Asker {
    from: ClientAddress,
    proofs: Vec<Vec<u8>>,
}

impl Asker {
    /// The request of this browser with an address, if it is not one of too many.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when its network asked too often of this node.
    pub fn request(&self, web: &Web, email: &str) -> Result<Requester, Error> {
        let has_proved = self.proofs.contains(&proof_requests::proof_of(web, email));
        if !has_proved {
            web.limits.check_network(self.from)?;
        }
        Ok(Requester { network: self.from.network(), has_proved })
    }

    /// The same for somebody who is signed in with that address.
    #[must_use]
    pub const fn signed_in(&self) -> Requester {
        Requester { network: self.from.network(), has_proved: true }
    }

    /// The cookie by which this browser is known again that has just proved an address.
    #[must_use]
    pub fn cookie_with(&self, web: &Web, email: &str) -> Cookie<'static> {
        let new = proof_requests::proof_of(web, email);
        let before = self.proofs.iter().filter(|proof| **proof != new);
        let kept: Vec<_> = std::iter::once(&new).chain(before).take(REMEMBERED).collect();
        let value: Vec<_> = kept.into_iter().map(|proof| URL_SAFE_NO_PAD.encode(proof)).collect();
        cookie(&web.config, cookie_name(web.config.is_https()), value.join("."), LASTS)
    }
}

/// The proofs that a cookie holds.
fn proofs(parts: &Parts, config: &Config) -> Vec<Vec<u8>> {
    let jar = CookieJar::from_headers(&parts.headers);
    let Some(cookie) = jar.get(cookie_name(config.is_https())) else { return Vec::new() };
    cookie.value().split('.').take(REMEMBERED).filter_map(|proof| URL_SAFE_NO_PAD.decode(proof).ok()).collect()
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let config = &state.as_ref().config;
        let from = ClientAddress::of(&parts.extensions, &parts.headers, config);
        Ok(Self { from, proofs: proofs(parts, config) })
    }
}
