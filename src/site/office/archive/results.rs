//! An organiser lets everybody read what is on a board, or takes that back.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::archive_path;
use crate::App;
use crate::office::authorized::{Authorized, Organise};
use boards::BoardRow;
use boards::results::{self, PublicResults, PublishedBoard};
use domain::programme::{Event, french as dates};
use http::error::Result;
use http::page::{self, Page};

#[derive(Template)]
#[template(path = "organiser-results.html")]
struct ResultsPage {
    page: Page,
    back: String,
    event: Event,
    board: BoardRow,
    /// What would be published.
    preview: PublicResults,
    published: Option<PublishedBoard>,
}

impl ResultsPage {
    fn published_on(&self, one: &PublishedBoard) -> String {
        dates::moment(one.published_at, &self.event)
    }
}

/// `GET /organisation/tableaux/{id}/resultats`: what everybody would read, and what they read now.
pub(super) async fn ask(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let preview = results::preview(&mut tx, &board).await?;
    let boards = boards::of_event(&mut tx, event.id).await?;
    let position = boards.iter().find(|one| one.id == board.id).map(|one| one.position);
    let published = results::of_event(&mut tx, event.id).await?;
    drop(tx);
    let published = published.into_iter().find(|one| Some(one.position) == position);
    let (page, back) = (Page::new(&app, Some(person)), archive_path(&event));
    page::render(&ResultsPage { page, back, event, board, preview, published })
}

/// `POST /organisation/tableaux/{id}/resultats`
pub(super) async fn publish(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    results::publish(&app, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=resultats", archive_path(&event))).into_response())
}

/// `POST /organisation/tableaux/{id}/resultats/retirer`
pub(super) async fn withdraw(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    results::withdraw(&app, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=prives", archive_path(&event))).into_response())
}
