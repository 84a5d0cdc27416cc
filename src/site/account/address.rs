//! Another address of one's own: asked for on `/mon-parcours/adresse`, proved in the new mailbox, stopped or hurried in the old one.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::french::{self, moment};
use crate::App;
use domain::accounts::{
    self, AddressChange, AddressChangeStatus, AddressError, EmailAddress, Person, address_change_by_notice,
};
use domain::programme;
use http::Asker;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use http::session::{ProvedIfRole, SignedIn};
use kernel::clock::Timestamp;
use kernel::key::Token;

const PAGE: &str = "/mon-parcours/adresse";

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PAGE, get(show).post(ask))
        .route("/mon-parcours/adresse/annuler", post(take_back))
        .route("/adresse/nouvelle/{token}", get(arrive).post(prove))
        .route("/adresse/ancienne/{token}", get(notice))
        .route("/adresse/ancienne/{token}/arreter", post(stop))
        .route("/adresse/ancienne/{token}/confirmer", post(hurry))
}

#[derive(Template)]
#[template(path = "address.html")]
struct AddressPage {
    page: Page,
    email: EmailAddress,
    typed: String,
    problems: FieldErrors,
    /// The address that is yet to be proved.
    asked: Option<EmailAddress>,
    /// The one that is proved, and when it becomes theirs.
    proved: Option<(EmailAddress, String)>,
    done: String,
}

#[derive(Template)]
#[template(path = "address-new.html")]
struct NewPage {
    page: Page,
    email: EmailAddress,
    token: String,
    /// When it becomes theirs, once it is proved.
    from: Option<String>,
}

#[derive(Template)]
#[template(path = "address-old.html")]
struct OldPage {
    page: Page,
    change: AddressChange,
    from: String,
    token: String,
}

#[derive(Template)]
#[template(path = "address-gone.html")]
struct GonePage {
    page: Page,
}

#[derive(Debug, Default, Deserialize)]
struct AddressForm {
    #[serde(default)]
    email: String,
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    #[serde(default)]
    fait: String,
}

fn gone(app: &App) -> Result<Response> {
    page::gone(&GonePage { page: Page::new(app, None) })
}

/// The clocks of the current edition: no event is near whose clocks these moments could be told by.
async fn zone(app: &App) -> Result<TimeZone> {
    let edition = programme::current_edition(&mut app.db.snapshot().await?).await?;
    Ok(edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC))
}

async fn address_page(app: &App, person: Person) -> Result<AddressPage> {
    let zone = zone(app).await?;
    let changes = accounts::address_changes_of(&mut app.db.read().await?, person.id).await?;
    let last = |status| changes.iter().rfind(|one| one.status == status);
    let (email, now) = (person.email.clone(), app.clock.now());
    let asked = last(AddressChangeStatus::Asked).filter(|one| now < one.created_at + accounts::TAKES);
    let proved = last(AddressChangeStatus::Proved);
    Ok(AddressPage {
        page: Page::new(app, Some(person)),
        email,
        typed: String::new(),
        problems: FieldErrors::default(),
        asked: asked.map(|one| one.email.clone()),
        proved: proved.map(|one| (one.email.clone(), from(one, &zone))),
        done: String::new(),
    })
}

/// When a change takes effect, in words.
fn from(change: &AddressChange, zone: &TimeZone) -> String {
    change.takes_effect_at.map_or_else(String::new, |at: Timestamp| moment(at, zone))
}

/// `GET /mon-parcours/adresse`
async fn show(
    State(app): State<App>,
    ProvedIfRole(person): ProvedIfRole,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    page::render(&AddressPage { done: done.fait, ..address_page(&app, person).await? })
}

/// `POST /mon-parcours/adresse`. Whether somebody has the address already is told to its owner alone, by letter.
async fn ask(
    State(app): State<App>,
    ProvedIfRole(person): ProvedIfRole,
    asker: Asker,
    Form(form): Form<AddressForm>,
) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let email = problems.address("email", &form.email);
    if email.as_ref() == Some(&person.email) {
        problems.add("email", french::SAME_ADDRESS);
    }
    if let Some(email) = email.filter(|_| problems.is_empty()) {
        let requester = asker.request(&app, email.as_str())?;
        match accounts::request_address(&app, person.id, &email, requester).await {
            Ok(()) => return Ok(Redirect::to("/mon-parcours/adresse?fait=envoye").into_response()),
            Err(AddressError::Stopped) => problems.add("email", french::ADDRESS_STOPPED),
            Err(error) => return Err(failure(error)),
        }
    }
    page::unprocessable(&AddressPage { typed: form.email, problems, ..address_page(&app, person).await? })
}

fn failure(error: AddressError) -> Error {
    match error {
        AddressError::TooOften(often) => often.into(),
        AddressError::Store(failure) => failure.into(),
        other => Error::Other(other.to_string()),
    }
}

/// `POST /mon-parcours/adresse/annuler`
async fn take_back(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    accounts::take_back_address_changes(&app, person.id).await?;
    Ok(Redirect::to("/mon-parcours/adresse?fait=garde").into_response())
}

/// `GET /adresse/nouvelle/{token}`
async fn arrive(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    match accounts::address_to_prove(&app, &Token::received(&token)).await? {
        Some(change) => page::render(&NewPage { page: Page::new(&app, None), email: change.email, token, from: None }),
        None => gone(&app),
    }
}

/// `POST /adresse/nouvelle/{token}`
async fn prove(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    match accounts::prove_address(&app, &Token::received(&token)).await {
        Ok(change) => {
            let from = Some(from(&change, &zone(&app).await?));
            page::render(&NewPage { page: Page::new(&app, None), email: change.email, token, from })
        }
        Err(AddressError::Gone) => gone(&app),
        Err(error) => Err(failure(error)),
    }
}

/// `GET /adresse/ancienne/{token}`
async fn notice(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let found = address_change_by_notice(&mut app.db.snapshot().await?, &Token::received(&token)).await?;
    let Some((change, _)) = found else { return gone(&app) };
    let from = from(&change, &zone(&app).await?);
    page::render(&OldPage { page: Page::new(&app, None), change, from, token })
}

/// `POST /adresse/ancienne/{token}/arreter`
async fn stop(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let done = accounts::stop_address_change(&app, &Token::received(&token)).await;
    after(&token, done)
}

/// `POST /adresse/ancienne/{token}/confirmer`
async fn hurry(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let done = app::address::change_now(&app, &Token::received(&token)).await;
    after(&token, done)
}

/// The page of the notice says what became of the change, also when it was decided before.
fn after(token: &str, done: Result<(), AddressError>) -> Result<Response> {
    match done {
        Ok(()) | Err(AddressError::Gone) => Ok(Redirect::to(&format!("/adresse/ancienne/{token}")).into_response()),
        Err(error) => Err(failure(error)),
    }
}
