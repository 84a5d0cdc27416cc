//! Fetches what is at an address that an organiser gives: with limits of time, size and redirects, and never from
//! a private network. The name is resolved once, and the checked address is the one that is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};

use mail::tls;

/// The whole of it, redirects included.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest calendar, bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 3;

/// Why nothing was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no `https:`, `http:` or `webcal:` address, or names an unusual port.
    #[error("no address that a calendar is fetched from")]
    NoAddress,
    /// It leads to this machine or to a private network.
    #[error("a private network")]
    Private,
    /// There is no answer, or none that a server gives.
    #[error("no answer")]
    NoAnswer,
    /// It took too long.
    #[error("too slow")]
    TooSlow,
    /// It is larger than a calendar.
    #[error("too large")]
    TooLarge,
    /// The server says that there is nothing, or not for us.
    #[error("refused")]
    Refused,
}

/// Where one may connect to: an address and a port.
pub type Allowed = fn(SocketAddr) -> bool;

/// Fetches the calendar at `address`, from public networks, on the usual ports.
///
/// # Errors
///
/// Says why not.
pub async fn fetch(address: &str) -> Result<Vec<u8>, FetchError> {
    fetch_from(address, public_web).await
}

/// Public networks, on the usual ports: what a server may ask for somebody.
#[must_use]
pub fn public_web(at: SocketAddr) -> bool {
    is_public(at.ip()) && matches!(at.port(), 80 | 443)
}

/// The same, from where `allowed` says.
///
/// # Errors
///
/// Says why not.
pub async fn fetch_from(address: &str, allowed: Allowed) -> Result<Vec<u8>, FetchError> {
    tokio::time::timeout(PATIENCE, follow(address, allowed)).await.unwrap_or(Err(FetchError::TooSlow))
}

async fn follow(address: &str, allowed: Allowed) -> Result<Vec<u8>, FetchError> {
    let mut uri = parse(address.trim())?;
    for _ in 0..=MAX_REDIRECTS {
        match get(&uri, ("text/calendar, text/plain;q=0.5", allowed), calendar).await? {
            Fetched::Calendar(bytes) => return Ok(bytes),
            Fetched::Elsewhere(location) => uri = resolve(&uri, &location)?,
        }
    }
    Err(FetchError::Refused)
}

fn parse(address: &str) -> Result<Uri, FetchError> {
    let address = match address.split_once("://") {
        Some(("webcal", rest)) => format!("https://{rest}"),
        Some(("https" | "http", _)) => address.to_owned(),
        _ => return Err(FetchError::NoAddress),
    };
    let uri: Uri = address.parse().map_err(|_| FetchError::NoAddress)?;
    // A name and a password in it would be sent on.
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if plain { Ok(uri) } else { Err(FetchError::NoAddress) }
}

/// Where a redirect leads: an address, or a path of the same server.
fn resolve(from: &Uri, location: &str) -> Result<Uri, FetchError> {
    if location.starts_with('/') && !location.starts_with("//") {
        let (scheme, authority) =
            (from.scheme_str().unwrap_or("https"), from.authority().ok_or(FetchError::NoAddress)?);
        return parse(&format!("{scheme}://{authority}{location}"));
    }
    parse(location)
}

enum Fetched {
    Calendar(Vec<u8>),
    Elsewhere(String),
}

/// What a server answers to one question, its body apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Its status.
    pub status: u16,
    /// Where it sends whoever asks, in whole.
    pub location: Option<String>,
}

/// Asks once what is at `address`, follows nothing and reads no body; from public networks, on the usual ports.
///
/// # Errors
///
/// Says why there is no answer.
pub async fn probe(address: &str) -> Result<Probe, FetchError> {
    probe_from(address, public_web).await
}

/// The same, from where `allowed` says.
///
/// # Errors
///
/// Says why there is no answer.
pub async fn probe_from(address: &str, allowed: Allowed) -> Result<Probe, FetchError> {
    let uri = parse(address.trim())?;
    let read = async |response: Response<Incoming>| {
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.and_then(|location| resolve(&uri, location).ok()).map(|uri| uri.to_string());
        Ok(Probe { status: response.status().as_u16(), location })
    };
    let asked = get(&uri, ("text/html, */*;q=0.5", allowed), read);
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(FetchError::TooSlow))
}

