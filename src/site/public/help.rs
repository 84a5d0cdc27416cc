//! `/aide`: how to take part.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use http::error::Result;
use http::page::{self, Page};
use http::session::SignedIn;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Page,
}

/// `GET /aide`
pub(super) async fn show(State(app): State<App>, person: Option<SignedIn>) -> Result<Response> {
    page::render(&HelpPage { page: Page::new(&app, person.map(|SignedIn(person)| person)) })
}
