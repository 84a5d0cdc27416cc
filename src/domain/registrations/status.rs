//! What becomes of a request for a seat: the one state machine, drawn in docs/registrations.md.

use serde::{Deserialize, Serialize};

use super::Registration;
use super::refusal::Refusal;
use crate::accounts::ProvedPerson;
use kernel::clock::Timestamp;

/// What became of a request for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RegistrationStatus {
    /// Waits for an organiser's approval; takes no seat.
    Pending,
    /// Held until the address is confirmed; counts as taken. Only requests of before version 0.2 were: today's are no
    /// registrations until they are proved.
    Held,
    /// Offered to a person who has yet to accept, most often from the waiting list; counts as taken.
    Offered,
    /// The person has the seat.
    Confirmed,
    /// In the waiting list, in the order of arrival.
    Waiting,
    /// Given back by the person, or withdrawn by an organiser.
    Cancelled,
    /// Held or offered too long without being taken.
    Expired,
    /// An organiser refused the request.
    Refused,
    /// They were there.
    Attended,
    /// They had a seat and were not there.
    Absent,
}

impl RegistrationStatus {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Held,
        Self::Offered,
        Self::Confirmed,
        Self::Waiting,
        Self::Cancelled,
        Self::Expired,
        Self::Refused,
        Self::Attended,
        Self::Absent,
    ];

    /// Whether the request still stands: one person has one such request at an event.
    #[must_use]
    pub const fn is_live(self) -> bool {
        self.is_taken() || matches!(self, Self::Waiting | Self::Pending)
    }

    /// Whether it counts against the capacity.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Held | Self::Offered | Self::Confirmed | Self::Attended | Self::Absent)
    }

    /// Whether the person has, or had, a seat for sure.
    #[must_use]
    pub const fn is_theirs(self) -> bool {
        matches!(self, Self::Confirmed | Self::Attended | Self::Absent)
    }

    /// Whether the person can still give it back.
    #[must_use]
    pub const fn can_be_cancelled(self) -> bool {
        self.may_become(Self::Cancelled)
    }

    /// Whether one act may bring a request from here to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => {
                matches!(next, Self::Offered | Self::Confirmed | Self::Waiting | Self::Refused | Self::Cancelled)
            }
            Self::Held | Self::Offered => matches!(next, Self::Confirmed | Self::Expired | Self::Cancelled),
            Self::Waiting => matches!(next, Self::Offered | Self::Confirmed | Self::Cancelled),
            Self::Confirmed => matches!(next, Self::Attended | Self::Absent | Self::Cancelled),
            Self::Attended => matches!(next, Self::Absent | Self::Confirmed),
            Self::Absent => matches!(next, Self::Attended | Self::Confirmed),
            Self::Expired => matches!(next, Self::Confirmed | Self::Waiting | Self::Pending),
            Self::Cancelled | Self::Refused => false,
        }
    }
}

impl Registration {
    /// Its person, as they named themselves when they proved their address.
    pub(super) fn proved_person(&self) -> ProvedPerson<'_> {
        ProvedPerson { id: self.person_id, name: &self.name, organisation: self.organisation_id }
    }

    /// Moves from its present status to `next`.
    ///
    /// # Errors
    ///
    /// Refuses a move that the state machine does not have; nothing has changed then.
    pub(super) fn becomes(&mut self, next: RegistrationStatus, now: Timestamp) -> Result<(), Refusal> {
        if !self.status.may_become(next) {
            return Err(Refusal::NotFromHere);
        }
        self.status = next;
        match next {
            RegistrationStatus::Confirmed => {
                self.confirmed_at = self.confirmed_at.or(Some(now));
                self.held_until = None;
            }
            RegistrationStatus::Waiting | RegistrationStatus::Pending => self.held_until = None,
            RegistrationStatus::Cancelled | RegistrationStatus::Refused => self.cancelled_at = Some(now),
            RegistrationStatus::Held
            | RegistrationStatus::Offered
            | RegistrationStatus::Expired
            | RegistrationStatus::Attended
            | RegistrationStatus::Absent => {}
        }
        Ok(())
    }
}

/// The sets of statuses that statements ask for, each as a list of SQL: `live`, `taken` and `theirs`, as the methods of
/// [`RegistrationStatus`]. Literals, since no type for a list binds on both engines.
#[macro_export]
macro_rules! statuses {
    (live) => {
        "('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent')"
    };
    (taken) => {
        "('held', 'offered', 'confirmed', 'attended', 'absent')"
    };
    (theirs) => {
        "('confirmed', 'attended', 'absent')"
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_sets_of_statements_are_those_of_the_methods() {
        type Predicate = fn(RegistrationStatus) -> bool;
        let live = (statuses!(live), RegistrationStatus::is_live as Predicate);
        let taken = (statuses!(taken), RegistrationStatus::is_taken as Predicate);
        let theirs = (statuses!(theirs), RegistrationStatus::is_theirs as Predicate);
        for (sql, is_in) in [live, taken, theirs] {
            let names = RegistrationStatus::ALL.into_iter().filter(|status| is_in(*status)).map(|status| json!(status));
            let names: BTreeSet<String> = names.map(|name| name.to_string().replace('"', "'")).collect();
            let listed: BTreeSet<String> = sql.trim_matches(['(', ')']).split(", ").map(str::to_owned).collect();
            assert_eq!(listed, names);
        }
    }

    #[test]
    fn each_status_becomes_only_these() {
        use RegistrationStatus::{
            Absent, Attended, Cancelled, Confirmed, Expired, Held, Offered, Pending, Refused, Waiting,
        };
        let moves: [(RegistrationStatus, &[RegistrationStatus]); 10] = [
            (Pending, &[Offered, Confirmed, Waiting, Cancelled, Refused]),
            (Held, &[Confirmed, Cancelled, Expired]),
            (Offered, &[Confirmed, Cancelled, Expired]),
            (Confirmed, &[Cancelled, Attended, Absent]),
            (Waiting, &[Offered, Confirmed, Cancelled]),
            (Cancelled, &[]),
            (Expired, &[Pending, Confirmed, Waiting]),
            (Refused, &[]),
            (Attended, &[Confirmed, Absent]),
            (Absent, &[Confirmed, Attended]),
        ];
        assert_eq!(moves.map(|(from, _)| from), RegistrationStatus::ALL);
        for (from, to) in moves {
            let coded: Vec<RegistrationStatus> =
                RegistrationStatus::ALL.into_iter().filter(|status| from.may_become(*status)).collect();
            assert_eq!(coded, to, "{from:?}");
        }
    }

    #[test]
    fn nothing_comes_back_from_cancelled_or_refused_and_nothing_becomes_itself() {
        for status in RegistrationStatus::ALL {
            assert!(
                !RegistrationStatus::Cancelled.may_become(status)
                    && !RegistrationStatus::Refused.may_become(status)
                    && !status.may_become(status)
            );
        }
    }
}
