//! `/organisation/agenda`: a file or an address, what would come of it, and then the drafts.

mod french;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french as office;
use app::calendar_import::{CalendarImport, bring_in};
use board_model::kinds::BoardKind;
use domain::calendar::import::lines::text_of;
use domain::calendar::import::rules::Reading;
use domain::calendar::import::{self, Choices, DraftChoice, ImportPreview, Selection, dry_run};
use domain::fetch::{self, FetchError};
use domain::programme::{Edition, Event, EventKind, Field, french as dates};
use http::error::{Error, Result};
use http::extract::Query;
use http::page::{self, Page};
use kernel::id::EventId;
use std::collections::BTreeMap;

/// The largest calendar, bytes.
const MAX_FILE: usize = 1024 * 1024;

/// The largest form, bytes: a file that is somewhat too large is read to its end, so that the form comes back filled.
const MAX_FORM: usize = 16 * 1024 * 1024;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new().route("/organisation/agenda", get(show).post(submit)).layer(DefaultBodyLimit::max(MAX_FORM))
}

/// What is wrong with what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    NoCalendar,
    NoText,
    TooLarge,
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
    tried: Option<(ImportPreview, Reading)>,
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
    file: Vec<u8>,
    text: String,
    address: String,
    act: String,
    choices: Choices,
    /// Whether the form let people choose: without, all that is public is taken.
    is_chosen: bool,
    wanted: Vec<String>,
    drafts: BTreeMap<String, DraftChoice>,
    is_too_large: bool,
}

impl Given {
    async fn read(mut form: Multipart) -> Result<Self> {
        let mut given = Self::default();
        while let Some(field) = form.next_field().await.map_err(|_| Error::BadRequest)? {
            let name = field.name().unwrap_or_default().to_owned();
            let Ok(bytes) = field.bytes().await else {
                given.is_too_large = true;
                break;
            };
            if bytes.len() > MAX_FILE {
                given.is_too_large = true;
            } else if name == "file" {
                given.file = bytes.to_vec();
            } else {
                given.take(&name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(given)
    }

    fn take(&mut self, name: &str, value: String) {
        match name {
            "text" => self.text = value,
            "address" => value.trim().clone_into(&mut self.address),
            "act" => self.act = value,
            "choisi" => self.is_chosen = true,
            "prendre" => self.wanted.push(value),
            name => match name.split_once('.') {
                Some(("type", key)) => {
                    let kind = if value == "atelier" { EventKind::Workshop } else { EventKind::Webinar };
                    self.draft(key).kind = kind;
                }
                Some(("tableau", key)) => {
                    self.draft(key).board = BoardKind::ALL.into_iter().find(|kind| kind.name() == value);
                }
                Some(("public", key)) => self.draft(key).buyers_only = value == "acheteurs",
                _ => self.choices.extend(choice(name, &value)),
            },
        }
    }

    fn draft(&mut self, key: &str) -> &mut DraftChoice {
        self.drafts.entry(key.to_owned()).or_default()
    }

    fn selection(&self) -> Selection {
        if !self.is_chosen {
            return Selection::Public;
        }
        let draft = |key: &String| self.drafts.get(key).copied().unwrap_or_default();
        Selection::These(self.wanted.iter().map(|key| (key.clone(), draft(key))).collect())
    }

    /// The calendar: the file, the text that was tried before, or what is at the address.
    async fn calendar(&self) -> Result<String, Wrong> {
        if self.is_too_large {
            return Err(Wrong::TooLarge);
        }
        if !self.file.trim_ascii().is_empty() {
            return decoded(&self.file);
        }
        if !self.text.trim().is_empty() {
            return Ok(self.text.clone());
        }
        if self.address.is_empty() {
            return Err(Wrong::Nothing);
        }
        decoded(&fetch::fetch(&self.address).await.map_err(Wrong::Address)?)
    }
}

fn decoded(bytes: &[u8]) -> Result<String, Wrong> {
    text_of(bytes).map(|decoded| decoded.text).ok_or(Wrong::NoText)
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
    let Ok(reading) = import::read(text.clone(), edition.zone.clone(), app.clock.now()).await else {
        return again(Wrong::NoCalendar, given, page);
    };
    if given.act == "ajouter" {
        let (selection, choices) = (&given.selection(), &given.choices);
        let import = CalendarImport { by, edition: &edition, reading: &reading, selection, choices };
        let done = bring_in(&app, import).await?;
        let address = format!("/organisation/agenda?ajoutes={}&modifies={}", done.added, done.changed);
        return Ok(Redirect::to(&address).into_response());
    }
    let outcome = dry_run(&app, &reading).await?;
    let tried = Some((outcome, reading));
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
        Field::Video => event.video_url.clone().unwrap_or_default(),
        _ => event.summary.clone(),
    };
    match text.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if text.is_empty() => office::NOTHING.to_owned(),
        None => text,
    }
}
