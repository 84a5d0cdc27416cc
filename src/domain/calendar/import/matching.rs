//! Which event here was made from which event there: by its key, and for a series that moved as a whole by its place in the
//! order. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::rules::{ExternalEvent, Reading};
use kernel::id::EventId;

/// What is kept of an event that was brought in and is still to come: a key and the event.
pub type Stored = (String, EventId);

/// Each event of a reading with the event here that was made from it, and those here that are not there any more.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// In the order of the reading.
    pub here: Vec<Option<EventId>>,
    /// What is to come here and is cancelled, left out or missing there.
    pub gone: BTreeSet<EventId>,
}

/// Compares a reading with what was brought in before.
#[must_use]
pub fn compare(reading: &Reading, all: &BTreeMap<String, EventId>, coming: &[Stored]) -> Matches {
    let find = |event: &ExternalEvent| all.get(&event.key).or_else(|| all.get(&event.former_key)).copied();
    let mut here: Vec<Option<EventId>> = reading.events.iter().map(find).collect();
    let mut matched: BTreeSet<EventId> = here.iter().flatten().copied().collect();
    for uid in &reading.whole {
        let mut left: BTreeMap<EventId, Option<Date>> = BTreeMap::new();
        for (key, event) in coming.iter().filter(|(key, event)| is_of(key, uid) && !matched.contains(event)) {
            // The last key is the one that it has now.
            left.insert(*event, day(key, uid));
        }
        let mut left: Vec<_> = left.into_iter().map(|(event, day)| (day, event)).collect();
        left.sort();
        let new: Vec<(Option<Date>, usize)> = (0..)
            .zip(&reading.events)
            .filter(|(place, event)| event.uid == *uid && here[*place].is_none())
            .map(|(place, event)| (day(&event.key, uid), place))
            .collect();
        for (event, place) in moved(&left, &new) {
            here[place] = Some(event);
            matched.insert(event);
        }
    }
    let is_gone = |key: &str| reading.cancelled.contains(key) || reading.whole.iter().any(|uid| is_of(key, uid));
    let gone = coming.iter().filter(|(key, event)| !matched.contains(event) && is_gone(key));
    Matches { gone: gone.map(|(_, event)| *event).collect(), here }
}

fn is_of(key: &str, uid: &str) -> bool {
    // A UID may have a slash of its own: what follows ours is nothing, or a day.
    key == uid || day(key, uid).is_some()
}

/// The day of an occurrence in its key.
fn day(key: &str, uid: &str) -> Option<Date> {
    key.strip_prefix(uid)?.strip_prefix('/')?.get(..10)?.parse().ok()
}

/// As many there as here: each is the one in its place. Else those that are as many days apart as the first ones are, where
/// that is less than a week.
fn moved(left: &[(Option<Date>, EventId)], new: &[(Option<Date>, usize)]) -> Vec<(EventId, usize)> {
    if left.len() == new.len() {
        return left.iter().zip(new).map(|((_, event), (_, place))| (*event, *place)).collect();
    }
    let days = |from: Option<Date>, to: Option<Date>| Some(from?.duration_until(to?).as_hours() / 24);
    let shift = left.first().zip(new.first()).and_then(|(old, new)| days(old.0, new.0)).filter(|shift| shift.abs() < 7);
    let Some(shift) = shift else { return Vec::new() };
    left.iter()
        .filter_map(|(old, event)| {
            let place = new.iter().find(|(day, _)| days(*old, *day) == Some(shift))?.1;
            Some((*event, place))
        })
        .collect()
}
