//! `/tableaux/{id}/importer`: a facilitator brings cards and links in from a file, after having seen what it would do.

use super::access::Facilitating;
use super::french;
use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::pages;
use crate::App;
use board_model::kinds::{BoardKind, Field};
use board_model::model::{Card, Edit, Number, Signature};
use boards::import::numbers::DecimalSign;
use boards::import::{self, At, Doubt, Existing, LineKind, Plan, Problem, Unreadable, Wishes};
use boards::labels;
use boards::rooms::ImportError;
use documents::file_format::FileFormat;
use http::error::{Error, Result};
use http::form::{Form, unreadable};
use http::page::{self, Page};
use kernel::id::{BoardId, ClientId};

/// Bytes of a file at most: the export of a board full of text fits. The page names it.
const MAX_FILE: usize = 12 * 1024 * 1024;
/// Bytes of a form with a file at most: confirming sends it in base64, a third longer.
pub(super) const MAX_FORM: usize = MAX_FILE / 3 * 4 + 2 * 1024 * 1024;

#[derive(Template)]
#[template(path = "board-import.html")]
struct ImportPage {
    page: Page,
    id: BoardId,
    title: String,
    kind: BoardKind,
    /// The file, in base64: a form would change the ends of its lines.
    content: String,
    /// Identifies the import that may follow: sent twice, it is made once.
    import: ClientId,
    plan: Option<Plan>,
    wishes: Wishes,
    unreadable: Option<Unreadable>,
    archived: bool,
    /// The answers that were sent with the wish to go on make another plan than the one that was seen.
    changed: bool,
    /// A question was not answered.
    unanswered: bool,
}

