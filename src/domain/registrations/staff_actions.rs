//! What organisers do with registrations. Each act is in the audit log, written in the same transaction.

use super::admission::Actor;
use super::notifications::{notify, notify_all};
use super::reconcile::{self, reconcile};
use super::register::{self, RegisterAnswer, ask_all};
use super::rules::Asker;
use super::{ActError, NewRegistration, Open, Refusal, Registration, RegistrationStatus, admission, letters, store};
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::programme;
use db::with_retry;
use kernel::id::{EventId, PersonId, RegistrationId};

/// Attendance can be noted this long before the start, when people come in.
const DOORS_OPEN: std::time::Duration = std::time::Duration::from_secs(3600);

/// An organiser's decision on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They may come.
    Approve,
    /// They may not, for this reason, which the letter names.
    Refuse(String),
}

/// Registers a person for an organiser, whatever the audience and even while registrations are closed: a free seat is
/// confirmed at once; else the person joins the waiting list.
///
/// # Errors
///
/// When there is no such event, it is over or cancelled, they are registered already, or the database fails.
pub async fn register_by_staff(
    context: &Context,
    by: PersonId,
    event: EventId,
    request: NewRegistration,
) -> Result<Registration, ActError> {
    let requests = [request];
    let answers = with_retry(|| register_many(context, by, event, &requests, Run::Real)).await?;
    let answer = answers.into_iter().next().ok_or(ActError::NotFound)?;
    Ok(answer?.registration)
}

/// Whether something is done, or only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Everybody is registered and the transaction rolled back, so that the result is exact.
    Dry,
    /// It is done.
    Real,
}

/// Registers several people in this order; returns the result of each.
///
/// # Errors
///
/// When there is no such event, or the database fails; then nobody was registered.
pub async fn register_all_by_staff(
    context: &Context,
    by: PersonId,
    event: EventId,
    requests: &[NewRegistration],
    run: Run,
) -> Result<Vec<Result<RegistrationStatus, Refusal>>, ActError> {
    let answers = with_retry(|| register_many(context, by, event, requests, run)).await?;
    Ok(answers.into_iter().map(|answer| Ok(answer?.registration.status)).collect())
}

/// All are decided in one batch: one by one, each would count all registrations again under the event's lock.
async fn register_many(
    context: &Context,
    by: PersonId,
    event: EventId,
    requests: &[NewRegistration],
    run: Run,
) -> Result<Vec<Result<RegisterAnswer, Refusal>>, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    if !event.status.takes_place() || event.ends_at <= now {
        return Ok(requests.iter().map(|_| Err(Refusal::NotOnProgramme)).collect());
    }
    let answers = ask_all(context, &mut tx, &event, Actor::Organiser, requests).await?;
    if run == Run::Dry {
        return Ok(answers);
    }
    let letters = answers.iter().flatten().filter_map(|answer| answer.letter(context, &event)).collect();
    notify_all(context, &mut tx, &event, letters, now).await?;
    let entry =
        |answer: &RegisterAnswer| Entry::new(by, Act::Registered, event.id).person(answer.registration.person_id);
    let entries: Vec<_> = answers.iter().flatten().map(entry).collect();
    audit::write_all(&mut tx, &entries, now).await?;
    tx.commit().await?;
    Ok(answers)
}

/// Offers a free seat to a person on the waiting list, passing those before them; a reserved one if no other is free.
///
/// # Errors
///
/// When no seat is free, they do not wait, there is no such registration, or the database fails.
pub async fn offer(context: &Context, by: PersonId, id: RegistrationId, why: &str) -> Result<Registration, ActError> {
    let mut open = Open::lock(context, id).await?;
    let occupancy = reconcile(context, &mut open.tx, &open.event, open.now).await?;
    let Open { tx, event, registration, now } = &mut open;
    *registration = store::find(tx, id).await?.ok_or(ActError::NotFound)?;
    let admission = admission(event);
    if admission.free(occupancy) == 0 || !admission.is_worth_having(*now) {
        return Err(Refusal::Full.into());
    }
    // Else the seat would be reserved a second time.
    registration.invited |= admission.free_for_all(occupancy, *now) == 0;
    reconcile::offer(context, event, registration, *now)?;
    store::update(tx, registration, *now).await?;
    notify(context, tx, event, letters::out_of_the_waiting_list(context, event, registration), *now).await?;
    let entry = Entry::new(by, Act::Offered, event.id).person(registration.person_id).note(why);
    audit::write(tx, &entry, *now).await?;
    open.commit().await
}

