//! Access to a board: the short address, the form for its code, and the page for people who may not open it.

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use board_model::rights::Role;
use boards::{AccessError, BoardCode, BoardRow};
use domain::accounts::Person;
use domain::programme::{self, Event, Slug};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::BoardId;

/// A person who may open the board that the address names; others get a page that says why not.
#[derive(Debug)]
pub(super) struct Entered {
    pub person: Person,
    pub board: BoardRow,
    /// Whether they run it.
    pub runs: bool,
}

impl FromRequestParts<App> for Entered {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let id = Path::<BoardId>::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await;
        let SignedIn(person) = signed_in.map_err(IntoResponse::into_response)?;
        match find(app, &person, *id).await {
            Ok((board, role)) => Ok(Self { person, board, runs: role == Role::Facilitator }),
            Err(AccessError::NoSeat(board)) => Err(refuse(app, person, board).await.into_response()),
            Err(refused) => Err(denied(refused).into_response()),
        }
    }
}

/// Whoever runs the board that the address names, archived or not; decided before anything of a form is read.
#[derive(Debug)]
pub(super) struct Facilitating {
    pub person: Person,
    pub board: BoardRow,
}

impl FromRequestParts<App> for Facilitating {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Entered { person, board, runs } = Entered::from_request_parts(parts, app).await?;
        if runs { Ok(Self { person, board }) } else { Err(Error::Forbidden.into_response()) }
    }
}

/// Returns its connection before a page takes another.
async fn find(app: &App, person: &Person, id: BoardId) -> Result<(BoardRow, Role), AccessError> {
    boards::access(&mut app.db.read().await?, person, id).await
}

/// The page for a person who may not open a board, where there is no better one.
pub(super) fn denied(refused: AccessError) -> Error {
    match refused {
        AccessError::NoSuchBoard => Error::NotFound,
        AccessError::NoSeat(_) => Error::Forbidden,
        AccessError::Store(failure) => failure.into(),
    }
}

#[derive(Template)]
#[template(path = "board-refused.html")]
struct RefusedPage {
    page: Page,
    board: BoardRow,
    event_path: Option<String>,
}

/// Why not, as a page.
async fn refuse(app: &App, person: Person, board: BoardRow) -> Result<Response> {
    let event_path = event_of(app, &board).await?.map(|event| event.path());
    page::forbid(&RefusedPage { page: Page::new(app, Some(person)), board, event_path })
}

/// The board's event, if it has a page.
pub(super) async fn event_of(app: &App, board: &BoardRow) -> sqlx::Result<Option<Event>> {
    let event = programme::event_by_id(&mut app.db.read().await?, board.event_id).await?;
    Ok(event.filter(Event::is_public))
}

#[derive(Template)]
#[template(path = "board-code.html")]
struct CodePage {
    page: Page,
    /// The typed code, which no board has; empty when none was typed.
    typed: String,
}

/// What the form for a code sends.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// `GET /t?code=`: the form for a code, and where it leads.
pub(super) async fn ask_code(
    State(app): State<App>,
    person: Option<SignedIn>,
    typed: Result<Query<Typed>>,
) -> Result<Response> {
    // A malformed code: the form says how one looks.
    let code = typed.map_or_else(|_| String::new(), |Query(Typed { code })| code);
    if code.trim().is_empty() {
        return page::render(&CodePage { page: Page::new(&app, person.map(|person| person.0)), typed: String::new() });
    }
    lead(&app, person, code).await
}

/// `GET /t/{code}`: the short address of a board, typed on a telephone or photographed.
pub(super) async fn by_code(
    State(app): State<App>,
    person: Option<SignedIn>,
    code: Result<Path<String>>,
) -> Result<Response> {
    lead(&app, person, code.map_or_else(|_| String::new(), |Path(code)| code)).await
}

/// To the board that has this code, or back to the form.
async fn lead(app: &App, person: Option<SignedIn>, typed: String) -> Result<Response> {
    let board = match BoardCode::parse(&typed) {
        Some(code) => boards::by_code(&mut app.db.read().await?, &code).await?,
        None => None,
    };
    match board {
        Some(board) => Ok(Redirect::to(&format!("/tableaux/{board}")).into_response()),
        None => page::missing(&CodePage { page: Page::new(app, person.map(|person| person.0)), typed }),
    }
}

/// `GET /evenements/{slug}/tableau`: where letters send to; the way to the event's board.
pub(super) async fn of_event(
    State(app): State<App>,
    Path(slug): Path<String>,
    SignedIn(_): SignedIn,
) -> Result<Redirect> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let mut tx = app.db.snapshot().await?;
    let event = programme::event(&mut tx, &slug).await?.ok_or(Error::NotFound)?;
    let boards = boards::of_event(&mut tx, event.id).await?;
    let board = boards.first().ok_or(Error::NotFound)?;
    Ok(Redirect::to(&format!("/tableaux/{}", board.id)))
}
