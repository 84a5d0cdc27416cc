//! The back office: who comes to what, what organisers do about it, and the programme's import.

mod export;
mod french;
mod listing;
pub mod mailbox;
mod pages;
mod programme;

pub use pages::routes;
pub use programme::{import, import_carried};
