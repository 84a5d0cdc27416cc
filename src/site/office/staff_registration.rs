//! Registering somebody by hand.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french;
use domain::organisations;
use domain::programme::Event;
use domain::registrations::{self, ActError, NewRegistration};
use http::error::Result;
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::page::{self, Page};

#[derive(Template)]
#[template(path = "organiser-register.html")]
struct StaffRegistrationPage {
    page: Page,
    event: Event,
    form: StaffRegistrationForm,
    problems: FieldErrors,
    refused: Option<&'static str>,
    suggestions: Vec<String>,
}

/// What the form's fields, or the cells of a line, hold.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct StaffRegistrationForm {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) organisation: String,
    #[serde(default)]
    pub(super) siret: String,
}

impl StaffRegistrationForm {
    /// What is asked for. An organiser answers for the person being a public buyer.
    pub(super) fn parse(&self) -> Result<NewRegistration, FieldErrors> {
        let mut problems = FieldErrors::default();
        let name = problems.text("name", &self.name, MAX_NAME, FieldError::NO_NAME);
        let email = problems.address("email", &self.email);
        let organisation = problems.text("organisation", &self.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
        let siret = problems.siret("siret", &self.siret);
        match email.filter(|_| problems.is_empty()) {
            Some(email) => Ok(NewRegistration {
                name,
                email,
                organisation,
                siret,
                buyer: true,
                answers: Vec::new(),
                request: None,
                short_notice: false,
            }),
            None => Err(problems),
        }
    }
}

/// `GET /organisation/evenements/{slug}/inscrire`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let page = Page::new(&app, Some(person));
    let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
    let (form, problems) = (StaffRegistrationForm::default(), FieldErrors::default());
    page::render(&StaffRegistrationPage { page, event, form, problems, refused: None, suggestions })
}

/// `POST /organisation/evenements/{slug}/inscrire`
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<StaffRegistrationForm>,
) -> Result<Response> {
    let by = person.id;
    let page = Page::new(&app, Some(person));
    let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
    let request = match form.parse() {
        Ok(request) => request,
        Err(problems) => {
            return page::unprocessable(&StaffRegistrationPage {
                page,
                event,
                form,
                problems,
                refused: None,
                suggestions,
            });
        }
    };
    match registrations::register_by_staff(&app, by, event.id, request).await {
        Ok(registration) => {
            Ok(Redirect::to(&format!("/organisation/inscriptions/{}?fait=inscrire", registration.id)).into_response())
        }
        Err(ActError::Refused(refusal)) => {
            let (refused, problems) = (Some(french::refusal(refusal)), FieldErrors::default());
            page::conflict(&StaffRegistrationPage { page, event, form, problems, refused, suggestions })
        }
        Err(error) => Err(error.into()),
    }
}
