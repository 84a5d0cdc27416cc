//! A worker: claims letters, sends them over its own connection, writes down what became of each.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tracing::{info, warn};
use uuid::Uuid;

use super::delivery_status::{self, DeliveryStatus};
use super::message::{Heading, Ready};
use super::outbox::{self, Stored};
use super::rules::{Next, SendOutcome, after};
use super::smtp::{Connection, Envelope, SendError, Server};
use super::store::Lease;
use super::{Mail, Tools};

/// Letters claimed at once. Few, so that an awaited letter never waits behind many reminders.
const BATCH: u32 = 16;

/// How often the outbox is looked at when nobody calls: for retries, and for other processes' letters.
const POLL: Duration = Duration::from_secs(2);

/// A connection without work is closed after this; servers do the same, later.
const IDLE: Duration = Duration::from_secs(30);

/// Time to write down what became of a letter, on top of the time for sending it.
const MARGIN: Duration = Duration::from_secs(2);

/// One worker and its connection.
pub struct Worker {
    mail: Mail,
    tools: Tools,
    /// Its name in the outbox.
    id: Uuid,
    connection: Option<(Connection, Instant)>,
    /// Whether the mail server talked about the letter that was last tried, and not about us.
    was_let_in: bool,
}

impl Worker {
    pub fn new(mail: Mail, tools: Tools) -> Self {
        Self { mail, tools, id: Uuid::new_v4(), connection: None, was_let_in: false }
    }

    /// Works until the program stops. A letter that is being sent then is finished; the others go back.
    pub async fn run(mut self) {
        while !self.tools.jobs.is_stopping() {
            match self.work().await {
                Ok(0) => self.rest().await,
                Ok(_) => {}
                Err(error) => {
                    warn!(%error, "the outbox cannot be read or written; letters wait");
                    self.rest().await;
                }
            }
        }
        self.disconnect().await;
    }

    /// Waits for work: until called, until the next look, or until a pause is over.
    async fn rest(&mut self) {
        let wake_at = self.mail.0.pause.until().unwrap_or_else(Instant::now).max(Instant::now() + POLL);
        let paused = self.mail.0.pause.until().is_some();
        tokio::select! {
            () = self.tools.jobs.stopping() => {}
            () = self.mail.0.wake.notified(), if !paused => {}
            () = sleep_until(wake_at) => {}
        }
        if self.connection.as_ref().is_some_and(|(_, used_at)| used_at.elapsed() >= IDLE) {
            self.disconnect().await;
        }
    }

    /// Sends what is due, a few letters at most; says how many it took.
    async fn work(&mut self) -> sqlx::Result<usize> {
        if self.mail.0.server.is_some() && !self.mail.0.pause.look(&self.tools.db).await? {
            return Ok(0);
        }
        let now = self.tools.clock.now();
        let time_for_one = self.time_for_one();
        let lease = Lease { owner: self.id, until: now + time_for_one * 2 };
        let letters = outbox::claim(&self.tools.db, lease, now, BATCH, self.mail.0.per_minute).await?;
        if letters.len() == usize::try_from(BATCH).unwrap_or(usize::MAX) {
            // There may be more than one worker can carry.
            self.mail.wake();
        }
        let mail = self.mail.clone();
        match &mail.0.server {
            Some(server) => self.carry_all(server, &letters).await?,
            None => self.keep_all(&letters).await?,
        }
        Ok(letters.len())
    }

    /// Sends letters one after another, each marked before the next one goes: after a crash one goes twice at most.
    async fn carry_all(&mut self, server: &Server, letters: &[Stored]) -> sqlx::Result<()> {
        let (taken, time_for_one) = (Instant::now(), self.time_for_one());
        for letter in letters {
            // What cannot be finished before the lease ends is given back, not sent twice.
            if self.tools.jobs.is_stopping() || taken.elapsed() > time_for_one {
                outbox::release(&self.tools.db, self.id).await?;
                break;
            }
            if let Next::Release(reason) = self.carry(server, letter).await? {
                self.mail.0.pause.begin(&self.tools.db, &reason, self.tools.clock.now()).await?;
                break;
            }
        }
        Ok(())
    }

