//! Programmes are loaded, and updated as often as one likes.

use std::fmt;

use super::file::{ParseError, Programme};
use super::revision::{Change, revised};
use super::source::{Source, SourceSnapshot, merge};
use super::{Event, Field, Slug, store};
use db::WriteTx;
use kernel::clock::Timestamp;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is refused.
    #[error(transparent)]
    File(#[from] ParseError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// What an import changed.
#[derive(Debug, Default)]
pub struct Imported {
    /// Events that are new.
    pub added: Vec<Event>,
    /// Events that changed.
    pub changed: Vec<Change>,
    /// How many are as they were.
    pub unchanged: usize,
    /// What organisers edited and the file says as it said last time: their edits stay.
    pub kept: Vec<(Slug, Vec<Field>)>,
    /// What organisers edited and the file changed since: the file replaced it.
    pub replaced: Vec<(Slug, Vec<Field>)>,
}

impl fmt::Display for Imported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} added, {} changed, {} unchanged", self.added.len(), self.changed.len(), self.unchanged)?;
        let told = [
            ("kept as edited on a page, since the file says what it said last time", &self.kept),
            ("replaced what was edited on a page, since the file changed", &self.replaced),
        ];
        for (what, events) in told {
            for (slug, fields) in events {
                let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
                write!(out, "\n{slug}: {what}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}

impl Programme {
    /// Loads the programme: adds what is new and updates what has changed in the file since it was last loaded; what
    /// organisers edited meanwhile stays, and what is not in the file, too.
    ///
    /// # Errors
    ///
    /// Refuses a slug that another edition uses; fails when the database does.
    pub async fn load(self, tx: &mut WriteTx, now: Timestamp) -> Result<Imported, ImportError> {
        let edition = store::put_edition(tx, &self.edition).await?;
        let mut imported = Imported::default();
        let mut known = Vec::new();
        for mut event in self.events {
            event.edition_id = edition;
            if store::edition_of_slug(tx, &event.slug).await?.is_some_and(|other| other != edition) {
                let reason = format!("the slug {} belongs to an event of another edition", event.slug);
                return Err(ParseError { line: 1, reason }.into());
            }
            match store::event(tx, &event.slug).await? {
                None => {
                    store::put_event(tx, &event).await?;
                    store::put_source_snapshot(tx, event.id, &SourceSnapshot::of(&event, Field::ALL)).await?;
                    imported.added.push(event);
                }
                Some(before) => known.push((before, event)),
            }
        }
        // Locked in one order everywhere, so that nobody waits for each other in a circle.
        known.sort_by_key(|(before, _)| before.id);
        for (before, file) in known {
            imported.update(tx, before, &file, now).await?;
        }
        Ok(imported)
    }
}

impl Imported {
    /// Brings an event up to date with the file.
    async fn update(&mut self, tx: &mut WriteTx, mut before: Event, file: &Event, now: Timestamp) -> sqlx::Result<()> {
        let last = store::source_snapshot(tx, before.id).await?;
        let merged = |before: &Event| merge(before, Source { event: file, fields: Field::ALL }, &last, |_| true);
        let mut result = merged(&before);
        if result.event.has_content_of(&before) {
            self.unchanged += 1;
        } else {
            before = store::lock(tx, before.id).await?.ok_or(sqlx::Error::RowNotFound)?;
            result = merged(&before);
            let after = revised(&before, result.event, now);
            store::put_event(tx, &after).await?;
            self.changed.push(Change { before: before.clone(), after });
        }
        let snapshot = SourceSnapshot::of(file, Field::ALL);
        if snapshot != last {
            store::put_source_snapshot(tx, before.id, &snapshot).await?;
        }
        let slug = || before.slug.clone();
        if !result.kept.is_empty() {
            self.kept.push((slug(), result.kept));
        }
        // Without a snapshot of what the file said before, nobody knows whether somebody edited it.
        if !result.conflicts.is_empty() && last != SourceSnapshot::default() {
            self.replaced.push((slug(), result.conflicts));
        }
        Ok(())
    }
}
