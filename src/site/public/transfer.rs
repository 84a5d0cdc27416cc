//! TransferStatus a seat over: the giver's form, and the colleague's page with its button.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::public::french;
use domain::registrations::{
    self, ActError, EventView, Occupancy, Opening, Refusal, Registration, RegistrationStatus, Shown, Transfer,
    TransferStatus,
};
use http::Asker;
use http::error::{Error, Result};
use http::extract::Path;
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::limits::ClientAddress;
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::key::Token;

#[derive(Template)]
#[template(path = "hand-over.html")]
struct GivePage {
    page: Page,
    view: EventView,
    registration: Registration,
    token: String,
    form: GiveForm,
    problems: FieldErrors,
    sent_to: String,
    /// Who was asked before, and has yet to answer.
    asked: Option<Transfer>,
    refused: bool,
}

#[derive(Template)]
#[template(path = "take-over.html")]
struct TakePage {
    page: Page,
    view: EventView,
    giver: Registration,
    transfer: Transfer,
    token: String,
    /// Whether the seat can still be theirs.
    open: bool,
    /// Where their registration is, once they accepted.
    taken: Option<String>,
    problems: FieldErrors,
    refused: Option<Refusal>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct GiveForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

async fn give_page(app: &App, person: Option<SignedIn>, token: String) -> Result<GivePage> {
    let shown = registrations::by_link(app, &Token::received(&token)).await?.ok_or(Error::NotFound)?;
    let Shown { registration, event, transfer, .. } = shown;
    let asked = transfer.filter(|last| last.status == TransferStatus::Pending);
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let page = Page::new(app, person.map(|SignedIn(person)| person));
    let (form, problems, sent_to) = (GiveForm::default(), FieldErrors::default(), String::new());
    Ok(GivePage { page, view, registration, token, form, problems, sent_to, asked, refused: false })
}

/// `GET /inscriptions/{token}/transmettre`
pub(super) async fn form(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    page::render(&give_page(&app, person, token).await?)
}

/// `POST /inscriptions/{token}/transmettre`
pub(super) async fn give(
    State(app): State<App>,
    person: Option<SignedIn>,
    (from, asker): (ClientAddress, Asker),
    Path(token): Path<String>,
    Form(form): Form<GiveForm>,
) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let name = problems.text("name", &form.name, MAX_NAME, FieldError::NO_NAME);
    let email = problems.address("email", &form.email);
    let page = give_page(&app, person, token).await?;
    let Some(email) = email.filter(|_| problems.is_empty()) else {
        return page::unprocessable(&GivePage { form, problems, ..page });
    };
    // One seat does not write to the whole world. Its giver can still sign in.
    app.limits.check(from, &format!("the seat {}", page.registration.id))?;
    let requester = asker.request(&app, email.as_str())?;
    match registrations::propose_transfer(&app, &Token::received(&page.token), (&name, &email), requester).await {
        Ok(()) => page::render(&GivePage { sent_to: email.to_string(), form, ..page }),
        Err(ActError::Refused(Refusal::NotListed)) => {
            let problems = FieldErrors::one("email", french::COLLEAGUE_NOT_LISTED);
            page::unprocessable(&GivePage { form, problems, ..page })
        }
        Err(ActError::Refused(_)) => page::conflict(&GivePage { refused: true, form, ..page }),
        Err(error) => Err(error.into()),
    }
}

/// `POST /inscriptions/{token}/transmettre/reprendre`
pub(super) async fn take_back(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let shown = registrations::by_link(&app, &Token::received(&token)).await?.ok_or(Error::NotFound)?;
    registrations::take_back(&app, shown.registration.id).await?;
    Ok(Redirect::to(&format!("/inscriptions/{token}")).into_response())
}

async fn take_page(app: &App, person: Option<SignedIn>, token: String) -> Result<TakePage> {
    let found = registrations::transferred_to(app, &Token::received(&token)).await?;
    let (transfer, giver, event) = found.ok_or(Error::Gone)?;
    let may_leave = registrations::may_leave(&event, &giver, app.clock.now()).is_ok();
    let open = transfer.status == TransferStatus::Pending && may_leave;
    let taken = transfer.recipient_registration_id.map(|id| registrations::path(app, id));
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let page = Page::new(app, person.map(|SignedIn(person)| person));
    Ok(TakePage { page, view, giver, transfer, token, open, taken, problems: FieldErrors::default(), refused: None })
}

/// `GET /transmissions/{token}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    page::render(&take_page(&app, person, token).await?)
}

/// `POST /transmissions/{token}/decliner`
pub(super) async fn decline(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    registrations::decline(&app, &Token::received(&token)).await?;
    Ok(Redirect::to(&format!("/transmissions/{token}")).into_response())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct TakeForm {
    /// A ticked box: they work for the giver's organisation.
    colleague: Option<String>,
}

/// `POST /transmissions/{token}`
pub(super) async fn take(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
    Form(form): Form<TakeForm>,
) -> Result<Response> {
    let page = take_page(&app, person, token).await?;
    if form.colleague.is_none() {
        let problems = FieldErrors::one("colleague", french::NOT_A_COLLEAGUE);
        return page::unprocessable(&TakePage { problems, ..page });
    }
    match registrations::take_over(&app, &Token::received(&page.token)).await {
        Ok(link) => Ok(Redirect::to(&format!("/inscriptions/{}", link.as_str())).into_response()),
        Err(ActError::Refused(refusal)) => {
            let page = take_page(&app, None, page.token).await?;
            page::conflict(&TakePage { refused: Some(refusal), ..page })
        }
        Err(error) => Err(error.into()),
    }
}
