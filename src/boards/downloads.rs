//! What leaves a board: its files, and a page to print. Each is read afresh from the database.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::export::{self, Sheet, Shown};
use super::model::Board;
use super::{Role, pages};
use crate::accounts::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::id::BoardId;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wish {
    /// A facilitator may have the private fields too.
    #[serde(default)]
    prive: Option<String>,
}

impl Wish {
    /// What this person is shown of private fields, of an archived board too.
    pub(super) fn shown(&self, person: &Person) -> Shown {
        let runs = Role::of(person) == Role::Facilitator;
        if self.prive.is_some() && runs { Shown::Everything } else { Shown::Public }
    }
}

#[derive(Template)]
#[template(path = "board-print.html")]
struct PrintPage {
    page: Page,
    title: String,
    sheets: Vec<Sheet>,
}

/// `GET /tableaux/{id}/export.json`
pub(super) async fn json(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    let body = export::json(&board, shown).map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/json", "json", body))
}

/// `GET /tableaux/{id}/export.csv`
pub(super) async fn csv(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    Ok(attachment("text/csv; charset=utf-8", "csv", export::csv(&board, shown)))
}

/// `GET /tableaux/{id}/export.xlsx`
pub(super) async fn xlsx(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    // Compressing a full board takes a moment: not on the threads that serve everybody.
    let body = tokio::task::spawn_blocking(move || export::xlsx(&board, shown)).await;
    let body =
        body.map_err(|error| Error::Other(error.to_string()))?.map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", body))
}

/// `GET /tableaux/{id}/export.odt`
pub(super) async fn odt(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    // Compressing a full board takes a moment: not on the threads that serve everybody.
    let body = tokio::task::spawn_blocking(move || export::odt(&board, shown)).await;
    let body =
        body.map_err(|error| Error::Other(error.to_string()))?.map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/vnd.oasis.opendocument.text", "odt", body))
}

/// `GET /tableaux/{id}/export.svg`
pub(super) async fn svg(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, _) = read(&app, &person.0, *id, &wish).await?;
    Ok(attachment("image/svg+xml", "svg", export::svg(&board)))
}

/// `GET /tableaux/{id}/export.graphml`
pub(super) async fn graphml(
    app: State<App>,
    id: Path<BoardId>,
    person: SignedIn,
    wish: Query<Wish>,
) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    Ok(attachment("application/graphml+xml; charset=utf-8", "graphml", export::graphml(&board, shown)))
}

/// `GET /tableaux/{id}/imprimer`
pub(super) async fn print(app: State<App>, id: Path<BoardId>, person: SignedIn, wish: Query<Wish>) -> Result<Response> {
    let (board, shown) = read(&app, &person.0, *id, &wish).await?;
    let sheets = export::sheets(&board, shown);
    page::show(&PrintPage { page: Page::new(&app, Some(person.0)), title: board.title, sheets })
}

async fn read(app: &App, person: &Person, id: BoardId, wish: &Wish) -> Result<(Board, Shown)> {
    let row = pages::allowed(app, person, id).await?;
    Ok((pages::load(app, &row).await?, wish.shown(person)))
}

fn attachment(media_type: &'static str, extension: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"tableau.{extension}\"");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}
