//! One registration with what can be done with it, and a person's history.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::DoneQuery;
use super::authorized::{Authorized, Everything, Organise, Read};
use super::bulk_actions::MAX_REASON;
use crate::App;
use crate::office::french::{self, moment};
use crate::office::mailbox::zone;
use domain::accounts::{self, Person};
use domain::audit::{self, Line};
use domain::programme::{self, Event, french as dates};
use domain::registrations::{self, ActError, EventView, Occupancy, Registration, RegistrationStatus, Step, Transfer};
use domain::roles::{Permission, Place, Rights};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use kernel::id::OrganisationId;
use mail::suppressions;

#[derive(Template)]
#[template(path = "organiser-registration.html")]
struct RegistrationPage {
    page: Page,
    /// What the reader may do: links and buttons follow it.
    rights: Rights,
    event: Event,
    view: EventView,
    registration: Registration,
    steps: Vec<Step>,
    /// Why nothing is written to the address any more, if so.
    stopped: Option<String>,
    /// The last colleague whom the seat was proposed to.
    transfer: Option<Transfer>,
    /// Its place in the waiting list, from 1; 0 unless it waits.
    position: usize,
    waiting: usize,
    form: ActForm,
    problems: FieldErrors,
    refused: Option<&'static str>,
    /// Which act was just done.
    done: String,
}

#[derive(Template)]
#[template(path = "organiser-person.html")]
struct PersonPage {
    page: Page,
    person: Person,
    registrations: Vec<Past>,
    lines: Vec<Line>,
    /// Why nothing is written to the address any more, if so.
    stopped: Option<String>,
    zone: TimeZone,
}

impl PersonPage {
    fn at(&self, line: &Line) -> String {
        moment(line.at, &self.zone)
    }
}

/// A registration of somebody, with its event and how it went.
struct Past {
    registration: Registration,
    event: Event,
    steps: Vec<Step>,
}

/// What the forms of the page hold; each uses what it needs.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ActForm {
    #[serde(default)]
    place: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    reason: String,
}

impl RegistrationPage {
    async fn new(app: &App, (page, rights): (Page, Rights), registration: Registration, event: Event) -> Result<Self> {
        let id = registration.id;
        let mut tx = app.db.snapshot().await?;
        let steps = registrations::steps(&mut tx, id).await?;
        let all = registrations::of_event(&mut tx, event.id).await?;
        let waiting: Vec<_> = all.iter().filter(|one| one.status == RegistrationStatus::Waiting).collect();
        Ok(Self {
            page,
            rights,
            view: EventView::new(event.clone(), Occupancy::default(), app.clock.now()),
            event,
            position: waiting.iter().position(|one| one.id == id).map_or(0, |place| place + 1),
            waiting: waiting.len(),
            stopped: suppressions::why_stopped(&mut tx, registration.email.as_str()).await?,
            registration,
            steps,
            transfer: registrations::last_transfer(&mut tx, id).await?,
            form: ActForm::default(),
            problems: FieldErrors::default(),
            refused: None,
            done: String::new(),
        })
    }

    fn may(&self, permission: Permission) -> bool {
        self.rights.may(permission, &self.event)
    }

    /// Whether the reader may see all that concerns the person.
    fn may_see_person(&self) -> bool {
        self.rights.may(Permission::Read, Place::Everything)
    }

    /// The organisation, for whoever may open its page.
    fn organisation_page(&self) -> Option<OrganisationId> {
        self.registration.organisation_id.filter(|_| self.rights.may(Permission::Organise, Place::Everything))
    }

    fn at(&self, step: &Step) -> String {
        dates::moment(step.at, &self.event)
    }
}

/// `GET /organisation/inscriptions/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: (registration, event), .. }: Authorized<Read, (Registration, Event)>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let frame = (Page::new(&app, Some(person)), rights);
    let page = RegistrationPage::new(&app, frame, registration, event).await?;
    page::render(&RegistrationPage { done: done.fait, ..page })
}

/// What an organiser may do with a registration.
enum Act {
    Offer { why: String },
    Move { place: usize, why: String },
    Withdraw { reason: String },
}

impl ActForm {
    /// The act of that name in addresses, with what it needs of the form; `None` when there is none of that name.
    fn parse(&self, name: &str) -> Option<Result<Act, FieldErrors>> {
        let mut problems = FieldErrors::default();
        let act = match name {
            "proposer" => Act::Offer { why: problems.text("why", &self.why, MAX_REASON, french::NO_REASON) },
            "deplacer" => {
                let place = self.place.trim().parse().unwrap_or(0);
                if place == 0 {
                    problems.add("place", french::NOT_A_NUMBER);
                }
                Act::Move { place, why: problems.text("why", &self.why, MAX_REASON, french::NO_REASON) }
            }
            "retirer" => Act::Withdraw { reason: problems.text("reason", &self.reason, MAX_REASON, french::NO_REASON) },
            _ => return None,
        };
        Some(if problems.is_empty() { Ok(act) } else { Err(problems) })
    }
}

/// `POST /organisation/inscriptions/{id}/{act}`: the registration's page; with why it was not done, if it was not.
pub(super) async fn act(
    State(app): State<App>,
    Authorized { person, rights, target: (registration, event), .. }: Authorized<Organise, (Registration, Event)>,
    Path((_, name)): Path<(String, String)>,
    Form(form): Form<ActForm>,
) -> Result<Response> {
    let (id, by) = (registration.id, person.id);
    let frame = (Page::new(&app, Some(person)), rights);
    let act = match form.parse(&name).ok_or(Error::NotFound)? {
        Ok(act) => act,
        Err(problems) => {
            let page = RegistrationPage::new(&app, frame, registration, event).await?;
            return page::unprocessable(&RegistrationPage { form, problems, ..page });
        }
    };
    let done = match act {
        Act::Offer { why } => registrations::offer(&app, by, id, &why).await,
        Act::Move { place, why } => registrations::move_on_waiting_list(&app, by, id, place, &why).await,
        Act::Withdraw { reason } => registrations::withdraw(&app, by, id, &reason).await,
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/organisation/inscriptions/{id}?fait={name}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            // What it refused for has happened since.
            let registration = registrations::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)?;
            let page = RegistrationPage::new(&app, frame, registration, event).await?;
            page::conflict(&RegistrationPage { refused: Some(french::refusal(refusal)), form, ..page })
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /organisation/personnes/{id}`
pub(super) async fn history(
    State(app): State<App>,
    Authorized { person: reader, .. }: Authorized<Read, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.snapshot().await?;
    let person = accounts::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut past = Vec::new();
    for registration in registrations::all_of_person(&mut tx, id).await? {
        let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(Error::NotFound)?;
        let steps = registrations::steps(&mut tx, registration.id).await?;
        past.push(Past { registration, event, steps });
    }
    let lines = audit::of_person(&mut tx, id).await?;
    let stopped = suppressions::why_stopped(&mut tx, person.email.as_str()).await?;
    let zone = zone(&mut tx).await?;
    page::render(&PersonPage { page: Page::new(&app, Some(reader)), person, registrations: past, lines, stopped, zone })
}

impl Past {
    fn at(&self, step: &Step) -> String {
        dates::moment(step.at, &self.event)
    }
}
