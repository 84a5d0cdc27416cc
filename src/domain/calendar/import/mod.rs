//! Brings events in from another calendar, from a file or an address, as drafts of the current edition; brought in again,
//! what changed there changes here, and what organisers edited meanwhile is theirs to choose.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod component;
pub mod content;
mod html;
pub mod lines;
pub mod matching;
mod observances;
pub mod recurrence;
pub mod rules;
mod series;
mod store;
mod values;
pub mod zones;

use std::collections::BTreeMap;

use board_model::kinds::BoardKind;

use crate::context::Context;
use crate::programme::{
    self, Edition, Event, EventKind, EventStatus, Field, Merged, NewDraft, Source, SourceSnapshot, merge,
};
use crate::registrations;
use db::{ReadConn, with_retry};
use kernel::clock::Timestamp;
use kernel::id::EventId;

use rules::{ExternalEvent, NoCalendar, Reading};

/// What an import would do.
#[derive(Debug, Default)]
pub struct ImportPreview {
    /// What becomes an event.
    pub new: Vec<ExternalEvent>,
    /// What was brought in before, and is not the same there as here.
    pub known: Vec<Known>,
    /// What was brought in before, and is the same.
    pub same: Vec<ExternalEvent>,
    /// What came from here in the first place.
    pub own: Vec<ExternalEvent>,
    /// What was brought in before, is to come here, and is cancelled or missing there.
    pub gone: Vec<Gone>,
}

/// An event that was brought in before.
#[derive(Debug)]
pub struct Known {
    /// What it is known by there.
    pub key: String,
    /// As it is here.
    pub event: Event,
    /// As it is there.
    pub there: Event,
    /// What would become of it.
    pub merged: Merged,
    /// How many have a seat or wait for one.
    pub people: u32,
}

/// An event that its calendar does not have any more.
#[derive(Debug)]
pub struct Gone {
    /// As it is here.
    pub event: Event,
    /// How many have a seat or wait for one.
    pub people: u32,
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

/// What a new draft is, which no calendar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftChoice {
    /// Webinar or workshop.
    pub kind: EventKind,
    /// The board its participants work on.
    pub board: Option<BoardKind>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
}

impl Default for DraftChoice {
    fn default() -> Self {
        Self { kind: EventKind::Webinar, board: None, buyers_only: false }
    }
}

/// What of a reading an organiser wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All but what its calendar keeps private.
    #[default]
    Public,
    /// These, by their keys.
    These(BTreeMap<String, DraftChoice>),
}

impl Selection {
    /// What an event becomes; `None` when it is not wanted.
    #[must_use]
    pub fn choice(&self, external: &ExternalEvent) -> Option<DraftChoice> {
        match self {
            Self::Public => (!external.content.is_private).then(DraftChoice::default),
            Self::These(chosen) => chosen.get(&external.key).copied(),
        }
    }
}

/// Reads a calendar beside the async threads: rules of recurrence may take half a second.
///
/// # Errors
///
/// When it is no calendar.
pub async fn read(text: String, zone: String, now: Timestamp) -> Result<Reading, NoCalendar> {
    let read = tokio::task::spawn_blocking(move || rules::read(&text, &zone, now));
    read.await.unwrap_or(Err(NoCalendar))
}

/// The event as the other calendar has it; what that does not tell is as it is here.
#[must_use]
pub fn as_external(here: &Event, external: &ExternalEvent) -> Event {
    let content = &external.content;
    let mut there = Event {
        title: content.title.clone(),
        summary: content.summary.clone(),
        place: content.place.clone(),
        video_url: content.video_url.clone().or_else(|| here.video_url.clone()),
        ..here.clone()
    };
    there.set_times(external.times.clone());
    there
}

/// What was read, each with the event that was made from it, and what is not there any more.
#[derive(Debug, Default)]
pub struct Plan {
    /// In order, without what came from here.
    pub events: Vec<(ExternalEvent, Option<Event>)>,
    /// What came from here.
    pub own: Vec<ExternalEvent>,
    /// Those that are to come here, and are cancelled or missing there.
    pub gone: Vec<Event>,
}

