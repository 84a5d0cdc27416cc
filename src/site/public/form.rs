//! The registration form.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::programme::{public_event, public_view, view};
use crate::App;
use crate::public::french;
use domain::accounts::Person;
use domain::organisations;
use domain::programme::Event;
use domain::registrations::{self, ActError, EventView, NewRegistration, Occupancy, Opening, Refusal, RegisterOutcome};
use http::error::Result;
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::limits::ClientAddress;
use http::page::{self, Page};
use http::session::SignedIn;

#[derive(Template)]
#[template(path = "register.html")]
struct FormPage {
    page: Page,
    view: EventView,
    form: RegistrationForm,
    problems: FieldErrors,
    /// Names of organisations, for typing less.
    suggestions: Vec<String>,
}

#[derive(Template)]
#[template(path = "register-received.html")]
struct ReceivedPage {
    page: Page,
    view: EventView,
    outcome: ReceivedAs,
    hold_minutes: u32,
}

#[derive(Template)]
#[template(path = "register-refused.html")]
struct RefusedPage {
    page: Page,
    view: EventView,
}

/// What the form's fields held.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct RegistrationForm {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) organisation: String,
    /// Optional: tells spelling variants together.
    #[serde(default)]
    pub(super) siret: String,
    /// A ticked box sends something; one that is not sends nothing.
    pub(super) buyer: Option<String>,
    /// On the waiting list: can come even when told on the last day.
    pub(super) short_notice: Option<String>,
}

impl RegistrationForm {
    /// Filled in for who is signed in.
    pub(super) fn of(person: &Person) -> Self {
        Self {
            name: person.name.clone(),
            email: person.email.to_string(),
            organisation: person.organisation.clone(),
            ..Self::default()
        }
    }

    /// From fields of which the form has more.
    pub(super) fn read(fields: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "name" => form.name = value,
                "email" => form.email = value,
                "organisation" => form.organisation = value,
                "siret" => form.siret = value,
                "buyer" => form.buyer = Some(value),
                "short_notice" => form.short_notice = Some(value),
                _ => {}
            }
        }
        form
    }

    pub(super) fn parse(&self, buyers_only: bool, signed_in: Option<&Person>) -> Result<NewRegistration, FieldErrors> {
        let mut problems = FieldErrors::default();
        let name = problems.text("name", &self.name, MAX_NAME, FieldError::NO_NAME);
        let email = problems.address("email", &self.email);
        let organisation = problems.text("organisation", &self.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
        let siret = problems.siret("siret", &self.siret);
        let (buyer, short_notice) = (ticked(self.buyer.as_deref()), ticked(self.short_notice.as_deref()));
        if buyers_only && !buyer {
            problems.add("buyer", french::NOT_ATTESTED);
        }
        match email {
            Some(email) if problems.is_empty() => {
                let verified = signed_in.is_some_and(|person| person.email == email);
                Ok(NewRegistration { name, email, organisation, siret, buyer, verified, short_notice })
            }
            _ => Err(problems),
        }
    }
}

/// Whether a box was ticked: a browser sends its value, or nothing.
fn ticked(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value, "" | "0" | "false" | "off" | "non"))
}

/// What the page after the form says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ReceivedAs {
    Held,
    Waiting(u32),
    Confirmed,
    Pending,
}

#[derive(Debug, Deserialize)]
pub(super) struct OutcomeQuery {
    #[serde(default)]
    issue: String,
    #[serde(default)]
    position: u32,
}

/// `GET /evenements/{slug}/inscription`
pub(super) async fn show(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(slug): Path<String>,
) -> Result<Response> {
    let view = public_view(&app, &slug).await?;
    let person = person.map(|SignedIn(person)| person);
    if !view.can_register() {
        return page::render(&RefusedPage { page: Page::new(&app, person), view });
    }
    let form = person.as_ref().map_or_else(RegistrationForm::default, RegistrationForm::of);
    let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
    page::render(&FormPage { page: Page::new(&app, person), view, form, problems: FieldErrors::default(), suggestions })
}

