//! The calendar feeds, public and private. Calendar apps poll them for years: bytes are the same while nothing
//! changes, and a poll that changes nothing is answered 304 from memory.

mod conditional_get;
mod feed_cache;
mod feed_service;
mod pages;
mod private_feeds;
mod subscribe;

pub use feed_cache::{FeedCache, watch};
pub use feed_service::FeedService;
pub use pages::routes;
pub use subscribe::SubscribeLinks;
