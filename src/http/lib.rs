//! HTTP: what every request must satisfy, sessions, forms, the frame of pages, files. Knows no address of the site.

pub mod assets;
pub mod body_deadline;
pub mod error;
pub mod extract;
mod failure_page;
pub mod form;
mod french;
pub mod limits;
pub mod metrics;
pub mod page;
pub mod proved;
pub mod proxies;
pub mod qr;
pub mod refusals;
pub mod security;
pub mod session;
mod web;

pub use body_deadline::BodyDeadline;
pub use limits::Limits;
pub use metrics::Metrics;
pub use proved::Asker;
pub use refusals::Refusal;
pub use web::{Parts, Web};
