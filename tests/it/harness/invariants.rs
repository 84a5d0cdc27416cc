//! What must hold of any event at any time, whoever did what meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use domain::registrations::{Registration, RegistrationStatus};

/// What does not hold of these registrations, in their order, at an event with this many seats and at most `cap` for
/// one organisation.
pub fn violations(registrations: &[Registration], capacity: usize, cap: Option<usize>) -> Vec<String> {
    let mut found = Vec::new();
    let taken = registrations.iter().filter(|one| one.status.is_taken()).count();
    if taken > capacity {
        found.push(format!("{taken} seats taken of {capacity}"));
    }
    let mut seats: BTreeMap<_, usize> = BTreeMap::new();
    for one in registrations.iter().filter(|one| one.status.is_taken()) {
        *seats.entry(one.organisation_id).or_default() += 1;
    }
    if let Some((_, most)) = seats.iter().find(|(_, seats)| cap.is_some_and(|cap| **seats > cap)) {
        found.push(format!("{most} seats of one organisation"));
    }
    let may_have_one = |one: &Registration| {
        one.status == RegistrationStatus::Waiting
            && cap.is_none_or(|cap| seats.get(&one.organisation_id).is_none_or(|has| *has < cap))
    };
    if taken < capacity && registrations.iter().any(may_have_one) {
        found.push("somebody waits while a seat is free".into());
    }
    let live: Vec<_> = registrations.iter().filter(|one| one.status.is_live()).collect();
    if live.iter().map(|one| one.person_id).collect::<BTreeSet<_>>().len() != live.len() {
        found.push("somebody has two live registrations".into());
    }
    let first_waiting = registrations.iter().find(|one| may_have_one(one)).map(|one| one.arrival);
    let last_seated = registrations.iter().rfind(|one| one.status.is_taken());
    if let (Some(waiting), Some(seated), None) = (first_waiting, last_seated, cap)
        && seated.arrival > waiting
    {
        found.push("somebody passed the waiting list".into());
    }
    found
}
