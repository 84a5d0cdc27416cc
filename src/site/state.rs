//! What the handlers share: the domain's context, and what belongs to the site alone.

use std::ops::Deref;
use std::sync::Arc;

use crate::feeds::FeedCache;
use boards::Rooms;
use domain::registrations::Batches;
use http::Web;

/// One running parcours; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct Shared {
    /// What pages of every kind use: the context, rate limits, metrics.
    pub web: Web,
    /// Requests for seats, and confirmations, that wait to be decided together.
    pub batches: Batches,
    /// The open boards.
    pub rooms: Rooms,
    /// The rendered feeds.
    pub feeds: FeedCache,
}

impl App {
    /// Shares these parts.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = Web;
    fn deref(&self) -> &Web {
        &self.web
    }
}

impl AsRef<Web> for App {
    fn as_ref(&self) -> &Web {
        &self.web
    }
}
