//! Handing a seat over: the giver's form, and the colleague's page with its button.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Form, MAX_NAME, Problem, Problems};
use crate::http::limits::ClientAddress;
use crate::http::page::{self, Page};
use crate::http::session::SignedIn;
use crate::key::Token;
use crate::registrations::{self, ActError, EventView, HandOver, Occupancy, Refusal, Registration, Seat, Shown};

#[derive(Template)]
#[template(path = "hand-over.html")]
struct GivePage {
    page: Page,
    view: EventView,
    registration: Registration,
    token: String,
    form: GiveForm,
    problems: Problems,
    sent_to: String,
    refused: bool,
}

#[derive(Template)]
#[template(path = "take-over.html")]
struct TakePage {
    page: Page,
    view: EventView,
    giver: Registration,
    hand_over: HandOver,
    token: String,
    problems: Problems,
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
    let Shown { registration, event, .. } = shown;
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let page = Page::new(app, person.map(|SignedIn(person)| person));
    let (form, problems, sent_to) = (GiveForm::default(), Problems::default(), String::new());
    Ok(GivePage { page, view, registration, token, form, problems, sent_to, refused: false })
}

/// `GET /inscriptions/{token}/transmettre`
pub(super) async fn form(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    page::show(&give_page(&app, person, token).await?)
}

/// `POST /inscriptions/{token}/transmettre`
pub(super) async fn give(
    State(app): State<App>,
    person: Option<SignedIn>,
    from: ClientAddress,
    Path(token): Path<String>,
    Form(form): Form<GiveForm>,
) -> Result<Response> {
    let mut problems = Problems::default();
    let name = problems.text("name", &form.name, MAX_NAME, Problem::NoName);
    let email = problems.address("email", &form.email);
    let page = give_page(&app, person, token).await?;
    let Some(email) = email.filter(|_| problems.is_empty()) else {
        return page::refuse(&GivePage { form, problems, ..page });
    };
    app.limits.check(from, email.as_str())?;
    match registrations::hand_over(&app, &Token::received(&page.token), (&name, &email)).await {
        Ok(()) => page::show(&GivePage { sent_to: email.to_string(), form, ..page }),
        Err(ActError::Refused(_)) => page::conflict(&GivePage { refused: true, form, ..page }),
        Err(error) => Err(error.into()),
    }
}

async fn take_page(app: &App, person: Option<SignedIn>, token: String) -> Result<TakePage> {
    let found = registrations::handed_over(app, &Token::received(&token)).await?;
    let (hand_over, giver, event) = found.ok_or(Error::Gone)?;
    let view = EventView::new(event, Occupancy::default(), app.clock.now());
    let page = Page::new(app, person.map(|SignedIn(person)| person));
    Ok(TakePage { page, view, giver, hand_over, token, problems: Problems::default(), refused: None })
}

/// `GET /transmissions/{token}`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(token): Path<String>,
) -> Result<Response> {
    page::show(&take_page(&app, person, token).await?)
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
        let problems = Problems::one("colleague", Problem::NotAColleague);
        return page::refuse(&TakePage { problems, ..page });
    }
    match registrations::take_over(&app, &Token::received(&page.token)).await {
        Ok(link) => Ok(Redirect::to(&format!("/inscriptions/{}", link.as_str())).into_response()),
        Err(ActError::Refused(refusal)) => page::conflict(&TakePage { refused: Some(refusal), ..page }),
        Err(error) => Err(error.into()),
    }
}
