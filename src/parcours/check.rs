//! `parcours check`: tries what the program depends on, and says what is wrong.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::server::without_password;
use db::Db;
use domain::identity;
use kernel::clock::{Clock, Timestamp};
use kernel::config::Config;
use kernel::identity::{Fact, Facts, Identity};
use kernel::theme::Theme;
use mail::{Delivery, Mail};

/// A clock before the day this was written is wrong: 2026-11-01.
const EARLIEST: Timestamp = Timestamp::from_millis(1_793_491_200_000);

/// How far this machine's clock may be from the database's.
const DRIFT: Duration = Duration::from_secs(5);

/// What is said of a password that is sent to the mail server without TLS.
pub const PASSWORD_IN_CLEAR: &str = "the password for the mail server travels unencrypted (AUTH over smtp://): \
     programs on this machine can read it; use smtps:// or smtp+starttls://";

/// What was found out about one thing.
enum Finding {
    Fine(String),
    /// It works, and somebody should look at it.
    Doubtful(String),
    Wrong(String),
}

impl From<Result<String, String>> for Finding {
    fn from(result: Result<String, String>) -> Self {
        result.map_or_else(Self::Wrong, Self::Fine)
    }
}

/// Tries database, mail server, base URL, proxies, clock, theme and legal pages, one line each; fails when any is wrong.
pub async fn check(config: Config) -> ExitCode {
    let database = check_database(&config).await;
    let results = [
        ("database", database.into()),
        ("mail", check_mail(&config).await),
        ("base URL", check_base_url(&config).into()),
        ("proxies", check_proxies(&config)),
        ("clock", check_clock(&config).await.into()),
        ("theme", check_theme(&config)),
        ("identity", check_identity(&config).await),
    ];
    let mut out = std::io::stdout();
    let mut code = ExitCode::SUCCESS;
    for (what, result) in results {
        let line = match result {
            Finding::Fine(fine) => format!("ok     {what}: {fine}"),
            Finding::Doubtful(doubt) => format!("LOOK   {what}: {doubt}"),
            Finding::Wrong(wrong) => {
                code = ExitCode::FAILURE;
                format!("WRONG  {what}: {wrong}")
            }
        };
        let _ = writeln!(out, "{line}");
    }
    code
}

async fn check_database(config: &Config) -> Result<String, String> {
    let url = without_password(&config.database_url);
    let db = Db::open(&config.database_url, 1).await.map_err(|error| format!("{url} cannot be used: {error}"))?;
    db.write().await.map_err(|error| format!("{url} cannot be written: {error}"))?;
    db.close().await;
    Ok(format!("{url} opens, is migrated and can be written"))
}

async fn check_mail(config: &Config) -> Finding {
    let mail = match Mail::open(config, Delivery::Server) {
        Ok(mail) => mail,
        Err(error) => return Finding::Wrong(error.to_string()),
    };
    match mail.try_server().await {
        None => {
            Finding::Wrong("PARCOURS_SMTP_URL is not set, so letters wait in the outbox and nobody gets them".into())
        }
        Some(Ok(())) if mail.sends_password_in_clear() => Finding::Doubtful(PASSWORD_IN_CLEAR.into()),
        Some(Ok(())) => {
            Finding::Fine("the mail server greets, encrypts and signs in as the URL asks; letters are whole".into())
        }
        Some(Err(error)) => Finding::Wrong(error),
    }
}

/// What is wrong when a proxy must stand in front, for TLS, and none is trusted.
#[must_use]
pub fn missing_proxy(config: &Config) -> Option<&'static str> {
    (config.is_https() && config.trusted_proxies.is_empty()).then_some(
        "the base URL is https://, so a proxy stands in front, and PARCOURS_TRUSTED_PROXIES names none: all visitors \
         seem to be one, share one rate limit, and have the proxy's address in the security log",
    )
}

fn check_proxies(config: &Config) -> Finding {
    if let Some(doubt) = missing_proxy(config) {
        return Finding::Doubtful(doubt.into());
    }
    if config.trusted_proxies.is_empty() {
        return Finding::Fine("none is trusted: visitors connect directly".into());
    }
    let names: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    Finding::Fine(format!("{} may say who the visitor is", names.join(", ")))
}

