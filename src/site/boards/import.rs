//! `/tableaux/{id}/importer`: a facilitator brings cards in from a file, after having seen what it would do.

use super::access::Facilitating;
use super::french;
use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::pages;
use crate::App;
use board_model::kinds::{BoardKind, Field};
use board_model::model::{Card, Edit, Signature};
use boards::import::{self, FileFormat, Plan, Problem, Unreadable};
use boards::labels;
use boards::rooms::ImportError;
use http::error::{Error, Result};
use http::form::{Form, unreadable};
use http::page::{self, Page};
use kernel::id::{BoardId, ClientId};

/// Bytes of a file at most: the export of a board full of text fits. The page names it.
const MAX_FILE: usize = 12 * 1024 * 1024;
/// Bytes of a form with a file at most: confirming sends it as a text, in which browsers write each line's end with two signs.
pub(super) const MAX_FORM: usize = 2 * MAX_FILE + 1024 * 1024;

#[derive(Template)]
#[template(path = "board-import.html")]
struct ImportPage {
    page: Page,
    id: BoardId,
    title: String,
    kind: BoardKind,
    content: String,
    /// Identifies the import that may follow: sent twice, it is made once.
    import: ClientId,
    plan: Option<Plan>,
    unreadable: Option<Unreadable>,
    archived: bool,
}

/// What the form sends: a file first, then its content with the wish to go on.
#[derive(Debug)]
struct Sent {
    content: Result<String, Unreadable>,
    /// Which import is confirmed.
    confirmed: Option<ClientId>,
}

/// The import that is taken back.
#[derive(Debug, Deserialize)]
pub(super) struct Undone {
    import: ClientId,
}

/// `GET /tableaux/{id}/importer`
pub(super) async fn ask(State(app): State<App>, Facilitating { person, board }: Facilitating) -> Result<Response> {
    let shown = page::render(&ImportPage {
        page: Page::new(&app, Some(person)),
        id: board.id,
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
    Facilitating { person, board: row }: Facilitating,
    form: Multipart,
) -> Result<Response> {
    let id = row.id;
    let sent = match read(form).await {
        Err(Error::TooLarge) => Sent { content: Err(Unreadable::TooLarge), confirmed: None },
        read => read?,
    };
    let board = pages::load(&app, &row).await?;
    let signed = Signature { by: person.id, at: app.clock.now() };
    // Trying a long file takes a moment, so it runs outside the async threads.
    let planned = tokio::task::spawn_blocking(move || {
        let planned = sent.content.as_deref().map_err(|why| *why).and_then(|text| import::plan(&board, text, signed));
        (planned, sent)
    });
    let (planned, sent) = planned.await.map_err(|error| Error::Other(error.to_string()))?;
    let mut archived = row.archived;
    if let (Some(import), false, Ok(plan)) = (sent.confirmed, archived, &planned) {
        let gone = match app.rooms.import(id, (import, person.id), plan.edits.clone()).await {
            Ok(()) => return Ok(Redirect::to(&format!("/tableaux/{id}?import={import}")).into_response()),
            Err(ImportError::Store(failure)) => return Err(failure.into()),
            Err(ImportError::Gone(gone)) => gone,
        };
        archived = boards::find(&mut app.db.read().await?, id).await?.is_none_or(|board| board.archived);
        if !archived {
            return Err(Error::Other(gone.to_string()));
        }
    }
    let status = match planned {
        _ if archived => StatusCode::CONFLICT,
        Ok(_) => StatusCode::OK,
        Err(Unreadable::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = Page::new(&app, Some(person));
    let (plan, unreadable) = planned.map_or_else(|why| (None, Some(why)), |plan| (Some(plan), None));
    let (title, kind, content) = (row.title, row.kind, sent.content.unwrap_or_default());
    let import = ClientId::new(app.clock.now());
    let page = ImportPage { page, id, title, kind, content, import, plan, unreadable, archived };
    Ok((status, page::render(&page)?).into_response())
}

/// `POST /tableaux/{id}/importer/annuler`: takes away what this person's import brought and is still there.
pub(super) async fn undo(
    State(app): State<App>,
    Facilitating { person, board: row }: Facilitating,
    Form(Undone { import }): Form<Undone>,
) -> Result<Redirect> {
    let id = row.id;
    let board = pages::load(&app, &row).await?;
    let there = board.state().cards;
    let added = boards::cards_of(&mut app.db.read().await?, id, import, person.id).await?;
    let edits = added.into_iter().filter(|card| there.contains_key(card)).map(|card| Edit::RemoveCard { card });
    match app.rooms.import(id, (ClientId::new(app.clock.now()), person.id), edits.collect()).await {
        // Archived meanwhile: the board's page says so.
        Ok(()) | Err(ImportError::Gone(_)) => Ok(Redirect::to(&format!("/tableaux/{id}"))),
        Err(ImportError::Store(failure)) => Err(failure.into()),
    }
}

async fn read(mut form: Multipart) -> Result<Sent> {
    let mut sent = Sent { content: Ok(String::new()), confirmed: None };
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        match field.name() {
            Some(name @ ("fichier" | "contenu")) => {
                let is_file = name == "fichier";
                let bytes = field.bytes().await.map_err(|error| unreadable(&error))?;
                let is_too_large = is_file && bytes.len() > MAX_FILE;
                sent.content = if is_too_large { Err(Unreadable::TooLarge) } else { import::text(&bytes) };
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
    /// What the columns of a CSV are called.
    fn titles(&self) -> String {
        self.kind
            .schema()
            .fields
            .iter()
            .map(|field| labels::field(self.kind, field.name))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The fields in which one of these cards says something.
    fn filled_fields(&self, cards: &[Card]) -> Vec<&'static Field> {
        let is_filled = |field: &&Field| cards.iter().any(|card| card.fields.contains_key(field.name));
        self.kind.schema().fields.iter().filter(is_filled).collect()
    }

    fn cell(card: &Card, field: &Field) -> String {
        import::excerpt(&labels::in_full(card, field))
    }

    /// Where a problem is, in French.
    fn place(&self, problem: &Problem) -> String {
        french::place(self.kind, problem)
    }

    /// Why something is left out, in French.
    fn why(&self, problem: &Problem) -> String {
        french::why(self.kind, problem)
    }
}
