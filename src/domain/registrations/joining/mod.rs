//! Joins an event's video meeting by an address of ours, which belongs to one registration: the host's address is told to
//! nobody else. The secret in it opens nothing but this, since calendars that hold it are shared.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod rules;
mod store;

use super::{Registration, RegistrationStatus, find};
use crate::context::Context;
use crate::programme::{self, Event};
use db::with_retry;
use kernel::clock::Timestamp;
use kernel::id::RegistrationId;
use kernel::key::{Purpose, Token};
use mail::{Letter, LetterLink};

pub use rules::JoinRefusal;
pub use store::joined_at;

/// What templates of letters call the link.
pub(super) const LINK: &str = "join";

/// Where the link leads; `{token}` stands for the secret.
const PATH: &str = "/rejoindre/{token}";

/// What a joining address is about.
#[derive(Debug)]
pub struct Joining {
    /// Whose it is.
    pub registration: Registration,
    /// The event.
    pub event: Event,
    /// The host of its video meeting, or why they cannot join by now.
    pub host: Result<String, JoinRefusal>,
}

/// What a joining address is about; `None` when it is nobody's.
pub async fn by_joining_link(context: &Context, link: &Token) -> sqlx::Result<Option<Joining>> {
    let Some(id) = context.key.open_id(Purpose::Joining, link) else { return Ok(None) };
    let mut tx = context.db.snapshot().await?;
    let Some(registration) = find(&mut tx, RegistrationId(id)).await? else { return Ok(None) };
    let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let host = rules::may_join(&event, registration.status, context.clock.now());
    Ok(Some(Joining { registration, event, host }))
}

/// Joins by such an address: from an hour before the start until the end, the first time is noted. `None` when the address
/// is nobody's.
pub async fn join(context: &Context, link: &Token) -> sqlx::Result<Option<Joining>> {
    with_retry(|| join_once(context, link)).await
}

async fn join_once(context: &Context, link: &Token) -> sqlx::Result<Option<Joining>> {
    let now = context.clock.now();
    let Some(joining) = by_joining_link(context, link).await? else { return Ok(None) };
    if joining.host.is_ok() && rules::is_noted(&joining.event, now) {
        note(context, joining.registration.id, now).await?;
    }
    Ok(Some(joining))
}

/// Notes the first time, without the event's lock: no seat depends on it, and everybody joins in the same minutes.
async fn note(context: &Context, id: RegistrationId, now: Timestamp) -> sqlx::Result<()> {
    if joined_at(&mut context.db.read().await?, id).await?.is_some() {
        return Ok(());
    }
    let mut tx = context.db.write().await?;
    store::insert(&mut tx, id, now).await?;
    tx.commit().await
}

/// The path by which somebody joins an event's video meeting, for their own eyes; `None` when they cannot by now.
#[must_use]
pub fn joining_path(
    context: &Context,
    event: &Event,
    (id, status): (RegistrationId, RegistrationStatus),
) -> Option<String> {
    rules::may_join(event, status, context.clock.now()).ok()?;
    Some(link(id).address("", &context.key))
}

/// The whole address by which somebody joins, for their calendar, which shows past events too; `None` unless their seat is
/// theirs and the event has a video meeting.
#[must_use]
pub fn joining_address(
    context: &Context,
    event: &Event,
    (id, status): (RegistrationId, RegistrationStatus),
) -> Option<String> {
    let has_one = rules::has_address(status) && event.video_url.is_some();
    has_one.then(|| link(id).address(&context.config.base_url, &context.key))
}

fn link(id: RegistrationId) -> LetterLink {
    LetterLink::sealed(LINK, PATH, Purpose::Joining, id.0)
}

/// With the address by which somebody whose seat is theirs joins, if the event has a video meeting.
pub(super) fn with_joining(event: &Event, registration: &Registration, letter: Letter) -> Letter {
    match &event.video_url {
        Some(_) if rules::has_address(registration.status) => letter.link(link(registration.id)),
        _ => letter,
    }
}
