//! Who may do what on a board. Every edit is asked about here, and only here.

use serde::Serialize;

use super::model::{Board, Edit};
use kernel::id::PersonId;

/// What a person is on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks on: everybody, on an archived board.
    Viewer,
    /// Holds a seat at the board's event.
    Participant,
    /// Runs the session.
    Facilitator,
}

impl Role {
    /// What somebody who may open a board is on it while it may be written.
    #[must_use]
    pub const fn of(runs: bool) -> Self {
        if runs { Self::Facilitator } else { Self::Participant }
    }

    /// What whoever has this role is while the board is archived, or is not.
    #[must_use]
    pub const fn while_archived(self, archived: bool) -> Self {
        if archived { Self::Viewer } else { self }
    }

    /// Whether `by`, in this role, may make this edit on the board as it stands: participants take back only their own
    /// comments, whoever runs the session anybody's.
    #[must_use]
    pub fn may(self, by: PersonId, edit: &Edit, board: &Board) -> bool {
        let is_theirs = match edit {
            Edit::RemoveComment { card, comment } => board.comment_author(*card, *comment).is_none_or(|of| of == by),
            _ => true,
        };
        self.may_edit() && (is_theirs || self == Self::Facilitator)
    }

    /// Whether somebody in this role may edit at all.
    #[must_use]
    pub const fn may_edit(self) -> bool {
        matches!(self, Self::Participant | Self::Facilitator)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::kinds::BoardKind;
    use crate::model::{Number, Signature};
    use kernel::clock::Timestamp;
    use kernel::id::{BoardId, CardId, CommentId};

    #[test]
    fn a_comment_is_taken_back_by_its_author_or_by_a_facilitator() {
        let [ada, bob] = [1, 2].map(|number| PersonId(Uuid::from_u128(number)));
        let (card, comment) = (CardId(Uuid::from_u128(3)), CommentId(Uuid::from_u128(4)));
        let mut board = Board::new(BoardId(Uuid::nil()), BoardKind::Cards, "Tableau");
        let signed = Signature { by: ada, at: Timestamp::from_millis(0) };
        let zero = Number::new(0.0);
        board.apply(signed, Edit::AddCard { card, x: zero, y: zero, fields: BTreeMap::new() }).unwrap();
        board.apply(signed, Edit::AddComment { card, comment, text: "Oui".into() }).unwrap();
        let unsay = Edit::RemoveComment { card, comment };
        assert!(Role::Participant.may(ada, &unsay, &board));
        assert!(!Role::Participant.may(bob, &unsay, &board));
        assert!(Role::Facilitator.may(bob, &unsay, &board));
        assert!(!Role::Viewer.may(ada, &unsay, &board));
    }
}