/// Finds what was brought in before.
pub async fn plan(tx: &mut ReadConn, reading: &Reading, now: Timestamp) -> sqlx::Result<Plan> {
    let (mut coming, mut events) = (Vec::new(), BTreeMap::new());
    let stored = store::list(tx).await?;
    for (key, id) in &stored {
        if let Some(event) = programme::event_by_id(tx, *id).await? {
            if event.starts_at > now && event.status != EventStatus::Cancelled {
                coming.push((key.clone(), *id));
            }
            events.insert(*id, event);
        }
    }
    let all = stored.into_iter().collect();
    let matches = matching::compare(reading, &all, &coming);
    let mut plan = Plan::default();
    for (external, here) in reading.events.iter().zip(&matches.here) {
        let here = here.and_then(|id| events.get(&id).cloned());
        if here.is_none() && is_own(tx, external).await? {
            plan.own.push(external.clone());
        } else {
            plan.events.push((external.clone(), here));
        }
    }
    plan.gone = matches.gone.iter().filter_map(|id| events.remove(id)).collect();
    plan.gone.sort_by_key(|event| event.starts_at);
    Ok(plan)
}

/// Whether an event is one of ours, in one of our feeds: their UIDs begin with its identifier.
async fn is_own(tx: &mut ReadConn, external: &ExternalEvent) -> sqlx::Result<bool> {
    let id = external.uid.split_once('@').and_then(|(id, _)| id.parse::<EventId>().ok());
    match id {
        Some(id) => Ok(programme::event_by_id(tx, id).await?.is_some()),
        None => Ok(false),
    }
}

async fn people(tx: &mut ReadConn, event: EventId) -> sqlx::Result<u32> {
    let occupancy = registrations::occupancy(tx, event).await?;
    Ok(occupancy.taken + occupancy.waiting)
}

/// Sorts what was read by what would become of it.
pub async fn dry_run(context: &Context, reading: &Reading) -> sqlx::Result<ImportPreview> {
    let mut tx = context.db.snapshot().await?;
    let plan = plan(&mut tx, reading, context.clock.now()).await?;
    let mut outcome = ImportPreview { own: plan.own, ..ImportPreview::default() };
    for (external, here) in plan.events {
        let Some(event) = here else {
            outcome.new.push(external);
            continue;
        };
        let there = as_external(&event, &external);
        let last = programme::source_snapshot(&mut tx, event.id).await?;
        let merged = merge(&event, Source { event: &there, fields: Field::OF_CALENDARS }, &last, |_| false);
        if merged.news.is_empty() && merged.conflicts.is_empty() && merged.kept.is_empty() {
            outcome.same.push(external);
        } else {
            let people = people(&mut tx, event.id).await?;
            outcome.known.push(Known { key: external.key, event, there, merged, people });
        }
    }
    for event in plan.gone {
        outcome.gone.push(Gone { people: people(&mut tx, event.id).await?, event });
    }
    Ok(outcome)
}

/// Adds an event as a draft, which nobody but organisers sees before it is published; `false` when somebody else brought the
/// same one in meanwhile.
pub async fn add_draft(
    context: &Context,
    edition: &Edition,
    external: &ExternalEvent,
    choice: DraftChoice,
) -> sqlx::Result<bool> {
    with_retry(|| add_once(context, edition, external, choice)).await
}

async fn add_once(
    context: &Context,
    edition: &Edition,
    external: &ExternalEvent,
    choice: DraftChoice,
) -> sqlx::Result<bool> {
    let mut tx = context.db.write().await?;
    if store::find(&mut tx, &external.key, &external.former_key).await?.is_some() {
        return Ok(false);
    }
    let content = &external.content;
    let draft = NewDraft {
        title: content.title.clone(),
        summary: content.summary.clone(),
        place: content.place.clone(),
        times: external.times.clone(),
        kind: choice.kind,
        board_kind: choice.board,
        buyers_only: choice.buyers_only,
        video_url: content.video_url.clone(),
    };
    let id = programme::add_draft(&mut tx, edition.id, draft, context.clock.now()).await?;
    // On PostgreSQL another transaction may have come first: nothing of this one is kept then.
    if !store::insert(&mut tx, &external.key, id).await? {
        return Ok(false);
    }
    let event = programme::event_by_id(&mut tx, id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let snapshot = SourceSnapshot::of(&as_external(&event, external), Field::OF_CALENDARS);
    programme::put_source_snapshot(&mut tx, id, &snapshot).await?;
    tx.commit().await?;
    Ok(true)
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
