//! Who reacts to what a commit changed: what this process holds in memory. One table; what other features do within the
//! transaction is in `app::events`.

use db::ChangeEvent;
use mail::Mail;
use site::feeds::FeedCache;

/// Is passed the events of a commit.
pub type Listener = Box<dyn Fn(&[ChangeEvent]) + Send + Sync>;

/// What this process holds in memory.
pub struct AfterCommit {
    /// Rendered feeds.
    pub feeds: FeedCache,
    /// The workers that send letters.
    pub mail: Mail,
    /// The rooms of open boards.
    pub boards: Listener,
}

/// Which [`ChangeEvent`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeEventKind {
    /// [`ChangeEvent::Programme`].
    Programme,
    /// [`ChangeEvent::Feed`].
    Feed,
    /// [`ChangeEvent::RightsReduced`].
    RightsReduced,
    /// [`ChangeEvent::LettersQueued`].
    LettersQueued,
}

impl ChangeEventKind {
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

/// A part of this process, the kinds of change that it reacts to, and how.
pub struct Reaction {
    /// Which part.
    pub part: &'static str,
    /// To what.
    pub to: &'static [ChangeEventKind],
    /// It is passed all events of a commit, and picks its own.
    react: fn(&AfterCommit, &[ChangeEvent]),
}

/// Who reacts to what.
pub static REACTIONS: &[Reaction] = &[
    Reaction {
        part: "feeds",
        to: &[ChangeEventKind::Programme, ChangeEventKind::Feed],
        react: |parts, events| parts.feeds.drop_changed(events),
    },
    Reaction { part: "boards", to: &[ChangeEventKind::RightsReduced], react: |parts, events| (parts.boards)(events) },
    Reaction { part: "mail", to: &[ChangeEventKind::LettersQueued], react: |parts, _events| parts.mail.wake() },
];

impl AfterCommit {
    /// Passes the events of a commit to those who react to any of them.
    pub fn react(&self, events: &[ChangeEvent]) {
        for reaction in REACTIONS {
            if events.iter().any(|event| reaction.to.contains(&ChangeEventKind::of(event))) {
                (reaction.react)(self, events);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_reacts_to_each_kind_of_change() {
        for kind in ChangeEventKind::ALL {
            assert!(REACTIONS.iter().any(|reaction| reaction.to.contains(&kind)), "nobody reacts to {kind:?}");
        }
    }
}
