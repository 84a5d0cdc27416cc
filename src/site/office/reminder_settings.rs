//! `/organisation/evenements/{slug}/courriels`: an event's reminders, chosen, and what they will send in the coming days.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french;
use domain::programme::{Event, french as dates};
use domain::registrations::{self, Registration, Reminder};
use http::error::Result;
use http::extract::Query;
use http::form::Form;
use http::page::{self, Page};

/// How far ahead organisers see.
const AHEAD: Duration = Duration::from_secs(7 * 24 * 3600);

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new().route("/organisation/evenements/{slug}/courriels", get(show).post(choose))
}

#[derive(Template)]
#[template(path = "organiser-coming.html")]
struct ComingPage {
    page: Page,
    event: Event,
    choices: Vec<ReminderChoice>,
    coming: Vec<Coming>,
    done: bool,
}

struct ReminderChoice {
    reminder: Reminder,
    label: &'static str,
    chosen: bool,
}

struct Coming {
    label: &'static str,
    when: String,
    people: Vec<Registration>,
    /// How long the rate cap makes it take, when it takes more than a minute.
    minutes: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    fait: Option<String>,
}

/// `GET /organisation/evenements/{slug}/courriels`
async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let chosen = registrations::reminders_of(&mut tx, event.id).await?;
    let coming = registrations::coming_reminders(&mut tx, &event, now, now + AHEAD).await?;
    drop(tx);
    let coming = coming.into_iter().map(|(which, due_at, people)| Coming {
        label: french::reminder(which),
        when: dates::moment(due_at, &event),
        minutes: app.mail.minutes_for(people.len()),
        people,
    });
    let coming = coming.collect();
    let choices = Reminder::ALL
        .map(|reminder| ReminderChoice {
            reminder,
            label: french::reminder(reminder),
            chosen: chosen.contains(&reminder),
        })
        .into();
    let page = Page::new(&app, Some(person));
    page::render(&ComingPage { page, event, choices, coming, done: done.fait.is_some() })
}

/// `POST /organisation/evenements/{slug}/courriels`: a ticked box sends the reminder's name as its own.
async fn choose(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(ticked): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let is_ticked = |reminder: &Reminder| ticked.iter().any(|(name, _)| name == reminder.name());
    let chosen: Vec<Reminder> = Reminder::ALL.into_iter().filter(is_ticked).collect();
    registrations::set_reminders(&app, person.id, event.id, &chosen).await?;
    Ok(Redirect::to(&format!("/organisation{}/courriels?fait=1", event.path())).into_response())
}
