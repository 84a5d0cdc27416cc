//! Private feeds in memory, up to a number of bytes: those that nobody polls are evicted first.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use uuid::Uuid;

use super::conditional_get::CachedFeed;

/// Bytes that a feed takes beside its text: tags, keys, the list of what it is about. A generous guess.
const OVERHEAD: usize = 1_000;

/// Bytes of a usual private feed, from which the cache derives the size of its tables.
const USUAL_FEED: usize = 16 * 1024;

/// A feed, and what it is about: it is dropped when any of these changes.
#[derive(Debug, Clone)]
struct Entry {
    feed: Arc<CachedFeed>,
    about: Vec<Uuid>,
}

/// Weighs an entry by the bytes that it takes.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Vec<u8>, Entry> for ByBytes {
    fn weight(&self, _hash: &Vec<u8>, entry: &Entry) -> u64 {
        // The compressed bytes come beside the others once they are asked for.
        (OVERHEAD + 3 * entry.feed.len() / 2) as u64
    }
}

/// Feeds by the hash of the secret in their address.
#[derive(Debug)]
pub struct PrivateFeeds(Cache<Vec<u8>, Entry, ByBytes>);

impl PrivateFeeds {
    /// An empty cache of at most `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self(Cache::with_weighter(max_bytes / USUAL_FEED, max_bytes as u64, ByBytes))
    }

    /// The feed of that hash.
    pub fn find(&self, hash: &[u8]) -> Option<Arc<CachedFeed>> {
        self.0.get(hash).map(|entry| Arc::clone(&entry.feed))
    }

    /// Keeps a feed.
    pub fn insert(&mut self, hash: Vec<u8>, feed: Arc<CachedFeed>, about: Vec<Uuid>) {
        self.0.insert(hash, Entry { feed, about });
    }

    /// Drops the feeds that are about this.
    pub fn drop_about(&mut self, id: Uuid) {
        self.0.retain(|_, entry| !entry.about.contains(&id));
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many feeds there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::conditional_get::CachePolicy;
    use super::*;

    const BODY: usize = 6_000;

    fn insert(feeds: &mut PrivateFeeds, number: u8) {
        let feed = CachedFeed::new("x".repeat(BODY), None, CachePolicy::Private);
        feeds.insert(vec![number], Arc::new(feed), vec![Uuid::from_u128(number.into())]);
    }

    #[test]
    fn no_more_is_held_than_fits_and_what_is_polled_stays() {
        let mut feeds = PrivateFeeds::new(100_000);
        for number in 0..200 {
            insert(&mut feeds, number);
            assert!(feeds.find(&[0]).is_some(), "asked for again and again: {number}");
            let held = feeds.0.iter().map(|(hash, entry)| ByBytes.weight(hash, entry)).sum::<u64>();
            assert!(held <= 100_000, "{held}");
        }
        assert!(feeds.find(&[199]).is_some(), "the newest is found when it is polled again");
        assert!((5..20).contains(&feeds.count()), "{}", feeds.count());
    }

    #[test]
    fn a_feed_goes_with_what_it_is_about() {
        let mut feeds = PrivateFeeds::new(45_000);
        for number in 0..4_u8 {
            insert(&mut feeds, number);
        }
        assert_eq!(feeds.count(), 4);
        feeds.drop_about(Uuid::from_u128(2));
        assert!(feeds.find(&[2]).is_none() && feeds.find(&[1]).is_some());
    }
}
