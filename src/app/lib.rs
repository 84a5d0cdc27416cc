//! Acts that span features: what one causes in the others is a domain event, [`events`].

pub mod address;
pub mod calendar_import;
pub mod events;
mod french;
pub mod organisations;
pub mod privacy;
pub mod programme;
pub mod request_alert;
pub mod revise;
