//! The feeds as they are asked for: answered from the copy at hand, or made.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use uuid::Uuid;

use super::conditional_get::{CachePolicy, CachedFeed};
use super::feed_cache::Name;
use super::subscribe;
use crate::App;
use domain::accounts;
use domain::calendar::feed::{self, Feed, OwnItem, Site, Text};
use domain::programme::calendar::event_ics;
use domain::programme::{self, Event, PublicEdition, PublicEvent, Slug};
use domain::registrations::{self, RegistrationStatus};
use http::error::{Error, Result};
use kernel::clock::Timestamp;

/// The addresses of this feature, the feeds' own apart: those are [`FeedService`](super::FeedService)'s.
pub fn routes() -> Router<App> {
    Router::new().route("/calendrier", get(subscribe::page))
}

/// Makes the copy of that name, keeps it, and answers with it.
pub(super) async fn make(app: &App, headers: &HeaderMap, name: Name) -> Result<Response> {
    let now = app.clock.now();
    let generation = app.feeds.generation();
    let (copy, about) = match &name {
        Name::Feed(which) => (render_feed(app, *which, now).await?, Vec::new()),
        Name::Event(slug) => (render_event(app, slug).await?, Vec::new()),
        Name::Private(hash) => render_private(app, hash, now).await?,
    };
    let copy = Arc::new(copy);
    app.feeds.keep(generation, name, (Arc::clone(&copy), about));
    Ok(copy.answer(headers))
}

fn copy(text: Text, keeping: CachePolicy) -> CachedFeed {
    CachedFeed::new(text.body, text.changed_at, keeping).good_until(text.good_until)
}

async fn render_feed(app: &App, which: Feed, now: Timestamp) -> Result<CachedFeed> {
    let (edition, events) = everything(app).await?;
    let site = Site { base_url: &app.config.base_url, now };
    Ok(copy(feed::public(which, edition.as_ref(), &events, &site), CachePolicy::Public))
}

async fn render_event(app: &App, slug: &Slug) -> Result<CachedFeed> {
    let event = programme::event(&mut app.db.read().await?, slug).await?.filter(Event::is_public);
    let event = PublicEvent::from(event.ok_or(Error::NotFound)?);
    Ok(CachedFeed::new(event_ics(&app.config.base_url, &event), Some(event.revised_at), CachePolicy::Public))
}

/// The current edition, every event that was ever public, and the current edition's drafts.
async fn everything(app: &App) -> Result<(Option<PublicEdition>, Vec<Event>)> {
    const ALWAYS: Timestamp = Timestamp::from_millis(i64::MIN);
    let mut tx = app.db.snapshot().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let mut events = programme::list_for_calendar(&mut tx, ALWAYS, ALWAYS).await?;
    if let Some(edition) = &edition {
        let drafts = programme::events(&mut tx, edition.id).await?.into_iter().filter(|event| !event.is_public());
        events.extend(drafts);
    }
    Ok((edition.map(PublicEdition::from), events))
}

/// A person's own feed, and what it is about: the person, and the events where their place in the list counts.
async fn render_private(app: &App, hash: &[u8], now: Timestamp) -> Result<(CachedFeed, Vec<Uuid>)> {
    let mut tx = app.db.snapshot().await?;
    let Some(person) = accounts::find_by_feed(&mut tx, hash).await? else {
        let retired = accounts::is_retired_feed(&mut tx, hash).await?;
        return Err(if retired { Error::Gone } else { Error::NotFound });
    };
    let mut about = vec![person.id.0];
    let mut mine = Vec::new();
    for registration in registrations::of_person(&mut tx, person.id).await? {
        if registration.status == RegistrationStatus::Waiting {
            about.push(registration.event_id.0);
        }
        if let Some(event) = programme::event_by_id(&mut tx, registration.event_id).await? {
            let join = registrations::joining_address(app, &event, (registration.id, registration.status));
            mine.push(OwnItem { mine: registration, event, join });
        }
    }
    mine.sort_by_key(|one| (one.event.starts_at, one.event.id));
    let edition = programme::current_edition(&mut tx).await?.map(PublicEdition::from);
    let site = Site { base_url: &app.config.base_url, now };
    Ok((copy(feed::own(&mine, edition.as_ref(), person.feed_alarm, &site), CachePolicy::Private), about))
}
