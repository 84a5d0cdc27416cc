//! Asking for several events at once: each decided by its own rules, one letter with what became of each.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;

use std::collections::BTreeMap;

use super::admission::Actor;
use super::clashes::clashes;
use super::notifications::notify;
use super::register::{RegisterAnswer, ask_all};
use super::{ActError, NewRegistration, Refusal, Registered};
use crate::context::Context;
use crate::programme::{self, Event};
use db::{WriteTx, with_retry};
use kernel::id::EventId;
use mail::outbox;

/// What became of the request for one of the events.
pub(super) struct Part {
    pub event: Event,
    pub answer: Result<RegisterAnswer, Refusal>,
    /// Whether it takes place while another of the chosen ones does.
    pub clashes: bool,
}

/// Asks for a seat at each of these events, in one transaction, with an address that is proved. Returns what became of each.
///
/// # Errors
///
/// When an event does not exist, or the database fails; then nothing was asked.
pub async fn register_all(
    context: &Context,
    requests: &[(EventId, NewRegistration)],
) -> Result<Vec<(Event, Result<Registered, Refusal>)>, ActError> {
    with_retry(|| register_all_once(context, requests)).await
}

async fn register_all_once(
    context: &Context,
    requests: &[(EventId, NewRegistration)],
) -> Result<Vec<(Event, Result<Registered, Refusal>)>, ActError> {
    let mut tx = context.db.write().await?;
    // Locked in one order everywhere, so that there is no deadlock; so are the numbers that they give out.
    let ordered: BTreeMap<EventId, &NewRegistration> = requests.iter().map(|(event, one)| (*event, one)).collect();
    let mut locked = Vec::new();
    for (event, request) in ordered {
        locked.push((programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?, request));
    }
    let mut parts = Vec::new();
    for (event, request) in locked {
        let answers = ask_all(context, &mut tx, &event, Actor::Themselves, std::slice::from_ref(request)).await?;
        let answer = answers.into_iter().next().ok_or(ActError::NotFound)?;
        parts.push(Part { event, answer, clashes: false });
    }
    parts.sort_by_key(|part| part.event.starts_at);
    let times: Vec<_> = parts.iter().map(|part| (part.event.starts_at, part.event.ends_at)).collect();
    for (place, part) in parts.iter_mut().enumerate() {
        part.clashes = clashes(&times, place);
    }
    write_to_them(context, &mut tx, &parts).await?;
    tx.commit().await?;
    Ok(parts.into_iter().map(|part| (part.event, part.answer.map(|answer| answer.registered()))).collect())
}

/// One letter with what became of each; and for each seat confirmed at once the letter that every confirmation
/// brings, since an invitation for a calendar is about one event (RFC 6047). A request for one event gets its own letter.
async fn write_to_them(context: &Context, tx: &mut WriteTx, parts: &[Part]) -> sqlx::Result<()> {
    let now = context.clock.now();
    let answers = parts.iter().filter_map(|part| part.answer.as_ref().ok().map(|answer| (&part.event, answer)));
    for (event, answer) in answers.filter(|(_, answer)| parts.len() == 1 || answer.is_invited()) {
        if let Some(letter) = answer.letter(context, event) {
            notify(context, tx, event, letter, now).await?;
        }
    }
    match letters::parcours(context, parts) {
        Some(letter) if parts.len() > 1 => outbox::enqueue(tx, &letter, now).await.map(drop),
        _ => Ok(()),
    }
}
