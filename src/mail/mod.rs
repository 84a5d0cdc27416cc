//! Letters: an outbox written in the transaction of its cause, workers that send it, templates that say it in French.
//!
//! A feature fills in a [`Letter`] and calls [`outbox::enqueue`] inside its own transaction; after the commit it
//! calls [`Mail::wake`]. This folder knows no feature: what a letter says stands in `mail-templates/`, and what
//! fills it in comes as data.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::Jobs;
use crate::key::LinkKey;

pub mod letter;
pub mod outbox;
mod store;

pub use letter::{Letter, Link, Priority, To};

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
    wake: Notify,
}

/// Why letters cannot be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {}

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
    /// Loads the templates and renders each once with its sample data; understands the mail server's URL.
    ///
    /// # Errors
    ///
    /// When a template does not render, or the sender's address or the mail server's URL cannot be understood.
    pub fn open(_config: &Config, delivery: Delivery) -> Result<Self, SetupError> {
        Ok(Self(Arc::new(Shared { delivery, wake: Notify::new() })))
    }

    /// Starts the workers.
    pub fn start(&self, _tools: &Tools) {}

    /// Tells the workers of this process that a letter was enqueued; to be called after the commit.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// What becomes of letters.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }
}
