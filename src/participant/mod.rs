//! `/mon-parcours`: what is a participant's own, gathered from every feature.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::accounts;
use crate::app::App;
use crate::boards::{self, BoardInfo};
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::id::RegistrationId;
use crate::programme::{self, french};
use crate::registrations::{self, EventView, Mine, Occupancy, Opening, Seat};

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/mon-parcours", get(mine))
        .route("/mon-parcours/inscriptions/{id}/annuler", get(ask_to_cancel).post(cancel))
        .route("/mon-parcours/inscriptions/{id}/accepter", post(accept))
        .route("/mon-parcours/flux", post(renew_feed))
}

/// A registration with what surrounds it.
struct Item {
    mine: Mine,
    view: EventView,
    held_until: String,
    boards: Vec<BoardInfo>,
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    page: Page,
    coming: Vec<Item>,
    past: Vec<Item>,
    feed: Option<Feed>,
    done: String,
}

/// The addresses of a private feed.
struct Feed {
    https: String,
    webcal: String,
}

#[derive(Template)]
#[template(path = "mine-cancel.html")]
struct CancelPage {
    page: Page,
    item: Item,
}

#[derive(Debug, Default, Deserialize)]
struct Done {
    #[serde(default)]
    fait: String,
}

async fn items(app: &App, person: &accounts::Person) -> Result<Vec<Item>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let mut items = Vec::new();
    for mine in registrations::of_person(&mut tx, person.id).await? {
        let Some(event) = programme::event_by_id(&mut tx, mine.event_id).await? else { continue };
        let had_a_seat = matches!(mine.seat, Seat::Confirmed | Seat::Attended | Seat::Absent);
        let boards = if had_a_seat { boards::of_event(&mut tx, event.id).await? } else { Vec::new() };
        let held_until = mine.held_until.map_or_else(String::new, |until| french::moment(until, &event));
        items.push(Item { mine, view: EventView::new(event, Occupancy::default(), now), held_until, boards });
    }
    items.sort_by_key(|item| item.view.event.starts_at);
    Ok(items)
}

fn feed(app: &App, person: &accounts::Person) -> Option<Feed> {
    let token = person.feed_token(app)?;
    let path = format!("/calendrier/prive/{}.ics", token.as_str());
    let host = app.config.base_url.split_once("://").map_or("", |(_, rest)| rest);
    Some(Feed { https: format!("{}{path}", app.config.base_url), webcal: format!("webcal://{host}{path}") })
}

/// `GET /mon-parcours`
async fn mine(State(app): State<App>, SignedIn(person): SignedIn, Query(done): Query<Done>) -> Result<Response> {
    let now = app.clock.now();
    let (coming, past) = items(&app, &person).await?.into_iter().partition(|item| item.view.event.ends_at > now);
    let feed = feed(&app, &person);
    page::show(&MinePage { page: Page::new(&app, Some(person)), coming, past, feed, done: done.fait })
}

/// `GET /mon-parcours/inscriptions/{id}/annuler`
async fn ask_to_cancel(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id: RegistrationId = id.parse().map_err(|_| Error::NotFound)?;
    let item = items(&app, &person).await?.into_iter().find(|item| item.mine.id == id).ok_or(Error::NotFound)?;
    page::show(&CancelPage { page: Page::new(&app, Some(person)), item })
}

/// `POST /mon-parcours/inscriptions/{id}/annuler`
async fn cancel(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    registrations::cancel_own(&app, person.id, id).await?;
    Ok(Redirect::to("/mon-parcours?fait=annulee").into_response())
}

/// `POST /mon-parcours/inscriptions/{id}/accepter`
async fn accept(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    registrations::accept_own(&app, person.id, id).await?;
    Ok(Redirect::to("/mon-parcours").into_response())
}

/// `POST /mon-parcours/flux`
async fn renew_feed(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    accounts::renew_feed(&app, person.id).await?;
    Ok(Redirect::to("/mon-parcours?fait=flux#agenda").into_response())
}
