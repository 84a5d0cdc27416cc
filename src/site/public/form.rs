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
use domain::programme::{Answer, Event, Question, QuestionKind, french as dates};
use domain::registrations::{self, EventView, NewRegistration, Occupancy, Opening, Refusal, RegisterOutcome};
use http::Asker;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::page::{self, Page};
use http::session::SignedIn;
use kernel::clock::Timestamp;

#[derive(Template)]
#[template(path = "register.html")]
struct FormPage {
    page: Page,
    view: EventView,
    form: RegistrationForm,
    problems: FieldErrors,
    questions: Vec<Question>,
    /// Names of organisations, for typing less.
    suggestions: Vec<String>,
}

#[derive(Template)]
#[template(path = "register-received.html")]
struct ReceivedPage {
    page: Page,
    view: EventView,
    outcome: ReceivedAs,
    /// Until when the letter's button works.
    until: String,
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
    /// What was answered to the organisers' questions, by their numbers.
    #[serde(skip)]
    pub(super) answers: Vec<(usize, String)>,
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

    /// With what was typed before.
    pub(super) fn asked(request: &NewRegistration) -> Self {
        let ticked = |ticked: bool| ticked.then(|| "oui".to_owned());
        Self {
            name: request.name.clone(),
            email: request.email.to_string(),
            organisation: request.organisation.clone(),
            siret: request.siret.as_ref().map(ToString::to_string).unwrap_or_default(),
            buyer: ticked(request.buyer),
            short_notice: ticked(request.short_notice),
            answers: request.answers.iter().map(|one| (one.number, one.answer.clone())).collect(),
        }
    }

    /// What was answered to a question.
    pub(super) fn answered(&self, question: &Question) -> &str {
        let found = self.answers.iter().find(|(number, _)| *number == question.number);
        found.map_or("", |(_, answer)| answer)
    }

    /// Whether a question was answered so.
    pub(super) fn is_answer(&self, question: &Question, choice: &str) -> bool {
        self.answered(question) == choice
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
                other => {
                    form.answers.extend(Question::number_of(other).map(|number| (number, value)));
                }
            }
        }
        form
    }

    /// The answers to the organisers' questions.
    fn answers(&self, questions: &[Question], problems: &mut FieldErrors) -> Vec<Answer> {
        let mut answers = Vec::new();
        for question in questions {
            match question.answer(self.answered(question)) {
                Ok(answer) => answers.extend(answer),
                Err(problem) => problems.add(question.name(), french::answer_problem(problem)),
            }
        }
        answers
    }

    pub(super) fn parse(&self, buyers_only: bool, questions: &[Question]) -> Result<NewRegistration, FieldErrors> {
        let mut problems = FieldErrors::default();
        let name = problems.text("name", &self.name, MAX_NAME, FieldError::NO_NAME);
        let email = problems.address("email", &self.email);
        let organisation = problems.text("organisation", &self.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
        let siret = problems.siret("siret", &self.siret);
        let (buyer, short_notice) = (ticked(self.buyer.as_deref()), ticked(self.short_notice.as_deref()));
        if buyers_only && !buyer {
            problems.add("buyer", french::NOT_ATTESTED);
        }
        let answers = self.answers(questions, &mut problems);
        match email {
            Some(email) if problems.is_empty() => {
                Ok(NewRegistration { name, email, organisation, siret, buyer, short_notice, answers, request: None })
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
    Requested,
    Waiting,
    Confirmed,
    Pending,
    Known,
}

#[derive(Debug, Deserialize)]
pub(super) struct OutcomeQuery {
    #[serde(default)]
    issue: String,
    /// Until when the letter's button works, milliseconds since 1970.
    #[serde(default)]
    jusque: i64,
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
    let (questions, problems) = (view.event.questions.0.clone(), FieldErrors::default());
    page::render(&FormPage { page: Page::new(&app, person), view, form, problems, questions, suggestions })
}

/// `POST /evenements/{slug}/inscription`
pub(super) async fn submit(
    State(app): State<App>,
    person: Option<SignedIn>,
    asker: Asker,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = RegistrationForm::read(fields);
    let event = public_event(&mut app.db.read().await?, &slug).await?;
    let person = person.map(|SignedIn(person)| person);
    let request = match form.parse(event.buyers_only, &event.questions) {
        Ok(request) => request,
        Err(problems) => return again(&app, (Page::new(&app, person), event), form, problems).await,
    };
    let issue = match ask(&app, person.as_ref(), (&event, request), &asker).await {
        Ok(issue) => issue,
        Err(Error::Refused(Refusal::BuyersOnly)) => {
            let problems = FieldErrors::one("buyer", french::NOT_ATTESTED);
            return again(&app, (Page::new(&app, person), event), form, problems).await;
        }
        Err(Error::Refused(Refusal::NotListed)) => {
            let problems = FieldErrors::one("email", french::NOT_LISTED);
            return again(&app, (Page::new(&app, person), event), form, problems).await;
        }
        Err(Error::Refused(_)) => {
            let view = view(&app, &mut app.db.read().await?, event).await?;
            return page::conflict(&RefusedPage { page: Page::new(&app, person), view });
        }
        Err(error) => return Err(error),
    };
    Ok(Redirect::to(&format!("{}/inscription/recue?issue={issue}", event.path())).into_response())
}

/// Registers who is signed in with the address that they typed; anybody else has to prove it first. What the next page says.
async fn ask(
    app: &App,
    person: Option<&Person>,
    (event, request): (&Event, NewRegistration),
    asker: &Asker,
) -> Result<String> {
    if person.is_none_or(|person| person.email != request.email) {
        let requester = asker.request(app, request.email.as_str())?;
        let events = std::slice::from_ref(event);
        let until = registrations::request_seats(app, &app.batches, events, (&request, requester)).await?;
        return Ok(format!("demande&jusque={}", until.as_millis()));
    }
    let registered = registrations::register(app, &app.batches, event.id, request).await?;
    let issue = match registered.outcome {
        RegisterOutcome::Waiting => "attente",
        RegisterOutcome::Pending => "approbation",
        RegisterOutcome::Confirmed => "confirmee",
        RegisterOutcome::Known(_) => "deja",
    };
    Ok(issue.to_owned())
}

/// Until when a button works that works no longer than settings allow, in words; nothing for any other moment.
pub(super) fn until_in_words(app: &App, millis: i64, event: &Event) -> String {
    let (now, until) = (app.clock.now(), Timestamp::from_millis(millis));
    let plausible = now < until && until <= now + app.config.request_lasts();
    if plausible { dates::moment(until, event) } else { String::new() }
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
    let questions = event.questions.0.clone();
    page::unprocessable(&FormPage {
        page,
        view: view(app, &mut tx, event).await?,
        form,
        problems,
        questions,
        suggestions,
    })
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
        "attente" => ReceivedAs::Waiting,
        "confirmee" => ReceivedAs::Confirmed,
        "approbation" => ReceivedAs::Pending,
        "deja" => ReceivedAs::Known,
        _ => ReceivedAs::Requested,
    };
    let until = until_in_words(&app, query.jusque, &event);
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ReceivedPage {
        page,
        view: EventView::new(event, Occupancy::default(), app.clock.now()),
        outcome,
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let form = RegistrationForm { email: "ada".into(), ..RegistrationForm::default() };
        let problems = form.parse(true, &[]).unwrap_err();
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
            answers: Vec::new(),
        };
        assert_eq!(form.parse(false, &[]).unwrap().name, "Ada");
        assert_eq!(form.parse(true, &[]).unwrap_err().count(), 1);
    }
}