/// `POST /evenements/{slug}/inscription`
pub(super) async fn submit(
    State(app): State<App>,
    person: Option<SignedIn>,
    from: ClientAddress,
    Path(slug): Path<String>,
    Form(form): Form<RegistrationForm>,
) -> Result<Response> {
    let event = public_event(&mut app.db.read().await?, &slug).await?;
    let person = person.map(|SignedIn(person)| person);
    let parsed = form.parse(event.buyers_only, person.as_ref());
    let page = Page::new(&app, person);
    let request = match parsed {
        Ok(request) => request,
        Err(problems) => return again(&app, (page, event), form, problems).await,
    };
    app.limits.check(from, request.email.as_str())?;
    let issue = match registrations::register(&app, &app.batches, event.id, request).await {
        Ok(RegisterOutcome::Held) => "confirmer".to_owned(),
        Ok(RegisterOutcome::Waiting(position)) => format!("attente&position={position}"),
        Ok(RegisterOutcome::Pending) => "approbation".to_owned(),
        Ok(RegisterOutcome::Confirmed) => "confirmee".to_owned(),
        Err(ActError::Refused(Refusal::BuyersOnly)) => {
            return again(&app, (page, event), form, FieldErrors::one("buyer", french::NOT_ATTESTED)).await;
        }
        Err(ActError::Refused(Refusal::NotListed)) => {
            return again(&app, (page, event), form, FieldErrors::one("email", french::NOT_LISTED)).await;
        }
        Err(ActError::Refused(_)) => {
            let view = view(&app, &mut app.db.read().await?, event).await?;
            return page::conflict(&RefusedPage { page, view });
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("{}/inscription/recue?issue={issue}", event.path())).into_response())
}

/// The form again, with what was typed and what is wrong.
async fn again(
    app: &App,
    (page, event): (Page, Event),
    form: RegistrationForm,
    problems: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let suggestions = organisations::suggestions(&mut tx).await?;
    page::unprocessable(&FormPage { page, view: view(app, &mut tx, event).await?, form, problems, suggestions })
}

/// `GET /evenements/{slug}/inscription/recue`
pub(super) async fn received(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(slug): Path<String>,
    Query(query): Query<OutcomeQuery>,
) -> Result<Response> {
    let event = public_event(&mut app.db.read().await?, &slug).await?;
    let outcome = match query.issue.as_str() {
        "attente" => ReceivedAs::Waiting(query.position.max(1)),
        "confirmee" => ReceivedAs::Confirmed,
        "approbation" => ReceivedAs::Pending,
        _ => ReceivedAs::Held,
    };
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ReceivedPage {
        page,
        view: EventView::new(event, Occupancy::default(), app.clock.now()),
        outcome,
        hold_minutes: app.config.hold_minutes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let form = RegistrationForm { email: "ada".into(), ..RegistrationForm::default() };
        let problems = form.parse(true, None).unwrap_err();
        assert_eq!(problems.of("name"), Some(&FieldError::NO_NAME));
        assert_eq!(problems.of("email"), Some(&FieldError::NOT_AN_ADDRESS));
        assert_eq!(problems.of("organisation"), Some(&FieldError::NO_ORGANISATION));
        assert_eq!(problems.of("buyer"), Some(&french::NOT_ATTESTED));
    }

    #[test]
    fn a_webinar_asks_for_no_attestation_and_an_unticked_box_attests_nothing() {
        let form = RegistrationForm {
            name: " Ada ".into(),
            email: "ada@exemple.fr".into(),
            organisation: "Ville d’Angers".into(),
            siret: String::new(),
            buyer: Some("off".into()),
            short_notice: None,
        };
        assert_eq!(form.parse(false, None).unwrap().name, "Ada");
        assert_eq!(form.parse(true, None).unwrap_err().count(), 1);
    }
}
