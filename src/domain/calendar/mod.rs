//! Calendars: what the feeds say, and events brought in from the calendars of others.

pub mod feed;
pub mod french;
pub mod import;
