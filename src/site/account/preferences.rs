//! `/courriels-recus/…`: which letters an address wants, by the link in one of them. A mail app's one-click POST acts
//! at once (RFC 8058); a GET shows buttons.

use askama::Template;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::Form;
use http::page::{self, Page};
use kernel::key::Token;
use mail::suppressions::{self, Wishes};
use mail::{Priority, preferences};

#[derive(Template)]
#[template(path = "letter-preferences.html")]
struct PreferencesPage {
    page: Page,
    address: String,
    wishes: Wishes,
    path: String,
    done: bool,
}

/// What stands in the link: the kind of letters, the address sealed.
type Parts = (String, String);

/// What stood in the links of letters sent before: the kind of letters, the address, the secret.
type OldParts = (String, String, String);

/// Whose link was followed, in which kind of letter it was, and its path.
struct Followed {
    address: String,
    class: Priority,
    path: String,
}

impl Followed {
    fn new(app: &App, found: Option<(String, Priority)>) -> Result<Self> {
        let (address, class) = found.ok_or(Error::NotFound)?;
        let path = preferences::path(&app.key, &address, class).ok_or(Error::NotFound)?;
        Ok(Self { address, class, path })
    }

    fn at(app: &App, (class, sealed): &Parts) -> Result<Self> {
        Self::new(app, preferences::recipient(&app.key, class, &Token::received(sealed)))
    }

    fn at_old(app: &App, (class, address, token): &OldParts) -> Result<Self> {
        Self::new(app, preferences::recipient_of_old(&app.key, class, address, &Token::received(token)))
    }

    async fn show(self, app: &App, done: bool) -> Result<Response> {
        let wishes = suppressions::wishes(&mut app.db.read().await?, &self.address).await?;
        page::render(&PreferencesPage {
            page: Page::new(app, None),
            address: self.address,
            wishes,
            path: self.path,
            done,
        })
    }

    async fn choose(self, app: &App, choice: PreferencesForm) -> Result<Response> {
        let mut tx = app.db.write().await?;
        let before = suppressions::wishes(&mut tx, &self.address).await?;
        let wishes = match (&choice.choose, self.class) {
            (Some(_), _) => {
                Wishes { reminders: choice.reminders.is_some(), announcements: choice.announcements.is_some() }
            }
            // One click: no more letters like this one.
            (None, Priority::Reminder) => Wishes { reminders: false, ..before },
            (None, _) => Wishes { announcements: false, ..before },
        };
        suppressions::set_wishes(&mut tx, &self.address, wishes, app.clock.now()).await?;
        tx.commit().await?;
        match choice.choose {
            Some(_) => Ok(Redirect::to(&format!("{}?fait=1", self.path)).into_response()),
            // A mail app must not be sent elsewhere (RFC 8058 §3.1).
            None => self.show(app, true).await,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct DoneQuery {
    fait: Option<String>,
}

/// `GET /courriels-recus/{class}/{sealed}`
pub(super) async fn show(
    State(app): State<App>,
    Path(link): Path<Parts>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    Followed::at(&app, &link)?.show(&app, done.fait.is_some()).await
}

/// `GET /courriels-recus/{class}/{address}/{token}`: the address goes from the browser's bar.
pub(super) async fn show_old(State(app): State<App>, Path(link): Path<OldParts>) -> Result<Redirect> {
    Ok(Redirect::to(&Followed::at_old(&app, &link)?.path))
}

/// What the page's form holds, or a mail app's one-click.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PreferencesForm {
    reminders: Option<String>,
    announcements: Option<String>,
    /// The page's own button was pressed.
    choose: Option<String>,
}

impl PreferencesForm {
    /// What a POST asks for. A mail app's one-click may be of any type, or empty: RFC 8058 §3.1 asks it to be
    /// `multipart/form-data` or urlencoded, and not all do. Whatever the page's own form did not send is one.
    async fn of(request: Request, app: &App) -> Result<Self> {
        match Form::<Self>::from_request(request, app).await {
            Ok(Form(choice)) => Ok(choice),
            Err(Error::TooLarge) => Err(Error::TooLarge),
            Err(_) => Ok(Self::default()),
        }
    }
}

/// `POST /courriels-recus/{class}/{sealed}`
pub(super) async fn choose(State(app): State<App>, Path(link): Path<Parts>, request: Request) -> Result<Response> {
    let choice = PreferencesForm::of(request, &app).await?;
    Followed::at(&app, &link)?.choose(&app, choice).await
}

/// `POST /courriels-recus/{class}/{address}/{token}`
pub(super) async fn choose_old(
    State(app): State<App>,
    Path(link): Path<OldParts>,
    request: Request,
) -> Result<Response> {
    let choice = PreferencesForm::of(request, &app).await?;
    Followed::at_old(&app, &link)?.choose(&app, choice).await
}
