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
use crate::id::LetterId;
use crate::key::{Purpose, Token};
use crate::mail::Priority;
use crate::mail::outbox::{self, Stored};
use crate::mail::refusals::{self, Wishes};

#[derive(Template)]
#[template(path = "letter-preferences.html")]
struct PreferencesPage {
    page: Page,
    address: String,
    wishes: Wishes,
    path: String,
    done: bool,
}

/// The letter whose link was followed.
async fn letter(app: &App, (id, token): &(String, String)) -> Result<Stored> {
    let id: LetterId = id.parse().map_err(|_| Error::NotFound)?;
    if app.key.token(Purpose::Preferences, id.0, 0) != Token::received(token) {
        return Err(Error::NotFound);
    }
    outbox::find(&mut app.db.read().await?, id).await?.ok_or(Error::Gone)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    fait: Option<String>,
}

/// `GET /courriels-recus/{letter}/{token}`
pub(super) async fn show(
    State(app): State<App>,
    Path(link): Path<(String, String)>,
    axum::extract::Query(done): axum::extract::Query<Done>,
) -> Result<Response> {
    let letter = letter(&app, &link).await?;
    let wishes = refusals::wishes(&mut app.db.read().await?, &letter.recipient).await?;
    let path = format!("/courriels-recus/{}/{}", link.0, link.1);
    let page = Page::new(&app, None);
    page::show(&PreferencesPage { page, address: letter.recipient, wishes, path, done: done.fait.is_some() })
}

/// What the page's form holds, or a mail app's one-click.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    reminders: Option<String>,
    announcements: Option<String>,
    /// The page's own button was pressed.
    choose: Option<String>,
}

/// `POST /courriels-recus/{letter}/{token}`
pub(super) async fn choose(
    State(app): State<App>,
    Path(link): Path<(String, String)>,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let letter = letter(&app, &link).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let before = refusals::wishes(&mut tx, &letter.recipient).await?;
    let wishes = match (&choice.choose, letter.class()) {
        (Some(_), _) => Wishes { reminders: choice.reminders.is_some(), announcements: choice.announcements.is_some() },
        // One click: no more letters like this one.
        (None, Priority::Reminder) => Wishes { reminders: false, ..before },
        (None, _) => Wishes { announcements: false, ..before },
    };
    refusals::set_wishes(&mut tx, &letter.recipient, wishes, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/courriels-recus/{}/{}?fait=1", link.0, link.1)).into_response())
}
