//! The results of a board that an organiser has published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::programme::public_event;
use crate::App;
use boards::results::{self, PublicResults};
use domain::programme::{PublicEvent, french as dates};
use http::error::{Error, Result};
use http::extract::Path;
use http::page::{self, Page};
use http::session::SignedIn;

#[derive(Template)]
#[template(path = "board-results.html")]
struct ResultsPage {
    page: Page,
    event: PublicEvent,
    results: PublicResults,
    /// When they were published, in words.
    published: String,
}

/// `GET /evenements/{slug}/resultats/{number}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path((slug, number)): Path<(String, i64)>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let event = public_event(&mut tx, &slug).await?;
    let (results, at) = results::find(&mut tx, event.id, number).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let published = dates::day(at.civil(&event.time_zone()));
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ResultsPage { page, event: event.into(), results, published })
}
