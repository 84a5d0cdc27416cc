//! Letters: an outbox written in the transaction of its cause, workers that send it, templates that say it in French.
//!
//! A feature fills in a [`Letter`] and calls [`outbox::enqueue`] inside its own transaction; its commit wakes the workers.
//! This crate knows no feature: the text of a letter stands in `mail-templates/`, and what fills it in comes as data.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use serde_json::{Value, json};
use tokio::sync::Notify;

use db::{Db, ReadConn};
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::identity::{Fact, SharedIdentity};
use kernel::jobs::Jobs;
use kernel::key::LinkKey;
use kernel::theme::{Theme, ThemeError};

pub mod bounces;
mod circuit_breaker;
mod compiled_templates;
pub mod delayed;
mod delivery_status;
mod dkim;
pub mod french;
pub mod letter;
mod message;
pub mod outbox;
pub mod preferences;
pub mod recipients;
mod rules;
mod smtp;
mod smtp_url;
mod store;
pub mod suppressions;
pub mod templates;
mod text;
pub mod tls;
mod worker;

pub use circuit_breaker::Health;
pub use letter::{Letter, LetterLink, Priority, To};
pub use templates::{Rendered, TemplateError};
pub use text::paragraphs;

use templates::Templates;

/// What becomes of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// They go to the mail server of the settings; without one they stay in the outbox.
    Server,
    /// They are rendered and kept, to be read at `/courriels`; nothing leaves the machine.
    Mailbox,
}

/// The letters of one running parcours; cheap to clone.
#[derive(Debug, Clone)]
pub struct Mail(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    delivery: Delivery,
    templates: Templates,
    sender: message::Sender,
    identity: SharedIdentity,
    base_url: String,
    server: Option<smtp::Server>,
    workers: u32,
    per_minute: Option<u32>,
    wake: Notify,
    pause: circuit_breaker::CircuitBreaker,
    marks: delivery_status::DeliveryBatcher,
}

/// Why letters cannot be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A template does not render.
    #[error("the letters' templates: {0}")]
    Templates(#[from] TemplateError),
    /// The theme that letters are signed by is of no use.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// An address is none.
    #[error("{setting}: {address:?} is no e-mail address")]
    Address {
        /// Which setting.
        setting: &'static str,
        /// What it says.
        address: String,
    },
    /// The mail server's URL is of no use.
    #[error("PARCOURS_SMTP_URL: {0}")]
    Server(String),
    /// The key that signs letters is of no use.
    #[error("PARCOURS_DKIM_KEY: {0}")]
    Key(String),
}

/// What the workers need of the program.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Where the outbox is.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// Derives the links.
    pub key: LinkKey,
    /// Where the workers run.
    pub jobs: Jobs,
}

impl Mail {
    /// Loads the templates and renders each once with its samples; understands the mail server's URL, but does not
    /// connect to it.
    ///
    /// # Errors
    ///
    /// When a template does not render, or the sender's address or the mail server's URL cannot be understood.
    pub fn open(config: &Config, delivery: Delivery) -> Result<Self, SetupError> {
        let theme = Theme::open(config.theme_dir.as_deref())?;
        let templates = Templates::dressed(config.mail_templates_dir.as_deref(), &theme.letters)?;
        let from = mailbox("PARCOURS_MAIL_FROM", &config.mail_from)?;
        let reply_to = match &config.mail_reply_to {
            Some(address) => mailbox("PARCOURS_MAIL_REPLY_TO", address)?,
            None => from.clone(),
        };
        let timeout = Duration::from_secs(u64::from(config.mail_timeout));
        let server = match (&config.smtp_url, delivery) {
            (Some(url), Delivery::Server) => {
                let trust = config.smtp_ca.as_deref();
                Some(smtp::Server::new(url, host(&config.base_url), timeout, trust).map_err(SetupError::Server)?)
            }
            _ => None,
        };
        let signer = config.dkim_key.as_deref().map(|key| dkim::Signer::open(key, &config.dkim_selector, &from));
        let signer = signer.transpose().map_err(SetupError::Key)?;
        Ok(Self(Arc::new(Shared {
            delivery,
            templates,
            sender: message::Sender { from, reply_to, signer },
            identity: SharedIdentity::new(theme),
            base_url: config.base_url.clone(),
            server,
            workers: config.mail_workers,
            per_minute: config.mail_per_minute,
            wake: Notify::new(),
            pause: circuit_breaker::CircuitBreaker::default(),
            marks: delivery_status::DeliveryBatcher::default(),
        })))
    }

