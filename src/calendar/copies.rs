//! Feeds kept as they are sent, so that a poll costs one look-up and touches no database.
//!
//! They are dropped when this process changes the programme, and within a second of another's change, which
//! [`watch`] notices.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use super::answer::Copy;
use super::feed::Feed;
use crate::app::App;
use crate::clock::Timestamp;
use crate::programme::{self, Fingerprint, Slug};

/// Which copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// A public feed.
    Feed(Feed),
    /// One event.
    Event(Slug),
}

/// The rendered feeds of one process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Copies(Arc<RwLock<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    /// Raised with each change, so that what was read before it is not kept after it.
    generation: u64,
    copies: HashMap<Name, Arc<Copy>>,
    seen: Option<Fingerprint>,
}

impl Shelf {
    fn clear(&mut self) {
        self.generation += 1;
        self.copies.clear();
    }
}

impl Copies {
    fn shelf(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops every copy: the programme has changed. To be called after the commit.
    pub fn forget(&self) {
        self.shelf().clear();
    }

    /// How many copies are at hand.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).copies.len()
    }

    pub(super) fn generation(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).generation
    }

    pub(super) fn find(&self, name: &Name, now: Timestamp) -> Option<Arc<Copy>> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        shelf.copies.get(name).filter(|copy| copy.is_good_at(now)).cloned()
    }

    /// Keeps a copy, unless the programme changed since `generation`, when it began to be made.
    pub(super) fn keep(&self, generation: u64, name: Name, copy: Arc<Copy>) {
        let mut shelf = self.shelf();
        if shelf.generation == generation {
            shelf.copies.insert(name, copy);
        }
    }

    fn notice(&self, fingerprint: Fingerprint) {
        let mut shelf = self.shelf();
        if shelf.seen.replace(fingerprint) != Some(fingerprint) {
            shelf.clear();
        }
    }
}

/// Looks whether another process has changed the programme, and drops the copies if so.
///
/// # Errors
///
/// When the database fails.
pub async fn watch(app: &App) -> sqlx::Result<()> {
    let fingerprint = programme::fingerprint(&mut app.db.read().await?).await?;
    app.feeds.notice(fingerprint);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::answer::Keeping;
    use super::*;

    fn copy(good_until: Option<Timestamp>) -> Arc<Copy> {
        Arc::new(Copy::new("BEGIN".into(), None, Keeping::Public).good_until(good_until))
    }

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let copies = Copies::default();
        let generation = copies.generation();
        copies.forget();
        copies.keep(generation, Name::Feed(Feed::All), copy(None));
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_none());
        copies.keep(copies.generation(), Name::Feed(Feed::All), copy(None));
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_some());
        assert!(copies.find(&Name::Feed(Feed::Webinars), NOW).is_none());
    }

    #[test]
    fn a_copy_is_of_no_use_once_an_event_has_left_it() {
        let copies = Copies::default();
        copies.keep(0, Name::Feed(Feed::All), copy(Some(NOW)));
        assert!(copies.find(&Name::Feed(Feed::All), Timestamp::from_millis(999)).is_some());
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_none());
    }
}
