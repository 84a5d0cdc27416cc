//! `/organisation/evenements/{slug}/questions`: questions of the organisers' own on the form of an event.

mod french;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use sqlx::types::Json;

use super::authorized::{Authorized, Organise};
use super::event_path;
use crate::App;
use domain::audit::{Act, Entry};
use domain::programme::{Event, MAX_QUESTIONS, Question, QuestionKind};
use http::error::Result;
use http::extract::Query;
use http::form::{FieldError, FieldErrors, Form};
use http::page::{self, Page};

/// The longest question or offered answer, characters.
const MAX_LABEL: usize = 200;

/// Answers that a question offers at most.
const MAX_OPTIONS: usize = 20;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new().route("/organisation/evenements/{slug}/questions", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "organiser-questions.html")]
struct QuestionsPage {
    page: Page,
    path: String,
    event: Event,
    fields: Vec<QuestionFields>,
    /// Whether the question about accessibility is not there yet.
    offers_accessibility: bool,
    problems: FieldErrors,
}

/// The fields of one question.
#[derive(Debug, Clone, Default)]
struct QuestionFields {
    number: usize,
    label: String,
    kind: String,
    required: bool,
    options: String,
}

impl QuestionFields {
    fn of(question: &Question) -> Self {
        Self {
            number: question.number,
            label: question.label.clone(),
            kind: french::question_kind(question.kind).to_owned(),
            required: question.required,
            options: question.options.join("\n"),
        }
    }

    fn label_field(&self) -> &'static str {
        FIELDS[self.number - 1].0
    }

    fn options_field(&self) -> &'static str {
        FIELDS[self.number - 1].1
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// The question; `None` where nothing is asked.
    fn parse(&self, problems: &mut FieldErrors) -> Option<Question> {
        let (label_field, options_field) = (self.label_field(), self.options_field());
        if self.label.trim().is_empty() {
            return None;
        }
        let label = problems.text(label_field, &self.label, MAX_LABEL, french::NO_QUESTION);
        let kind = french::question_kind_of(&self.kind);
        let lines = self.options.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        let mut options: Vec<String> = lines.collect();
        options.dedup();
        if kind != QuestionKind::Choice {
            options.clear();
        } else if options.len() < 2 {
            problems.add(options_field, french::TOO_FEW_OPTIONS);
        } else if options.len() > MAX_OPTIONS || options.iter().any(|option| option.chars().count() > MAX_LABEL) {
            problems.add(options_field, FieldError::TOO_LONG);
        }
        Some(Question { number: self.number, label, kind, required: self.required, options })
    }
}

/// The fields of each question that may be wrong: what is asked, and the answers that are offered.
const FIELDS: [(&str, &str); MAX_QUESTIONS] = [
    ("label-1", "options-1"),
    ("label-2", "options-2"),
    ("label-3", "options-3"),
    ("label-4", "options-4"),
    ("label-5", "options-5"),
];

/// A form's fields as empty questions, and what the event asks.
fn fields_of(event: &Event) -> Vec<QuestionFields> {
    let found = |number| event.questions.iter().find(|question| question.number == number);
    let empty = |number| QuestionFields { number, ..QuestionFields::default() };
    (1..=MAX_QUESTIONS).map(|number| found(number).map_or_else(|| empty(number), QuestionFields::of)).collect()
}

fn read(sent: Vec<(String, String)>) -> Vec<QuestionFields> {
    let empty = |number| QuestionFields { number, ..QuestionFields::default() };
    let mut fields: Vec<QuestionFields> = (1..=MAX_QUESTIONS).map(empty).collect();
    for (name, value) in sent {
        let Some((part, number)) = name.split_once('-') else { continue };
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(one) = place.and_then(|place| fields.get_mut(place)) else { continue };
        match part {
            "label" => one.label = value,
            "kind" => one.kind = value,
            "required" => one.required = true,
            "options" => one.options = value,
            _ => {}
        }
    }
    fields
}

impl QuestionsPage {
    fn new(page: Page, event: Event, fields: Vec<QuestionFields>) -> Self {
        let is_there = fields.iter().any(|one| one.label == french::ACCESSIBILITY);
        let has_room = fields.iter().any(|one| one.label.is_empty());
        let offers_accessibility = !is_there && has_room;
        Self { page, path: event_path(&event), event, fields, offers_accessibility, problems: FieldErrors::default() }
    }
}

#[derive(Debug, Default, Deserialize)]
struct ModelQuery {
    /// A ready-made question, to be put into the first empty place.
    #[serde(default)]
    modele: String,
}

/// `GET /organisation/evenements/{slug}/questions`
async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(query): Query<ModelQuery>,
) -> Result<Response> {
    let mut fields = fields_of(&event);
    if query.modele == "accessibilite"
        && let Some(empty) = fields.iter_mut().find(|one| one.label.is_empty())
    {
        empty.label = french::ACCESSIBILITY.to_owned();
    }
    page::render(&QuestionsPage::new(Page::new(&app, Some(person)), event, fields))
}

/// `POST /organisation/evenements/{slug}/questions`
async fn submit(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (fields, mut problems) = (read(sent), FieldErrors::default());
    let questions: Vec<Question> = fields.iter().filter_map(|one| one.parse(&mut problems)).collect();
    if !problems.is_empty() {
        let page = QuestionsPage::new(Page::new(&app, Some(person)), event, fields);
        return page::unprocessable(&QuestionsPage { problems, ..page });
    }
    let note = french::questions_note(questions.len());
    let edit = |event: &mut Event| event.questions = Json(questions);
    app::revise::revise(&app, &Entry::new(person.id, Act::Edited, event.id).note(note), edit).await?;
    Ok(Redirect::to(&format!("{}?fait=questions", event_path(&event))).into_response())
}
