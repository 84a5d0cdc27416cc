//! Documents of an event: files in the database, in pieces, so that neither an upload nor a download holds more than one piece
//! in memory or a transaction open. Everybody may have them once the event has begun.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod format;
pub mod french;
mod rules;
mod store;
mod upload;

use std::time::Duration;

use crate::audit::{self, Entry};
use crate::context::Context;
use crate::jobs::Job;
use crate::programme::Event;
use kernel::clock::Timestamp;
use kernel::id::{DocumentId, EventId};

pub use format::Format;
pub use rules::{FileRefusal, MAX_BYTES, PIECE_BYTES};
pub use store::{find, of_event, of_events, piece, total_bytes};
pub use upload::{Upload, UploadError};

/// Background work.
pub const JOBS: &[Job] = &[
    // What broke off takes room for little longer than it has to.
    Job { name: "uploads", every: Duration::from_secs(600), run: |context| Box::pin(delete_broken_off(context)) },
];

/// An upload that got nothing for so long has broken off: requests of silent clients end far earlier.
const BROKEN_OFF_AFTER: Duration = Duration::from_secs(15 * 60);

/// A document that is complete.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventDocument {
    /// Its identifier; what it names never changes.
    pub id: DocumentId,
    /// Its event.
    pub event_id: EventId,
    /// Its title.
    pub title: String,
    /// The name of its file.
    pub file_name: String,
    /// Its format.
    pub format: Format,
    /// Bytes.
    pub size: i64,
    /// How many pieces it has.
    pub pieces: i64,
}

impl EventDocument {
    /// « PDF, 1,2 Mo ».
    #[must_use]
    pub fn told(&self) -> String {
        format!("{}, {}", self.format.extension().to_ascii_uppercase(), french::size(self.size))
    }

    /// Where everybody gets it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/documents/{}", self.id)
    }
}

/// Whether everybody may have the documents of an event: once it has begun, as long as it is on the programme.
#[must_use]
pub fn are_public(event: &Event, now: Timestamp) -> bool {
    event.is_public() && event.starts_at <= now
}

/// Gives a document another title.
pub async fn rename(context: &Context, id: DocumentId, title: &str, entry: &Entry) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::set_title(&mut tx, id, title).await?;
    audit::write(&mut tx, entry, context.clock.now()).await?;
    tx.commit().await
}

/// Puts a document before the one that precedes it.
pub async fn move_up(context: &Context, document: &EventDocument) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let mut ids: Vec<DocumentId> =
        store::of_event(&mut tx, document.event_id).await?.iter().map(|other| other.id).collect();
    if let Some(at) = ids.iter().position(|id| *id == document.id).filter(|at| *at > 0) {
        ids.swap(at, at - 1);
    }
    for (position, id) in (1..).zip(&ids) {
        store::set_position(&mut tx, *id, position).await?;
    }
    tx.commit().await
}

/// Removes a document with its file.
pub async fn remove(context: &Context, id: DocumentId, entry: &Entry) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    if store::delete(&mut tx, id).await? {
        audit::write(&mut tx, entry, context.clock.now()).await?;
    }
    tx.commit().await
}

/// Deletes what came of uploads that broke off.
pub async fn delete_broken_off(context: &Context) -> sqlx::Result<()> {
    let before = context.clock.now() - BROKEN_OFF_AFTER;
    let mut tx = context.db.write().await?;
    store::delete_unfinished(&mut tx, before).await?;
    tx.commit().await
}
