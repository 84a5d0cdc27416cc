//! Settings: command-line flags with environment twins `PARCOURS_…`. The only place that reads the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;

/// Runs a programme of webinars and participatory workshops: registrations, letters, calendar feeds, live boards.
#[derive(Debug, Parser)]
#[command(name = "parcours", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to do it.
    #[command(flatten)]
    pub config: Config,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the site.
    Serve,
    /// Serve a demonstration: a programme that has begun, with invented people, an organiser, a mailbox at /courriels.
    Demo {
        /// Start bare: the carried programme on coming dates, and nobody.
        #[arg(long)]
        empty: bool,
    },
    /// Bring the database's schema up to date, and stop.
    Migrate,
    /// Load or update a programme from a TOML file; may be repeated.
    Import {
        /// The programme.
        file: PathBuf,
    },
    /// Give somebody everything that organisers may do; `role` gives and ends other roles.
    #[command(subcommand)]
    Organiser(OrganiserCommand),
    /// Say who may do what, and change it.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Erase people of whom nothing was heard for longer than PARCOURS_RETENTION_DAYS; a server does so every day.
    Purge,
    /// Read reports of mail servers about letters that came back, from standard input (one) or a maildir: the letters are marked,
    /// and addresses that do not exist are written to no more. See docs/mail.md.
    Bounces {
        /// Read the new messages of this maildir, and mark them as seen.
        #[arg(long)]
        maildir: Option<PathBuf>,
    },
    /// Copy the SQLite database to FILE, while a server goes on using it.
    Backup {
        /// Where to; nothing may be there yet.
        file: PathBuf,
    },
    /// Try the database, the mail server, the base URL and the clock, and say what is wrong.
    Check,
}

/// What can be done to organisers.
#[derive(Debug, Subcommand)]
pub enum OrganiserCommand {
    /// Give an address an organiser's account.
    Add {
        /// The organiser's e-mail address.
        email: String,
    },
}

/// What can be done to roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// List who holds which role.
    List,
    /// Give an address a role.
    Grant(RoleAt),
    /// End a role of an address, at once.
    End(RoleAt),
}

/// A role of an address, and where it holds.
#[derive(Debug, Args)]
pub struct RoleAt {
    /// The e-mail address.
    pub email: String,
    /// owner, organiser or facilitator.
    pub role: String,
    /// For one edition, a facilitator: its slug.
    #[arg(long, conflicts_with = "event")]
    pub edition: Option<String>,
    /// For one event, a facilitator: its slug.
    #[arg(long)]
    pub event: Option<String>,
}

/// Edits a second from one person on a board, on average, unless configured. The board client keeps below it.
pub const BOARD_EDITS_PER_SECOND: u32 = 50;

/// An address or a network. IPv4 addresses that are written as IPv6 (`::ffff:10.0.0.1`) are IPv4.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
    network.or_else(|_| text.parse()).map_err(|_| "an IP address, or a network such as 10.0.0.0/8".to_owned())
}

/// A contact as RFC 9116 wants it: an address with its scheme, on one line.
fn parse_contact(text: &str) -> Result<String, String> {
    let is_address = ["https://", "mailto:", "tel:"].iter().any(|scheme| text.starts_with(scheme));
    if is_address && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err("an address that starts with https://, mailto: or tel:".to_owned())
}

