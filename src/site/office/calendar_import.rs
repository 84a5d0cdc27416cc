//! `/organisation/agenda`: a file or an address, what would come of it, and then the drafts.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french;
use app::calendar_import::{CalendarImport, bring_in};
use domain::calendar::import::rules::{self, Reading, SkipReason};
use domain::calendar::import::{Choices, ImportPreview, dry_run};
use domain::fetch::{self, FetchError};
use domain::programme::{Edition, Event, Field, french as dates};
use http::error::{Error, Result};
use http::extract::Query;
use http::page::{self, Page};
use kernel::id::EventId;

/// The largest file, bytes, and what the form adds to it.
const MAX_FORM: usize = 1_100_000;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new().route("/organisation/agenda", get(show).post(submit)).layer(DefaultBodyLimit::max(MAX_FORM))
}

/// What is wrong with what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    NoCalendar,
    NoEdition,
    Address(FetchError),
}

#[derive(Template)]
#[template(path = "calendar-import.html")]
struct ImportPage {
    page: Page,
    address: String,
    /// The calendar itself, carried on to the next step.
    text: String,
    wrong: Option<Wrong>,
    tried: Option<(ImportPreview, Vec<(String, SkipReason)>)>,
    done: Option<(usize, usize)>,
}

impl ImportPage {
    fn empty(page: Page) -> Self {
        Self { page, address: String::new(), text: String::new(), wrong: None, tried: None, done: None }
    }
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    ajoutes: Option<usize>,
    #[serde(default)]
    modifies: usize,
}

/// `GET /organisation/agenda`
async fn show(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Option<Edition>>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let done = done.ajoutes.map(|added| (added, done.modifies));
    page::render(&ImportPage { done, ..ImportPage::empty(Page::new(&app, Some(person))) })
}

/// What the form's fields held.
#[derive(Debug, Default)]
struct Given {
    file: String,
    text: String,
    address: String,
    act: String,
    choices: Choices,
}

impl Given {
    async fn read(mut form: Multipart) -> Result<Self> {
        let mut given = Self::default();
        while let Some(field) = form.next_field().await.map_err(|_| Error::BadRequest)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_| Error::TooLarge)?;
            let value = String::from_utf8_lossy(&bytes).into_owned();
            match name.as_str() {
                "file" => given.file = value,
                "text" => given.text = value,
                "address" => given.address = value.trim().to_owned(),
                "act" => given.act = value,
                name => given.choices.extend(choice(name, &value)),
            }
        }
        Ok(given)
    }

    /// The calendar: the file, the text that was tried before, or what is at the address.
    async fn calendar(&self) -> Result<String, Wrong> {
        if let Some(text) = [&self.file, &self.text].into_iter().find(|text| !text.trim().is_empty()) {
            return Ok(text.clone());
        }
        if self.address.is_empty() {
            return Err(Wrong::Nothing);
        }
        fetch::fetch(&self.address).await.map_err(Wrong::Address)
    }
}

/// What was chosen in `choix.{event}.{field}`: « ici » or « agenda ».
fn choice(name: &str, value: &str) -> Option<((EventId, &'static str), bool)> {
    let (event, field) = name.strip_prefix("choix.")?.split_once('.')?;
    let field = Field::OF_CALENDARS.iter().copied().find(|one| one.name() == field)?;
    Some(((event.parse().ok()?, field.name()), value == "agenda"))
}

/// `POST /organisation/agenda`: tries, or brings in, by the button that was pressed.
async fn submit(
    State(app): State<App>,
    Authorized { person, target: edition, .. }: Authorized<Organise, Option<Edition>>,
    form: Multipart,
) -> Result<Response> {
    let given = Given::read(form).await?;
    let by = person.id;
    let page = Page::new(&app, Some(person));
    let again = |wrong: Wrong, given: Given, page: Page| {
        page::unprocessable(&ImportPage { address: given.address, wrong: Some(wrong), ..ImportPage::empty(page) })
    };
    let text = match given.calendar().await {
        Ok(text) => text,
        Err(wrong) => return again(wrong, given, page),
    };
    let Some(edition) = edition else {
        return again(Wrong::NoEdition, given, page);
    };
    let Ok(reading) = rules::read(&text, &edition.zone, app.clock.now()) else {
        return again(Wrong::NoCalendar, given, page);
    };
    if given.act == "ajouter" {
        let done = bring_in(&app, CalendarImport { by, edition: &edition, reading: &reading, choices: &given.choices })
            .await?;
        let address = format!("/organisation/agenda?ajoutes={}&modifies={}", done.added, done.changed);
        return Ok(Redirect::to(&address).into_response());
    }
    let outcome = dry_run(&app, &reading).await?;
    let Reading { skipped, .. } = reading;
    let tried = Some((outcome, skipped));
    page::render(&ImportPage { address: given.address, text, tried, ..ImportPage::empty(page) })
}

/// What an event says in a field, short enough for a line.
fn value(event: &Event, field: Field) -> String {
    /// A presentation is told by its beginning, characters.
    const BEGINNING: usize = 160;
    let text = match field {
        Field::Title => event.title.clone(),
        Field::Times => dates::when(event),
        Field::Place => event.place.clone(),
        _ => event.summary.clone(),
    };
    match text.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if text.is_empty() => french::NOTHING.to_owned(),
        None => text,
    }
}
