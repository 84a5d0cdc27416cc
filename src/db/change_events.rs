//! Change events: what a transaction changed, passed to the listener of this process after the commit. A transaction that
//! rolls back emits nothing. Other processes must look into the database.

use std::fmt;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use kernel::id::PersonId;

/// Something that a transaction changed, of which caches, rooms or workers in memory must learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeEvent {
    /// The programme: every public feed may show something else.
    Programme,
    /// What the feeds of some people show.
    Feed {
        /// The person or the event.
        id: Uuid,
        /// The version that the change gave it, one above the last, where it has versions.
        version: Option<i64>,
    },
    /// This person may do less than before: a session ended, or a seat is gone.
    RightsReduced(PersonId),
    /// Letters wait in the outbox.
    LettersQueued,
}

type Listener = Box<dyn Fn(&[ChangeEvent]) + Send + Sync>;

/// The listener of this process; cheap to clone.
#[derive(Clone, Default)]
pub struct Listeners(Arc<OnceLock<Listener>>);

impl Listeners {
    /// Sets the listener, called after each commit that changed something. The first one stays.
    pub(super) fn listen(&self, listener: impl Fn(&[ChangeEvent]) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(listener));
    }

    fn notify(&self, events: &[ChangeEvent]) {
        if let Some(listener) = self.0.get().filter(|_| !events.is_empty()) {
            listener(events);
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Listeners(…)")
    }
}

/// What an open transaction has changed so far.
#[derive(Debug)]
pub struct Pending {
    events: Vec<ChangeEvent>,
    listeners: Listeners,
}

impl Pending {
    pub(super) fn new(listeners: &Listeners) -> Self {
        Self { events: Vec::new(), listeners: listeners.clone() }
    }

    pub(super) fn add(&mut self, event: ChangeEvent) {
        self.events.push(event);
    }

    pub(super) fn notify(self) {
        self.listeners.notify(&self.events);
    }
}
