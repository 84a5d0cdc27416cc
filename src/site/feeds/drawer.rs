//! Private copies, as many as fit. Those that were asked for since the last clearing-up stay when room is made.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::conditional_get::CachedFeed;

/// What a copy takes beside its bytes: tags, keys, the list of what it is about. A generous guess.
const OVERHEAD: usize = 1_000;

/// A copy, and what it is about: it is dropped when any of these changes.
#[derive(Debug, Clone)]
struct Kept {
    copy: Arc<CachedFeed>,
    about: Vec<Uuid>,
}

/// FeedCache by the hash of their secret. When the young ones fill half of the room they become the old ones, and the old
/// ones that nobody asked for meanwhile are gone.
#[derive(Debug)]
pub struct Drawer {
    max_bytes: usize,
    young: HashMap<Vec<u8>, Kept>,
    young_bytes: usize,
    old: HashMap<Vec<u8>, Kept>,
}

impl Drawer {
    /// An empty drawer of that size.
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes, young: HashMap::new(), young_bytes: 0, old: HashMap::new() }
    }

    /// The copy of that hash, and whether it is an old one, to be refreshed.
    pub fn find(&self, hash: &[u8]) -> Option<(Arc<CachedFeed>, bool)> {
        let young = self.young.get(hash).map(|kept| (Arc::clone(&kept.copy), false));
        young.or_else(|| self.old.get(hash).map(|kept| (Arc::clone(&kept.copy), true)))
    }

    /// An old copy becomes a young one.
    pub fn refresh(&mut self, hash: &[u8]) {
        if let Some((hash, Kept { copy, about })) = self.old.remove_entry(hash) {
            self.put(hash, copy, about);
        }
    }

    /// Keeps a copy.
    pub fn put(&mut self, hash: Vec<u8>, copy: Arc<CachedFeed>, about: Vec<Uuid>) {
        self.old.remove(&hash);
        let size = size(&copy);
        if self.young_bytes + size > self.max_bytes / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += size;
        if let Some(before) = self.young.insert(hash, Kept { copy, about }) {
            self.young_bytes -= size_of(&before);
        }
    }

    /// Drops the copies that are about this.
    pub fn drop_about(&mut self, id: Uuid) {
        let mut freed = 0;
        self.young.retain(|_, kept| {
            let stays = !kept.about.contains(&id);
            freed += if stays { 0 } else { size_of(kept) };
            stays
        });
        self.young_bytes -= freed;
        self.old.retain(|_, kept| !kept.about.contains(&id));
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        *self = Self::new(self.max_bytes);
    }

    /// How many copies there are.
    pub fn count(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

fn size_of(kept: &Kept) -> usize {
    size(&kept.copy)
}

/// The compressed bytes come beside the others once they are asked for.
fn size(copy: &CachedFeed) -> usize {
    OVERHEAD + 3 * copy.len() / 2
}

#[cfg(test)]
mod tests {
    use super::super::conditional_get::CachePolicy;
    use super::*;

    const BODY: usize = 6_000;

    fn put(drawer: &mut Drawer, number: u8) {
        let copy = CachedFeed::new("x".repeat(BODY), None, CachePolicy::Private);
        drawer.put(vec![number], Arc::new(copy), vec![Uuid::from_u128(number.into())]);
    }

    #[test]
    fn a_drawer_never_holds_more_than_fits_and_keeps_what_is_asked_for() {
        let mut drawer = Drawer::new(100_000);
        for number in 0..200 {
            put(&mut drawer, number);
            if let Some((_, true)) = drawer.find(&[0]) {
                drawer.refresh(&[0]);
            }
            let held = drawer.young.values().chain(drawer.old.values()).map(size_of).sum::<usize>();
            assert!(held <= 100_000, "{held}");
            assert_eq!(drawer.young_bytes, drawer.young.values().map(size_of).sum::<usize>());
        }
        assert!(drawer.find(&[0]).is_some(), "asked for again and again");
        assert!(drawer.find(&[1]).is_none());
        assert!(drawer.count() >= 5);
    }

    #[test]
    fn what_a_copy_is_about_drops_it_young_or_old() {
        let mut drawer = Drawer::new(45_000);
        for number in 0..4_u8 {
            put(&mut drawer, number);
        }
        assert!(!drawer.old.is_empty() && !drawer.young.is_empty());
        for number in 0..4_u8 {
            drawer.drop_about(Uuid::from_u128(number.into()));
        }
        assert_eq!((drawer.count(), drawer.young_bytes), (0, 0));
    }
}
