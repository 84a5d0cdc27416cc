//! A request for seats by its mail's link: the page shows what was typed, and its button proves the address.

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::form::RegistrationForm;
use crate::App;
use crate::public::french;
use domain::organisations;
use domain::programme::{Question, QuestionKind, french as dates};
use domain::registrations::{
    self, ActError, EventView, NewRegistration, Occupancy, OpenPart, OpenRequest, Refusal, RegistrationStatus,
};
use http::Asker;
use http::error::Result;
use http::extract::Path;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::id::EventId;
use kernel::key::Token;

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    page: Page,
    parts: Vec<RequestPart>,
    /// Whether the button does something.
    open: bool,
    /// Whether it makes again what lapsed.
    again: bool,
    buyers_only: bool,
    email: String,
    until: String,
    form: RegistrationForm,
    problems: FieldErrors,
    questions: Vec<Question>,
    suggestions: Vec<String>,
    /// Why nothing could be done.
    refused: Option<&'static str>,
    token: String,
}

impl RequestPage {
    /// Whether something became of it at one of the events.
    fn any_decided(&self) -> bool {
        self.parts.iter().any(|part| part.state() != "open")
    }
}

/// What is asked of one event.
struct RequestPart {
    view: EventView,
    /// What became of it, and where that is shown.
    registration: Option<(RegistrationStatus, String)>,
    /// Why it was refused just now.
    refusal: Option<&'static str>,
}

impl RequestPart {
    /// What became of it, for tests and styles.
    fn state(&self) -> &'static str {
        match (&self.registration, self.refusal) {
            (_, Some(_)) => "refused",
            (Some((RegistrationStatus::Confirmed, _)), _) => "confirmed",
            (Some((RegistrationStatus::Waiting, _)), _) => "waiting",
            (Some((RegistrationStatus::Pending, _)), _) => "pending",
            (Some(_), _) => "known",
            (None, None) => "open",
        }
    }
}

#[derive(Template)]
#[template(path = "request-gone.html")]
struct GonePage {
    page: Page,
}

/// What the browser sends besides the form.
#[derive(FromRequestParts)]
#[from_request(state(App))]
pub(super) struct Browser {
    person: Option<SignedIn>,
    asker: Asker,
    jar: CookieJar,
}

fn gone(app: &App) -> Result<Response> {
    page::gone(&GonePage { page: Page::new(app, None) })
}

async fn page_of(app: &App, person: Option<SignedIn>, token: String, request: OpenRequest) -> Result<RequestPage> {
    let now = app.clock.now();
    let (open, again) = (request.is_open(now), request.again);
    let until = request.parts.first().map_or_else(String::new, |part| dates::moment(request.until, &part.event));
    let (buyers_only, questions) = (buyers_only(&request), questions(&request));
    let part = |part: OpenPart| RequestPart {
        view: EventView::new(part.event, Occupancy::default(), now),
        registration: part.registration.map(|one| (one.status, registrations::path(app, one.id))),
        refusal: None,
    };
    let email = request.words.as_ref().map_or_else(String::new, |words| words.email.shown().into_owned());
    let form = request.words.as_ref().map_or_else(RegistrationForm::default, RegistrationForm::asked);
    Ok(RequestPage {
        page: Page::new(app, person.map(|SignedIn(person)| person)),
        parts: request.parts.into_iter().map(part).collect(),
        open,
        again,
        buyers_only,
        email,
        until,
        form,
        problems: FieldErrors::default(),
        questions,
        suggestions: organisations::suggestions(&mut app.db.read().await?).await?,
        refused: None,
        token,
    })
}

/// Whether one of the events is for public buyers only.
fn buyers_only(request: &OpenRequest) -> bool {
    request.parts.iter().any(|part| part.event.buyers_only)
}

/// The questions of the only event that it asks; those of several are asked by their own forms.
fn questions(request: &OpenRequest) -> Vec<Question> {
    match request.parts.as_slice() {
        [only] => only.event.questions.0.clone(),
        _ => Vec::new(),
    }
}

/// Where the only registration of a request is.
fn only_registration(request: &OpenRequest, app: &App) -> Option<String> {
    match request.parts.as_slice() {
        [OpenPart { registration: Some(registration), .. }] => Some(registrations::path(app, registration.id)),
        _ => None,
    }
}

/// `GET /demandes/{token}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    let Some(request) = registrations::request_by_link(&app, &Token::received(&token)).await? else {
        return gone(&app);
    };
    match only_registration(&request, &app) {
        Some(path) => Ok(Redirect::to(&path).into_response()),
        None => page::render(&page_of(&app, person, token, request).await?),
    }
}

/// `POST /demandes/{token}`
pub(super) async fn confirm(
    State(app): State<App>,
    Browser { person, asker, jar }: Browser,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let link = Token::received(&token);
    let Some(mut request) = registrations::request_by_link(&app, &link).await? else { return gone(&app) };
    if let Some(path) = only_registration(&request, &app) {
        return Ok(Redirect::to(&path).into_response());
    }
    let Some(typed) = request.words.clone() else { return gone(&app) };
    let asked = RegistrationForm::asked(&typed);
    // Whoever sends the button alone takes what was typed.
    let form = if fields.iter().all(|(name, _)| name.is_empty()) {
        asked
    } else {
        RegistrationForm { email: asked.email, ..RegistrationForm::read(fields) }
    };
    let words = match form.parse(buyers_only(&request), &questions(&request)) {
        Ok(words) => words,
        Err(problems) => {
            let page = page_of(&app, person, token, request).await?;
            return page::unprocessable(&RequestPage { form, problems, ..page });
        }
    };
    let answers = match registrations::prove(&app, &app.batches, &mut request, &words).await {
        Ok(answers) => answers,
        Err(ActError::Refused(Refusal::LinkExpired)) => return gone(&app),
        Err(error) => return Err(error.into()),
    };
    let refused: Vec<(EventId, Refusal)> =
        answers.iter().filter_map(|(event, answer)| answer.err().map(|refusal| (*event, refusal))).collect();
    if let [(_, Refusal::BuyersOnly)] = refused.as_slice() {
        let problems = FieldErrors::one("buyer", french::NOT_ATTESTED);
        let page = page_of(&app, person, token, request).await?;
        return page::unprocessable(&RequestPage { form, problems, ..page });
    }
    let jar = jar.add(asker.cookie_with(&app, typed.email.as_str()));
    if refused.is_empty() {
        let path = match answers.as_slice() {
            [(_, Ok(registered))] => registrations::path(&app, registered.id),
            _ => format!("/demandes/{token}"),
        };
        return Ok((jar, Redirect::to(&path)).into_response());
    }
    let answer = refused_page(&app, &link, (token, words), &refused).await?;
    Ok((jar, answer).into_response())
}

/// What became of a request that was refused at some of its events.
async fn refused_page(
    app: &App,
    link: &Token,
    (token, words): (String, NewRegistration),
    refused: &[(EventId, Refusal)],
) -> Result<Response> {
    let Some(request) = registrations::request_by_link(app, link).await? else { return gone(app) };
    let mut page = page_of(app, None, token, request).await?;
    for part in &mut page.parts {
        let refusal = refused.iter().find(|(event, _)| *event == part.view.event.id);
        part.refusal = refusal.map(|(_, refusal)| french::refusal(*refusal));
    }
    let alone = page.parts.len() == 1;
    page.refused = refused.first().filter(|_| alone).map(|(_, refusal)| french::refusal(*refusal));
    page.form = RegistrationForm::asked(&words);
    page::conflict(&page)
}
