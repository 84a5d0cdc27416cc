//! Rate limits: tight per e-mail address, wide per network address, since a whole office may share one.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::Web;
use crate::error::Error;
use crate::proxies::client_address;
use kernel::clock::{Clock, Timestamp};
use kernel::config::Config;

/// Beyond this many remembered addresses, those that are at rest are forgotten.
const REMEMBERED: usize = 10_000;

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, Elapsed, NoOpMiddleware<Nanos>>;

/// The program's clock as governor wants it: time since the start.
#[derive(Debug, Clone)]
struct Elapsed {
    clock: Clock,
    started: Timestamp,
}

impl governor::clock::Clock for Elapsed {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        u64::try_from(self.clock.now().since(self.started).as_nanos()).unwrap_or(u64::MAX).into()
    }
}

/// How often one address may ask.
pub struct Limits {
    networks: Limiter<IpAddr>,
    emails: Limiter<String>,
    elapsed: Elapsed,
}

impl fmt::Debug for Limits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Limits(…)")
    }
}

impl Limits {
    /// The limits that the settings ask for.
    #[must_use]
    pub fn new(config: &Config, clock: Clock) -> Self {
        let at_least_one = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let elapsed = Elapsed { started: clock.now(), clock };
        Self {
            networks: RateLimiter::new(
                Quota::per_minute(at_least_one(config.rate_per_network)),
                DefaultKeyedStateStore::default(),
                elapsed.clone(),
            ),
            emails: RateLimiter::new(
                Quota::per_hour(at_least_one(config.rate_per_email)),
                DefaultKeyedStateStore::default(),
                elapsed.clone(),
            ),
            elapsed,
        }
    }

    /// Counts one request from a network, by this node alone.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when it asked too often.
    pub fn check_network(&self, from: ClientAddress) -> Result<(), Error> {
        let now = self.elapsed.now();
        self.networks.check_key(&from.network()).map_err(|no| too_many(no.wait_time_from(now)))?;
        if self.networks.len() > REMEMBERED {
            self.networks.retain_recent();
        }
        Ok(())
    }

    /// Counts one act of somebody whose address is proved, from a network and for an e-mail address.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] when either asked too often.
    pub fn check(&self, from: ClientAddress, email: &str) -> Result<(), Error> {
        self.check_network(from)?;
        let now = self.elapsed.now();
        self.emails.check_key(&email.to_owned()).map_err(|no| too_many(no.wait_time_from(now)))?;
        if self.emails.len() > REMEMBERED {
            self.emails.retain_recent();
        }
        Ok(())
    }
}

fn too_many(wait: std::time::Duration) -> Error {
    Error::TooMany { retry_after: wait.as_secs() + 1 }
}

/// The network address that a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Where a request of these parts comes from.
    #[must_use]
    pub fn of(extensions: &Extensions, headers: &HeaderMap, config: &Config) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        Self(client_address(peer, headers, &config.trusted_proxies))
    }

    /// The network that limits count: for IPv4 the /24, for IPv6 the /48, which one site has at most.
    #[must_use]
    pub const fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
            }
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
            }
        }
    }
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.headers, &state.as_ref().config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(per_network: u32, per_email: u32) -> (Limits, Clock) {
        let clock = Clock::set(Timestamp::from_millis(0));
        let config = Config { rate_per_network: per_network, rate_per_email: per_email, ..Config::defaults() };
        (Limits::new(&config, clock.clone()), clock)
    }

    fn office() -> ClientAddress {
        ClientAddress("192.0.2.7".parse().unwrap())
    }

    #[test]
    fn an_office_may_register_many_people_but_not_one_person_many_times() {
        let (limits, _) = limits(100, 3);
        for person in 0..90 {
            assert!(limits.check(office(), &format!("p{person}@exemple.fr")).is_ok());
        }
        for _ in 0..3 {
            assert!(limits.check(office(), "ada@exemple.fr").is_ok());
        }
        assert!(matches!(limits.check(office(), "ada@exemple.fr"), Err(Error::TooMany { retry_after: 1.. })));
    }

    #[test]
    fn who_waits_may_ask_again() {
        let (limits, clock) = limits(100, 1);
        assert!(limits.check(office(), "ada@exemple.fr").is_ok());
        assert!(limits.check(office(), "ada@exemple.fr").is_err());
        clock.advance(std::time::Duration::from_secs(3601));
        assert!(limits.check(office(), "ada@exemple.fr").is_ok());
    }
}