fn check_theme(config: &Config) -> Finding {
    let Some(directory) = &config.theme_dir else { return Finding::Fine("none: the site looks neutral".into()) };
    match Theme::open(Some(directory)) {
        Err(error) => Finding::Wrong(error.to_string()),
        Ok(theme) if theme.warnings.is_empty() => Finding::Fine(format!("{} can be used", directory.display())),
        Ok(theme) => Finding::Doubtful(theme.warnings.join("; ")),
    }
}

/// What the legal pages lack.
async fn check_identity(config: &Config) -> Finding {
    let Ok(theme) = Theme::open(config.theme_dir.as_deref()) else {
        return Finding::Doubtful("not looked at: the theme cannot be read".into());
    };
    let Ok(db) = Db::open(&config.database_url, 1).await else {
        return Finding::Doubtful("not looked at: the database cannot be opened".into());
    };
    let facts = match db.read().await {
        Ok(mut conn) => identity::facts(&mut conn).await.unwrap_or_default(),
        Err(_) => Facts::new(),
    };
    db.close().await;
    let missing = Identity::new(Arc::new(theme), facts).missing();
    if missing.is_empty() {
        return Finding::Fine("the legal pages have all that they need".into());
    }
    let names: Vec<_> = missing.into_iter().map(Fact::name).collect();
    let names = names.join(", ");
    Finding::Doubtful(format!(
        "the legal pages lack {names}: an owner types them at /organisation/identite, or theme.toml says them"
    ))
}

fn check_base_url(config: &Config) -> Result<String, String> {
    let url = &config.base_url;
    let Some((scheme, host)) = url.split_once("://") else {
        return Err(format!("{url} is not an address: it starts with https:// (or http:// on this machine)"));
    };
    let local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.starts_with(name));
    match scheme {
        _ if host.is_empty() || host.contains(['/', ' ']) => {
            Err(format!("{url}: give scheme and host only, without a path"))
        }
        "https" => Ok(format!("{url}, cookies are bound to it")),
        "http" if local => Ok(format!("{url}, good for trying out on this machine")),
        "http" => Err(format!("{url} is not encrypted: sign-in links would travel in the clear; use https://")),
        _ => Err(format!("{url}: the scheme is https")),
    }
}

async fn check_clock(config: &Config) -> Result<String, String> {
    let now = Clock::System.now();
    if now < EARLIEST {
        return Err(format!("this machine believes it is {now}"));
    }
    let Ok(db) = Db::open(&config.database_url, 1).await else { return Ok(format!("{now}")) };
    let theirs = db.clock().await.map_err(|error| error.to_string())?;
    let drift = now.since(theirs).max(theirs.since(now));
    db.close().await;
    if drift > DRIFT {
        return Err(format!("this machine says {now}, the database says {theirs}: set both by NTP"));
    }
    Ok(format!("{now}, and the database agrees"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base_url(url: &str) -> Result<String, String> {
        check_base_url(&Config { base_url: url.into(), ..Config::defaults() })
    }

    #[test]
    fn a_proxy_in_front_is_to_be_trusted() {
        let config = |url: &str, proxies: &str| {
            let trusted_proxies = proxies.split_whitespace().map(|network| network.parse().unwrap()).collect();
            Config { base_url: url.into(), trusted_proxies, ..Config::defaults() }
        };
        assert!(matches!(check_proxies(&config("https://exemple.fr", "")), Finding::Doubtful(_)));
        assert!(matches!(check_proxies(&config("https://exemple.fr", "10.0.0.0/8")), Finding::Fine(_)));
        assert!(matches!(check_proxies(&config("http://localhost:3000", "")), Finding::Fine(_)));
    }

    #[test]
    fn a_base_url_is_https_except_on_this_machine() {
        assert!(base_url("https://parcours.exemple.fr").is_ok());
        assert!(base_url("http://localhost:3000").is_ok());
        for wrong in ["http://parcours.exemple.fr", "parcours.exemple.fr", "https://exemple.fr/parcours", "ftp://x"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
