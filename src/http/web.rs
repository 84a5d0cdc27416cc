//! What extractors, pages and middleware need of the running program.

use std::ops::Deref;
use std::sync::Arc;

use super::{Limits, Metrics};
use domain::context::Context;

/// The context with what HTTP adds to it; cheap to clone. A router's state gives it out by `AsRef<Web>`.
#[derive(Debug, Clone)]
pub struct Web(Arc<Parts>);

/// The parts of a [`Web`].
#[derive(Debug)]
pub struct Parts {
    /// What the domain uses.
    pub context: Context,
    /// How often one address may ask.
    pub limits: Limits,
    /// What was answered so far.
    pub metrics: Metrics,
}

impl Web {
    /// Shares these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Web {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Deref for Parts {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.context
    }
}

impl AsRef<Self> for Web {
    fn as_ref(&self) -> &Self {
        self
    }
}
