//! Who reacts to what a commit changed: what this process holds in memory. One table; what other features do within the
//! transaction is in `app::events`.

use db::ChangeEvent;
use mail::Mail;
use site::feeds::FeedCache;

/// What this process holds in memory.
pub struct AfterCommit {
    /// Rendered feeds.
    pub feeds: FeedCache,
    /// The workers that send letters.
    pub mail: Mail,
    /// The rooms of open boards.
    pub boards: Box<dyn Fn(&[ChangeEvent]) + Send + Sync>,
}

/// Which [`ChangeEvent`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`ChangeEvent::Programme`].
    Programme,
    /// [`ChangeEvent::Feed`].
    Feed,
    /// [`ChangeEvent::RightsReduced`].
    RightsReduced,
    /// [`ChangeEvent::LettersQueued`].
    LettersQueued,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Programme, Self::Feed, Self::RightsReduced, Self::LettersQueued];

    const fn of(event: &ChangeEvent) -> Self {
        match event {
            ChangeEvent::Programme => Self::Programme,
            ChangeEvent::Feed { .. } => Self::Feed,
            ChangeEvent::RightsReduced(_) => Self::RightsReduced,
            ChangeEvent::LettersQueued => Self::LettersQueued,
        }
    }
}

/// What a part does with all events of a commit; it picks those that it is there for.
type React = fn(&AfterCommit, &[ChangeEvent]);

/// A part, the kinds of change that it reacts to, and how.
pub static REACTIONS: &[(&str, &[Kind], React)] = &[
    ("feeds", &[Kind::Programme, Kind::Feed], |parts, events| parts.feeds.drop_changed(events)),
    ("boards", &[Kind::RightsReduced], |parts, events| (parts.boards)(events)),
    ("mail", &[Kind::LettersQueued], |parts, _events| parts.mail.wake()),
];

impl AfterCommit {
    /// Passes the events of a commit to those who react to any of them.
    pub fn react(&self, events: &[ChangeEvent]) {
        for (_, kinds, react) in REACTIONS {
            if events.iter().any(|event| kinds.contains(&Kind::of(event))) {
                react(self, events);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_reacts_to_each_kind_of_change() {
        for kind in Kind::ALL {
            assert!(REACTIONS.iter().any(|(_, kinds, _)| kinds.contains(&kind)), "nobody reacts to {kind:?}");
        }
    }
}
