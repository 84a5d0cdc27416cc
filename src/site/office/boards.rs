//! What organisers do with a board: showing a room how to join it, archiving it and opening it again.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::authorized::{Authorized, Organise, RunBoards};
use super::event_path;
use crate::App;
use boards::BoardRow;
use domain::programme::Event;
use domain::roles::Permission;
use http::error::Result;
use http::page::{self, Page};
use http::qr::Qr;

#[derive(Template)]
#[template(path = "organiser-board.html")]
struct BoardPage {
    page: Page,
    path: String,
    event: Event,
    board: BoardRow,
}

#[derive(Template)]
#[template(path = "organiser-join.html")]
struct JoinPage {
    page: Page,
    /// The event's page in the back office, for whoever may read it.
    path: Option<String>,
    board: BoardRow,
    /// What people type: the address without its scheme.
    address: String,
    qr: Option<Qr>,
}

/// `GET /organisation/tableaux/{id}/rejoindre`: for the wall of the room. Whoever follows it signs in and needs a seat.
pub(super) async fn show_how_to_join(
    State(app): State<App>,
    Authorized { person, rights, target: (board, event), .. }: Authorized<RunBoards, (BoardRow, Event)>,
) -> Result<Response> {
    let code = boards::code(&mut app.db.read().await?, board.id).await?;
    let url = app.config.base_url.clone() + &code.path();
    let address = url.split_once("://").map_or(url.as_str(), |(_, address)| address).to_owned();
    page::render(&JoinPage {
        page: Page::new(&app, Some(person)),
        path: rights.may(Permission::Read, &event).then(|| event_path(&event)),
        board,
        address,
        qr: Qr::new(&url),
    })
}

/// `GET /organisation/tableaux/{id}/archiver`: what it would do, and back.
pub(super) async fn ask(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    page::render(&BoardPage { page: Page::new(&app, Some(person)), path: event_path(&event), event, board })
}

/// `POST /organisation/tableaux/{id}/archiver`
pub(super) async fn archive(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    boards::archive(&app.rooms, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=archive", event_path(&event))).into_response())
}

/// `POST /organisation/tableaux/{id}/rouvrir`
pub(super) async fn reopen(
    State(app): State<App>,
    Authorized { person, target: (board, event), .. }: Authorized<Organise, (BoardRow, Event)>,
) -> Result<Response> {
    boards::reopen(&app.rooms, person.id, &board).await?;
    Ok(Redirect::to(&format!("{}?fait=rouvert", event_path(&event))).into_response())
}
