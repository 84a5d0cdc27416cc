//! The whole parcours in one form.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{RegistrationForm, until_in_words};
use crate::App;
use crate::public::french;
use domain::accounts::Person;
use domain::organisations;
use domain::programme::{self, Event, Slug};
use domain::registrations::clashes;
use domain::registrations::{
    self, EventView, NewRegistration, Occupancy, Opening, Refusal, RegisterOutcome, Registered,
};
use http::Asker;
use http::error::{Error, Result};
use http::extract::Query;
use http::form::{FieldError, FieldErrors, Form};
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

impl ParcoursPage {
    fn all_chosen(&self) -> bool {
        self.choices.iter().all(|choice| choice.chosen)
    }
}

/// What the link « Tout décocher » asks.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    cocher: String,
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
    /// What became of each request; of nothing yet when the address has to be proved.
    results: Vec<(EventView, EventOutcome)>,
    until: String,
}

/// What became of the request for one event.
#[derive(Debug, PartialEq, Eq)]
enum EventOutcome {
    Waiting,
    Confirmed,
    Pending,
    Known,
    Refused,
    NotListed,
}

impl EventOutcome {
    fn word(outcome: &Result<Registered, Refusal>) -> &'static str {
        match outcome.map(|registered| registered.outcome) {
            Ok(RegisterOutcome::Waiting) => "attente",
            Ok(RegisterOutcome::Confirmed) => "confirmee",
            Ok(RegisterOutcome::Pending) => "approbation",
            Ok(RegisterOutcome::Known(_)) => "deja",
            Err(Refusal::NotListed) => "refus-liste",
            Err(_) => "refus",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "attente" => Self::Waiting,
            "confirmee" => Self::Confirmed,
            "approbation" => Self::Pending,
            "deja" => Self::Known,
            "refus-liste" => Self::NotListed,
            _ => Self::Refused,
        }
    }
}

/// The events of the edition that one can register for, in their order, each as pages show it.
async fn open_events(app: &App) -> Result<Vec<(Event, EventView)>> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let Some(edition) = programme::current_edition(&mut tx).await? else { return Ok(Vec::new()) };
    let events = programme::events(&mut tx, edition.id).await?;
    let occupancies = registrations::occupancies(&mut tx).await?;
    let view = |event: Event| {
        let occupancy = occupancies.get(&event.id).copied().unwrap_or_default();
        let view = EventView::new(event.clone(), occupancy, now);
        (event, view)
    };
    Ok(events.into_iter().filter(Event::is_public).map(view).filter(|(_, view)| view.can_register()).collect())
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
pub(super) async fn form(
    State(app): State<App>,
    person: Option<SignedIn>,
    Query(chosen): Query<Chosen>,
) -> Result<Response> {
    let person = person.map(|SignedIn(person)| person);
    let views = open_events(&app).await?.into_iter().map(|(_, view)| view).collect();
    let choices = choices(views, |_| chosen.cocher != "aucun");
    let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
    let form = person.as_ref().map_or_else(RegistrationForm::default, RegistrationForm::of);
    let page = Page::new(&app, person);
    page::render(&ParcoursPage { page, choices, form, problems: FieldErrors::default(), suggestions })
}

/// `POST /parcours/inscription`
pub(super) async fn submit(
    State(app): State<App>,
    person: Option<SignedIn>,
    asker: Asker,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let person = person.map(|SignedIn(person)| person);
    let (form, slugs) = read(fields);
    let is_chosen = |slug: &Slug| slugs.iter().any(|chosen| chosen == slug.as_str());
    let (mut events, views): (Vec<_>, Vec<_>) = open_events(&app).await?.into_iter().unzip();
    events.retain(|event| is_chosen(&event.slug));
    let choices = choices(views, |view| is_chosen(&view.event.slug));
    let buyers_only = choices.iter().any(|choice| choice.chosen && choice.view.event.buyers_only);
    let mut parsed = form.parse(buyers_only, &[]);
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
    let query = match ask(&app, person.as_ref(), (&events, &request), &asker).await {
        Ok(query) => query,
        Err(Error::Refused(refusal)) => {
            let problem =
                if refusal == Refusal::NotListed { french::NOT_LISTED_FOR_SOME } else { FieldError::NO_EVENT };
            let problems = FieldErrors::one("evenement", problem);
            let suggestions = organisations::suggestions(&mut app.db.read().await?).await?;
            let page = Page::new(&app, person);
            return page::unprocessable(&ParcoursPage { page, choices, form, problems, suggestions });
        }
        Err(error) => return Err(error),
    };
    Ok(Redirect::to(&format!("/parcours/inscription/recue?{query}")).into_response())
}

/// Registers who is signed in with the address that they typed; anybody else has to prove it first. What the next page is told.
async fn ask(
    app: &App,
    person: Option<&Person>,
    (events, request): (&[Event], &NewRegistration),
    asker: &Asker,
) -> Result<String> {
    if person.is_none_or(|person| person.email != request.email) {
        let requester = asker.request(app, request.email.as_str())?;
        let until = registrations::request_seats(app, &app.batches, events, (request, requester)).await?;
        return Ok(format!("jusque={}", until.as_millis()));
    }
    let requests: Vec<_> = events.iter().map(|event| (event.id, request.clone())).collect();
    let outcomes = registrations::register_all(app, &requests).await?;
    let results: Vec<_> =
        outcomes.iter().map(|(event, outcome)| format!("{}:{}", event.slug, EventOutcome::word(outcome))).collect();
    Ok(format!("resultats={}", results.join(",")))
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
    /// Until when the letter's button works, milliseconds since 1970.
    #[serde(default)]
    jusque: i64,
}

/// `GET /parcours/inscription/recue`
pub(super) async fn received(
    State(app): State<App>,
    person: Option<SignedIn>,
    Query(results): Query<Results>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let events = match &edition {
        Some(edition) => programme::events(&mut tx, edition.id).await?,
        None => Vec::new(),
    };
    drop(tx);
    let until = events.first().map_or_else(String::new, |event| until_in_words(&app, results.jusque, event));
    // At most as many as the programme has, read once: what stands in an address may be long.
    let words: HashMap<&str, &str> = results.resultats.split(',').filter_map(|one| one.split_once(':')).collect();
    let now = app.clock.now();
    let view = |event: Event| EventView::new(event, Occupancy::default(), now);
    let shown = events.into_iter().filter(Event::is_public).filter_map(|event| {
        let word = words.get(event.slug.as_str())?;
        Some((view(event), EventOutcome::read(word)))
    });
    let results = shown.collect();
    let page = Page::new(&app, person.map(|SignedIn(person)| person));
    page::render(&ReceivedPage { page, results, until })
}
