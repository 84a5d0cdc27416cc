//! Who may do what on a board. Every edit is asked about here, and only here.

use super::model::Edit;

/// What a person is on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Looks on: everybody, on an archived board.
    Viewer,
    /// Holds a seat at the board's event.
    Participant,
    /// Runs the session.
    Facilitator,
}

impl Role {
    /// Whether somebody in this role may make this edit.
    #[must_use]
    pub const fn may(self, _edit: &Edit) -> bool {
        self.may_edit()
    }

    /// Whether somebody in this role may edit at all.
    #[must_use]
    pub const fn may_edit(self) -> bool {
        matches!(self, Self::Participant | Self::Facilitator)
    }

    /// Its name in pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Participant => "participant",
            Self::Facilitator => "facilitator",
        }
    }
}
