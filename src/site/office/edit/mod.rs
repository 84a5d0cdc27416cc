//! An event's date, time, place, agenda and speakers; and its cancellation.

pub(super) mod french;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sqlx::types::Json;

use super::authorized::{Authorized, Organise};
use super::concurrent_edit::{self, Fields};
use super::{event_path, find};
use crate::App;
use crate::office::french as common;
use domain::audit::{Act, Entry};
use domain::programme::{Event, EventStatus, Speaker, french as dates, is_video_url, lasts_too_long};
use domain::registrations;
use http::error::Result;
use http::form::{FieldError, FieldErrors, Form};
use http::page::{self, Page};
use kernel::clock::{ClockChange, ClockTime, Timestamp};
use kernel::id::PersonId;
use kernel::text::{visible, visible_line};

/// The longest title or place, characters.
const MAX_LINE: usize = 300;

/// The longest summary, agenda or list of speakers, characters.
const MAX_TEXT: usize = 10_000;

#[derive(Template)]
#[template(path = "organiser-edit.html")]
struct EditPage {
    page: Page,
    path: String,
    event: Event,
    form: EditForm,
    /// What is stored now.
    stored: EditForm,
    problems: FieldErrors,
}

#[derive(Template)]
#[template(path = "organiser-cancel.html")]
struct CancelPage {
    page: Page,
    path: String,
    event: Event,
    told: usize,
}

/// The form's fields; times are those of `datetime-local`, on the clocks of the event's zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct EditForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    preparation: String,
    #[serde(default)]
    starts: String,
    #[serde(default)]
    ends: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    video_url: String,
    /// Not empty from a ticked box: the link is for everybody.
    #[serde(default)]
    video_public: String,
    #[serde(default)]
    opens: String,
    #[serde(default)]
    closes: String,
    #[serde(default)]
    agenda: String,
    #[serde(default)]
    speakers: String,
    /// What the fields held when the form was opened, as JSON; empty from who does not care what others save.
    #[serde(default)]
    seen: String,
}

/// Until the minute, as `datetime-local` has it.
fn local(time: DateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M").to_string()
}

impl EditForm {
    fn of(event: &Event) -> Self {
        let zone = event.time_zone();
        let speaker = |speaker: &Speaker| format!("{}\u{202f}; {}", speaker.name, speaker.role);
        let mut form = Self {
            title: event.title.clone(),
            summary: event.summary.clone(),
            preparation: event.preparation.clone(),
            starts: local(event.starts_civil()),
            ends: local(event.ends_civil()),
            place: event.place.clone(),
            video_url: event.video_url.clone().unwrap_or_default(),
            video_public: if event.video_public { "oui".to_owned() } else { String::new() },
            opens: event.opens_at.map_or_else(String::new, |at| local(at.civil(&zone))),
            closes: local(event.closes_at.civil(&zone)),
            agenda: event.agenda.join("\n"),
            speakers: event.speakers.iter().map(speaker).collect::<Vec<_>>().join("\n"),
            seen: String::new(),
        };
        form.seen = concurrent_edit::seen(form.fields());
        form
    }

