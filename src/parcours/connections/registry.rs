//! Which connections are open: at most so many in all and from one client; when room is short, those that are idle for the
//! longest time are closed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::proxies;
use ipnet::IpNet;
use kernel::config::Config;
use tokio::time::Instant;
use tracing::warn;

use super::activity::Activity;

/// So many idle connections are closed at once when room is short: looking for them reads the whole list.
const CLOSED_AT_ONCE: usize = 16;

/// That a client has too many connections is said in the log once in this time.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// The open connections.
pub(super) struct Registry {
    connections: Mutex<Connections>,
    /// Connections in all, at most.
    room: usize,
    per_client: usize,
    trusted_proxies: Vec<IpNet>,
}

#[derive(Default)]
struct Connections {
    last: u64,
    open: HashMap<u64, Arc<Activity>>,
    of_clients: HashMap<IpAddr, usize>,
    warned_at: Option<Instant>,
}

impl Registry {
    pub(super) fn new(config: &Config, room: usize) -> Self {
        let per_client = usize::try_from(config.connections_per_address).unwrap_or(usize::MAX);
        let trusted_proxies = config.trusted_proxies.clone();
        Self { connections: Mutex::default(), room, per_client, trusted_proxies }
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_room(&self) -> bool {
        self.lock().open.len() < self.room
    }

    /// Admits a connection, unless its client has as many as it may.
    pub(super) fn admit(this: &Arc<Self>, peer: IpAddr) -> Option<Admitted> {
        let client = this.counted(peer);
        let mut connections = this.lock();
        if let Some(client) = client {
            let count = connections.of_clients.entry(client).or_default();
            if *count >= this.per_client {
                connections.warn_of_client();
                return None;
            }
            *count += 1;
        }
        connections.last += 1;
        let (id, activity) = (connections.last, Arc::new(Activity::new(Instant::now())));
        connections.open.insert(id, Arc::clone(&activity));
        drop(connections);
        Some(Admitted { registry: Arc::clone(this), id, client, activity })
    }

    /// Whom a connection counts for: an IPv4 address, or the /64 that one subscriber has; nobody for this machine and proxies.
    fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if peer.is_loopback() || proxies::is_trusted(peer, &self.trusted_proxies) {
            return None;
        }
        Some(match peer {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }

    /// Closes connections that are idle for the longest time; says how many.
    pub(super) fn close_idle(&self) -> usize {
        let connections = self.lock();
        let mut idle: Vec<_> =
            connections.open.values().filter_map(|activity| Some((activity.idle_since()?, activity))).collect();
        idle.sort_unstable_by_key(|(since, _)| *since);
        idle.truncate(CLOSED_AT_ONCE);
        for (_, activity) in &idle {
            activity.close();
        }
        idle.len()
    }
}

impl Connections {
    fn warn_of_client(&mut self) {
        let now = Instant::now();
        if self.warned_at.is_none_or(|at| at + WARN_EVERY <= now) {
            self.warned_at = Some(now);
            warn!("a client has PARCOURS_CONNECTIONS_PER_ADDRESS connections, and gets no more");
        }
    }
}

/// An admitted connection's entry; it ends with the connection, which may outlive its HTTP as a WebSocket.
pub(super) struct Admitted {
    registry: Arc<Registry>,
    id: u64,
    client: Option<IpAddr>,
    activity: Arc<Activity>,
}

impl Admitted {
    pub(super) fn activity(&self) -> Arc<Activity> {
        Arc::clone(&self.activity)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut connections = self.registry.lock();
        connections.open.remove(&self.id);
        let Some(client) = self.client else { return };
        if let Some(count) = connections.of_clients.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                connections.of_clients.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(room: usize, per_client: u32, trusted: &str) -> Arc<Registry> {
        let trusted_proxies = trusted.split_whitespace().map(|network| network.parse().unwrap()).collect();
        let config = Config { connections_per_address: per_client, trusted_proxies, ..Config::defaults() };
        Arc::new(Registry::new(&config, room))
    }

    fn admit(registry: &Arc<Registry>, peer: &str) -> Option<Admitted> {
        Registry::admit(registry, peer.parse().unwrap())
    }

    #[test]
    fn a_client_has_so_many_connections_and_others_theirs() {
        let registry = registry(100, 2, "");
        let (_first, second) = (admit(&registry, "192.0.2.7"), admit(&registry, "::ffff:192.0.2.7"));
        assert!(second.is_some() && admit(&registry, "192.0.2.7").is_none());
        assert!(admit(&registry, "192.0.2.8").is_some());
        drop(second);
        assert!(admit(&registry, "192.0.2.7").is_some(), "one that ended counts no more");
    }

    #[test]
    fn a_subscriber_with_a_network_of_ipv6_addresses_is_one_client() {
        let registry = registry(100, 1, "");
        let first = admit(&registry, "2001:db8::1");
        assert!(first.is_some() && admit(&registry, "2001:db8::ffff:2").is_none());
        assert!(admit(&registry, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn this_machine_and_trusted_proxies_are_exempt() {
        let registry = registry(100, 1, "10.0.0.0/8");
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3"] {
            assert!(admit(&registry, peer).is_some() && admit(&registry, peer).is_some(), "{peer}");
        }
    }

    #[test]
    fn the_longest_idle_connections_make_room_and_none_that_answers() {
        let registry = registry(CLOSED_AT_ONCE + 2, 1000, "");
        let all: Vec<_> = (0..CLOSED_AT_ONCE + 2).map(|_| admit(&registry, "192.0.2.7").unwrap()).collect();
        assert!(!registry.has_room());
        all[0].activity.answers();
        assert_eq!(registry.close_idle(), CLOSED_AT_ONCE);
        let is_left = |admitted: &Admitted| admitted.activity.idle_since().is_some();
        assert!(!is_left(&all[1]) && !is_left(&all[CLOSED_AT_ONCE]) && is_left(&all[CLOSED_AT_ONCE + 1]));
        assert_eq!(registry.close_idle(), 1, "those that are being closed already are not closed again");
        all[0].activity.answered();
        assert!(is_left(&all[0]), "its answer went out");
    }
}
