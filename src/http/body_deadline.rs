//! Lets a handler that takes large files have more time for the body of its request, as long as something comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The deadline of one request's body; an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct BodyDeadline(Arc<AtomicBool>);

impl BodyDeadline {
    /// Something came, from somebody who may send it: when the deadline is reached, as much time is given once more.
    pub fn extend(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was extended since this was last asked.
    #[must_use]
    pub fn take_extension(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}
