//! A board's page, readable without JavaScript, and the names of its authors.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::downloads;
use super::export::{self, Shown};
use super::model::Board;
use super::provenance::{self, Written};
use super::{AccessError, BoardCode, BoardRow, Role, protocol, store};
use crate::accounts::Person;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::address::{Path, Query};
use crate::http::assets;
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::id::{BoardId, CardId, ClientId, PersonId};
use crate::programme::{self, BoardKind, Slug};

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    page: Page,
    person: Person,
    board: BoardRow,
    /// Runs the session, or would were the board not archived.
    runs: bool,
    has_client: bool,
    file_name: String,
    version: &'static str,
    titles: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// The import that was made just now, and how many of its cards are there.
    import: String,
    imported: usize,
}

/// What the address of a board may tell.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The import that led here.
    import: Option<ClientId>,
}

#[derive(Template)]
#[template(path = "board-refused.html")]
struct RefusedPage {
    page: Page,
    title: String,
    event_path: Option<String>,
}

#[derive(Template)]
#[template(path = "board-no-code.html")]
struct NoCodePage {
    page: Page,
}

/// `GET /tableaux/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<BoardId>,
    Query(Asked { import }): Query<Asked>,
    SignedIn(person): SignedIn,
) -> Result<Response> {
    let board = match super::access(&app, &person, id).await {
        Ok(board) => board,
        Err(refused) => return refuse(&app, person, refused).await,
    };
    let state = load(&app, &board).await?;
    let runs = Role::of(&person) == Role::Facilitator;
    let imported = match import.filter(|_| runs && !board.archived) {
        Some(import) => store::cards_of(&mut app.db.read().await?, id, (import, person.id)).await?,
        None => Vec::new(),
    };
    page::show(&BoardPage {
        page: Page::new(&app, Some(person.clone())),
        runs,
        import: import.map(|import| import.to_string()).unwrap_or_default(),
        imported: imported.iter().filter(|card| state.state().cards.contains_key(card)).count(),
        person,
        has_client: assets::has_board_client(),
        file_name: downloads::file_name(&board.title),
        version: protocol::version(),
        titles: export::titles(board.kind, Shown::Public),
        rows: export::rows(&state, Shown::Public),
        board,
    })
}

/// `GET /evenements/{slug}/tableau`: where letters send to; the way to the event's board.
pub(super) async fn of_event(
    State(app): State<App>,
    Path(slug): Path<String>,
    SignedIn(_): SignedIn,
) -> Result<Redirect> {
    let slug = Slug::parse(&slug).ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let event = programme::event(&mut tx, &slug).await?.ok_or(Error::NotFound)?;
    let boards = super::of_event(&mut tx, event.id).await?;
    let board = boards.first().ok_or(Error::NotFound)?;
    Ok(Redirect::to(&format!("/tableaux/{}", board.id)))
}

/// `GET /t/{code}`: the short address of a board, typed on a telephone or photographed.
pub(super) async fn by_code(State(app): State<App>, Path(code): Path<String>) -> Result<Response> {
    let board = match BoardCode::parse(&code) {
        Some(code) => store::by_code(&mut app.db.read().await?, &code).await?,
        None => None,
    };
    match board {
        Some(board) => Ok(Redirect::to(&format!("/tableaux/{board}")).into_response()),
        None => page::missing(&NoCodePage { page: Page::new(&app, None) }),
    }
}

/// Why not, as a page.
async fn refuse(app: &App, person: Person, refused: AccessError) -> Result<Response> {
    let board = match refused {
        AccessError::NoSeat(board) => board,
        AccessError::NoSuchBoard => return Err(Error::NotFound),
        AccessError::Store(failure) => return Err(failure.into()),
    };
    let event = programme::event_by_id(&mut app.db.read().await?, board.event_id).await?;
    page::forbid(&RefusedPage {
        page: Page::new(app, Some(person)),
        title: board.title,
        event_path: event.map(|event| event.path()),
    })
}

/// The board as it is stored; edits that are being stored at this moment may be missing.
pub(super) async fn load(app: &App, row: &BoardRow) -> Result<Board> {
    let mut tx = app.db.read().await?;
    let mut board = store::snapshot(&mut tx, row).await?;
    for accepted in store::edits_since(&mut tx, row.id, board.head).await? {
        // What was accepted once is accepted again.
        let _ = board.apply(accepted.signature(), accepted.edit);
    }
    Ok(board)
}

/// `GET /tableaux/{id}/auteurs.json`: the names behind the ids on the board as it stands, also of those who are not here.
/// Somebody of whom nothing is left there is not named.
pub(super) async fn authors(
    State(app): State<App>,
    Path(id): Path<BoardId>,
    SignedIn(person): SignedIn,
) -> Result<Response> {
    let row = allowed(&app, &person, id).await?;
    let board = load(&app, &row).await?;
    let people: Vec<PersonId> = board.people().into_iter().collect();
    Ok(unkept(&store::names(&mut app.db.read().await?, &people).await?))
}

/// `GET /tableaux/{id}/fiches/{card}/auteurs.json`: who last wrote in each field of a card, and when.
pub(super) async fn writers(
    State(app): State<App>,
    Path((id, card)): Path<(BoardId, CardId)>,
    SignedIn(person): SignedIn,
) -> Result<Response> {
    let board = allowed(&app, &person, id).await?;
    let mut tx = app.db.read().await?;
    let edits = store::edits_of(&mut tx, board.id, card).await?;
    let written = provenance::by_field(edits.into_iter().map(|(by, at, edit)| (by, at, edit.0)));
    let people: Vec<PersonId> = written.iter().map(|written| written.by).collect();
    let names = store::names(&mut tx, &people).await?;
    let name = |by| names.iter().find(|author| author.id == by).map(|author| author.name.as_str());
    let told: Vec<_> = written.iter().map(|written| Signed { written, name: name(written.by) }).collect();
    Ok(unkept(&told))
}

/// The last change to a field, and its author's name unless it was erased.
#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    written: &'a Written,
    name: Option<&'a str>,
}

/// What changes all the time and is only this reader's.
pub(super) fn unkept(content: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(content)).into_response()
}

/// The board, or the page that says why not.
pub(super) async fn allowed(app: &App, person: &Person, id: BoardId) -> Result<BoardRow> {
    match super::access(app, person, id).await {
        Ok(board) => Ok(board),
        Err(AccessError::NoSuchBoard) => Err(Error::NotFound),
        Err(AccessError::NoSeat(_)) => Err(Error::Forbidden),
        Err(AccessError::Store(failure)) => Err(failure.into()),
    }
}
