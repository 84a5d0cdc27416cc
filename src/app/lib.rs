//! Acts that span features.

pub mod programme;
