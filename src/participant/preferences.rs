//! `/courriels-recus/…`: which letters an address wants, by the link in one of them. A mail app's one-click POST acts
//! at once (RFC 8058); a GET shows buttons.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::Form;
use crate::http::page::{self, Page};
use crate::key::Token;
use crate::mail::refusals::{self, Wishes};
use crate::mail::{Priority, preferences};

#[derive(Template)]
#[template(path = "letter-preferences.html")]
struct PreferencesPage {
    page: Page,
    address: String,
    wishes: Wishes,
    path: String,
    done: bool,
}

/// What stands in the link: the kind of letters, the address, the secret.
type Parts = (String, String, String);

/// Whose link was followed, and in which kind of letter it was.
fn recipient(app: &App, (class, address, token): &Parts) -> Result<(String, Priority)> {
    preferences::recipient(&app.key, (class, address, &Token::received(token))).ok_or(Error::NotFound)
}

async fn show_page(app: &App, address: String, link: &Parts, done: bool) -> Result<Response> {
    let wishes = refusals::wishes(&mut app.db.read().await?, &address).await?;
    let path = path(link);
    page::show(&PreferencesPage { page: Page::new(app, None), address, wishes, path, done })
}

fn path((class, address, token): &Parts) -> String {
    format!("/courriels-recus/{class}/{address}/{token}")
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    fait: Option<String>,
}

/// `GET /courriels-recus/{class}/{address}/{token}`
pub(super) async fn show(
    State(app): State<App>,
    Path(link): Path<Parts>,
    axum::extract::Query(done): axum::extract::Query<Done>,
) -> Result<Response> {
    let (address, _) = recipient(&app, &link)?;
    show_page(&app, address, &link, done.fait.is_some()).await
}

/// What the page's form holds, or a mail app's one-click.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    reminders: Option<String>,
    announcements: Option<String>,
    /// The page's own button was pressed.
    choose: Option<String>,
}

/// `POST /courriels-recus/{class}/{address}/{token}`
pub(super) async fn choose(
    State(app): State<App>,
    Path(link): Path<Parts>,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let (address, class) = recipient(&app, &link)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let before = refusals::wishes(&mut tx, &address).await?;
    let wishes = match (&choice.choose, class) {
        (Some(_), _) => Wishes { reminders: choice.reminders.is_some(), announcements: choice.announcements.is_some() },
        // One click: no more letters like this one.
        (None, Priority::Reminder) => Wishes { reminders: false, ..before },
        (None, _) => Wishes { announcements: false, ..before },
    };
    refusals::set_wishes(&mut tx, &address, wishes, now).await?;
    tx.commit().await?;
    match choice.choose {
        Some(_) => Ok(Redirect::to(&format!("{}?fait=1", path(&link))).into_response()),
        // A mail app must not be sent elsewhere (RFC 8058 §3.1).
        None => show_page(&app, address, &link, true).await,
    }
}
