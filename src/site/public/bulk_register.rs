//! The whole parcours in one form.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::RegistrationForm;
use super::programme::public_view;
use crate::App;
use crate::public::french;
use domain::organisations;
use domain::programme::{self, Event};
use domain::registrations::clashes;
use domain::registrations::{self, EventView, Opening, Refusal, RegisterOutcome};
use http::error::Result;
use http::extract::Query;
use http::form::{FieldError, FieldErrors, Form};
use http::limits::ClientAddress;
use http::page::{self, Page};
use http::session::SignedIn;

#[derive(Template)]
#[template(path = "parcours.html")]
struct ParcoursPage {
    page: Page,
    choices: Vec<EventChoice>,
    form: RegistrationForm,
    problems: FieldErrors,
    suggestions: Vec<String>,
}

/// An event that can be chosen.
struct EventChoice {
    view: EventView,
    chosen: bool,
    /// Whether it takes place while another one does.
    clashes: bool,
}

#[derive(Template)]
#[template(path = "parcours-received.html")]
struct ReceivedPage {
    page: Page,
    results: Vec<(EventView, EventOutcome)>,
}

/// What became of the request for one event.
#[derive(Debug, PartialEq, Eq)]
enum EventOutcome {
    Held,
    Waiting(u32),
    Confirmed,
    Pending,
    Refused,
    NotListed,
}

impl EventOutcome {
    fn word(outcome: &Result<RegisterOutcome, Refusal>) -> String {
        match outcome {
            Ok(RegisterOutcome::Held) => "confirmer".into(),
            Ok(RegisterOutcome::Waiting(position)) => format!("attente-{position}"),
            Ok(RegisterOutcome::Confirmed) => "confirmee".into(),
            Ok(RegisterOutcome::Pending) => "approbation".into(),
            Err(Refusal::NotListed) => "refus-liste".into(),
            Err(_) => "refus".into(),
        }
    }

    fn read(word: &str) -> Self {
        match (word, word.strip_prefix("attente-").and_then(|position| position.parse().ok())) {
            (_, Some(position)) => Self::Waiting(position),
            ("confirmer", _) => Self::Held,
            ("confirmee", _) => Self::Confirmed,
            ("approbation", _) => Self::Pending,
            ("refus-liste", _) => Self::NotListed,
            _ => Self::Refused,
        }
    }
}

/// The events of the edition that one can register for, in their order.
async fn open_events(app: &App) -> Result<Vec<EventView>> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let Some(edition) = programme::current_edition(&mut tx).await? else { return Ok(Vec::new()) };
    let events = programme::events(&mut tx, edition.id).await?;
    let occupancies = registrations::occupancies(&mut tx).await?;
    let view = |event: Event| {
        let occupancy = occupancies.get(&event.id).copied().unwrap_or_default();
        EventView::new(event, occupancy, now)
    };
    Ok(events.into_iter().filter(Event::is_public).map(view).filter(EventView::can_register).collect())
}

fn choices(views: Vec<EventView>, chosen: impl Fn(&EventView) -> bool) -> Vec<EventChoice> {
    let times: Vec<_> = views.iter().map(|view| (view.event.starts_at, view.event.ends_at)).collect();
    views
        .into_iter()
        .enumerate()
        .map(|(place, view)| EventChoice { chosen: chosen(&view), clashes: clashes(&times, place), view })
        .collect()
}

/// `GET /parcours/inscription`
pub(super) async fn form(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    let person = person.map(|SignedIn(person)| person);
    let choices = choices(open_events(&app).await?, |_| true);
    let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
    let form = person.as_ref().map_or_else(RegistrationForm::default, RegistrationForm::of);
    let page = Page::new(&app, person);
    page::render(&ParcoursPage { page, choices, form, problems: FieldErrors::default(), suggestions })
}

/// `POST /parcours/inscription`
pub(super) async fn submit(
    State(app): State<App>,
    person: Option<SignedIn>,
    from: ClientAddress,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let person = person.map(|SignedIn(person)| person);
    let (form, slugs) = read(fields);
    let choices = choices(open_events(&app).await?, |view| slugs.iter().any(|slug| slug == view.event.slug.as_str()));
    let buyers_only = choices.iter().any(|choice| choice.chosen && choice.view.event.buyers_only);
    let mut parsed = form.parse(buyers_only, person.as_ref());
    if !choices.iter().any(|choice| choice.chosen) {
        let mut problems = parsed.err().unwrap_or_default();
        problems.add("evenement", FieldError::NO_EVENT);
        parsed = Err(problems);
    }
    let request = match parsed {
        Ok(request) => request,
        Err(mut problems) => {
            problems.replace(&french::NOT_ATTESTED, &french::NOT_ATTESTED_FOR_SOME);
            let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
            return page::unprocessable(&ParcoursPage {
                page: Page::new(&app, person),
                choices,
                form,
                problems,
                suggestions,
            });
        }
    };
    app.limits.check(from, request.email.as_str())?;
    let chosen: Vec<_> = choices.iter().filter(|choice| choice.chosen).map(|choice| choice.view.event.id).collect();
    let outcomes = registrations::register_all(&app, &chosen, &request).await?;
    let results: Vec<_> =
        outcomes.iter().map(|(event, outcome)| format!("{}:{}", event.slug, EventOutcome::word(outcome))).collect();
    Ok(Redirect::to(&format!("/parcours/inscription/recue?resultats={}", results.join(","))).into_response())
}

/// The form's fields, and the events that are chosen.
fn read(fields: Vec<(String, String)>) -> (RegistrationForm, Vec<String>) {
    let (chosen, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == "evenement");
    (RegistrationForm::read(others), chosen.into_iter().map(|(_, slug)| slug).collect())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Results {
    #[serde(default)]
    resultats: String,
}

/// `GET /parcours/inscription/recue`
pub(super) async fn received(
    State(app): State<App>,
    person: Option<SignedIn>,
    Query(results): Query<Results>,
) -> Result<Response> {
    let mut shown = Vec::new();
    for (slug, word) in results.resultats.split(',').filter_map(|result| result.split_once(':')) {
        shown.push((public_view(&app, slug).await?, EventOutcome::read(word)));
    }
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ReceivedPage { page, results: shown })
}
