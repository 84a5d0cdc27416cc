//! What became of registrations, step by step: every new seat is written down.

mod store;

use super::RegistrationStatus;
use kernel::clock::Timestamp;

pub(super) use store::{insert_step_if_new, insert_steps};
pub use store::{people_of, steps};

/// One step in a registration's history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What it became.
    pub status: RegistrationStatus,
}
