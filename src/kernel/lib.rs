//! What every part stands on: the clock, settings, identifiers, keys, background jobs, batches of requests, search, the security
//! log. Knows neither HTTP nor SQL; how values are stored is a feature, `sqlx`, for the crates that speak it.

pub mod batch;
pub mod clock;
pub mod config;
pub mod id;
pub mod identity;
pub mod jobs;
pub mod key;
pub mod percent;
pub mod search;
pub mod security_log;
pub mod text;
pub mod theme;
