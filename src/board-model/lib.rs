//! A live board as pure data: cards, edits, merged texts, the kinds and their fields, who may do what, and the messages of the
//! protocol. No clock, no database, no network: `Board::apply` decides on one edit.

mod card;
pub mod close_code;
mod edit;
mod history;
pub mod kinds;
pub mod limits;
pub mod model;
pub mod protocol;
pub mod rights;
pub mod text;
mod value;

pub use rights::Role;
