//! A board's page, readable without JavaScript, and the names of its authors.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::access;
use super::access::{Entered, denied};
use super::export::file_name;
use crate::App;
use board_model::kinds::BoardKind;
use board_model::model::Board;
use board_model::protocol::{SUBPROTOCOL, VERSION, Version};
use boards::BoardRow;
use boards::export::{self, Shown};
use boards::provenance::{self, Written};
use domain::accounts::Person;
use domain::programme::{Event, EventKind, french};
use http::assets;
use http::error::Result;
use http::extract::{Path, Query};
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::{BoardId, CardId, ClientId, PersonId};

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    page: Page,
    person: Person,
    board: BoardRow,
    /// The event it belongs to, if that has a page.
    event: Option<Event>,
    /// Whether this person is a facilitator, of an archived board too.
    runs: bool,
    has_client: bool,
    file_name: String,
    version: Version,
    subprotocol: &'static str,
    titles: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// Whether there are comments, whose authors a private file names.
    commented: bool,
    /// The import that was made just now, and how many of its cards are there.
    import: String,
    imported: usize,
}

/// The query of a board's address.
#[derive(Debug, Deserialize)]
pub(super) struct BoardQuery {
    /// The import that led here.
    import: Option<ClientId>,
}

/// `GET /tableaux/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Entered { person, board, runs }: Entered,
    Query(BoardQuery { import }): Query<BoardQuery>,
) -> Result<Response> {
    let id = board.id;
    let state = load(&app, &board).await?;
    let imported = match import.filter(|_| runs && !board.archived) {
        Some(import) => boards::cards_of(&mut app.db.read().await?, id, import, person.id).await?,
        None => Vec::new(),
    };
    page::render(&BoardPage {
        page: Page::new(&app, Some(person.clone())),
        runs,
        import: import.map(|import| import.to_string()).unwrap_or_default(),
        imported: imported.iter().filter(|card| state.state().cards.contains_key(card)).count(),
        commented: !state.commentators().is_empty(),
        person,
        has_client: assets::has_board_client(),
        file_name: file_name(&board.title),
        version: VERSION,
        subprotocol: SUBPROTOCOL,
        titles: export::titles(board.kind, Shown::Public),
        rows: export::rows(&state, Shown::Public),
        event: access::event_of(&app, &board).await?,
        board,
    })
}

/// The board as it is stored; edits that are being stored at this moment may be missing.
pub(super) async fn load(app: &App, row: &BoardRow) -> Result<Board> {
    let mut tx = app.db.snapshot().await?;
    let mut board = boards::snapshot(&mut tx, row).await?;
    for accepted in boards::edits_since(&mut tx, row.id, board.head).await? {
        // An edit that was accepted once is accepted again.
        let _ = board.apply(accepted.signature(), accepted.edit);
    }
    Ok(board)
}

/// `GET /tableaux/{id}/auteurs.json`: the names behind the ids on the board as it stands, also of those who are not here.
/// People without any content left on the board are not named.
pub(super) async fn authors(State(app): State<App>, Entered { board, .. }: Entered) -> Result<Response> {
    let board = load(&app, &board).await?;
    let people: Vec<PersonId> = board.people().into_iter().collect();
    Ok(unkept(&boards::names(&mut app.db.read().await?, &people).await?))
}

/// `GET /tableaux/{id}/fiches/{card}/auteurs.json`: who last wrote in each field of a card, and when.
pub(super) async fn writers(
    State(app): State<App>,
    Path((id, card)): Path<(BoardId, CardId)>,
    SignedIn(person): SignedIn,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let (board, _) = boards::access(&mut tx, &person, id).await.map_err(denied)?;
    let edits = boards::edits_of(&mut tx, board.id, card).await?;
    let written = provenance::by_field(edits);
    let people: Vec<PersonId> = written.iter().map(|written| written.by).collect();
    let names = boards::names(&mut tx, &people).await?;
    let name = |by| names.iter().find(|author| author.id == by).map(|author| author.name.as_str());
    let signed: Vec<_> = written.iter().map(|written| Signed { written, name: name(written.by) }).collect();
    Ok(unkept(&signed))
}

/// The last change to a field, and its author's name unless it was erased.
#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    written: &'a Written,
    name: Option<&'a str>,
}

/// JSON that changes all the time and is for this reader only.
pub(super) fn unkept(content: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(content)).into_response()
}
