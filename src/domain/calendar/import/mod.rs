//! Brings events in from another calendar, from a file or an address, as drafts of the current edition; brought in again,
//! what changed there changes here, and what organisers edited meanwhile is theirs to choose.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod rules;
mod store;

use std::collections::BTreeMap;

use crate::context::Context;
use crate::programme::{self, Edition, Event, EventStatus, Field, Merged, NewDraft, Source, SourceSnapshot, merge};
use db::ReadConn;
use kernel::id::EventId;

use rules::{ExternalEvent, Reading};

/// What an import would do.
#[derive(Debug, Default)]
pub struct ImportPreview {
    /// What becomes an event.
    pub new: Vec<ExternalEvent>,
    /// What was brought in before, and is not the same there as here.
    pub known: Vec<Known>,
    /// What was brought in before, and is the same.
    pub same: Vec<ExternalEvent>,
}

/// An event that was brought in before.
#[derive(Debug)]
pub struct Known {
    /// As it is here.
    pub event: Event,
    /// As it is there.
    pub there: Event,
    /// What would become of it.
    pub merged: Merged,
}

impl Known {
    /// Whether those who are registered would be written to.
    #[must_use]
    pub fn is_told(&self) -> bool {
        let told = |field: &Field| matches!(field, Field::Times | Field::Place);
        self.event.status == EventStatus::Published && self.merged.news.iter().any(told)
    }

    /// Whether anything would change, or is to be chosen.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.merged.news.is_empty() || !self.merged.conflicts.is_empty()
    }
}

impl ImportPreview {
    /// Whether there is anything to bring in.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.new.is_empty() || self.known.iter().any(Known::is_news)
    }
}

/// What an import did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct ImportReport {
    /// Drafts that are new.
    pub added: usize,
    /// Events that changed.
    pub changed: usize,
}

/// Where an organiser prefers what is there (true) or what is here, of what changed on both sides.
pub type Choices = BTreeMap<(EventId, &'static str), bool>;

/// The event as the other calendar has it; what that does not tell is as it is here.
#[must_use]
pub fn as_external(here: &Event, external: &ExternalEvent) -> Event {
    let mut there = Event {
        title: external.title.clone(),
        summary: external.summary.clone(),
        place: external.place.clone(),
        ..here.clone()
    };
    there.set_times(external.times.clone());
    there
}

/// The event that was brought in from this one, if it was.
pub async fn find(tx: &mut ReadConn, external: &ExternalEvent) -> sqlx::Result<Option<Event>> {
    match store::find(tx, &external.key, &external.former_key).await? {
        Some(event) => programme::event_by_id(tx, event).await,
        None => Ok(None),
    }
}

/// Sorts what was read by what would become of it.
pub async fn dry_run(context: &Context, reading: &Reading) -> sqlx::Result<ImportPreview> {
    let mut tx = context.db.snapshot().await?;
    let mut outcome = ImportPreview::default();
    for external in &reading.events {
        let Some(event) = find(&mut tx, external).await? else {
            outcome.new.push(external.clone());
            continue;
        };
        let there = as_external(&event, external);
        let last = programme::source_snapshot(&mut tx, event.id).await?;
        let merged = merge(&event, Source { event: &there, fields: Field::OF_CALENDARS }, &last, |_| false);
        if merged.news.is_empty() && merged.conflicts.is_empty() && merged.kept.is_empty() {
            outcome.same.push(external.clone());
        } else {
            outcome.known.push(Known { event, there, merged });
        }
    }
    Ok(outcome)
}

/// Adds an event as a draft, which nobody but organisers sees before it is published.
pub async fn add_draft(context: &Context, edition: &Edition, external: &ExternalEvent) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let draft = NewDraft {
        title: external.title.clone(),
        summary: external.summary.clone(),
        place: external.place.clone(),
        times: external.times.clone(),
    };
    let id = programme::add_draft(&mut tx, edition.id, draft, context.clock.now()).await?;
    store::insert(&mut tx, &external.key, id).await?;
    let event = programme::event_by_id(&mut tx, id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let snapshot = SourceSnapshot::of(&as_external(&event, external), Field::OF_CALENDARS);
    programme::put_source_snapshot(&mut tx, id, &snapshot).await?;
    tx.commit().await
}

/// Keeps which event was made from which, and what the other calendar said of it.
pub async fn record(
    context: &Context,
    event: EventId,
    external: &ExternalEvent,
    snapshot: &SourceSnapshot,
) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::insert(&mut tx, &external.key, event).await?;
    programme::put_source_snapshot(&mut tx, event, snapshot).await?;
    tx.commit().await
}
