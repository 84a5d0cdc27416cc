//! parcours runs a programme of webinars and participatory workshops: registrations and waiting lists,
//! letters, calendar feeds, and live boards.
//!
//! Dependencies point one way: `main → server → http → features → {mail, ics, db} → {clock, id}`.
//! ARCHITECTURE.md draws the picture; `tests/it/architecture.rs` checks it.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod boards;
pub mod calendar;
pub mod check;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod error;
pub mod http;
pub mod ics;
pub mod id;
pub mod invitations;
pub mod jobs;
pub mod key;
pub mod mail;
pub mod organisations;
pub mod organiser;
pub mod participant;
pub mod percent;
pub mod privacy;
pub mod programme;
pub mod registrations;
pub mod search;
pub mod server;
pub mod site;
pub mod spreadsheet;
pub mod together;
