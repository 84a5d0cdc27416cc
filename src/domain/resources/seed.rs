//! The library that a demonstration begins with: the sheets, tools, courses and links that the first webinar named.

use serde::Deserialize;

use super::kind::{ResourceKind, is_link};
use super::{ResourceDraft, list, store};
use crate::context::Context;
use crate::programme::{self, Slug};
use kernel::id::ResourceId;

/// The carried library.
const BUNDLED: &str = include_str!("library.toml");

/// Why the library was not filled.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The carried file cannot be read; a test reads it.
    #[error("the carried library cannot be read: {0}")]
    File(#[from] toml::de::Error),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    resource: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: ResourceKind,
    title: String,
    description: String,
    url: Option<String>,
    /// The name of its event.
    event: Option<String>,
}

fn read(text: &str) -> Result<Vec<Entry>, toml::de::Error> {
    Ok(toml::from_str::<Library>(text)?.resource)
}

/// Fills an empty library with the carried one.
///
/// # Errors
///
/// When the database fails.
pub async fn seed(context: &Context) -> Result<(), SeedError> {
    let entries = read(BUNDLED)?;
    let mut tx = context.db.write().await?;
    if !list(&mut tx).await?.is_empty() {
        return Ok(());
    }
    let now = context.clock.now();
    // The newest stands first.
    for entry in entries.into_iter().rev() {
        let event = match entry.event.as_deref().and_then(Slug::parse) {
            Some(slug) => programme::event(&mut tx, &slug).await?,
            None => None,
        };
        let draft = ResourceDraft {
            kind: entry.kind,
            title: entry.title,
            description: entry.description,
            url: entry.url.filter(|url| is_link(url)),
            event_id: event.map(|event| event.id),
        };
        store::insert(&mut tx, ResourceId::new(now), &draft, now).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carried_library_can_be_read_and_its_links_are_links() {
        let entries = read(BUNDLED).unwrap();
        assert!(entries.len() > 12);
        for entry in &entries {
            assert!(entry.url.as_deref().is_none_or(is_link), "{:?}", entry.url);
            assert!(!entry.title.is_empty() && !entry.description.is_empty());
        }
        for kind in ResourceKind::ALL.into_iter().filter(|kind| *kind != ResourceKind::Replay) {
            assert!(entries.iter().any(|entry| entry.kind == kind), "{kind:?}");
        }
    }
}
