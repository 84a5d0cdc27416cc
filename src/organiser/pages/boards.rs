//! An organiser's acts on a board: archiving it and opening it again.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::event_path;
use crate::app::App;
use crate::boards::{self, BoardRow};
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::id::BoardId;
use crate::programme::{self, Event};

#[derive(Template)]
#[template(path = "organiser-board.html")]
struct BoardPage {
    page: Page,
    path: String,
    event: Event,
    board: BoardRow,
}

/// The board and the event that it belongs to.
async fn find(app: &App, id: BoardId) -> Result<(BoardRow, Event)> {
    let mut tx = app.db.read().await?;
    let board = boards::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let event = programme::event_by_id(&mut tx, board.event_id).await?.ok_or(Error::NotFound)?;
    Ok((board, event))
}

/// `GET /organisation/tableaux/{id}/archiver`: what it would do, and back.
pub(super) async fn ask(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<BoardId>,
) -> Result<Response> {
    let (board, event) = find(&app, id).await?;
    page::show(&BoardPage { page: Page::new(&app, Some(person)), path: event_path(&event), event, board })
}

/// `POST /organisation/tableaux/{id}/archiver`
pub(super) async fn archive(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<BoardId>,
) -> Result<Response> {
    let (board, event) = find(&app, id).await?;
    boards::archive(&app, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=archive", event_path(&event))).into_response())
}

/// `POST /organisation/tableaux/{id}/rouvrir`
pub(super) async fn reopen(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<BoardId>,
) -> Result<Response> {
    let (board, event) = find(&app, id).await?;
    boards::reopen(&app, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=rouvert", event_path(&event))).into_response())
}