/// Withdraws a registration, with a letter that says why; the seat goes to the waiting list.
///
/// # Errors
///
/// When it cannot be withdrawn any more, there is no such registration, or the database fails.
pub async fn withdraw(
    context: &Context,
    by: PersonId,
    id: RegistrationId,
    reason: &str,
) -> Result<Registration, ActError> {
    let mut open = Open::lock(context, id).await?;
    let Open { tx, event, registration, now } = &mut open;
    registration.becomes(RegistrationStatus::Cancelled, *now)?;
    registration.reason = Some(reason.to_owned());
    store::update(tx, registration, *now).await?;
    notify(context, tx, event, letters::withdrawn(context, event, registration), *now).await?;
    let entry = Entry::new(by, Act::Withdrew, event.id).person(registration.person_id).note(reason);
    audit::write(tx, &entry, *now).await?;
    reconcile(context, tx, event, *now).await?;
    open.commit().await
}

/// Answers requests that wait for an organiser, in the order of their arrival; returns how many. Those that no longer
/// wait for one are left as they are.
///
/// # Errors
///
/// When there is no such event, or the database fails.
pub async fn decide(
    context: &Context,
    by: PersonId,
    event: EventId,
    (ids, decision): (&[RegistrationId], &Decision),
) -> Result<usize, ActError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let all = store::of_event(&mut tx, event.id).await?;
    let mut letters = Vec::new();
    let mut decided = 0;
    for mut registration in
        all.into_iter().filter(|one| one.status == RegistrationStatus::Pending && ids.contains(&one.id))
    {
        let act = match decision {
            Decision::Approve => {
                let occupancy = reconcile(context, &mut tx, &event, now).await?;
                let asker = Asker {
                    invited: registration.invited,
                    colleagues: register::colleagues(&mut tx, &event, registration.organisation_id).await?,
                    ..Asker::default()
                };
                let status = admission(&event).place(&asker, occupancy, now);
                if status == RegistrationStatus::Confirmed && !registration.verified {
                    // Of before requests had to be proved: whoever has the address accepts the seat, which proves it.
                    reconcile::offer(context, &event, &mut registration, now)?;
                } else {
                    registration.becomes(status, now)?;
                }
                registration.approved = true;
                Act::Approved
            }
            Decision::Refuse(reason) => {
                registration.becomes(RegistrationStatus::Refused, now)?;
                registration.reason = Some(reason.clone());
                Act::Refused
            }
        };
        store::update(&mut tx, &registration, now).await?;
        let position = store::position(&mut tx, event.id, registration.arrival).await?;
        letters.push(letters::state(context, &event, &registration, position));
        let note = if let Decision::Refuse(reason) = decision { reason.as_str() } else { "" };
        let entry = Entry::new(by, act, event.id).person(registration.person_id).note(note);
        audit::write(&mut tx, &entry, now).await?;
        decided += 1;
    }
    notify_all(context, &mut tx, &event, letters, now).await?;
    tx.commit().await?;
    Ok(decided)
}

/// Notes attendance or absence, or takes such a note back (`RegistrationStatus::Confirmed`); returns how many. Those of whom
/// it makes no sense are left as they are.
///
/// # Errors
///
/// When the event has not begun, there is none, or the database fails.
pub async fn mark(
    context: &Context,
    by: PersonId,
    event: EventId,
    ids: &[RegistrationId],
    status: RegistrationStatus,
) -> Result<usize, ActError> {
    let now = context.clock.now();
    let act = match status {
        RegistrationStatus::Attended => Act::Attended,
        RegistrationStatus::Absent => Act::Absent,
        _ => Act::Unmarked,
    };
    let mut tx = context.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    if now + DOORS_OPEN < event.starts_at {
        return Err(Refusal::NotBegun.into());
    }
    let could_come = |one: &Registration| one.status.is_theirs();
    let all = store::of_event(&mut tx, event.id).await?;
    let mut marked = 0;
    for mut registration in all.into_iter().filter(|one| could_come(one) && ids.contains(&one.id)) {
        if registration.becomes(status, now).is_ok() {
            store::update(&mut tx, &registration, now).await?;
            audit::write(&mut tx, &Entry::new(by, act, event.id).person(registration.person_id), now).await?;
            marked += 1;
        }
    }
    tx.commit().await?;
    Ok(marked)
}
