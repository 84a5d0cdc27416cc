//! The guest's page: their address is proven by the link, so that the form is short and the seat theirs at once. It says of each
//! event what an answer would be.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::public::french;
use domain::invitations::{self, Invitation};
use domain::programme::Event;
use domain::registrations::{self, ActError, EventView, Forecast, NewRegistration, Opening};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form};
use http::limits::ClientAddress;
use http::page::{self, Page};
use kernel::id::EventId;
use kernel::key::Token;

/// The longest name or organisation, characters.
const MAX_NAME: usize = 120;

#[derive(Template)]
#[template(path = "invitation.html")]
struct GuestPage {
    page: Page,
    invitation: Invitation,
    choices: Vec<Choice>,
    buyers_only: bool,
    form: Filled,
    problems: FieldErrors,
    token: String,
    done: String,
    refused: bool,
}

/// An event that they are invited to.
struct Choice {
    view: EventView,
    /// What became of their request, if they made one.
    answer: Option<Forecast>,
    /// What a request would become now.
    forecast: Forecast,
}

impl Choice {
    /// Whether it can be asked for.
    fn is_open(&self) -> bool {
        self.view.can_register() && self.answer.is_none() && self.forecast != Forecast::Refused
    }

    fn slug(&self) -> &str {
        self.view.event.slug.as_str()
    }
}

/// What the form's fields held.
#[derive(Debug, Clone, Default)]
struct Filled {
    name: String,
    organisation: String,
    /// The events that were ticked.
    events: Vec<String>,
    buyer: bool,
}

impl Filled {
    fn read(fields: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "name" => form.name = value,
                "organisation" => form.organisation = value,
                "event" => form.events.push(value),
                "buyer" => form.buyer = true,
                _ => {}
            }
        }
        form
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct DoneQuery {
    #[serde(default)]
    fait: String,
}

async fn find(app: &App, token: &str) -> Result<(Invitation, Vec<Event>)> {
    invitations::by_link(app, &Token::received(token)).await?.ok_or(Error::NotFound)
}

async fn guest_page(app: &App, token: String, invitation: Invitation, events: Vec<Event>) -> Result<GuestPage> {
    let now = app.clock.now();
    let mut choices = Vec::new();
    let mut tx = app.db.snapshot().await?;
    for event in events {
        let occupancy = registrations::occupancy(&mut tx, event.id).await?;
        let answer = registrations::answer_to(&mut tx, &event, &invitation.address).await?;
        let forecast = registrations::forecast(&mut tx, &event, &invitation.address, now).await?;
        choices.push(Choice { view: EventView::new(event, occupancy, now), answer, forecast });
    }
    let open: Vec<_> = choices.iter().filter(|choice| choice.is_open()).collect();
    let form = Filled {
        name: invitation.name.clone(),
        organisation: invitation.organisation.clone(),
        events: if let [only] = open.as_slice() { vec![only.slug().to_owned()] } else { Vec::new() },
        buyer: false,
    };
    let buyers_only = open.iter().any(|choice| choice.view.event.buyers_only);
    let page = Page::new(app, None);
    let (problems, done) = (FieldErrors::default(), String::new());
    Ok(GuestPage { page, invitation, choices, buyers_only, form, problems, token, done, refused: false })
}

impl GuestPage {
    /// How many events are left to be asked for.
    fn open(&self) -> usize {
        self.choices.iter().filter(|choice| choice.is_open()).count()
    }

    fn any_answered(&self) -> bool {
        self.choices.iter().any(|choice| choice.answer.is_some())
    }

    fn is_ticked(&self, choice: &Choice) -> bool {
        self.form.events.iter().any(|slug| slug == choice.slug())
    }
}

/// `GET /invitations/{token}`. That it was opened is noted for the organisers; nothing else comes of it.
pub(super) async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let (invitation, events) = find(&app, &token).await?;
    if invitation.opened_at.is_none() {
        let mut tx = app.db.write().await?;
        invitations::mark_opened(&mut tx, invitation.id, app.clock.now()).await?;
        tx.commit().await?;
    }
    let mut page = guest_page(&app, token, invitation, events).await?;
    page.done = done.fait;
    page::render(&page)
}

/// `POST /invitations/{token}/inscription`
pub(super) async fn register(
    State(app): State<App>,
    from: ClientAddress,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (invitation, events) = find(&app, &token).await?;
    let (form, mut problems) = (Filled::read(fields), FieldErrors::default());
    let name = problems.text("name", &form.name, MAX_NAME, FieldError::NO_NAME);
    let organisation = problems.text("organisation", &form.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
    let is_chosen = |event: &&Event| form.events.iter().any(|slug| slug == event.slug.as_str());
    let chosen: Vec<EventId> = events.iter().filter(is_chosen).map(|event| event.id).collect();
    if chosen.is_empty() {
        problems.add("event", FieldError::NO_EVENT);
    } else if !form.buyer && events.iter().filter(is_chosen).any(|event| event.buyers_only) {
        problems.add("buyer", french::NOT_ATTESTED);
    }
    let (email, id, buyer) = (invitation.address.clone(), invitation.id, form.buyer);
    let mut page = guest_page(&app, token.clone(), invitation, events).await?;
    page.form = form;
    if !problems.is_empty() {
        page.problems = problems;
        return page::unprocessable(&page);
    }
    app.limits.check(from, email.as_str())?;
    let request = NewRegistration {
        name,
        email,
        organisation,
        siret: None,
        buyer,
        short_notice: false,
        answers: Vec::new(),
        request: None,
    };
    let any_refused = ask(&app, &chosen, request).await?;
    if any_refused == Refused::All {
        page.refused = true;
        return page::conflict(&page);
    }
    let mut tx = app.db.write().await?;
    invitations::set_declined(&mut tx, id, None).await?;
    tx.commit().await?;
    let done = if any_refused == Refused::None { "inscrit" } else { "en-partie" };
    Ok(Redirect::to(&format!("/invitations/{token}?fait={done}")).into_response())
}

/// Which of the requests the rules refused.
#[derive(PartialEq, Eq)]
enum Refused {
    None,
    Some,
    All,
}

/// Asks for a seat at each of the events.
async fn ask(app: &App, chosen: &[EventId], request: NewRegistration) -> Result<Refused> {
    if let [event] = chosen {
        return match registrations::register(app, &app.batches, *event, request).await {
            Ok(_) => Ok(Refused::None),
            Err(ActError::Refused(_)) => Ok(Refused::All),
            Err(error) => Err(error.into()),
        };
    }
    let asking: Vec<_> = chosen.iter().map(|event| (*event, request.clone())).collect();
    let answers = registrations::register_all(app, &asking).await?;
    Ok(match answers.iter().filter(|(_, answer)| answer.is_err()).count() {
        0 => Refused::None,
        refused if refused == answers.len() => Refused::All,
        _ => Refused::Some,
    })
}

/// `POST /invitations/{token}/decliner`
pub(super) async fn decline(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let (invitation, _) = find(&app, &token).await?;
    let mut tx = app.db.write().await?;
    invitations::set_declined(&mut tx, invitation.id, Some(app.clock.now())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/invitations/{token}?fait=decline")).into_response())
}
