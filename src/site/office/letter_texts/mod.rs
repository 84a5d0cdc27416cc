//! `/organisation/evenements/{slug}/textes`: the first sentences of an event's letters, as they would be sent to somebody who is
//! registered; changed, or the standard ones again.

mod french;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sqlx::types::Json;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french::FAR_TOO_LONG;
use domain::audit::{Act, Entry};
use domain::programme::{Event, LetterText, LetterTexts, MAX_LETTER_TEXT};
use domain::registrations::{self, Registration};
use http::error::{Error, Result};
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use kernel::text::visible;
use mail::Rendered;
use serde::Deserialize;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/evenements/{slug}/textes", get(show).post(submit))
        .route("/organisation/evenements/{slug}/textes/apercu", post(preview))
}

#[derive(Template)]
#[template(path = "organiser-letter-texts.html")]
struct TextsPage {
    page: Page,
    event: Event,
    rows: Vec<TextRow>,
    problems: FieldErrors,
    /// Who would get the letters that are shown; nobody is registered yet otherwise.
    reader: Option<Registration>,
    done: bool,
    /// Whether the letters are those of the form, which is not stored yet.
    tried: bool,
}

/// One letter on the page.
struct TextRow {
    which: LetterText,
    label: &'static str,
    hint: &'static str,
    standard: &'static str,
    text: String,
    letter: Option<Rendered>,
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    fait: Option<String>,
}

/// `GET /organisation/evenements/{slug}/textes`
async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let page = Page::new(&app, Some(person));
    let page = texts_page(&app, page, event, FieldErrors::default()).await?;
    page::render(&TextsPage { done: done.fait.is_some(), ..page })
}

/// The page with the letters that the event's texts give.
async fn texts_page(app: &App, page: Page, event: Event, problems: FieldErrors) -> Result<TextsPage> {
    let reader = first_reader(app, &event).await?;
    let mut rows = Vec::new();
    for which in LetterText::ALL {
        let letter = reader.as_ref().map(|reader| rendered(app, &event, reader, which)).transpose()?;
        let (label, hint, standard) = french::letter_text(which);
        rows.push(TextRow { which, label, hint, standard, text: event.letter_texts.of(which).to_owned(), letter });
    }
    Ok(TextsPage { page, event, rows, problems, reader, done: false, tried: false })
}

/// Somebody who would get the letters.
async fn first_reader(app: &App, event: &Event) -> Result<Option<Registration>> {
    let readers = registrations::readers(&mut app.db.read().await?, event.id, registrations::Readers::Seated).await?;
    Ok(readers.into_iter().next())
}

fn rendered(app: &App, event: &Event, reader: &Registration, which: LetterText) -> Result<Rendered> {
    let letter = registrations::letter_with_text(app, event, reader, which);
    app.mail.preview_letter(&letter).map_err(|error| Error::Other(error.to_string()))
}

/// What the form's fields hold.
fn read(fields: &[(String, String)]) -> (LetterTexts, FieldErrors) {
    let (mut texts, mut problems) = (LetterTexts::default(), FieldErrors::default());
    for which in LetterText::ALL {
        let typed = fields
            .iter()
            .find(|(name, _)| name == which.name())
            .map_or_else(String::new, |(_, value)| visible(value).trim().to_owned());
        if typed.chars().count() > MAX_LETTER_TEXT {
            problems.add(which.name(), FAR_TOO_LONG);
        }
        texts.set(which, typed);
    }
    (texts, problems)
}

fn pressed<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// `POST /organisation/evenements/{slug}/textes`: shows what would be sent, stores it, or takes the standard text again.
async fn submit(
    State(app): State<App>,
    Authorized { person, target: mut event, .. }: Authorized<Organise, Event>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (mut texts, problems) = read(&fields);
    if let Some(standard) = LetterText::ALL.into_iter().find(|which| which.name() == pressed(&fields, "standard")) {
        texts.set(standard, String::new());
    }
    let by = person.id;
    let page = Page::new(&app, Some(person));
    if !problems.is_empty() {
        event.letter_texts = Json(texts);
        return page::unprocessable(&texts_page(&app, page, event, problems).await?);
    }
    if pressed(&fields, "act") == "enregistrer" {
        let entry = Entry::new(by, Act::Edited, event.id).note(french::LETTER_TEXTS);
        app::revise::revise(&app, &entry, |event| event.letter_texts = Json(texts)).await?;
        return Ok(Redirect::to(&format!("/organisation{}/textes?fait=1", event.path())).into_response());
    }
    event.letter_texts = Json(texts);
    let page = texts_page(&app, page, event, problems).await?;
    page::render(&TextsPage { tried: true, ..page })
}

/// `POST /organisation/evenements/{slug}/textes/apercu`: one of the letters as HTML, for the page's frame.
async fn preview(
    State(app): State<App>,
    Authorized { target: mut event, .. }: Authorized<Organise, Event>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let which = LetterText::ALL.into_iter().find(|which| which.name() == pressed(&fields, "apercu"));
    event.letter_texts = Json(read(&fields).0);
    let reader = first_reader(&app, &event).await?.ok_or(Error::NotFound)?;
    Ok(page::letter(&rendered(&app, &event, &reader, which.ok_or(Error::BadRequest)?)?.html))
}
