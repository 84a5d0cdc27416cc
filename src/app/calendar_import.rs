//! Brings the events of another calendar in: new ones as drafts, changed ones by the rules of a three-way merge.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::french;
use super::revise::revise;
use domain::Context;
use domain::audit::{Act, Entry};
use domain::calendar::import::rules::{ExternalEvent, Reading};
use domain::calendar::import::{self, Choices, ImportReport, Selection};
use domain::programme::{self, Edition, Event, Field, Source, SourceSnapshot, merge};
use domain::registrations::ActError;
use kernel::id::PersonId;

/// Who brings what in, and what they chose where both sides changed.
#[derive(Debug, Clone, Copy)]
pub struct CalendarImport<'a> {
    /// The organiser.
    pub by: PersonId,
    /// Where new events go.
    pub edition: &'a Edition,
    /// What was read.
    pub reading: &'a Reading,
    /// What of it they want.
    pub selection: &'a Selection,
    /// What they chose where both sides changed.
    pub choices: &'a Choices,
}

/// Adds what is new as drafts, which nobody but organisers sees before they are published, and changes what changed
/// there: who is registered is told of a move by letter.
pub async fn bring_in(context: &Context, import: CalendarImport<'_>) -> Result<ImportReport, ActError> {
    let mut done = ImportReport::default();
    let now = context.clock.now();
    let plan = import::plan(&mut context.db.snapshot().await?, import.reading, now).await?;
    for (external, here) in &plan.events {
        let Some(choice) = import.selection.choice(external) else { continue };
        match here {
            Some(event) => done.changed += usize::from(update(context, import, event, external).await?),
            None => done.added += usize::from(import::add_draft(context, import.edition, external, choice).await?),
        }
    }
    Ok(done)
}

/// Brings an event up to date, and says whether it changed. What changed on both sides becomes what was chosen; until
/// somebody chooses it stays, and is shown again.
async fn update(
    context: &Context,
    CalendarImport { by, choices, .. }: CalendarImport<'_>,
    event: &Event,
    external: &ExternalEvent,
) -> Result<bool, ActError> {
    let last = programme::source_snapshot(&mut context.db.read().await?, event.id).await?;
    let chosen = |field: Field| choices.get(&(event.id, field.name())).copied();
    let merged = |here: &Event| {
        let wins = |field| chosen(field) == Some(true);
        let source = Source { event: &import::as_external(here, external), fields: Field::OF_CALENDARS };
        merge(here, source, &last, wins)
    };
    let mut conflicts = Vec::new();
    let edit = |here: &mut Event| {
        let result = merged(here);
        (*here, conflicts) = (result.event, result.conflicts);
    };
    let note = french::from_calendar(&external.content.title);
    let changed = revise(context, &Entry::new(by, Act::Edited, event.id).note(note), edit).await?.is_some();
    conflicts.retain(|field| chosen(*field).is_none());
    let snapshot = SourceSnapshot::of(&import::as_external(event, external), Field::OF_CALENDARS);
    import::record(context, event.id, external, &snapshot.without(&conflicts, &last)).await?;
    Ok(changed)
}
