//! What a transaction touched, told to whoever listens in this process once it is committed. Nothing is told of what
//! rolled back. Other processes must look into the database.

use std::fmt;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use crate::id::PersonId;

/// Something that a transaction changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// What feeds show.
    Shown {
        /// What.
        id: Uuid,
        /// The version that the change gave it, one above the last, where it has versions.
        version: Option<i64>,
    },
    /// What this person may do became less: a session ended, or a seat is gone.
    Rights(PersonId),
}

type Listener = Box<dyn Fn(&[Touched]) + Send + Sync>;

/// Who is told; cheap to clone.
#[derive(Clone, Default)]
pub struct Listeners(Arc<OnceLock<Listener>>);

impl Listeners {
    /// From now on `listener` is told, after each commit that touched something. The first listener stays.
    pub(super) fn listen(&self, listener: impl Fn(&[Touched]) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(listener));
    }

    fn tell(&self, touched: &[Touched]) {
        if let Some(listener) = self.0.get().filter(|_| !touched.is_empty()) {
            listener(touched);
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Listeners(…)")
    }
}

/// What an open transaction has touched so far.
#[derive(Debug)]
pub struct Notes {
    touched: Vec<Touched>,
    listeners: Listeners,
}

impl Notes {
    pub(super) fn new(listeners: &Listeners) -> Self {
        Self { touched: Vec::new(), listeners: listeners.clone() }
    }

    pub(super) fn add(&mut self, touched: Touched) {
        self.touched.push(touched);
    }

    pub(super) fn tell(self) {
        self.listeners.tell(&self.touched);
    }
}
