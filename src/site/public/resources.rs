//! `/ressources`: the library with the documents of events, searched and filtered.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use domain::event_documents::{self, EventDocument};
use domain::programme::Event;
use domain::resources::{self, Resource, ResourceKind, french};
use http::error::Result;
use http::extract::Query;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::EventId;
use kernel::search;

/// The name of documents in addresses, beside the kinds of resources.
const DOCUMENT: &str = "document";

/// What is asked for; empty: everything.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default, rename = "type")]
    kind: String,
    /// The name of an event.
    #[serde(default)]
    evenement: String,
}

impl Wanted {
    fn is_anything(&self) -> bool {
        self.q.trim().is_empty() && self.kind.is_empty() && self.evenement.is_empty()
    }

    fn takes(&self, kind: &str, event: Option<&Event>, texts: &[&str]) -> bool {
        let title = event.map_or("", |event| event.title.as_str());
        (self.kind.is_empty() || self.kind == kind)
            && (self.evenement.is_empty() || event.is_some_and(|event| event.slug.as_str() == self.evenement))
            && search::matches(&self.q, &[texts, &[title]].concat())
    }
}

/// An entry with the event that it belongs to: its title and its page.
struct Listed<T> {
    entry: T,
    event: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "resources.html")]
struct ResourcesPage {
    page: Page,
    wanted: Wanted,
    /// By kind, in the order of the kinds; without those of which there are none.
    groups: Vec<(ResourceKind, Vec<Listed<Resource>>)>,
    documents: Vec<Listed<EventDocument>>,
    /// Events that have something, to choose from: name, title.
    events: Vec<(String, String)>,
    total: usize,
}

/// `GET /ressources`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let events = resources::public_events(&mut tx).await?;
    let mut library = resources::list(&mut tx).await?;
    let now = app.clock.now();
    let begun = events.iter().filter(|event| event_documents::are_public(event, now));
    let begun: Vec<EventId> = begun.map(|event| event.id).collect();
    let documents = event_documents::of_events(&mut tx, &begun).await?;
    drop(tx);
    let by_id: HashMap<EventId, &Event> = events.iter().map(|event| (event.id, event)).collect();
    // What belongs to an event that is off the programme waits with it.
    library.retain(|resource| resource.event_id.is_none_or(|event| by_id.contains_key(&event)));
    let has_something = |event: &&Event| {
        documents.iter().any(|document| document.event_id == event.id)
            || library.iter().any(|resource| resource.event_id == Some(event.id))
    };
    let choices =
        events.iter().filter(has_something).map(|event| (event.slug.to_string(), event.title.clone())).collect();
    let link = |event: Option<&&Event>| event.map(|event| (event.title.clone(), event.path()));
    let documents: Vec<_> = documents
        .into_iter()
        .map(|entry| (by_id.get(&entry.event_id), entry))
        .filter(|(event, entry)| wanted.takes(DOCUMENT, event.copied(), &[&entry.title, &entry.file_name]))
        .map(|(event, entry)| Listed { event: link(event), entry })
        .collect();
    let mut groups: Vec<(ResourceKind, Vec<Listed<Resource>>)> =
        ResourceKind::ALL.into_iter().map(|kind| (kind, Vec::new())).collect();
    for entry in library {
        let event = entry.event_id.and_then(|event| by_id.get(&event));
        if wanted.takes(french::word(entry.kind), event.copied(), &[&entry.title, &entry.description])
            && let Some((_, group)) = groups.iter_mut().find(|(kind, _)| *kind == entry.kind)
        {
            group.push(Listed { event: link(event), entry });
        }
    }
    groups.retain(|(_, group)| !group.is_empty());
    let total = documents.len() + groups.iter().map(|(_, group)| group.len()).sum::<usize>();
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ResourcesPage { page, wanted, groups, documents, events: choices, total })
}
