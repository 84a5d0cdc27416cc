//! Feeds kept as they are sent, so that a poll costs one look-up and touches no database.
//!
//! They are dropped when this process changes what they show, and within a second of another's change, which
//! [`watch`] notices. Public feeds show the programme; private ones also a person's registrations.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use super::conditional_get::CachedFeed;
use super::private_feeds::PrivateFeeds;
use crate::App;
use db::ChangeEvent;
use domain::accounts::{self, FEED_CHANGES};
use domain::calendar::feed::Feed;
use domain::programme::{self, Fingerprint, Slug};
use domain::registrations;
use kernel::clock::Timestamp;
use kernel::id::EventId;

/// Private feeds take no more memory than this, bytes; those that nobody polls go first.
const PRIVATE_BYTES: usize = 8 * 1024 * 1024;

/// Which copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// A public feed.
    Feed(Feed),
    /// One event.
    Event(Slug),
    /// A person's own feed, by the hash of its address's secret.
    Private(Vec<u8>),
}

/// The rendered feeds of one process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct FeedCache(Arc<RwLock<Shelf>>);

#[derive(Debug)]
struct Shelf {
    /// Raised with each change, so that what was read before it is not kept after it.
    generation: Generation,
    copies: HashMap<Name, Arc<CachedFeed>>,
    seen: Option<Fingerprint>,
    private: PrivateFeeds,
    /// The version of each event up to which every change was heard of.
    versions: HashMap<Uuid, i64>,
}

/// How often what public feeds show changed, and how often what private ones show besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Generation {
    public: u64,
    private: u64,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            generation: Generation::default(),
            copies: HashMap::new(),
            seen: None,
            private: PrivateFeeds::new(PRIVATE_BYTES),
            versions: HashMap::new(),
        }
    }
}

impl Shelf {
    fn clear(&mut self) {
        self.generation.public += 1;
        self.copies.clear();
        self.private.clear();
    }

    /// Whether another process changed this since it was last heard of.
    fn is_behind(&self, (id, version): &(Uuid, i64)) -> bool {
        self.versions.get(id).is_none_or(|known| known < version)
    }
}

impl FeedCache {
    fn read(&self) -> RwLockReadGuard<'_, Shelf> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops every copy: the programme has changed. To be called after the commit.
    pub fn forget(&self) {
        self.write().clear();
    }

    /// Drops the private copies that show what a transaction of this process touched. To be called after its commit.
    pub fn drop_changed(&self, events: &[ChangeEvent]) {
        if !events.iter().any(|event| matches!(event, ChangeEvent::Programme | ChangeEvent::Feed { .. })) {
            return;
        }
        let mut shelf = self.write();
        shelf.generation.private += 1;
        for event in events {
            if *event == ChangeEvent::Programme {
                shelf.clear();
            }
            let ChangeEvent::Feed { id, version } = event else { continue };
            shelf.private.drop_about(*id);
            // A gap is another process's change, which `watch` has yet to look at.
            if let (Some(version), Some(known)) = (version, shelf.versions.get_mut(id))
                && *known + 1 == *version
            {
                *known = *version;
            }
        }
    }

    /// How many copies are at hand: of public feeds, and of private ones.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let shelf = self.read();
        (shelf.copies.len(), shelf.private.count())
    }

    pub(super) fn generation(&self) -> Generation {
        self.read().generation
    }

    pub(super) fn find(&self, name: &Name, now: Timestamp) -> Option<Arc<CachedFeed>> {
        let copy = match name {
            Name::Private(hash) => self.read().private.find(hash),
            name => self.read().copies.get(name).cloned(),
        };
        copy.filter(|copy| copy.is_good_at(now))
    }

    /// Keeps a copy, unless what it shows may have changed since `generation`, when it began to be made. A private one
    /// is dropped when what it is `about` is touched.
    pub(super) fn keep(&self, generation: Generation, name: Name, (copy, about): (Arc<CachedFeed>, Vec<Uuid>)) {
        let mut shelf = self.write();
        match name {
            Name::Private(hash) if shelf.generation == generation => shelf.private.insert(hash, copy, about),
            Name::Private(_) => {}
            name if shelf.generation.public == generation.public => {
                shelf.copies.insert(name, copy);
            }
            _ => {}
        }
    }

    fn notice(&self, fingerprint: Fingerprint) {
        let mut shelf = self.write();
        if shelf.seen.replace(fingerprint) != Some(fingerprint) {
            shelf.clear();
        }
    }

    /// Those of `versions` that another process raised. What is being rendered meanwhile is not kept.
    fn behind(&self, versions: &[(Uuid, i64)]) -> Vec<Uuid> {
        let mut shelf = self.write();
        let behind: Vec<_> = versions.iter().filter(|version| shelf.is_behind(version)).map(|(id, _)| *id).collect();
        shelf.generation.private += u64::from(!behind.is_empty());
        // Where nothing is kept, nobody need be asked about.
        if shelf.private.count() == 0 {
            shelf.versions.extend(versions.iter().copied());
            return Vec::new();
        }
        behind
    }

    fn catch_up(&self, versions: &[(Uuid, i64)], about: &[Uuid]) {
        let mut shelf = self.write();
        for id in about {
            // Nobody wrote down whose.
            if *id == FEED_CHANGES { shelf.private.clear() } else { shelf.private.drop_about(*id) }
        }
        for (id, version) in versions {
            let known = shelf.versions.entry(*id).or_insert(*version);
            *known = (*known).max(*version);
        }
    }
}

