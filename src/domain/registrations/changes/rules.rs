//! When those who are registered are told of a change. Pure: no clock, no database.

use std::time::Duration;

use crate::programme::{Change, Difference, EventStatus};
use crate::registrations::{Notify, RegistrationStatus};
use kernel::clock::Timestamp;

/// News of a change wait this long, so that a second thought replaces them.
const WAIT: Duration = Duration::from_secs(5 * 60);

/// News of what is about to start do not wait.
const TOO_NEAR: Duration = Duration::from_secs(3600);

/// When a letter about a change leaves.
pub(super) fn leaves_at(change: &Change, now: Timestamp) -> Timestamp {
    let starts_at = change.before.starts_at.min(change.after.starts_at);
    if starts_at < now + TOO_NEAR { now } else { now + WAIT }
}

/// What somebody should know of a change. That an event leaves the programme, or is on it again, is told when organisers say so.
/// That a video meeting comes or goes is nothing to people who have no seat.
pub(super) fn news(change: &Change, notice: Notify, status: RegistrationStatus) -> Vec<Difference> {
    let mut differences = crate::programme::differences(change);
    differences.retain(|one| match one {
        Difference::Unpublished | Difference::Published => notice == Notify::Participants,
        Difference::Video => status == RegistrationStatus::Confirmed,
        _ => true,
    });
    // A new time of an event that does not take place needs no letter.
    let ends = |one: &Difference| matches!(one, Difference::Cancelled | Difference::Unpublished);
    if change.after.status.takes_place() || differences.iter().any(ends) { differences } else { Vec::new() }
}

/// Whether an event is off again before anybody was told that it takes place after all.
pub(super) fn is_off_again(change: &Change) -> bool {
    change.before.status != EventStatus::Published && change.after.status != EventStatus::Published
}
