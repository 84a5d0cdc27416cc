//! `/organisation/agenda`: a file or an address, what would come of it, and then the drafts.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::fetch::{self, FetchError};
use super::rules::{self, Doubt, Foreign, Reading};
use super::{Outcome, bring_in, dry_run};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::programme::{self, french};

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
    tried: Option<(Outcome, Vec<(String, Doubt)>)>,
    added: Option<usize>,
}

impl ImportPage {
    fn empty(page: Page) -> Self {
        Self { page, address: String::new(), text: String::new(), wrong: None, tried: None, added: None }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Done {
    ajoutes: Option<usize>,
}

/// `GET /organisation/agenda`
async fn show(State(app): State<App>, Organiser(person): Organiser, Query(done): Query<Done>) -> Result<Response> {
    page::show(&ImportPage { added: done.ajoutes, ..ImportPage::empty(Page::new(&app, Some(person))) })
}

/// What the form's fields held.
#[derive(Debug, Default)]
struct Given {
    file: String,
    text: String,
    address: String,
    act: String,
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
                _ => {}
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

/// `POST /organisation/agenda`: tries, or brings in, by the button that was pressed.
async fn submit(State(app): State<App>, Organiser(person): Organiser, form: Multipart) -> Result<Response> {
    let given = Given::read(form).await?;
    let page = Page::new(&app, Some(person));
    let again = |wrong: Wrong, given: Given, page: Page| {
        page::refuse(&ImportPage { address: given.address, wrong: Some(wrong), ..ImportPage::empty(page) })
    };
    let text = match given.calendar().await {
        Ok(text) => text,
        Err(wrong) => return again(wrong, given, page),
    };
    let Some(edition) = programme::current_edition(&mut app.db.read().await?).await? else {
        return again(Wrong::NoEdition, given, page);
    };
    let Ok(reading) = rules::read(&text, &edition.zone, app.clock.now()) else {
        return again(Wrong::NoCalendar, given, page);
    };
    if given.act == "ajouter" {
        let added = bring_in(&app, &reading).await?.unwrap_or(0);
        return Ok(Redirect::to(&format!("/organisation/agenda?ajoutes={added}")).into_response());
    }
    let outcome = dry_run(&app, &reading).await?;
    let Reading { doubts, .. } = reading;
    let tried = Some((outcome, doubts));
    page::show(&ImportPage { address: given.address, text, tried, ..ImportPage::empty(page) })
}

/// When a foreign event takes place, in words.
fn when(event: &Foreign) -> String {
    format!("{}, {} – {}", french::date(event.civil.0), french::hour(event.civil.0), french::hour(event.civil.1))
}