/// The settings.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The database: sqlite://FILE or postgres://USER@HOST/NAME.
    #[arg(
        long,
        env = "PARCOURS_DATABASE_URL",
        default_value = "sqlite://parcours.db",
        global = true,
        hide_env_values = true
    )]
    pub database_url: String,
    /// Connections to PostgreSQL at most.
    #[arg(long, env = "PARCOURS_DATABASE_CONNECTIONS", default_value_t = 16, global = true)]
    pub database_connections: u32,
    /// The address to listen on.
    #[arg(long, env = "PARCOURS_LISTEN", default_value = "127.0.0.1:3000", global = true)]
    pub listen: SocketAddr,
    /// The site's public address, without a slash at its end.
    #[arg(long, env = "PARCOURS_BASE_URL", default_value = "http://localhost:3000", global = true)]
    pub base_url: String,
    /// The mail server: smtp://, smtp+starttls:// or smtps://USER:PASSWORD@HOST:PORT. Absent: letters stay in the outbox.
    #[arg(long, env = "PARCOURS_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of letters.
    #[arg(long, env = "PARCOURS_MAIL_FROM", default_value = "Parcours <parcours@localhost>", global = true)]
    pub mail_from: String,
    /// Where answers to letters go; the sender unless set.
    #[arg(long, env = "PARCOURS_MAIL_REPLY_TO", global = true)]
    pub mail_reply_to: Option<String>,
    /// A folder of letters that replace the embedded ones.
    #[arg(long, env = "PARCOURS_MAIL_TEMPLATES_DIR", global = true)]
    pub mail_templates_dir: Option<PathBuf>,
    /// A folder that says how the service looks and who speaks: theme.toml, theme.css, logo (docs/theming.md).
    #[arg(long, env = "PARCOURS_THEME_DIR", global = true)]
    pub theme_dir: Option<PathBuf>,
    /// Connections to the mail server at most.
    #[arg(long, env = "PARCOURS_MAIL_WORKERS", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=16), global = true)]
    pub mail_workers: u32,
    /// Letters that may leave in a minute, from all nodes together; as many as the mail server takes unless set.
    #[arg(long, env = "PARCOURS_MAIL_PER_MINUTE", value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub mail_per_minute: Option<u32>,
    /// A PEM file of certificate authorities that the mail server may be certified by, besides the machine's.
    #[arg(long, env = "PARCOURS_SMTP_CA", global = true)]
    pub smtp_ca: Option<PathBuf>,
    /// A PEM file with the RSA key that letters are signed with (DKIM); unsigned unless set.
    #[arg(long, env = "PARCOURS_DKIM_KEY", global = true)]
    pub dkim_key: Option<PathBuf>,
    /// The name under which the DKIM key is published: NAME._domainkey.DOMAIN of the sender.
    #[arg(long, env = "PARCOURS_DKIM_SELECTOR", default_value = "parcours", global = true)]
    pub dkim_selector: String,
    /// Seconds that the mail server is given for one letter.
    #[arg(long, env = "PARCOURS_MAIL_TIMEOUT", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600), global = true)]
    pub mail_timeout: u32,
    /// Addresses that are organisers, separated by commas.
    #[arg(long, env = "PARCOURS_ORGANISER_EMAILS", value_delimiter = ',', global = true)]
    pub organiser_emails: Vec<String>,
    /// The secret that links in letters are derived from; made and kept in the database unless given.
    #[arg(long, env = "PARCOURS_SECRET", global = true, hide_env_values = true)]
    pub secret: Option<String>,
    /// Hours that the button works by which somebody proves their address after they asked for a seat; fewer as the event nears.
    #[arg(long, env = "PARCOURS_REQUEST_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=336), global = true)]
    pub request_hours: u32,
    /// Letters an hour to addresses that nobody ever proved, all together; the others wait.
    #[arg(long, env = "PARCOURS_UNPROVED_LETTERS_PER_HOUR", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub unproved_letters_per_hour: u32,
    /// Hours that a freed seat is offered to somebody who waits; shorter as the event nears.
    #[arg(long, env = "PARCOURS_OFFER_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=336), global = true)]
    pub offer_hours: u32,
    /// Megabytes (of 1,048,576 bytes) that the documents of all events may take in the database.
    #[arg(long, env = "PARCOURS_DOCUMENTS_TOTAL_MB", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub documents_total_mb: u32,
    /// Ask the addresses of the library once a day whether they still lead somewhere: requests leave this machine for other sites.
    #[arg(long, env = "PARCOURS_CHECK_LINKS", global = true)]
    pub check_links: bool,
    /// Days that people's data is kept after their last event.
    #[arg(long, env = "PARCOURS_RETENTION_DAYS", default_value_t = 1095, value_parser = clap::value_parser!(u32).range(1..=36_500), global = true)]
    pub retention_days: u32,
    /// Proxies whose X-Forwarded-For or Forwarded is believed: addresses and networks (10.0.0.0/8), separated by commas.
    #[arg(long, env = "PARCOURS_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network, global = true)]
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds that a client is given for the head of a request; a connection that stays silent ends after as many.
    #[arg(long, env = "PARCOURS_HEADER_TIMEOUT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600), global = true)]
    pub header_timeout: u32,
    /// Seconds that a client is given for the body of a request (then 408), and to take a part of an answer.
    #[arg(long, env = "PARCOURS_BODY_TIMEOUT", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=600), global = true)]
    pub body_timeout: u32,
    /// Seconds that a connection is kept between requests; longer than proxies keep theirs, so that they end it.
    #[arg(long, env = "PARCOURS_IDLE_TIMEOUT", default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..=3600), global = true)]
    pub idle_timeout: u32,
    /// Connections from one client address (IPv6: one /64) at most; this machine and trusted proxies have as many as they want.
    #[arg(long, env = "PARCOURS_CONNECTIONS_PER_ADDRESS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub connections_per_address: u32,
    /// The contact that /.well-known/security.txt names: https://… or mailto:…; unless set, the address for answers to letters.
    #[arg(long, env = "PARCOURS_SECURITY_CONTACT", value_parser = parse_contact, global = true)]
    pub security_contact: Option<String>,
    /// Registrations and sign-ins a minute from one network: an IPv4 /24 or an IPv6 /48.
    #[arg(long, env = "PARCOURS_RATE_PER_NETWORK", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub rate_per_network: u32,
    /// Registrations, sign-ins and proposed seats an hour for one mailbox, however its address is written.
    #[arg(long, env = "PARCOURS_RATE_PER_EMAIL", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub rate_per_email: u32,
    /// Edits a second from one person on a board, on average; four times as many at once.
    #[arg(long, env = "PARCOURS_BOARD_EDITS_PER_SECOND", default_value_t = BOARD_EDITS_PER_SECOND, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub board_edits_per_second: u32,
    /// Who knows this token may read /metrics (Authorization: Bearer TOKEN); nothing is counted unless it is set.
    #[arg(long, env = "PARCOURS_METRICS_TOKEN", global = true, hide_env_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub metrics_token: Option<String>,
    /// Write the client's network address into each line of the security log: personal data, which blocking clients needs.
    #[arg(long, env = "PARCOURS_SECURITY_LOG_ADDRESSES", global = true)]
    pub security_log_addresses: bool,
    /// Write logs as JSON.
    #[arg(long, env = "PARCOURS_LOG_JSON", global = true)]
    pub log_json: bool,
    /// What to log: error, warn, info, debug, or per module.
    #[arg(long, env = "PARCOURS_LOG", default_value = "info", global = true)]
    pub log: String,
}

