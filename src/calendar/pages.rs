//! The addresses of the feeds.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::answer::{Copy, Keeping};
use super::copies::Name;
use super::feed::{self, Feed, Site};
use super::subscribe;
use crate::accounts;
use crate::app::App;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::key::Token;
use crate::programme::calendar::event_ics;
use crate::programme::{self, Edition, Event, Slug};
use crate::registrations;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/calendrier", get(subscribe::page))
        .route("/calendrier/prive/{file}", get(private))
        .merge(super::import::pages::routes())
}

/// The public feeds: polled for years, answered from memory, and so served without what pages need around them.
pub fn feeds() -> Router<App> {
    Router::new()
        .route(Feed::All.path(), get(|app, headers| public(app, headers, Feed::All)))
        .route(Feed::Webinars.path(), get(|app, headers| public(app, headers, Feed::Webinars)))
        .route(Feed::Workshops.path(), get(|app, headers| public(app, headers, Feed::Workshops)))
}

/// `GET /calendrier.ics`, `/calendrier/webinaires.ics`, `/calendrier/ateliers.ics`
async fn public(State(app): State<App>, headers: HeaderMap, which: Feed) -> Result<Response> {
    answer(&app, &headers, Name::Feed(which)).await
}

/// Answers from the copy at hand; makes it first if there is none.
async fn answer(app: &App, headers: &HeaderMap, name: Name) -> Result<Response> {
    let now = app.clock.now();
    if let Some(copy) = app.feeds.find(&name, now) {
        return Ok(copy.answer(headers));
    }
    let generation = app.feeds.generation();
    let copy = Arc::new(match &name {
        Name::Feed(which) => render_feed(app, *which, now).await?,
        Name::Event(slug) => render_event(app, slug).await?,
    });
    app.feeds.keep(generation, name, Arc::clone(&copy));
    Ok(copy.answer(headers))
}

async fn render_feed(app: &App, which: Feed, now: Timestamp) -> Result<Copy> {
    let (edition, events) = everything(app).await?;
    let site = Site { base_url: &app.config.base_url, now };
    let text = feed::public(which, edition.as_ref(), &events, &site);
    Ok(Copy::new(text.body, Some(text.changed_at), Keeping::Public).good_until(text.good_until))
}

async fn render_event(app: &App, slug: &Slug) -> Result<Copy> {
    let event = programme::event(&mut app.db.read().await?, slug).await?.filter(Event::is_public);
    let event = event.ok_or(Error::NotFound)?;
    Ok(Copy::new(event_ics(&app.config.base_url, &event), Some(event.revised_at), Keeping::Public))
}

/// The current edition, every event that was ever public, and the current edition's drafts.
async fn everything(app: &App) -> Result<(Option<Edition>, Vec<Event>)> {
    const ALWAYS: Timestamp = Timestamp::from_millis(i64::MIN);
    let mut tx = app.db.read().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let mut events = programme::list_for_calendar(&mut tx, ALWAYS, ALWAYS).await?;
    if let Some(edition) = &edition {
        let drafts = programme::events(&mut tx, edition.id).await?.into_iter().filter(|event| !event.is_public());
        events.extend(drafts);
    }
    Ok((edition, events))
}

/// `GET /evenements/{slug}.ics`, in front of `/evenements/{slug}`: the router knows no endings.
pub async fn event_file(State(app): State<App>, request: Request, next: Next) -> Response {
    let slug = request.uri().path().strip_prefix("/evenements/").and_then(|rest| rest.strip_suffix(".ics"));
    match slug.and_then(Slug::parse) {
        Some(slug) if [Method::GET, Method::HEAD].contains(request.method()) => {
            answer(&app, request.headers(), Name::Event(slug)).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

/// `GET /calendrier/prive/{token}.ics`
async fn private(State(app): State<App>, headers: HeaderMap, Path(file): Path<String>) -> Result<Response> {
    let hash = Token::received(file.strip_suffix(".ics").ok_or(Error::NotFound)?).hash();
    let mut tx = app.db.read().await?;
    let Some(person) = accounts::find_by_feed(&mut tx, &hash).await? else {
        let retired = accounts::is_retired_feed(&mut tx, &hash).await?;
        return Err(if retired { Error::Gone } else { Error::NotFound });
    };
    let mut mine = Vec::new();
    for registration in registrations::of_person(&mut tx, person.id).await? {
        if let Some(event) = programme::event_by_id(&mut tx, registration.event_id).await? {
            mine.push((registration, event));
        }
    }
    mine.sort_by_key(|(_, event)| (event.starts_at, event.id));
    let edition = programme::current_edition(&mut tx).await?;
    let site = Site { base_url: &app.config.base_url, now: app.clock.now() };
    // No date: a place in the waiting list changes without a word about when. The tag tells.
    let body = feed::own(&mine, edition.as_ref(), person.feed_alarm, &site);
    Ok(Copy::new(body, None, Keeping::Private).answer(&headers))
}