    fn fields(&mut self) -> Fields<'_> {
        vec![
            ("title", &mut self.title),
            ("summary", &mut self.summary),
            ("preparation", &mut self.preparation),
            ("starts", &mut self.starts),
            ("ends", &mut self.ends),
            ("place", &mut self.place),
            ("video_url", &mut self.video_url),
            ("video_public", &mut self.video_public),
            ("opens", &mut self.opens),
            ("closes", &mut self.closes),
            ("agenda", &mut self.agenda),
            ("speakers", &mut self.speakers),
        ]
    }

    /// Takes over what somebody else has stored since the form was opened; says which fields both have changed.
    fn follow(&mut self, mut stored: Self) -> FieldErrors {
        let seen = std::mem::replace(&mut self.seen, stored.seen.clone());
        concurrent_edit::follow(&seen, self.fields(), stored.fields())
    }

    /// The event as the form wants it, all problems at once.
    fn parse(&self, event: &Event) -> Result<Event, FieldErrors> {
        let mut problems = FieldErrors::default();
        let mut after = event.clone();
        after.title = line(&mut problems, "title", &self.title);
        after.place = line(&mut problems, "place", &self.place);
        after.summary = text(&mut problems, "summary", &self.summary);
        after.preparation = text(&mut problems, "preparation", &self.preparation);
        after.agenda = Json(lines(&text(&mut problems, "agenda", &self.agenda)).map(str::to_owned).collect());
        after.speakers = Json(lines(&text(&mut problems, "speakers", &self.speakers)).map(speaker).collect());
        let video_url = self.video_url.trim();
        if !video_url.is_empty() && !is_video_url(video_url) {
            problems.add("video_url", common::NOT_A_VIDEO_LINK);
        }
        after.video_public = !self.video_public.is_empty();
        after.video_url = (!video_url.is_empty()).then(|| video_url.to_owned());
        self.times(event, &mut after, &mut problems);
        if problems.is_empty() { Ok(after) } else { Err(problems) }
    }

    fn times(&self, before: &Event, after: &mut Event, problems: &mut FieldErrors) {
        let zone = before.time_zone();
        let mut time = |field, text: &str| {
            let time = on_clocks(text, &zone);
            if time.is_none() {
                problems.add(field, common::NOT_A_TIME);
            }
            time
        };
        let (starts, ends) = (time("starts", &self.starts), time("ends", &self.ends));
        let closes = time("closes", &self.closes);
        let opens = if self.opens.trim().is_empty() { None } else { time("opens", &self.opens) };
        if let (Some(starts), Some(ends)) = (starts, ends) {
            if ends.at <= starts.at || lasts_too_long(starts.civil, ends.civil) {
                problems.add("ends", common::ENDS_BEFORE_IT_STARTS);
            }
            (after.starts_local, after.starts_at) = (starts.civil.to_string(), starts.at);
            (after.ends_local, after.ends_at) = (ends.civil.to_string(), ends.at);
        }
        after.opens_at = opens.map(|opens| opens.at);
        if let Some(ClockTime { at: closes_at, .. }) = closes {
            // Who moves an event means its registrations to go on until it starts, as they did.
            let at_start = before.closes_at == before.starts_at && closes_at == before.closes_at;
            after.closes_at = if at_start { after.starts_at } else { closes_at };
        }
        if after.opens_at.is_some_and(|opens_at| opens_at >= after.closes_at) {
            problems.add("opens", common::OPENS_AFTER_IT_CLOSES);
        }
    }
}

/// What the clocks show at the time that a field holds.
fn on_clocks(text: &str, zone: &TimeZone) -> Option<ClockTime> {
    Timestamp::on_clocks(text.trim().parse().ok()?, zone).ok()
}

/// Tells the page that follows, by its address, which of the chosen times a change of the clocks falls on.
fn clock_changes(form: &EditForm, zone: &TimeZone) -> String {
    let times = [("starts", &form.starts), ("ends", &form.ends), ("opens", &form.opens), ("closes", &form.closes)];
    let mut told = String::new();
    for (field, text) in times {
        if let Some(ClockTime { civil, change: Some(change), .. }) = on_clocks(text, zone) {
            let change = if change == ClockChange::Skipped { "sautee" } else { "double" };
            told.push_str(&format!("&horloge={field}.{change}.{}", local(civil)));
        }
    }
    told
}

fn line(problems: &mut FieldErrors, field: &'static str, value: &str) -> String {
    let value = visible_line(value);
    match value.chars().count() {
        0 => problems.add(field, FieldError::MISSING),
        1..=MAX_LINE => {}
        _ => problems.add(field, common::FAR_TOO_LONG),
    }
    value
}

