//! What an event's page keeps of it: recordings and other resources, documents, published results, and what comes next.

use crate::App;
use boards::results::{self, PublishedBoard};
use domain::event_documents::{self, EventDocument};
use domain::programme::{self, Event, EventStatus, PublicEvent};
use domain::registrations::{EventView, Occupancy};
use domain::resources::{self, Resource, ResourceKind};
use http::error::Result;

/// What is left of an event that has begun.
#[derive(Debug)]
pub(super) struct Archive {
    /// Recordings.
    pub replays: Vec<Resource>,
    /// What the library has about it besides.
    pub resources: Vec<Resource>,
    pub documents: Vec<EventDocument>,
    /// Boards whose results everybody may read.
    pub results: Vec<PublishedBoard>,
    /// The next event of the programme.
    pub next: Option<EventView>,
}

impl Archive {
    pub(super) async fn of(app: &App, event: &PublicEvent) -> Result<Self> {
        let now = app.clock.now();
        let mut tx = app.db.snapshot().await?;
        let all = resources::of_event(&mut tx, event.id).await?;
        let (replays, resources) = all.into_iter().partition(|one| one.kind == ResourceKind::Replay);
        let documents = event_documents::of_event(&mut tx, event.id).await?;
        let results = results::of_event(&mut tx, event.id).await?;
        let events = match programme::current_edition(&mut tx).await? {
            Some(edition) => programme::events(&mut tx, edition.id).await?,
            None => Vec::new(),
        };
        let coming = |other: &Event| other.status == EventStatus::Published && other.starts_at > now;
        let next = events.into_iter().filter(coming).min_by_key(|other| other.starts_at);
        let next = next.map(|next| EventView::new(next, Occupancy::default(), now));
        Ok(Self { replays, resources, documents, results, next })
    }

    /// Whether there is anything to keep yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.replays.is_empty() && self.resources.is_empty() && self.documents.is_empty() && self.results.is_empty()
    }
}