    /// Starts the workers, or says that there is no mail server.
    pub fn start(&self, tools: &Tools) {
        let workers = match (self.0.delivery, &self.0.server) {
            (Delivery::Server, Some(_)) => self.0.workers,
            (Delivery::Mailbox, _) => 1,
            (Delivery::Server, None) => {
                tools.jobs.spawn("mail", worker::remind_of_missing_server(tools.clone()));
                0
            }
        };
        for _ in 0..workers {
            tools.jobs.spawn("mail", worker::Worker::new(self.clone(), tools.clone()).run());
        }
    }

    /// Tells the workers of this process that a letter was enqueued; to be called after the commit.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Connects to the mail server, encrypts and signs in as its URL asks, and says goodbye; sends nothing.
    /// `None` without a mail server.
    ///
    /// # Errors
    ///
    /// What went wrong, in words.
    pub async fn try_server(&self) -> Option<Result<(), String>> {
        let server = self.0.server.as_ref()?;
        Some(match server.connect().await {
            Ok(connection) => {
                connection.close().await;
                Ok(())
            }
            Err(error) => Err(error),
        })
    }

    /// Whether the password for the mail server travels unencrypted.
    #[must_use]
    pub fn sends_password_in_clear(&self) -> bool {
        self.0.server.as_ref().is_some_and(smtp::Server::sends_password_in_clear)
    }

    /// What becomes of letters.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// How the sending of letters is, in whichever process.
    pub async fn health(&self, tx: &mut ReadConn) -> sqlx::Result<Health> {
        if let (Delivery::Server, None) = (self.0.delivery, &self.0.server) {
            return Ok(Health::Held);
        }
        let paused = circuit_breaker::found(tx).await?;
        Ok(paused.map_or(Health::Fine, |row| Health::Paused { since: row.since, reason: row.reason }))
    }

    /// In whose name letters are written: the theme of the settings, with what owners typed once it is known.
    #[must_use]
    pub fn identity(&self) -> &SharedIdentity {
        &self.0.identity
    }

    /// Name and address of who reads the answers to letters.
    #[must_use]
    pub fn answers_to(&self) -> (String, String) {
        let mailbox = &self.0.sender.reply_to;
        (mailbox.name.clone().unwrap_or_else(|| self.site_title()), mailbox.email.to_string())
    }

    /// Minutes that so many letters take under the rate cap, when that is more than one.
    #[must_use]
    pub fn minutes_for(&self, letters: usize) -> Option<usize> {
        let per_minute = usize::try_from(self.0.per_minute?).unwrap_or(usize::MAX);
        Some(letters.div_ceil(per_minute)).filter(|minutes| *minutes > 1)
    }

    /// The templates.
    #[must_use]
    pub fn templates(&self) -> &Templates {
        &self.0.templates
    }

    /// A letter of the outbox as its recipient reads it, secret links included.
    ///
    /// # Errors
    ///
    /// When its data lacks something that its template names.
    pub fn render(&self, letter: &outbox::Stored, key: &LinkKey) -> Result<Rendered, TemplateError> {
        self.fill_in(letter, |link| link.address(&self.0.base_url, key), self.preferences(letter, key))
    }

    /// Where the recipient of a letter chooses which letters come; only letters that can be refused have such an address.
    fn preferences(&self, letter: &outbox::Stored, key: &LinkKey) -> Option<String> {
        let path = preferences::path(key, &letter.recipient, letter.class())?;
        Some(format!("{}{path}", self.0.base_url))
    }

