//! Loading a programme, and what follows from it in the other features.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::events::{DomainEvent, raise};
use domain::context::Context;
use domain::programme::file::{BUNDLED, Programme};
use domain::programme::import::{ImportError, Imported};
use domain::registrations::Notify;
use kernel::clock::Timestamp;

/// Loads or updates the programme in `text` (TOML). Boards are made ready, a raised capacity goes to those
/// who wait, and who is registered is told what changed.
///
/// # Errors
///
/// Refuses nonsense with its line; fails when the database does.
pub async fn import(context: &Context, text: &str) -> Result<Imported, ImportError> {
    let now = context.clock.now();
    load(context, Programme::read(text, now)?, now).await
}

/// Loads the programme that the binary carries, moved to the coming cycle, unless there is a programme already.
pub async fn seed(context: &Context) -> Result<Option<Imported>, ImportError> {
    if domain::programme::current_edition(&mut context.db.read().await?).await?.is_some() {
        return Ok(None);
    }
    let now = context.clock.now();
    let moved = Programme::read(BUNDLED, now)?.to_coming_cycle(now);
    let programme = moved.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    load(context, programme, now).await.map(Some)
}

/// Loads the programme that the binary carries, moved so that its first event took place three weeks before `now`, or up to
/// four.
pub async fn seed_begun(context: &Context, now: Timestamp) -> Result<Imported, ImportError> {
    let moved = Programme::read(BUNDLED, now)?.to_running_cycle(now);
    let programme = moved.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    load(context, programme, context.clock.now()).await
}

async fn load(context: &Context, programme: Programme, now: Timestamp) -> Result<Imported, ImportError> {
    let mut tx = context.db.write().await?;
    let imported = programme.load(&mut tx, now).await?;
    for event in &imported.added {
        raise(context, &mut tx, &DomainEvent::EventAdded(event)).await?;
    }
    for change in &imported.changed {
        raise(context, &mut tx, &DomainEvent::EventRevised { change, notice: Notify::Nobody }).await?;
    }
    tx.commit().await?;
    Ok(imported)
}
