//! The client's address behind proxies: what `X-Forwarded-For` and `Forwarded` (RFC 7239) say is believed as far as trusted
//! proxies wrote it. A hop that cannot be read is not passed.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use ipnet::IpNet;

/// The header that proxies commonly append to.
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The nearest address that is not a trusted proxy. `Forwarded` is read only where `X-Forwarded-For` is absent: whichever
/// of the two the proxies do not write comes from the client.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.to_canonical();
    if !is_trusted(address, trusted) {
        return address;
    }
    for hop in hops(headers).into_iter().rev() {
        if !is_trusted(address, trusted) {
            break;
        }
        let Some(before) = hop else { break };
        address = before;
    }
    address
}

/// Whether a proxy of ours has this address.
#[must_use]
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

/// Whether a request says that a proxy forwarded it.
#[must_use]
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

/// The addresses that the request passed, nearest last; nothing in the place of one that cannot be read.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    if headers.contains_key(X_FORWARDED_FOR) {
        return values(X_FORWARDED_FOR).flat_map(|value| value.split(',')).map(parse_hop).collect();
    }
    let elements = values(header::FORWARDED.as_str()).flat_map(|value| split_unquoted(value, ','));
    elements.map(parse_element).collect()
}

/// Splits at a separator outside quoted strings.
fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let split = text.split(move |letter| {
        let is_escaped = std::mem::take(&mut escaped);
        match letter {
            '\\' if quoted && !is_escaped => escaped = true,
            '"' if !is_escaped => quoted = !quoted,
            _ => return letter == separator && !quoted,
        }
        false
    });
    split.collect()
}

/// The address of the one `for` of an element of `Forwarded`.
fn parse_element(element: &str) -> Option<IpAddr> {
    let pairs = split_unquoted(element, ';').into_iter().filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, node)| node.trim());
    let (node, None) = (nodes.next()?, nodes.next()) else { return None };
    parse_hop(node.strip_prefix('"').map_or(Some(node), |node| node.strip_suffix('"'))?)
}

/// `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. IPv6 without a port comes with brackets or without.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bracketed = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bracketed {
        Some(address) => address.parse().map(IpAddr::V6).ok(),
        None => hop.parse().ok().or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip())),
    };
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";
    const CLIENT: &str = "192.0.2.7";

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seen(peer: &str, name: &'static str, values: &[&str], trusted: &str) -> String {
        let trusted: Vec<IpNet> = trusted.split_whitespace().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, axum::http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        client_address(address(peer), &headers, &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_counts_only_when_a_trusted_proxy_says_so() {
        let values = ["6.6.6.6, 192.0.2.7"];
        assert_eq!(seen(PROXY, X_FORWARDED_FOR, &values, "10.0.0.1/32"), CLIENT);
        assert_eq!(seen(PROXY, X_FORWARDED_FOR, &values, ""), PROXY);
        assert_eq!(seen("203.0.113.9", X_FORWARDED_FOR, &values, "10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn proxies_are_trusted_by_network_and_however_their_ipv4_address_is_written() {
        assert_eq!(seen("10.9.8.7", X_FORWARDED_FOR, &["192.0.2.7, 10.1.2.3"], "10.0.0.0/8"), CLIENT);
        assert_eq!(seen("::ffff:10.0.0.1", X_FORWARDED_FOR, &["::ffff:192.0.2.7"], "10.0.0.0/8"), CLIENT);
        assert_eq!(seen("fd00::1", X_FORWARDED_FOR, &["2001:db8::5"], "fd00::/8"), "2001:db8::5");
    }

    #[test]
    fn a_hop_may_have_a_port() {
        for hop in ["192.0.2.7:4711", "192.0.2.7", " 192.0.2.7 ", "[::ffff:192.0.2.7]:80"] {
            assert_eq!(seen(PROXY, X_FORWARDED_FOR, &[hop], "10.0.0.0/8"), CLIENT, "{hop}");
        }
        for hop in ["[2001:db8::5]:4711", "[2001:db8::5]", "2001:db8::5"] {
            assert_eq!(seen(PROXY, X_FORWARDED_FOR, &[hop], "10.0.0.0/8"), "2001:db8::5", "{hop}");
        }
    }

    #[test]
    fn a_hop_that_cannot_be_read_is_not_passed() {
        for values in [
            &["192.0.2.7, unknown"][..],
            &["192.0.2.7, 10.0.0.300"],
            &["192.0.2.7, [10.0.0.2"],
            &["192.0.2.7,"],
            &["192.0.2.7", "\u{e9}"],
        ] {
            assert_eq!(seen(PROXY, X_FORWARDED_FOR, values, "10.0.0.0/8"), PROXY, "{values:?}");
        }
        for value in ["for=192.0.2.7, for=unknown", "for=192.0.2.7, for=_hidden", "for=192.0.2.7, by=10.0.0.1"] {
            assert_eq!(seen(PROXY, "forwarded", &[value], "10.0.0.0/8"), PROXY, "{value}");
        }
        assert_eq!(seen(PROXY, "forwarded", &["for=192.0.2.7;for=6.6.6.6"], "10.0.0.0/8"), PROXY);
    }

    #[test]
    fn the_standard_header_is_understood() {
        for value in [
            "for=192.0.2.7",
            "for=6.6.6.6, For=\"192.0.2.7:47011\";proto=https;by=10.0.0.1",
            "for=192.0.2.7;host=\"a,b;for=6.6.6.6\", for=10.0.0.2",
            "for=192.0.2.7;host=\"a\\\",for=6.6.6.6\"",
        ] {
            assert_eq!(seen(PROXY, "forwarded", &[value], "10.0.0.0/8"), CLIENT, "{value}");
        }
        assert_eq!(seen(PROXY, "forwarded", &["for=\"[2001:db8::5]:4711\""], "10.0.0.0/8"), "2001:db8::5");
    }

    #[test]
    fn a_client_writes_no_standard_header_past_a_proxy_that_writes_the_other() {
        let mut headers = HeaderMap::new();
        headers.insert("forwarded", "for=6.6.6.6".parse().unwrap());
        headers.insert(X_FORWARDED_FOR, CLIENT.parse().unwrap());
        assert_eq!(client_address(address(PROXY), &headers, &["10.0.0.0/8".parse().unwrap()]), address(CLIENT));
    }
}
