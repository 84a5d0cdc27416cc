//! parcours runs a programme of webinars and participatory workshops: registrations and waiting lists,
//! letters, calendar feeds, and live boards. This crate starts and stops it.

pub mod after_commit;
pub mod bounces;
pub mod check;
mod connections;
pub mod demo;
pub mod role;
pub mod server;