/// What a calendar's server answers.
async fn calendar(response: Response<Incoming>) -> Result<Fetched, FetchError> {
    if response.status().is_redirection() {
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        return Ok(Fetched::Elsewhere(location.ok_or(FetchError::Refused)?.to_owned()));
    }
    if response.status() != StatusCode::OK {
        return Err(FetchError::Refused);
    }
    let body = Limited::new(response.into_body(), MAX_BYTES).collect().await;
    let bytes = body.map_err(|error| match error.downcast::<http_body_util::LengthLimitError>() {
        Ok(_) => FetchError::TooLarge,
        Err(_) => FetchError::NoAnswer,
    })?;
    Ok(Fetched::Calendar(bytes.to_bytes().to_vec()))
}

/// Asks for what is at `uri`, and lets `read` make something of the answer.
async fn get<T, R, F>(uri: &Uri, (accept, allowed): (&'static str, Allowed), read: R) -> Result<T, FetchError>
where
    R: FnOnce(Response<Incoming>) -> F,
    F: Future<Output = Result<T, FetchError>>,
{
    let host = uri.host().ok_or(FetchError::NoAddress)?.trim_start_matches('[').trim_end_matches(']');
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let found: Vec<_> = lookup_host((host, port)).await.map_err(|_| FetchError::NoAnswer)?.collect();
    // One forbidden address is enough: names that point both ways are made to deceive.
    if found.iter().any(|at| !allowed(*at)) {
        return Err(FetchError::Private);
    }
    let at = found.first().ok_or(FetchError::NoAnswer)?;
    let socket = TcpStream::connect(at).await.map_err(|_| FetchError::NoAnswer)?;
    if secure {
        let tls = tls::Client::new(host, None).map_err(|_| FetchError::NoAnswer)?;
        let socket = tls.wrap(socket).await.map_err(|_| FetchError::NoAnswer)?;
        ask(socket, (uri, accept), read).await
    } else {
        ask(socket, (uri, accept), read).await
    }
}

async fn ask<S, T, R, F>(socket: S, (uri, accept): (&Uri, &'static str), read: R) -> Result<T, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    R: FnOnce(Response<Incoming>) -> F,
    F: Future<Output = Result<T, FetchError>>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(|_| FetchError::NoAnswer)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(header::HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(header::USER_AGENT, "parcours")
        .header(header::ACCEPT, accept)
        .body(Empty::<Bytes>::new())
        .map_err(|_| FetchError::NoAddress)?;
    let talk = async move {
        let response = sender.send_request(request).await.map_err(|_| FetchError::NoAnswer)?;
        read(response).await
    };
    // The connection is driven while the answer is awaited. When it ends first, what it brought is still read.
    let drive = async {
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        answer = talk => answer,
        answer = drive => answer,
    }
}

/// Whether an address belongs to the public Internet (IANA's special-purpose registries).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only global unicast; of that, not what carries another address inside, nor documentation.
    let global = (0x2000..0x4000).contains(&first);
    let special = first == 0x2002 || (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) || first == 0x3fff;
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_and_what_leads_there_are_not_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a01:e0a::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn only_addresses_of_the_web_are_taken() {
        assert_eq!(parse("webcal://exemple.fr/a.ics").unwrap().to_string(), "https://exemple.fr/a.ics");
        for not in
            ["file:///etc/passwd", "ftp://exemple.fr", "exemple.fr", "https://ada:secret@exemple.fr/", "https://"]
        {
            assert_eq!(parse(not), Err(FetchError::NoAddress), "{not}");
        }
        let from = parse("https://exemple.fr/a.ics").unwrap();
        assert_eq!(resolve(&from, "/b.ics").unwrap().to_string(), "https://exemple.fr/b.ics");
        assert_eq!(resolve(&from, "//interne/b.ics"), Err(FetchError::NoAddress));
        assert_eq!(resolve(&from, "file:///x"), Err(FetchError::NoAddress));
    }
}
