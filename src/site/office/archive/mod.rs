//! What organisers keep of an event: replays, documents, and the results of its boards.

mod documents;
mod french;
mod resource_form;
mod resources;
mod results;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use super::{DoneQuery, event_path};
use crate::App;
use boards::BoardInfo;
use boards::results::PublishedBoard;
use domain::accounts::Person;
use domain::audit::{Act, Entry};
use domain::event_documents::{self, EventDocument};
use domain::programme::{Event, french as dates};
use domain::resources::{self as library, Resource, ResourceDraft, ResourceKind};
use http::error::Result;
use http::extract::Query;
use http::form::{FieldErrors, Form, MAX_NAME};
use http::page::{self, Page};

use resources::ResourceRow;

/// The addresses of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/evenements/{slug}/archive", get(show))
        .route("/organisation/evenements/{slug}/archive/replays", post(add_replay))
        .route("/organisation/documents/{id}", get(documents::form).post(documents::rename))
        .route("/organisation/documents/{id}/monter", post(documents::move_up))
        .route("/organisation/documents/{id}/supprimer", get(documents::ask).post(documents::remove))
        .route("/organisation/ressources", get(resources::list))
        .route("/organisation/ressources/nouvelle", get(resources::new).post(resources::add))
        .route("/organisation/ressources/{id}", get(resources::form).post(resources::change))
        .route("/organisation/ressources/{id}/monter", post(resources::move_up))
        .route("/organisation/ressources/{id}/lien-valide", post(resources::overrule))
        .route("/organisation/ressources/{id}/supprimer", get(resources::ask).post(resources::remove))
        .route("/organisation/tableaux/{id}/resultats", get(results::ask).post(results::publish))
        .route("/organisation/tableaux/{id}/resultats/retirer", post(results::withdraw))
}

/// The address that takes files.
pub(super) fn uploads() -> Router<App> {
    let upload = post(documents::upload).layer(DefaultBodyLimit::max(documents::MAX_BODY));
    Router::new().route("/organisation/evenements/{slug}/archive/documents", upload)
}

/// The page of an event's archive in the back office.
pub(super) fn archive_path(event: &Event) -> String {
    format!("{}/archive", event_path(event))
}

#[derive(Template)]
#[template(path = "organiser-archive.html")]
struct ArchivePage {
    page: Page,
    path: String,
    event: Event,
    /// From when on everybody sees the documents, in words; nothing once they do.
    public_from: Option<String>,
    replays: Vec<ResourceRow>,
    documents: Vec<EventDocument>,
    boards: Vec<BoardInfo>,
    published: Vec<PublishedBoard>,
    done: String,
    replay: ReplayForm,
    /// The title that was typed for a document.
    document_title: String,
    problems: FieldErrors,
}

/// What was typed in the page's forms, when it comes back, and why nothing was done.
#[derive(Default)]
struct Typed {
    replay: ReplayForm,
    document_title: String,
    problems: FieldErrors,
}

impl ArchivePage {
    async fn new(app: &App, person: Person, event: Event, typed: Typed) -> Result<Self> {
        let mut tx = app.db.snapshot().await?;
        let mut replays = library::of_event(&mut tx, event.id).await?;
        replays.retain(|resource| resource.kind == ResourceKind::Replay);
        let replays = resources::rows(&mut tx, replays, &event.time_zone()).await?;
        let documents = event_documents::of_event(&mut tx, event.id).await?;
        let boards = boards::of_event(&mut tx, event.id).await?;
        let published = boards::results::of_event(&mut tx, event.id).await?;
        drop(tx);
        let is_public = event_documents::are_public(&event, app.clock.now());
        Ok(Self {
            page: Page::new(app, Some(person)),
            path: event_path(&event),
            public_from: (!is_public).then(|| dates::moment(event.starts_at, &event)),
            event,
            replays,
            documents,
            boards,
            published,
            done: String::new(),
            replay: typed.replay,
            document_title: typed.document_title,
            problems: typed.problems,
        })
    }

    fn is_published(&self, board: &BoardInfo) -> bool {
        self.published.iter().any(|one| one.position == board.position)
    }
}

/// `GET /organisation/evenements/{slug}/archive`
async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let page = ArchivePage::new(&app, person, event, Typed::default()).await?;
    page::render(&ArchivePage { done: done.fait, ..page })
}

/// A recording.
#[derive(Debug, Default, Deserialize)]
struct ReplayForm {
    #[serde(default)]
    titre: String,
    #[serde(default)]
    adresse: String,
}

impl ReplayForm {
    fn parse(&self, event: &Event) -> Result<ResourceDraft, FieldErrors> {
        let mut problems = FieldErrors::default();
        let title = problems.text("titre", &self.titre, MAX_NAME, french::NO_TITLE);
        let url = self.adresse.trim();
        if url.is_empty() {
            problems.add("adresse", french::NO_LINK);
        } else if !library::is_link(url) {
            problems.add("adresse", french::NOT_A_LINK);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (kind, url, event_id) = (ResourceKind::Replay, Some(url.to_owned()), Some(event.id));
        Ok(ResourceDraft { kind, title, description: String::new(), url, event_id })
    }
}

/// `POST /organisation/evenements/{slug}/archive/replays`
async fn add_replay(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<ReplayForm>,
) -> Result<Response> {
    match form.parse(&event) {
        Ok(draft) => {
            let entry = Entry::new(person.id, Act::ChangedResources, event.id).note(french::added(&draft.title));
            library::add(&app, &draft, &entry).await?;
            Ok(Redirect::to(&format!("{}?fait=replay", archive_path(&event))).into_response())
        }
        Err(problems) => {
            let typed = Typed { replay: form, problems, ..Typed::default() };
            page::unprocessable(&ArchivePage::new(&app, person, event, typed).await?)
        }
    }
}

/// Where a change of an entry leads back to: the archive of its event for replays, else the library.
fn back(resource: &Resource, event: Option<&Event>) -> String {
    match event.filter(|_| resource.kind == ResourceKind::Replay) {
        Some(event) => archive_path(event),
        None => "/organisation/ressources".to_owned(),
    }
}
