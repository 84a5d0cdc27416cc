//! The calendar feeds, public and private. Calendar apps poll them for years: bytes are the same while nothing
//! changes, and a poll that changes nothing is answered 304 from memory.

mod answer;
mod copies;
mod drawer;
mod front;
mod pages;
mod subscribe;

pub use copies::{Copies, watch};
pub use front::Front;
pub use pages::routes;
pub use subscribe::Ways;
