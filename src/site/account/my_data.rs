//! `/mon-parcours/donnees`: one's own data.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::App;
use app::privacy::Traces;
use domain::accounts::Person;
use domain::organisations;
use domain::programme::{Answer, Event};
use domain::registrations::{self, Follow, FollowError, Refusal};
use domain::roles;
use http::error::{Error, Result};
use http::extract::Query;
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::page::{self, Page};
use http::session::{self, ProvedIfRole, SignedIn};
use kernel::security_log::{SecurityEvent, SecurityLine};

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/mon-parcours/donnees", get(show).post(correct))
        .route("/mon-parcours/donnees.json", get(download))
        .route("/mon-parcours/effacer", get(ask_to_erase).post(erase))
}

#[derive(Template)]
#[template(path = "my-data.html")]
struct DataPage {
    page: Page,
    form: CorrectForm,
    problems: FieldErrors,
    /// Events at which the registrations cannot follow, and why.
    refused: Vec<(Event, Refusal)>,
    suggestions: Vec<String>,
    traces: Traces,
    registrations: usize,
    /// What they answered to organisers' questions.
    answers: Vec<Answer>,
    done: bool,
}

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage {
    page: Page,
    coming: usize,
    /// They must give that role to somebody else first.
    is_last_owner: bool,
}

impl ErasePage {
    async fn new(app: &App, person: Person) -> Result<Self> {
        let mut tx = app.db.snapshot().await?;
        let all = registrations::all_of_person(&mut tx, person.id).await?;
        let coming = all.iter().filter(|one| one.status.can_be_cancelled()).count();
        let is_last_owner = roles::is_last_owner(&mut tx, person.id).await?;
        Ok(Self { page: Page::new(app, Some(person)), coming, is_last_owner })
    }
}

#[derive(Debug, Default, Deserialize)]
struct CorrectForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    organisation: String,
    /// A ticked box: registrations of events to come follow.
    follow: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    fait: Option<String>,
}

async fn data_page(app: &App, SignedIn(person): SignedIn) -> Result<DataPage> {
    let mut tx = app.db.snapshot().await?;
    let traces = app::privacy::traces(&mut tx, &person).await?;
    let registrations = registrations::all_of_person(&mut tx, person.id).await?;
    let answers = registrations.iter().flat_map(|one| one.answers.0.clone()).collect();
    let suggestions = organisations::suggestions(&mut tx).await?;
    let (name, organisation) = (person.name.clone(), person.organisation.clone());
    Ok(DataPage {
        page: Page::new(app, Some(person)),
        form: CorrectForm { name, organisation, follow: Some("oui".into()) },
        problems: FieldErrors::default(),
        refused: Vec::new(),
        suggestions,
        traces,
        registrations: registrations.len(),
        answers,
        done: false,
    })
}

/// `GET /mon-parcours/donnees`
async fn show(State(app): State<App>, person: SignedIn, Query(done): Query<DoneQuery>) -> Result<Response> {
    page::render(&DataPage { done: done.fait.is_some(), ..data_page(&app, person).await? })
}

/// `POST /mon-parcours/donnees`
async fn correct(State(app): State<App>, person: SignedIn, Form(form): Form<CorrectForm>) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let name = problems.text("name", &form.name, MAX_NAME, FieldError::NO_NAME);
    let organisation = problems.text("organisation", &form.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
    if !problems.is_empty() {
        return page::unprocessable(&DataPage { form, problems, ..data_page(&app, person).await? });
    }
    let follow = if form.follow.is_some() { Follow::Coming } else { Follow::Stay };
    match app::privacy::correct(&app, person.0.id, &name, &organisation, follow).await {
        Ok(()) => Ok(Redirect::to("/mon-parcours/donnees?fait=1").into_response()),
        Err(FollowError::Refused(refused)) => {
            page::conflict(&DataPage { form, refused, ..data_page(&app, person).await? })
        }
        Err(FollowError::Store(failure)) => Err(failure.into()),
    }
}

/// `GET /mon-parcours/donnees.json`
async fn download(State(app): State<App>, ProvedIfRole(person): ProvedIfRole) -> Result<Response> {
    let data = app::privacy::data_of(&app, &person).await?;
    let text = serde_json::to_string_pretty(&data).map_err(|error| Error::Other(error.to_string()))?;
    SecurityLine::new(SecurityEvent::Exported).kind("own_data").write();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mes-donnees.json\""),
    ];
    Ok((headers, text).into_response())
}

/// `GET /mon-parcours/effacer`
async fn ask_to_erase(State(app): State<App>, ProvedIfRole(person): ProvedIfRole) -> Result<Response> {
    page::render(&ErasePage::new(&app, person).await?)
}

/// `POST /mon-parcours/effacer`
async fn erase(State(app): State<App>, ProvedIfRole(person): ProvedIfRole, jar: CookieJar) -> Result<Response> {
    if roles::is_last_owner(&mut app.db.read().await?, person.id).await? {
        return page::unprocessable(&ErasePage::new(&app, person).await?);
    }
    app::privacy::erase(&app, &person).await?;
    Ok((jar.add(session::sign_out_cookie(&app.config)), Redirect::to("/")).into_response())
}
