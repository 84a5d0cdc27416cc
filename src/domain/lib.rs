//! What the service is about: people, organisations, the programme, registrations, invitations, calendars, documents,
//! the library, the audit log. Each feature holds its types and acts (`mod.rs`), decisions (`rules.rs`), SQL (`store.rs`) and letters. Knows no HTTP.

pub mod accounts;
pub mod audit;
pub mod calendar;
pub mod context;
pub mod event_documents;
pub mod fetch;
pub mod identity;
pub mod invitations;
pub mod jobs;
pub mod link_checks;
pub mod organisations;
pub mod people_list;
pub mod programme;
pub mod proof_requests;
pub mod registrations;
pub mod resources;
pub mod roles;

pub use context::Context;
pub use jobs::Job;