    /// Without a server this is the demo: a letter that can be rendered has arrived. None can go twice, so that all are
    /// marked at once.
    async fn keep_all(&mut self, letters: &[Stored]) -> sqlx::Result<()> {
        let mut kept = Vec::with_capacity(letters.len());
        for letter in letters {
            let outcome = self.write(letter).map_or_else(SendOutcome::Never, |_| SendOutcome::Sent);
            kept.push(self.mark(letter, outcome));
        }
        delivery_status::write_all(&self.tools.db, &kept).await
    }

    /// The longest that one letter may take: finding that the connection is stale, connecting, sending.
    fn time_for_one(&self) -> Duration {
        self.mail.0.server.as_ref().map_or(Duration::ZERO, Server::timeout) * 3 + MARGIN
    }

    async fn carry(&mut self, server: &Server, letter: &Stored) -> sqlx::Result<Next> {
        let outcome = match self.write(letter) {
            Ok(ready) => self.deliver(server, &ready).await,
            Err(reason) => SendOutcome::Never(reason),
        };
        if std::mem::take(&mut self.was_let_in) {
            self.mail.0.pause.end(&self.tools.db).await?;
        }
        let mark = self.mark(letter, outcome);
        delivery_status::write(&self.mail.0.marks, &self.tools, mark.clone()).await?;
        Ok(mark.next)
    }

    /// What is to be written down about a letter.
    fn mark(&self, letter: &Stored, outcome: SendOutcome) -> DeliveryStatus {
        let now = self.tools.clock.now();
        let attempts = u32::try_from(letter.attempts).unwrap_or(u32::MAX);
        let next = after(outcome, letter.id, attempts, now, letter.expires_at);
        // Reasons may repeat the address; they are in the outbox, and stay out of the log.
        match &next {
            Next::Sent => info!(letter = %letter.id, kind = letter.kind, "letter sent"),
            Next::RetryAt(at, _) => info!(letter = %letter.id, kind = letter.kind, %at, "letter refused for now"),
            Next::Failed(_) => warn!(letter = %letter.id, kind = letter.kind, "letter given up"),
            Next::Release(_) => {}
        }
        DeliveryStatus { letter: letter.id, owner: self.id, next, at: now }
    }

    /// The bytes of a letter.
    fn write(&self, letter: &Stored) -> Result<Ready, String> {
        let now = self.tools.clock.now();
        if letter.expires_at <= now {
            return Err("it could not be sent in time".to_owned());
        }
        let preferences = self.mail.preferences(letter, &self.tools.key);
        let heading = Heading {
            id: letter.id,
            address: &letter.recipient,
            name: &letter.recipient_name,
            now,
            unsubscribe: preferences.as_deref(),
        };
        let read = self.mail.render(letter, &self.tools.key).map_err(|error| error.to_string())?;
        let calendar = self.mail.calendar(letter, &self.tools.key);
        self.mail.0.sender.write(&heading, read, calendar.as_deref())
    }

    async fn deliver(&mut self, server: &Server, letter: &Ready) -> SendOutcome {
        let from = self.mail.0.sender.from.email.clone();
        let envelope = Envelope { from: &from, to: &letter.to, bytes: &letter.bytes };
        loop {
            let mut connection = match self.connect(server).await {
                Ok(connection) => connection,
                Err(reason) => return SendOutcome::Blocked(reason),
            };
            match connection.send(&envelope, server.timeout()).await {
                Ok(()) => {
                    self.connection = Some((connection, Instant::now()));
                    self.was_let_in = true;
                    return SendOutcome::Sent;
                }
                // A fresh connection is never stale, so this ends.
                Err(SendError::Stale) => {}
                Err(SendError::SendOutcome(outcome)) => {
                    self.was_let_in = !matches!(outcome, SendOutcome::Blocked(_));
                    connection.close().await;
                    return outcome;
                }
            }
        }
    }

    async fn connect(&mut self, server: &Server) -> Result<Connection, String> {
        match self.connection.take() {
            Some((connection, _)) => Ok(connection),
            None => server.connect().await,
        }
    }

    async fn disconnect(&mut self) {
        if let Some((connection, _)) = self.connection.take() {
            connection.close().await;
        }
    }
}

/// Says at the start, and again every hour, that letters wait for a mail server.
pub async fn remind_of_missing_server(tools: Tools) {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    while !tools.jobs.is_stopping() {
        warn!("no mail server is set (PARCOURS_SMTP_URL): letters stay in the outbox");
        tokio::select! {
            () = tools.jobs.stopping() => {}
            () = sleep(HOUR) => {}
        }
    }
}