    /// A letter as its recipient read it, but for the secrets in its links: for organisers.
    ///
    /// # Errors
    ///
    /// When its data lacks something that its template names.
    pub fn render_without_secrets(&self, letter: &outbox::Stored) -> Result<Rendered, TemplateError> {
        let preferences = preferences::path_without_secret(letter.class());
        let preferences = preferences.map(|path| format!("{}{path}", self.0.base_url));
        self.fill_in(letter, |link| link.without_secret(&self.0.base_url), preferences)
    }

    /// A letter before it is written: for organisers who are about to send it. `context` holds its links, too.
    ///
    /// # Errors
    ///
    /// When `context` lacks something that its template names.
    pub fn preview(&self, kind: &str, mut context: Value) -> Result<Rendered, TemplateError> {
        context["site"] = self.site();
        self.0.templates.render(kind, &context)
    }

    /// The same of a letter that is ready to be put into the outbox, without the secrets in its links.
    ///
    /// # Errors
    ///
    /// When its data lacks something that its template names.
    pub fn preview_letter(&self, letter: &Letter) -> Result<Rendered, TemplateError> {
        let mut context = letter.data.clone();
        context["calendar"] = letter.calendar.is_some().into();
        context["links"] =
            letter.links.iter().map(|link| (&link.name, link.without_secret(&self.0.base_url))).collect();
        self.preview(letter.kind, context)
    }

    /// The iCalendar text of a letter, with the secrets in place that are not at rest: of sealed links alone, which may stand
    /// in a calendar that is shared. A registration's link would let everybody cancel who reads it.
    #[must_use]
    pub fn calendar(&self, letter: &outbox::Stored, key: &LinkKey) -> Option<String> {
        let base_url = &self.0.base_url;
        let sealed = letter.data.0.links.iter().filter(|link| link.secret.is_some_and(|secret| secret.sealed));
        let addresses: Vec<_> = sealed.map(|link| (link.unfilled(base_url), link.address(base_url, key))).collect();
        let fill_in = |line: &str| {
            addresses.iter().fold(line.to_owned(), |line, (unfilled, address)| line.replace(unfilled, address))
        };
        letter.calendar.as_deref().map(|text| ics::map_lines(text, fill_in))
    }

    fn fill_in(
        &self,
        letter: &outbox::Stored,
        address: impl Fn(&LetterLink) -> String,
        preferences: Option<String>,
    ) -> Result<Rendered, TemplateError> {
        let content = &letter.data.0;
        let mut context = letter::with_present_names(content.data.clone());
        context["calendar"] = letter.calendar.is_some().into();
        context["links"] = content.links.iter().map(|link| (link.name.clone(), Value::String(address(link)))).collect();
        if let Some(preferences) = preferences {
            context["links"]["preferences"] = preferences.into();
        }
        context["site"] = self.site();
        self.0.templates.render(&letter.kind, &context)
    }

    /// What every letter says of who writes it.
    fn site(&self) -> Value {
        let identity = self.0.identity.get();
        // Plain text has no links: a page stands there with all of its address.
        let contact = identity.contact().map(|contact| match contact.href.starts_with("mailto:") {
            true => json!({ "href": contact.href, "label": contact.label }),
            false => json!({ "href": contact.href, "label": contact.href }),
        });
        json!({
            "title": self.site_title(),
            "url": self.0.base_url,
            "operator": identity.fact(Fact::Operator),
            "signature": identity.theme.signature,
            "contact": contact,
        })
    }

    /// The name that letters are signed with: the service's where one was given, or else the sender's, or the site's host.
    fn site_title(&self) -> String {
        let identity = self.0.identity.get();
        let sender = self.0.sender.from.name.as_deref();
        identity.fact(Fact::Name).or(sender).unwrap_or_else(|| host(&self.0.base_url)).to_owned()
    }
}

fn mailbox(setting: &'static str, address: &str) -> Result<Mailbox, SetupError> {
    address.parse().map_err(|_| SetupError::Address { setting, address: address.to_owned() })
}

/// The host of a URL, without its port.
fn host(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.split('/').next().unwrap_or(after_scheme);
    match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => &authority[..colon],
        _ => authority,
    }
}
