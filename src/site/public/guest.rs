//! The guest's page: their address is proven by the link, so that the form is short and the seat theirs at once.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::public::french;
use domain::invitations::{self, Invitation};
use domain::programme::Event;
use domain::registrations::{self, ActError, EventView, NewRegistration, Opening, Refusal};
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
    views: Vec<EventView>,
    /// Those of them at which this person is registered.
    registered: BTreeSet<EventId>,
    buyers_only: bool,
    form: Filled,
    problems: FieldErrors,
    token: String,
    done: String,
    refused: bool,
}

/// What the form's fields held.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    event: String,
    buyer: Option<String>,
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
    let mut views = Vec::new();
    let mut tx = app.db.snapshot().await?;
    let mut registered = invitations::events_of(&mut tx, &invitation.address).await?;
    registered.retain(|id| events.iter().any(|event| event.id == *id));
    for event in events {
        let occupancy = registrations::occupancy(&mut tx, event.id).await?;
        views.push(EventView::new(event, occupancy, now));
    }
    let open: Vec<_> =
        views.iter().filter(|view| view.can_register() && !registered.contains(&view.event.id)).collect();
    let form = Filled {
        name: invitation.name.clone(),
        organisation: invitation.organisation.clone(),
        event: open.first().map(|view| view.event.slug.to_string()).unwrap_or_default(),
        buyer: None,
    };
    let buyers_only = open.iter().any(|view| view.event.buyers_only);
    let page = Page::new(app, None);
    let (problems, done) = (FieldErrors::default(), String::new());
    Ok(GuestPage { page, invitation, views, registered, buyers_only, form, problems, token, done, refused: false })
}

impl GuestPage {
    /// Whether anything is left to be asked for.
    fn any_open(&self) -> bool {
        self.views.iter().any(|view| self.is_open(view))
    }

    /// Whether it can be asked for.
    fn is_open(&self, view: &EventView) -> bool {
        view.can_register() && !self.registered.contains(&view.event.id)
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
    Form(form): Form<Filled>,
) -> Result<Response> {
    let (invitation, events) = find(&app, &token).await?;
    let event = events.iter().find(|event| event.slug.as_str() == form.event).cloned();
    let mut problems = FieldErrors::default();
    let name = problems.text("name", &form.name, MAX_NAME, FieldError::NO_NAME);
    let organisation = problems.text("organisation", &form.organisation, MAX_NAME, FieldError::NO_ORGANISATION);
    let buyer = form.buyer.is_some();
    match &event {
        None => problems.add("event", FieldError::NO_EVENT),
        Some(event) if event.buyers_only && !buyer => problems.add("buyer", french::NOT_ATTESTED),
        Some(_) => {}
    }
    let email = invitation.address.clone();
    let id = invitation.id;
    let mut page = guest_page(&app, token.clone(), invitation, events).await?;
    page.form = form;
    let Some(event) = event.filter(|_| problems.is_empty()) else {
        page.problems = problems;
        return page::unprocessable(&page);
    };
    app.limits.check(from, email.as_str())?;
    let request = NewRegistration { name, email, organisation, siret: None, buyer, short_notice: false, request: None };
    match registrations::register(&app, &app.batches, event.id, request).await {
        Ok(_) => {}
        Err(ActError::Refused(Refusal::BuyersOnly)) => {
            page.problems = FieldErrors::one("buyer", french::NOT_ATTESTED);
            return page::unprocessable(&page);
        }
        Err(ActError::Refused(_)) => {
            page.refused = true;
            return page::conflict(&page);
        }
        Err(error) => return Err(error.into()),
    }
    let mut tx = app.db.write().await?;
    invitations::set_declined(&mut tx, id, None).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/invitations/{token}?fait=inscrit")).into_response())
}

/// `POST /invitations/{token}/decliner`
pub(super) async fn decline(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let (invitation, _) = find(&app, &token).await?;
    let mut tx = app.db.write().await?;
    invitations::set_declined(&mut tx, invitation.id, Some(app.clock.now())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/invitations/{token}?fait=decline")).into_response())
}
