//! The library: sheets, tools, courses, replays and links that organisers gather. Everybody may read all of it, but for what
//! belongs to an event that is no longer, or not yet, on the programme.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod french;
mod kind;
mod seed;
mod store;

use crate::audit::{self, Entry};
use crate::context::Context;
use crate::programme;
use db::{ReadConn, WriteTx};
use kernel::id::{EventId, ResourceId};

pub use kind::{ResourceKind, is_link};
pub use seed::{SeedError, seed};
pub use store::{find, list, of_event};

/// An entry of the library.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Resource {
    /// Its identifier.
    pub id: ResourceId,
    /// What it is.
    pub kind: ResourceKind,
    /// Its title.
    pub title: String,
    /// A sentence or two about it; may be empty.
    pub description: String,
    /// Where it is; none: it is announced.
    pub url: Option<String>,
    /// The event that it belongs to.
    pub event_id: Option<EventId>,
}

/// What an organiser says of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDraft {
    /// What it is.
    pub kind: ResourceKind,
    /// Its title.
    pub title: String,
    /// A sentence or two about it; may be empty.
    pub description: String,
    /// Where it is; none: it is announced.
    pub url: Option<String>,
    /// The event that it belongs to.
    pub event_id: Option<EventId>,
}

/// Adds an entry, the last of its event.
pub async fn add(context: &Context, draft: &ResourceDraft, entry: &Entry) -> sqlx::Result<ResourceId> {
    let now = context.clock.now();
    let id = ResourceId::new(now);
    let mut tx = context.db.write().await?;
    store::insert(&mut tx, id, draft, now).await?;
    audit::write(&mut tx, entry, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes an entry.
pub async fn change(context: &Context, id: ResourceId, draft: &ResourceDraft, entry: &Entry) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    store::update(&mut tx, id, draft, now).await?;
    audit::write(&mut tx, entry, now).await?;
    tx.commit().await
}

/// Removes an entry.
pub async fn remove(context: &Context, id: ResourceId, entry: &Entry) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    if store::delete(&mut tx, id).await? {
        audit::write(&mut tx, entry, context.clock.now()).await?;
    }
    tx.commit().await
}

/// Puts an entry before the one that precedes it among those of its event.
pub async fn move_up(context: &Context, resource: &Resource) -> sqlx::Result<()> {
    let Some(event) = resource.event_id else { return Ok(()) };
    let mut tx = context.db.write().await?;
    let mut ids: Vec<ResourceId> = store::of_event(&mut tx, event).await?.iter().map(|other| other.id).collect();
    if let Some(at) = ids.iter().position(|id| *id == resource.id).filter(|at| *at > 0) {
        ids.swap(at, at - 1);
    }
    renumber(&mut tx, &ids).await?;
    tx.commit().await
}

async fn renumber(tx: &mut WriteTx, ids: &[ResourceId]) -> sqlx::Result<()> {
    for (position, id) in (1..).zip(ids) {
        store::set_position(tx, *id, position).await?;
    }
    Ok(())
}

/// The events of all editions that everybody may see, by their time: what entries of the library may belong to.
pub async fn public_events(tx: &mut ReadConn) -> sqlx::Result<Vec<programme::Event>> {
    let mut events = Vec::new();
    for edition in programme::editions(tx).await? {
        events.extend(programme::events(tx, edition.id).await?);
    }
    events.retain(programme::Event::is_public);
    events.sort_by_key(|event| event.starts_at);
    Ok(events)
}
