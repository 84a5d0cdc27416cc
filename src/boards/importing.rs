//! `/tableaux/{id}/importer`: a facilitator brings cards in from a file, after having seen what it would do.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::import::{self, Plan, Problem, Unreadable};
use super::model::{Edit, Refusal, Signature};
use super::rooms::ImportError;
use super::{BoardRow, Role, labels, pages, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::address::Path;
use crate::http::form::{Form, unreadable};
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::id::{BoardId, ClientId};
use crate::programme::BoardKind;
use crate::spreadsheet;

/// Bytes of a form with a file at most: the export of a board full of text fits, with what forms and JSON
/// write around it.
pub(super) const MAX_FORM: usize = 16 * 1024 * 1024;

#[derive(Template)]
#[template(path = "board-import.html")]
struct ImportPage {
    page: Page,
    id: BoardId,
    title: String,
    kind: BoardKind,
    content: String,
    /// Names the import that may follow: asked for twice, it is made once.
    import: ClientId,
    plan: Option<Plan>,
    unreadable: Option<Unreadable>,
    archived: bool,
}

/// What the form sends: a file first, then its content with the wish to go on.
#[derive(Debug, Default)]
struct Sent {
    content: String,
    /// Which import is confirmed.
    confirmed: Option<ClientId>,
}

/// The import that is taken back.
#[derive(Debug, Deserialize)]
pub(super) struct Undone {
    import: ClientId,
}

/// `GET /tableaux/{id}/importer`
pub(super) async fn ask(
    State(app): State<App>,
    Path(id): Path<BoardId>,
    SignedIn(person): SignedIn,
) -> Result<Response> {
    let board = facilitated(&app, &person, id).await?;
    let shown = page::show(&ImportPage {
        page: Page::new(&app, Some(person)),
        id,
        title: board.title,
        kind: board.kind,
        content: String::new(),
        import: ClientId::new(app.clock.now()),
        plan: None,
        unreadable: None,
        archived: board.archived,
    })?;
    Ok((if board.archived { StatusCode::CONFLICT } else { StatusCode::OK }, shown).into_response())
}

/// `POST /tableaux/{id}/importer`: without `confirmer` a dry run.
pub(super) async fn import(
    State(app): State<App>,
    Path(id): Path<BoardId>,
    SignedIn(person): SignedIn,
    form: Multipart,
) -> Result<Response> {
    let row = facilitated(&app, &person, id).await?;
    let sent = read(form).await?;
    let board = pages::load(&app, &row).await?;
    let planned = import::plan(&board, &sent.content, Signature { by: person.id, at: app.clock.now() });
    let mut archived = row.archived;
    if let (Some(import), false, Ok(plan)) = (sent.confirmed, archived, &planned) {
        let gone = match app.rooms.import(id, (import, person.id), plan.edits.clone()).await {
            Ok(()) => return Ok(Redirect::to(&format!("/tableaux/{id}?import={import}")).into_response()),
            Err(ImportError::Store(failure)) => return Err(failure.into()),
            Err(ImportError::Gone(gone)) => gone,
        };
        archived = facilitated(&app, &person, id).await?.archived;
        if !archived {
            return Err(Error::Other(gone.to_string()));
        }
    }
    let status = match planned {
        _ if archived => StatusCode::CONFLICT,
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = Page::new(&app, Some(person));
    let (plan, unreadable) = planned.map_or_else(|why| (None, Some(why)), |plan| (Some(plan), None));
    let (title, kind, content) = (row.title, row.kind, sent.content);
    let import = ClientId::new(app.clock.now());
    let page = ImportPage { page, id, title, kind, content, import, plan, unreadable, archived };
    Ok((status, page::show(&page)?).into_response())
}

/// `POST /tableaux/{id}/importer/annuler`: takes away what this person's import brought and is still there.
pub(super) async fn undo(
    State(app): State<App>,
    Path(id): Path<BoardId>,
    SignedIn(person): SignedIn,
    Form(Undone { import }): Form<Undone>,
) -> Result<Redirect> {
    let row = facilitated(&app, &person, id).await?;
    let board = pages::load(&app, &row).await?;
    let there = board.state().cards;
    let added = store::cards_of(&mut app.db.read().await?, id, (import, person.id)).await?;
    let edits = added.into_iter().filter(|card| there.contains_key(card)).map(|card| Edit::RemoveCard { card });
    match app.rooms.import(id, (ClientId::new(app.clock.now()), person.id), edits.collect()).await {
        // Archived meanwhile: the board's page says so.
        Ok(()) | Err(ImportError::Gone(_)) => Ok(Redirect::to(&format!("/tableaux/{id}"))),
        Err(ImportError::Store(failure)) => Err(failure.into()),
    }
}

/// Whoever would run the board were it not archived: they are told that it is, and keep their file.
async fn facilitated(app: &App, person: &crate::accounts::Person, id: BoardId) -> Result<BoardRow> {
    let board = pages::allowed(app, person, id).await?;
    if Role::of(person) == Role::Facilitator { Ok(board) } else { Err(Error::Forbidden) }
}

async fn read(mut form: Multipart) -> Result<Sent> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        match field.name() {
            Some("fichier" | "contenu") => {
                let bytes = field.bytes().await.map_err(|error| unreadable(&error))?;
                // What is no text is told of as what is no CSV.
                sent.content.push_str(&spreadsheet::decoded(&bytes).unwrap_or_default());
            }
            Some("confirmer") => {
                let named = field.text().await.map_err(|error| unreadable(&error))?;
                sent.confirmed = Some(named.parse().map_err(|_| Error::BadRequest)?);
            }
            _ => {}
        }
    }
    Ok(sent)
}

impl ImportPage {
    fn what(&self, problem: &Problem) -> String {
        let field = self.kind.schema().fields.iter().find(|field| field.name == problem.what);
        field.map_or_else(|| problem.what.clone(), |field| labels::field(self.kind, field.name).to_owned())
    }
}

/// Why something is left out, in French.
const fn sentence(why: Refusal) -> &'static str {
    match why {
        Refusal::WrongType => "ce n’est pas un nombre, ou pas un nombre entier",
        Refusal::TooLong => "le texte est trop long",
        Refusal::OutOfRange => "le nombre est hors des limites",
        Refusal::UnknownChoice => "ce choix n’est pas proposé",
        Refusal::UnknownField => "ce champ n’existe pas sur ce tableau",
        Refusal::TooManyCards => "le tableau est plein",
        Refusal::NoSuchCard => "une des deux fiches manque",
        Refusal::LinkToItself => "un lien relie deux fiches différentes",
        _ => "cette valeur n’est pas acceptée",
    }
}
