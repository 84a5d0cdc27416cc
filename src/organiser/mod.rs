//! The back office: who comes to what, and the programme's import.

mod coming;
pub mod mailbox;
mod outbox;
mod pages;
mod programme;

pub use pages::routes;
pub use programme::{import, import_carried};
