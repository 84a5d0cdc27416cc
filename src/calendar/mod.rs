//! The calendar feeds, public and private. Calendar apps poll them for years: bytes are the same while nothing
//! changes, and a poll that changes nothing is answered 304.

mod answer;
mod feed;
mod french;
mod pages;

pub use pages::{event_file, routes};