/// Looks whether another process has changed what the feeds show, and drops the copies that it is about.
pub async fn watch(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.snapshot().await?;
    app.feeds.notice(programme::fingerprint(&mut tx).await?);
    let versions = programme::versions(&mut tx).await?;
    let mut versions: Vec<(Uuid, i64)> = versions.into_iter().map(|(event, version)| (event.0, version)).collect();
    versions.push((FEED_CHANGES, accounts::feed_changes(&mut tx).await?));
    let mut about = Vec::new();
    for id in app.feeds.behind(&versions) {
        let people = registrations::people_of(&mut tx, EventId(id)).await?;
        about.extend(people.into_iter().map(|person| person.0));
        about.push(id);
    }
    app.feeds.catch_up(&versions, &about);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::conditional_get::CachePolicy;
    use super::*;

    fn copy(good_until: Option<Timestamp>) -> Arc<CachedFeed> {
        Arc::new(CachedFeed::new("BEGIN".into(), None, CachePolicy::Public).good_until(good_until))
    }

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let copies = FeedCache::default();
        let generation = copies.generation();
        copies.forget();
        copies.keep(generation, Name::Feed(Feed::All), (copy(None), Vec::new()));
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_none());
        copies.keep(copies.generation(), Name::Feed(Feed::All), (copy(None), Vec::new()));
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_some());
        assert!(copies.find(&Name::Feed(Feed::Webinars), NOW).is_none());
    }

    #[test]
    fn a_copy_is_of_no_use_once_an_event_has_left_it() {
        let copies = FeedCache::default();
        copies.keep(copies.generation(), Name::Feed(Feed::All), (copy(Some(NOW)), Vec::new()));
        assert!(copies.find(&Name::Feed(Feed::All), Timestamp::from_millis(999)).is_some());
        assert!(copies.find(&Name::Feed(Feed::All), NOW).is_none());
    }

    /// A private copy of somebody who waits at an event.
    fn waiting(copies: &FeedCache, person: u128, event: u128) -> Name {
        let name = Name::Private(person.to_be_bytes().to_vec());
        let about = vec![Uuid::from_u128(person), Uuid::from_u128(event)];
        copies.keep(copies.generation(), name.clone(), (copy(None), about));
        assert!(copies.find(&name, NOW).is_some());
        name
    }

    #[test]
    fn a_private_copy_goes_with_what_it_is_about_and_with_the_programme() {
        let copies = FeedCache::default();
        let touched = |id: u128| [ChangeEvent::Feed { id: Uuid::from_u128(id), version: None }];
        for gone in [1, 2] {
            let name = waiting(&copies, 1, 2);
            copies.drop_changed(&touched(3));
            assert!(copies.find(&name, NOW).is_some());
            copies.drop_changed(&touched(gone));
            assert!(copies.find(&name, NOW).is_none());
        }
        let name = waiting(&copies, 1, 2);
        copies.forget();
        assert!(copies.find(&name, NOW).is_none());
    }

    #[test]
    fn only_what_another_process_changed_is_asked_about() {
        let copies = FeedCache::default();
        let event = Uuid::from_u128(2);
        copies.catch_up(&[(event, 7)], &[]);
        waiting(&copies, 1, 2);
        assert!(copies.behind(&[(event, 7)]).is_empty());
        copies.drop_changed(&[ChangeEvent::Feed { id: event, version: Some(8) }]);
        waiting(&copies, 1, 2);
        assert!(copies.behind(&[(event, 8)]).is_empty(), "this process knows of its own");
        copies.drop_changed(&[ChangeEvent::Feed { id: event, version: Some(10) }]);
        waiting(&copies, 1, 2);
        let generation = copies.generation();
        assert_eq!(copies.behind(&[(event, 10)]), [event], "the ninth was another's");
        let name = Name::Private(vec![9]);
        copies.keep(generation, name.clone(), (copy(None), Vec::new()));
        assert!(copies.find(&name, NOW).is_none(), "read before it was known");
    }
}
