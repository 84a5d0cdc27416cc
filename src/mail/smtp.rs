//! A connection to the mail server, owned by one worker.
//!
//! lettre speaks SMTP; the socket, the time limit and the reading of failures are ours. lettre's pool waits 44 ms a
//! mail for want of TCP_NODELAY, limits the time of connecting only, and takes back half-used connections.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::rules::SendOutcome;
use super::smtp_url::{Security, ServerUrl};
use super::tls;

/// How long a mail server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// A mail server, and how to get in.
pub struct Server {
    url: ServerUrl,
    tls: Option<tls::Client>,
    starttls: Option<TlsParameters>,
    hello: ClientId,
    /// For connecting, and again for each letter.
    timeout: Duration,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Server({:?})", self.url)
    }
}

/// Addresses and bytes of one letter.
pub struct Envelope<'a> {
    pub from: &'a Address,
    pub to: &'a Address,
    pub bytes: &'a [u8],
}

/// An open connection.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    /// Letters sent on it.
    used: bool,
}

impl Server {
    /// Gets ready to talk to the server at `url`, calling ourselves `hello`, and trusting the authorities in the file
    /// `trust` besides the machine's.
    ///
    /// # Errors
    ///
    /// When the URL cannot be understood or the machine's certificates cannot be read.
    pub fn new(url: &str, hello: &str, timeout: Duration, trust: Option<&Path>) -> Result<Self, String> {
        let url = ServerUrl::parse(url)?;
        let trust = trust.map(tls::Authority::read).transpose()?;
        let (mut tls, mut starttls) = (None, None);
        match url.security {
            Security::None => {}
            Security::StartTls => {
                let mut parameters = TlsParameters::builder(url.host.clone());
                for authority in trust.iter().flat_map(tls::Authority::for_lettre) {
                    parameters = parameters.add_root_certificate(authority?);
                }
                starttls = Some(parameters.build_rustls().map_err(|error| error.to_string())?);
            }
            Security::Tls => tls = Some(tls::Client::new(&url.host, trust.as_ref())?),
        }
        Ok(Self { url, tls, starttls, hello: ClientId::Domain(hello.to_owned()), timeout })
    }

    /// Whether the password that it signs in with can be read on its way.
    pub fn sends_password_in_clear(&self) -> bool {
        self.url.sends_password_in_clear()
    }

    /// How long one letter may take, connecting apart.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Opens a connection and signs in.
    ///
    /// # Errors
    ///
    /// Says why not. No letter is to blame.
    pub async fn connect(&self) -> Result<Connection, String> {
        match tokio::time::timeout(self.timeout, self.open()).await {
            Ok(Ok(smtp)) => Ok(Connection { smtp, used: false }),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err(format!("{}:{} does not answer", self.url.host, self.url.port)),
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, String> {
        let reason = |error: lettre::transport::smtp::Error| error.to_string();
        let socket = TcpStream::connect((self.url.host.as_str(), self.url.port))
            .await
            .map_err(|error| format!("cannot connect to {}:{}: {error}", self.url.host, self.url.port))?;
        socket.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut smtp = match &self.tls {
            Some(tls) => {
                let stream = tls.wrap(socket).await?;
                AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
            }
            None => AsyncSmtpConnection::connect_with_transport(Box::new(socket), &self.hello).await,
        }
        .map_err(reason)?;
        if let Some(parameters) = &self.starttls {
            smtp.starttls(parameters.clone(), &self.hello).await.map_err(reason)?;
        }
        if let Some((user, password)) = &self.url.user {
            let credentials = Credentials::new(user.clone(), password.clone());
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map_err(reason)?;
        }
        Ok(smtp)
    }
}

/// Why a letter did not go.
#[derive(Debug)]
pub enum SendError {
    /// The connection was of no use before anything about the letter was said; another may do.
    Stale,
    /// This came of it.
    SendOutcome(SendOutcome),
}

impl Connection {
    /// Sends one letter, within `timeout`. After an error the connection must not be used again.
    ///
    /// # Errors
    ///
    /// Says what came of it instead.
    pub async fn send(&mut self, envelope: &Envelope<'_>, timeout: Duration) -> Result<(), SendError> {
        let deadline = Instant::now() + timeout;
        let was_used = std::mem::replace(&mut self.used, true);
        // The sender is the same in every letter: if it is refused, no letter is to blame.
        self.command(self.greeting(envelope)?, deadline).await.map_err(|refusal| match refusal {
            _ if was_used => SendError::Stale,
            _ => SendError::SendOutcome(SendOutcome::Blocked(refusal.reason)),
        })?;
        self.command(Rcpt::new(envelope.to.clone(), vec![]), deadline).await.map_err(Refusal::of_letter)?;
        self.command(Data, deadline).await.map_err(Refusal::of_letter)?;
        let sent = timeout_at(deadline, self.smtp.message(envelope.bytes)).await;
        Refusal::read(sent).map_err(Refusal::of_letter)
    }

    fn greeting(&self, envelope: &Envelope<'_>) -> Result<Mail, SendError> {
        let ascii = AsRef::<str>::as_ref(envelope.from).is_ascii() && AsRef::<str>::as_ref(envelope.to).is_ascii();
        if !ascii && !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            let reason = "the mail server does not take addresses with accents".to_owned();
            return Err(SendError::SendOutcome(SendOutcome::Never(reason)));
        }
        let parameters = if ascii { vec![] } else { vec![MailParameter::SmtpUtfEight] };
        Ok(Mail::new(Some(envelope.from.clone()), parameters))
    }

    async fn command(&mut self, command: impl Display, deadline: Instant) -> Result<(), Refusal> {
        Refusal::read(timeout_at(deadline, self.smtp.command(command)).await)
    }

    /// Takes leave, without insisting.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(GOODBYE, self.smtp.quit()).await;
    }
}

/// A negative answer, or none.
struct Refusal {
    reason: String,
    /// A 5xx answer.
    for_good: bool,
}

type SmtpAnswer = Result<lettre::transport::smtp::response::Response, lettre::transport::smtp::Error>;

impl Refusal {
    fn read(answer: Result<SmtpAnswer, tokio::time::error::Elapsed>) -> Result<(), Self> {
        match answer {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Self { reason: error.to_string(), for_good: error.is_permanent() }),
            Err(_) => Err(Self { reason: "the mail server does not answer".to_owned(), for_good: false }),
        }
    }

    fn of_letter(self) -> SendError {
        SendError::SendOutcome(match self.for_good {
            true => SendOutcome::Never(self.reason),
            false => SendOutcome::NotNow(self.reason),
        })
    }
}