/// What the form sends: a file first, then its content with answers and the wish to go on.
#[derive(Debug)]
struct Sent {
    file: Result<Vec<u8>, Unreadable>,
    wishes: Wishes,
    /// The choices of the plan that was seen.
    seen: Option<String>,
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
        wishes: Wishes::default(),
        unreadable: None,
        archived: board.archived,
        changed: false,
        unanswered: false,
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
        Err(Error::TooLarge) => Sent { file: Err(Unreadable::TooLarge), ..Sent::new() },
        read => read?,
    };
    let board = pages::load(&app, &row).await?;
    let signed = Signature { by: person.id, at: app.clock.now() };
    // Trying a long file takes a moment, so it runs outside the async threads.
    let planned = tokio::task::spawn_blocking(move || {
        let planned = match &sent.file {
            Ok(file) => import::plan(&board, file, &sent.wishes, signed),
            Err(why) => Err(*why),
        };
        let content = sent.file.as_ref().map(|file| STANDARD.encode(file)).unwrap_or_default();
        (planned, content, sent)
    });
    let (planned, content, sent) = planned.await.map_err(|error| Error::Other(error.to_string()))?;
    let mut archived = row.archived;
    let wants = sent.confirmed.is_some() && !archived;
    let changed = wants
        && planned
            .as_ref()
            .is_ok_and(|plan| sent.seen.as_ref().is_some_and(|seen| *seen != choices(plan, &sent.wishes)));
    if let (Some(import), true, false, Ok(plan)) = (sent.confirmed, wants, changed, &planned)
        && plan.can_be_made()
    {
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
    let unanswered =
        wants && planned.as_ref().is_ok_and(|plan| plan.numbers.as_ref().is_some_and(|it| it.answer.is_none()));
    let status = match planned {
        _ if archived => StatusCode::CONFLICT,
        Ok(_) if unanswered => StatusCode::UNPROCESSABLE_ENTITY,
        Ok(_) => StatusCode::OK,
        Err(Unreadable::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = Page::new(&app, Some(person));
    let (plan, unreadable) = planned.map_or_else(|why| (None, Some(why)), |plan| (Some(plan), None));
    let (title, kind, wishes) = (row.title, row.kind, sent.wishes);
    let import = ClientId::new(app.clock.now());
    let page =
        ImportPage { page, id, title, kind, content, import, plan, wishes, unreadable, archived, changed, unanswered };
    Ok((status, page::render(&page)?).into_response())
}

/// The choices that made a plan: confirming others shows theirs first.
fn choices(plan: &Plan, wishes: &Wishes) -> String {
    let existing = if plan.there == import::There::default() { Existing::Skip } else { wishes.existing };
    let link_kind = wishes.link_kind.as_deref().filter(|_| plan.nameless_links > 0).unwrap_or_default();
    let decimal = plan.numbers.as_ref().and_then(|numbers| numbers.answer);
    let shape = plan.shape.as_ref().map(|shape| {
        let held =
            (0..shape.columns.len()).map(|at| shape.mapping.target(at).map_or("", |target| shape.targets[target].name));
        format!("{} {:?} {}", shape.has_titles, shape.lines, held.collect::<Vec<_>>().join(","))
    });
    format!("{existing:?} {link_kind} {decimal:?} {}", shape.unwrap_or_default())
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

impl Sent {
    fn new() -> Self {
        Self { file: Ok(Vec::new()), wishes: Wishes::default(), seen: None, confirmed: None }
    }
}

async fn read(mut form: Multipart) -> Result<Sent> {
    let mut sent = Sent::new();
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "fichier" {
            let bytes = field.bytes().await.map_err(|error| unreadable(&error))?;
            sent.file = if bytes.len() > MAX_FILE { Err(Unreadable::TooLarge) } else { Ok(bytes.to_vec()) };
            continue;
        }
        let text = field.text().await.map_err(|error| unreadable(&error))?;
        match name.as_str() {
            "contenu" => sent.file = Ok(STANDARD.decode(&text).map_err(|_| Error::BadRequest)?),
            "confirmer" => sent.confirmed = Some(text.parse().map_err(|_| Error::BadRequest)?),
            "vu" => sent.seen = Some(text),
            name => answer(&mut sent.wishes, name, text)?,
        }
    }
    Ok(sent)
}

/// Takes one answer of the form; a radio that was not chosen sends none.
fn answer(wishes: &mut Wishes, name: &str, value: String) -> Result<()> {
    match (name, value.as_str()) {
        ("premiere", "titres") => wishes.has_titles = Some(true),
        ("premiere", "contenu") => wishes.has_titles = Some(false),
        ("lignes", "fiches") => wishes.lines = Some(LineKind::Cards),
        ("lignes", "liens") => wishes.lines = Some(LineKind::Links),
        ("decimale", "virgule") => wishes.decimal = Some(DecimalSign::Comma),
        ("decimale", "point") => wishes.decimal = Some(DecimalSign::Dot),
        ("existant", "laisser") => wishes.existing = Existing::Skip,
        ("existant", "changer") => wishes.existing = Existing::Update,
        ("existant", "ajouter") => wishes.existing = Existing::Add,
        ("premiere" | "lignes" | "decimale" | "existant", _) => return Err(Error::BadRequest),
        ("lien", _) => wishes.link_kind = Some(value).filter(|kind| !kind.is_empty()),
        (name, _) => {
            if let Some(column) = name.strip_prefix("colonne.") {
                wishes.columns.push((column.parse().map_err(|_| Error::BadRequest)?, value));
            }
        }
    }
    Ok(())
}

impl ImportPage {
    fn choices(&self, plan: &Plan) -> String {
        choices(plan, &self.wishes)
    }

    /// Whether it must be said first what the columns hold.
    fn is_asked(&self, plan: &Plan) -> bool {
        plan.shape.as_ref().is_some_and(|shape| !shape.is_known() || !shape.twice.is_empty())
    }

    /// What is said to stand in several columns.
    fn twice(&self, plan: &Plan) -> String {
        plan.shape.as_ref().map(|shape| shape.twice.join(", ")).unwrap_or_default()
    }

    fn has_questions(&self, plan: &Plan) -> bool {
        plan.shape.is_some() || plan.there != import::There::default()
    }

    /// Whether there is something to confirm, once all questions are answered.
    fn may_confirm(&self, plan: &Plan) -> bool {
        plan.can_be_made() || !self.is_asked(plan) && plan.numbers.is_some()
    }

    /// What confirming does.
    fn button(plan: &Plan) -> String {
        french::import_button(plan)
    }

    /// What the board has already.
    fn there(&self, plan: &Plan) -> String {
        french::there(&plan.there)
    }

    fn spot(&self, at: &At) -> String {
        french::spot(*at)
    }

    fn number(number: &Number) -> String {
        labels::grouped(&labels::decimal(number.get()))
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        french::doubt(self.kind, doubt)
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
