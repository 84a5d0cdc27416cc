//! What the domain needs of the running program, and nothing of the site: settings, database, clock, key, jobs, letters.

use std::ops::Deref;
use std::sync::Arc;

use db::Db;
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::identity::SharedIdentity;
use kernel::jobs::Jobs;
use kernel::key::LinkKey;
use mail::Mail;

/// The parts that every act may use; cheap to clone.
#[derive(Debug, Clone)]
pub struct Context(Arc<Parts>);

/// The parts of a [`Context`].
#[derive(Debug)]
pub struct Parts {
    /// The settings that the program was started with.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// Derives the secrets of links.
    pub key: LinkKey,
    /// Background work other than the boards'.
    pub jobs: Jobs,
    /// The outbox's workers and templates.
    pub mail: Mail,
}

impl Context {
    /// Shares these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Who runs the service, which letters are signed by and pages name.
    #[must_use]
    pub fn identity(&self) -> &SharedIdentity {
        self.mail.identity()
    }
}

impl Deref for Context {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
