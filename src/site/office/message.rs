//! `/organisation/evenements/{slug}/message`: organisers write to those who registered, or thank them; tried first.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use crate::App;
use crate::office::french;
use domain::programme::{Event, LetterText};
use domain::registrations::{self, Message, Readers, Thanks};
use http::error::{Error, Result};
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use kernel::id::MessageId;
use kernel::text::visible;
use mail::Rendered;

/// The longest subject and message, characters.
const MAX_SUBJECT: usize = 150;
const MAX_MESSAGE: usize = 5_000;

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/evenements/{slug}/message", get(show).post(submit))
        .route("/organisation/evenements/{slug}/message/apercu", post(preview))
}

#[derive(Template)]
#[template(path = "organiser-message.html")]
struct MessagePage {
    page: Page,
    event: Event,
    form: MessageForm,
    problems: FieldErrors,
    tried: Option<Tried>,
    sent: Option<u64>,
}

/// What a sending would do.
struct Tried {
    people: usize,
    letter: Option<Rendered>,
    minutes: Option<usize>,
    /// Whether a test went to the organiser.
    tested: bool,
}

/// What the form's fields held.
#[derive(Debug, Clone, Default, Deserialize)]
struct MessageForm {
    #[serde(default)]
    id: String,
    #[serde(default)]
    readers: String,
    thanks: Option<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    replay: String,
    #[serde(default)]
    resources: String,
    #[serde(default)]
    act: String,
}

fn is_link(text: &str) -> bool {
    text.starts_with("https://") && !text.contains(char::is_whitespace)
}

impl MessageForm {
    fn parse(&self) -> Result<Message, FieldErrors> {
        let mut problems = FieldErrors::default();
        let subject = problems.text("subject", &self.subject, MAX_SUBJECT, french::NO_MESSAGE);
        let text = visible(&self.message).trim().to_owned();
        if text.is_empty() && self.thanks.is_none() {
            problems.add("message", french::NO_MESSAGE);
        } else if text.chars().count() > MAX_MESSAGE {
            problems.add("message", french::FAR_TOO_LONG);
        }
        let replay = Some(self.replay.trim().to_owned()).filter(|replay| !replay.is_empty());
        if replay.as_deref().is_some_and(|replay| !is_link(replay)) {
            problems.add("replay", french::NOT_A_LINK);
        }
        // One a line: a label, then the address.
        let lines = self.resources.lines().map(str::trim).filter(|line| !line.is_empty());
        let resources: Vec<(String, String)> = lines
            .map(|line| {
                let (label, url) = line.rsplit_once(char::is_whitespace).unwrap_or((line, line));
                (label.trim_end_matches([';', ' ']).to_owned(), url.to_owned())
            })
            .collect();
        if resources.iter().any(|(_, url)| !is_link(url)) {
            problems.add("resources", french::NOT_A_LINK);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let readers = match self.readers.as_str() {
            "attente" => Readers::Waiting,
            "tous" => Readers::All,
            _ => Readers::Seated,
        };
        let thanks = self.thanks.is_some().then_some(Thanks { replay, resources });
        let id = self.id.parse().unwrap_or(MessageId(uuid::Uuid::nil()));
        Ok(Message { id, readers, subject, text, thanks })
    }
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    partis: Option<u64>,
}

/// `GET /organisation/evenements/{slug}/message`
async fn show(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let now = app.clock.now();
    let thanks = (event.ends_at <= now).then(|| "oui".to_owned());
    let message = match thanks {
        Some(_) => event.letter_texts.of(LetterText::Thanks).to_owned(),
        None => String::new(),
    };
    let form = MessageForm { id: MessageId::new(now).to_string(), thanks, message, ..MessageForm::default() };
    let (page, problems) = (Page::new(&app, Some(person)), FieldErrors::default());
    page::render(&MessagePage { page, event, form, problems, tried: None, sent: done.partis })
}

/// The letter that the first of its readers would get.
async fn first_letter(app: &App, event: &Event, message: &Message) -> Result<(usize, Option<Rendered>)> {
    let readers = registrations::readers(&mut app.db.read().await?, event.id, message.readers).await?;
    let letter = readers.first().map(|one| registrations::letter_of_message(app, event, one, message));
    let rendered = letter.map(|letter| app.mail.preview_letter(&letter)).transpose();
    Ok((readers.len(), rendered.map_err(|error| Error::Other(error.to_string()))?))
}

/// `POST /organisation/evenements/{slug}/message`: tries, tests or sends, by the button that was pressed.
async fn submit(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<MessageForm>,
) -> Result<Response> {
    let page = Page::new(&app, Some(person.clone()));
    let message = match form.parse() {
        Ok(message) => message,
        Err(problems) => {
            return page::unprocessable(&MessagePage { page, event, form, problems, tried: None, sent: None });
        }
    };
    if form.act == "envoyer" {
        let sent = registrations::write_to(&app, person.id, event.id, &message).await?;
        return Ok(Redirect::to(&format!("/organisation{}/message?partis={sent}", event.path())).into_response());
    }
    let (people, letter) = first_letter(&app, &event, &message).await?;
    let tested = form.act == "test" && registrations::send_test(&app, &person, &event, &message).await?;
    let tried = Some(Tried { people, letter, minutes: app.mail.minutes_for(people), tested });
    page::render(&MessagePage { page, event, form, problems: FieldErrors::default(), tried, sent: None })
}

/// `POST /organisation/evenements/{slug}/message/apercu`: the letter as HTML, for the page's frame.
async fn preview(
    State(app): State<App>,
    Authorized { target: event, .. }: Authorized<Organise, Event>,
    Form(form): Form<MessageForm>,
) -> Result<Response> {
    let message = form.parse().map_err(|_| Error::BadRequest)?;
    let (_, letter) = first_letter(&app, &event, &message).await?;
    Ok(page::letter(&letter.ok_or(Error::NotFound)?.html))
}
