//! Brings events in from another calendar, from a file or an address, as drafts of the current edition; brought in again,
//! what changed there changes here, and what organisers edited meanwhile is theirs to choose.

pub mod fetch;
pub mod rules;
mod store;

use std::collections::BTreeMap;

use crate::audit::Act;
use crate::context::Context;
use crate::programme::{self, Edition, Event, EventStatus, Field, Merged, NewDraft, SourceSnapshot, merge};
use crate::registrations::{self, ActError};
use db::ReadConn;
use kernel::id::{EventId, PersonId};

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
fn there(here: &Event, foreign: &ExternalEvent) -> Event {
    Event {
        title: foreign.title.clone(),
        summary: foreign.summary.clone(),
        place: foreign.place.clone(),
        zone: foreign.zone.clone(),
        starts_local: foreign.civil.0.to_string(),
        ends_local: foreign.civil.1.to_string(),
        starts_at: foreign.instants.0,
        ends_at: foreign.instants.1,
        ..here.clone()
    }
}

async fn find(tx: &mut ReadConn, foreign: &ExternalEvent) -> sqlx::Result<Option<Event>> {
    match store::find(tx, &foreign.key, &foreign.former_key).await? {
        Some(event) => programme::event_by_id(tx, event).await,
        None => Ok(None),
    }
}

/// Sorts what was read by what would become of it.
///
/// # Errors
///
/// When the database fails.
pub async fn dry_run(context: &Context, reading: &Reading) -> sqlx::Result<ImportPreview> {
    let mut tx = context.db.snapshot().await?;
    let mut outcome = ImportPreview::default();
    for foreign in &reading.events {
        let Some(event) = find(&mut tx, foreign).await? else {
            outcome.new.push(foreign.clone());
            continue;
        };
        let there = there(&event, foreign);
        let last = programme::said(&mut tx, event.id).await?;
        let merged = merge(&event, (&there, &Field::OF_CALENDARS), &last, |_| false);
        if merged.news.is_empty() && merged.conflicts.is_empty() && merged.kept.is_empty() {
            outcome.same.push(foreign.clone());
        } else {
            outcome.known.push(Known { event, there, merged });
        }
    }
    Ok(outcome)
}

/// Adds what is new as drafts, which nobody but organisers sees before they are published, and changes what changed
/// there: who is registered is told of a move by letter.
///
/// # Errors
///
/// When the database fails.
pub async fn bring_in(
    context: &Context,
    by: PersonId,
    edition: &Edition,
    (reading, choices): (&Reading, &Choices),
) -> Result<ImportReport, ActError> {
    let mut done = ImportReport::default();
    for foreign in &reading.events {
        let known = find(&mut context.db.snapshot().await?, foreign).await?;
        match known {
            Some(event) => done.changed += usize::from(update(context, by, &event, (foreign, choices)).await?),
            None => {
                add(context, edition, foreign).await?;
                done.added += 1;
            }
        }
    }
    Ok(done)
}

async fn add(context: &Context, edition: &Edition, foreign: &ExternalEvent) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let draft = NewDraft {
        title: foreign.title.clone(),
        summary: foreign.summary.clone(),
        place: foreign.place.clone(),
        zone: foreign.zone.clone(),
        civil: foreign.civil,
        instants: foreign.instants,
    };
    let id = programme::add_draft(&mut tx, edition.id, draft, context.clock.now()).await?;
    store::insert(&mut tx, &foreign.key, id).await?;
    let event = programme::event_by_id(&mut tx, id).await?.ok_or(sqlx::Error::RowNotFound)?;
    programme::say(&mut tx, id, &SourceSnapshot::of(&there(&event, foreign), &Field::OF_CALENDARS)).await?;
    tx.commit().await
}

/// Brings an event up to date, and says whether it changed. What changed on both sides becomes what was chosen; until
/// somebody chooses it stays, and is shown again.
async fn update(
    context: &Context,
    by: PersonId,
    event: &Event,
    (foreign, choices): (&ExternalEvent, &Choices),
) -> Result<bool, ActError> {
    let last = programme::said(&mut context.db.read().await?, event.id).await?;
    let chosen = |field: Field| choices.get(&(event.id, field.name())).copied();
    let merged = |here: &Event| {
        let wins = |field| chosen(field) == Some(true);
        merge(here, (&there(here, foreign), &Field::OF_CALENDARS), &last, wins)
    };
    let mut conflicts = Vec::new();
    let edit = |here: &mut Event| {
        let result = merged(here);
        (*here, conflicts) = (result.event, result.conflicts);
    };
    let note = format!("reprise d’agenda\u{a0}: {}", foreign.title);
    let changed = registrations::revise(context, (by, Act::Edited), event.id, (edit, &note)).await?.is_some();
    conflicts.retain(|field| chosen(*field).is_none());
    let mut tx = context.db.write().await?;
    store::insert(&mut tx, &foreign.key, event.id).await?;
    let said = SourceSnapshot::of(&there(event, foreign), &Field::OF_CALENDARS).without(&conflicts, &last);
    programme::say(&mut tx, event.id, &said).await?;
    tx.commit().await?;
    Ok(changed)
}
