//! Brings events in from another calendar, from a file or an address, as drafts of the current edition.

pub mod fetch;
pub mod pages;
pub mod rules;
mod store;

use crate::app::App;
use crate::clock::Timestamp;
use crate::id::EventId;
use crate::programme::{self, NewDraft};

use rules::{Foreign, Reading};

/// What an import did, or would do.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What becomes an event.
    pub new: Vec<Foreign>,
    /// What was brought in before, and stays as it is here.
    pub known: Vec<Foreign>,
}

/// Sorts what was read by whether it was brought in before.
///
/// # Errors
///
/// When the database fails.
pub async fn dry_run(app: &App, reading: &Reading) -> sqlx::Result<Outcome> {
    let mut tx = app.db.read().await?;
    let mut outcome = Outcome::default();
    for event in &reading.events {
        let known = store::find(&mut tx, &event.key).await?.is_some();
        if known { outcome.known.push(event.clone()) } else { outcome.new.push(event.clone()) }
    }
    Ok(outcome)
}

/// Adds what is new as drafts: nobody but organisers sees them before they are published. `None` without an edition.
///
/// # Errors
///
/// When the database fails.
pub async fn bring_in(app: &App, reading: &Reading) -> sqlx::Result<Option<usize>> {
    let now: Timestamp = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(edition) = programme::current_edition(&mut tx).await? else { return Ok(None) };
    let mut added = 0;
    for event in &reading.events {
        if store::find(&mut tx, &event.key).await?.is_some() {
            continue;
        }
        let draft = NewDraft {
            title: event.title.clone(),
            summary: event.summary.clone(),
            place: event.place.clone(),
            zone: event.zone.clone(),
            civil: event.civil,
            instants: event.instants,
        };
        let id: EventId = programme::add_draft(&mut tx, edition.id, draft, now).await?;
        store::insert(&mut tx, &event.key, id).await?;
        added += 1;
    }
    tx.commit().await?;
    app.feeds.forget();
    Ok(Some(added))
}