/// A text of several lines.
fn text(problems: &mut FieldErrors, field: &'static str, value: &str) -> String {
    if value.chars().count() > MAX_TEXT {
        problems.add(field, common::FAR_TOO_LONG);
    }
    visible(value).trim().to_owned()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn speaker(line: &str) -> Speaker {
    let (name, role) = line.split_once(';').unwrap_or((line, ""));
    Speaker { name: name.trim().to_owned(), role: role.trim().to_owned() }
}

/// What changes, for the log: « 2027-03-26T14:00 → 2027-04-02T09:30 ».
fn changes(before: &Event, after: &Event) -> String {
    let times = |event: &Event| format!("{}–{}", local(event.starts_civil()), local(event.ends_civil()));
    let closes = |event: &Event| local(event.closes_at.civil(&event.time_zone()));
    let video = |event: &Event| common::video(event).to_owned();
    let texts = |event: &Event| [event.title.clone(), times(event), event.place.clone(), closes(event), video(event)];
    let pairs = texts(before).into_iter().zip(texts(after)).filter(|(before, after)| before != after);
    pairs.map(|(before, after)| format!("{before} → {after}")).collect::<Vec<_>>().join(" · ")
}

/// `GET /organisation/evenements/{slug}/modifier`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let (form, page, path) = (EditForm::of(&event), Page::new(&app, Some(person)), event_path(&event));
    page::render(&EditPage { page, path, event, stored: form.clone(), form, problems: FieldErrors::default() })
}

/// `POST /organisation/evenements/{slug}/modifier`: what others have stored since the form was opened is kept, and where both
/// changed the same field the form comes back with both.
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, target: mut event, .. }: Authorized<Organise, Event>,
    Form(mut form): Form<EditForm>,
) -> Result<Response> {
    loop {
        let (path, stored) = (event_path(&event), EditForm::of(&event));
        let meanwhile = form.follow(stored.clone());
        if !meanwhile.is_empty() {
            let page = Page::new(&app, Some(person));
            return page::conflict(&EditPage { page, path, event, form, stored, problems: meanwhile });
        }
        let wanted = match form.parse(&event) {
            Ok(wanted) => wanted,
            Err(problems) => {
                let page = Page::new(&app, Some(person));
                return page::unprocessable(&EditPage { page, path, event, form, stored, problems });
            }
        };
        if store(&app, person.id, &form, &event, &wanted).await? {
            let clocks = clock_changes(&form, &event.time_zone());
            return Ok(Redirect::to(&format!("{path}?fait=modifie{clocks}")).into_response());
        }
        event = find(&app, &event.slug).await?;
    }
}

/// Stores what the form wants; not when somebody else has stored something since `seen` was read.
async fn store(app: &App, by: PersonId, form: &EditForm, seen: &Event, wanted: &Event) -> Result<bool> {
    let note = changes(seen, wanted);
    let mut is_current = true;
    let edit = |event: &mut Event| {
        is_current = EditForm::of(event) == EditForm::of(seen);
        // Seats and audience may have changed meanwhile.
        if is_current && let Ok(wanted) = form.parse(event) {
            *event = wanted;
        }
    };
    app::revise::revise(app, &Entry::new(by, Act::Edited, seen.id).note(note), edit).await?;
    Ok(is_current)
}

/// `GET /organisation/evenements/{slug}/annuler`
pub(super) async fn ask_to_cancel(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let all = registrations::of_event(&mut app.db.read().await?, event.id).await?;
    let told = all.iter().filter(|one| one.status.can_be_cancelled()).count();
    let (page, path) = (Page::new(&app, Some(person)), event_path(&event));
    page::render(&CancelPage { page, path, event, told })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CancelForm {
    /// Given: it takes place after all.
    retablir: Option<String>,
}

/// `POST /organisation/evenements/{slug}/annuler`
pub(super) async fn cancel(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<CancelForm>,
) -> Result<Response> {
    let (status, act) = match form.retablir {
        Some(_) => (EventStatus::Published, Act::Edited),
        None => (EventStatus::Cancelled, Act::CancelledEvent),
    };
    let edit = |event: &mut Event| event.status = status;
    app::revise::revise(&app, &Entry::new(person.id, act, event.id), edit).await?;
    Ok(Redirect::to(&format!("{}?fait=etat", event_path(&event))).into_response())
}
