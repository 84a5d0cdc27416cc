//! What every part of the program shares: configuration, database, clock, key, jobs, rooms.

use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::http::{Limits, Metrics};
use crate::id::{EventId, RegistrationId};
use crate::jobs::Jobs;
use crate::key::LinkKey;
use crate::mail::Mail;
use crate::registrations::{ActError, Asked, NewRegistration, Registration};
use crate::together::Together;

/// One running parcours; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct Shared {
    /// The settings it was started with.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// Derives the links in letters.
    pub key: LinkKey,
    /// The letters: call [`Mail::wake`] after a commit that enqueued one.
    pub mail: Mail,
    /// Background work other than the boards'.
    pub jobs: Jobs,
    /// How often one address may ask.
    pub limits: Limits,
    /// What was answered so far.
    pub metrics: Metrics,
    /// Requests for seats that wait to be decided.
    pub asking: Together<EventId, NewRegistration, Asked, ActError>,
    /// Seats to be confirmed by their people, that wait to be.
    pub confirming: Together<EventId, RegistrationId, Registration, ActError>,
    /// The open boards.
    pub rooms: crate::boards::Rooms,
    /// The rendered feeds: call [`forget`](crate::calendar::Copies::forget) after a commit that changed the programme.
    pub feeds: crate::calendar::Copies,
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
