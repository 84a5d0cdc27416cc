//! The back office: who comes to what, and the programme's import.

pub mod mailbox;
mod pages;
mod programme;

pub use pages::routes;
pub use programme::{import, import_carried};