impl Config {
    /// The settings when nothing is set.
    ///
    /// # Panics
    ///
    /// Never: every setting has a default.
    #[must_use]
    pub fn defaults() -> Self {
        #[derive(Parser)]
        struct Only {
            #[command(flatten)]
            config: Config,
        }
        Only::parse_from(["parcours"]).config
    }

    /// How long the button of a request for a seat works, at most.
    #[must_use]
    pub fn request_lasts(&self) -> Duration {
        Duration::from_secs(u64::from(self.request_hours) * 3600)
    }

    /// How long a freed seat is offered to somebody who waits, at most.
    #[must_use]
    pub fn offer(&self) -> Duration {
        Duration::from_secs(u64::from(self.offer_hours) * 3600)
    }

    /// Whether visitors come by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The origin (RFC 6454) of the site: scheme, host and port of the base URL.
    #[must_use]
    pub fn origin(&self) -> &str {
        let after_scheme = self.base_url.find("://").map_or(0, |at| at + 3);
        let end = self.base_url[after_scheme..].find('/').map_or(self.base_url.len(), |at| after_scheme + at);
        &self.base_url[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_or_a_network_and_nothing_else() {
        for (text, network) in [
            ("10.0.0.1", "10.0.0.1/32"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            (" 10.0.0.0/8", "10.0.0.0/8"),
            ("fd00::/8", "fd00::/8"),
        ] {
            assert_eq!(parse_network(text).unwrap().to_string(), network);
        }
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0.1:80"] {
            assert!(parse_network(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_security_contact_is_one_address_with_its_scheme() {
        assert!(parse_contact("mailto:securite@exemple.fr").is_ok());
        for wrong in ["securite@exemple.fr", "https://exemple.fr\nExpires: 2099", "javascript:x"] {
            assert!(parse_contact(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_origin_of_a_base_url_has_no_path() {
        let config = Config { base_url: "https://exemple.fr/parcours".into(), ..Config::defaults() };
        assert_eq!(config.origin(), "https://exemple.fr");
        assert_eq!(Config::defaults().origin(), "http://localhost:3000");
    }
}
