//! The mail server's address: `smtp://`, `smtp+starttls://` or `smtps://`, `[user:password@]host[:port]`.

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all: for a relay on this machine.
    None,
    /// TLS, begun by STARTTLS; a server without it is not talked to.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// An understood address.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl {
    pub security: Security,
    pub host: String,
    pub port: u16,
    /// Name and password.
    pub user: Option<(String, String)>,
}

/// Never shows the password.
impl std::fmt::Debug for ServerUrl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?} {}:{}", self.security, self.host, self.port)
    }
}

impl ServerUrl {
    /// Understands an address. Ports: 25, 587 with STARTTLS, 465 with TLS.
    ///
    /// # Errors
    ///
    /// Says what is wrong, without repeating the password.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("it needs a scheme, for instance smtps://")?;
        let (security, default_port) = match scheme {
            "smtp" => (Security::None, 25),
            "smtp+starttls" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(format!("{scheme}:// is none of smtp://, smtp+starttls://, smtps://")),
        };
        let rest = rest.trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(credentials(user)?), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place, default_port)?;
        if security == Security::None && user.is_some() && !is_this_machine(&host) {
            return Err("a password must not travel unprotected: use smtps:// or smtp+starttls://".to_owned());
        }
        Ok(Self { security, host, port, user })
    }
}

impl ServerUrl {
    /// Whether a password goes to the server unprotected: only on this machine, where others may listen too.
    pub fn sends_password_in_clear(&self) -> bool {
        self.security == Security::None && self.user.is_some()
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn credentials(text: &str) -> Result<(String, String), String> {
    let (name, password) = text.split_once(':').ok_or("the user name needs a password: user:password@host")?;
    Ok((decode(name)?, decode(password)?))
}

fn host_and_port(place: &str, default_port: u16) -> Result<(String, u16), String> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() || host.contains(['/', '?', ' ']) {
        return Err("it names no host".to_owned());
    }
    let port = match port {
        Some(port) => port.parse().map_err(|_| "its port is no number below 65,536".to_owned())?,
        None => default_port,
    };
    Ok((host.to_owned(), port))
}

/// Percent-decoding (RFC 3986 §2.1).
fn decode(text: &str) -> Result<String, String> {
    let malformed = || "its user name or password has a malformed %".to_owned();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2).ok_or_else(malformed)?;
            let digits = std::str::from_utf8(digits).map_err(|_| malformed())?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| malformed())?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_say_how_the_connection_is_protected_and_which_port() {
        let parsed = |url| ServerUrl::parse(url).map(|url| (url.security, url.host, url.port)).unwrap();
        assert_eq!(parsed("smtp://localhost"), (Security::None, "localhost".into(), 25));
        assert_eq!(parsed("smtp+starttls://mx.exemple.fr/"), (Security::StartTls, "mx.exemple.fr".into(), 587));
        assert_eq!(parsed("smtps://mx.exemple.fr"), (Security::Tls, "mx.exemple.fr".into(), 465));
        assert_eq!(parsed("smtp://[::1]:2525"), (Security::None, "::1".into(), 2525));
    }

    #[test]
    fn a_name_and_a_password_may_hold_anything_when_percent_encoded() {
        let url = ServerUrl::parse("smtps://ada%40exemple.fr:p%3A%C3%A9%25@mx.exemple.fr:4465").unwrap();
        assert_eq!(url.user, Some(("ada@exemple.fr".into(), "p:é%".into())));
        assert_eq!(url.port, 4465);
        assert!(!format!("{url:?}").contains("p:é"));
    }

    #[test]
    fn a_password_does_not_travel_unprotected() {
        assert!(ServerUrl::parse("smtp://ada:secret@mx.exemple.fr").is_err());
        let in_clear = |url: &str| ServerUrl::parse(url).unwrap().sends_password_in_clear();
        assert!(in_clear("smtp://ada:secret@127.0.0.1"), "only on this machine, and that is warned of");
        for protected in
            ["smtp://127.0.0.1", "smtps://ada:secret@mx.exemple.fr", "smtp+starttls://ada:secret@127.0.0.1"]
        {
            assert!(!in_clear(protected), "{protected}");
        }
    }

    #[test]
    fn nonsense_is_refused_without_repeating_the_password() {
        for url in ["mx.exemple.fr", "http://mx", "smtp://", "smtp://mx:99999", "smtps://ada@mx", "smtps://a:%zz@mx"] {
            assert!(ServerUrl::parse(url).is_err(), "{url}");
        }
        assert!(!ServerUrl::parse("smtps://ada:hunter2%@mx").unwrap_err().contains("hunter2"));
    }
}
