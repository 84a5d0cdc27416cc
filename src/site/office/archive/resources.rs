//! `/organisation/ressources`: the library, and what is known of its links.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;

use super::resource_form::{Choices, ResourceForm};
use super::{back, french};
use crate::App;
use crate::office::DoneQuery;
use crate::office::authorized::{Authorized, Everything, Organise};
use db::ReadConn;
use domain::audit::{Act, Entry};
use domain::link_checks::{self, Verdict};
use domain::programme::{self, Event};
use domain::resources::{self as library, Resource, ResourceKind, french as words};
use domain::roles::Rights;
use http::error::Result;
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use kernel::id::EventId;

/// An entry with what is known of its link.
pub(super) struct ResourceRow {
    pub resource: Resource,
    pub link: Option<LinkTold>,
}

impl ResourceRow {
    fn kind(&self) -> &'static str {
        words::kind(self.resource.kind)
    }
}

/// What is known of a link, in words.
pub(super) struct LinkTold {
    /// The class of its tag.
    pub class: &'static str,
    pub text: String,
    pub moved_to: Option<String>,
    /// Whether an organiser may say that it works.
    pub is_doubtful: bool,
}

/// These entries with what is known of their links, told on the clocks of this zone.
pub(super) async fn rows(
    tx: &mut ReadConn,
    resources: Vec<Resource>,
    zone: &TimeZone,
) -> sqlx::Result<Vec<ResourceRow>> {
    let checks = link_checks::of(tx, &resources).await?;
    let row = |resource: Resource| {
        let link = checks.get(&resource.id).map(|check| {
            let (class, text) = french::link_state(check, zone);
            let is_doubtful = !matches!(check.verdict(), Verdict::Seen | Verdict::Overruled);
            LinkTold { class, text, moved_to: check.moved_to.clone(), is_doubtful }
        });
        ResourceRow { resource, link }
    };
    Ok(resources.into_iter().map(row).collect())
}

#[derive(Template)]
#[template(path = "organiser-resources.html")]
struct ListPage {
    page: Page,
    rows: Vec<ResourceRow>,
    titles: HashMap<EventId, String>,
    /// Whether links are checked.
    are_checked: bool,
    done: String,
}

impl ListPage {
    fn event_of(&self, resource: &Resource) -> Option<&String> {
        self.titles.get(&resource.event_id?)
    }
}

#[derive(Template)]
#[template(path = "organiser-resource.html")]
struct ResourcePage {
    page: Page,
    back: String,
    /// The entry that is changed; none: a new one.
    resource: Option<Resource>,
    choices: Choices,
    form: ResourceForm,
    problems: FieldErrors,
}

#[derive(Template)]
#[template(path = "organiser-resource-remove.html")]
struct RemovePage {
    page: Page,
    back: String,
    resource: Resource,
}

/// Every event, drafts included.
async fn events(tx: &mut ReadConn) -> sqlx::Result<Vec<Event>> {
    let mut events = Vec::new();
    for edition in programme::editions(tx).await? {
        events.extend(programme::events(tx, edition.id).await?);
    }
    Ok(events)
}

async fn choices(app: &App, rights: &Rights) -> Result<Choices> {
    Ok(Choices::new(events(&mut app.db.snapshot().await?).await?, rights))
}

/// `GET /organisation/ressources`
pub(super) async fn list(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let edition = programme::current_edition(&mut tx).await?;
    let zone = edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC);
    let all = library::list(&mut tx).await?;
    let rows = rows(&mut tx, all, &zone).await?;
    let titles = events(&mut tx).await?.into_iter().map(|event| (event.id, event.title)).collect();
    drop(tx);
    let (page, are_checked) = (Page::new(&app, Some(person)), app.config.check_links);
    page::render(&ListPage { page, rows, titles, are_checked, done: done.fait })
}

/// `GET /organisation/ressources/nouvelle`
pub(super) async fn new(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Everything>,
) -> Result<Response> {
    page::render(&ResourcePage {
        page: Page::new(&app, Some(person)),
        back: "/organisation/ressources".to_owned(),
        resource: None,
        choices: choices(&app, &rights).await?,
        form: ResourceForm::default(),
        problems: FieldErrors::default(),
    })
}

/// `POST /organisation/ressources/nouvelle`
pub(super) async fn add(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Everything>,
    Form(form): Form<ResourceForm>,
) -> Result<Response> {
    let choices = choices(&app, &rights).await?;
    let back = "/organisation/ressources".to_owned();
    match form.parse(&choices) {
        Ok(draft) => {
            let entry = Entry::new(person.id, Act::ChangedResources, draft.event_id);
            library::add(&app, &draft, &entry.note(french::added(&draft.title))).await?;
            Ok(Redirect::to(&format!("{back}?fait=ajout")).into_response())
        }
        Err(problems) => {
            let page = Page::new(&app, Some(person));
            page::unprocessable(&ResourcePage { page, back, resource: None, choices, form, problems })
        }
    }
}

/// `GET /organisation/ressources/{id}`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, rights, target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
) -> Result<Response> {
    page::render(&ResourcePage {
        page: Page::new(&app, Some(person)),
        back: back(&resource, event.as_ref()),
        choices: choices(&app, &rights).await?,
        form: ResourceForm::of(&resource, event.as_ref()),
        resource: Some(resource),
        problems: FieldErrors::default(),
    })
}

/// `POST /organisation/ressources/{id}`
pub(super) async fn change(
    State(app): State<App>,
    Authorized { person, rights, target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
    Form(form): Form<ResourceForm>,
) -> Result<Response> {
    let choices = choices(&app, &rights).await?;
    let back = back(&resource, event.as_ref());
    match form.parse(&choices) {
        Ok(draft) => {
            let entry = Entry::new(person.id, Act::ChangedResources, draft.event_id);
            library::change(&app, resource.id, &draft, &entry.note(french::changed(&draft.title))).await?;
            Ok(Redirect::to(&format!("{back}?fait=titre")).into_response())
        }
        Err(problems) => {
            let page = Page::new(&app, Some(person));
            page::unprocessable(&ResourcePage { page, back, resource: Some(resource), choices, form, problems })
        }
    }
}

/// `POST /organisation/ressources/{id}/monter`
pub(super) async fn move_up(
    State(app): State<App>,
    Authorized { target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
) -> Result<Response> {
    library::move_up(&app, &resource).await?;
    Ok(Redirect::to(&format!("{}?fait=ordre", back(&resource, event.as_ref()))).into_response())
}

/// `POST /organisation/ressources/{id}/lien-valide`
pub(super) async fn overrule(
    State(app): State<App>,
    Authorized { person, target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
) -> Result<Response> {
    let entry = Entry::new(person.id, Act::ChangedResources, resource.event_id);
    link_checks::overrule(&app, &resource, &entry.note(french::overruled(&resource.title))).await?;
    Ok(Redirect::to(&format!("{}?fait=lien", back(&resource, event.as_ref()))).into_response())
}

/// `GET /organisation/ressources/{id}/supprimer`: what it would do, and back.
pub(super) async fn ask(
    State(app): State<App>,
    Authorized { person, target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
) -> Result<Response> {
    let (page, back) = (Page::new(&app, Some(person)), back(&resource, event.as_ref()));
    page::render(&RemovePage { page, back, resource })
}

/// `POST /organisation/ressources/{id}/supprimer`
pub(super) async fn remove(
    State(app): State<App>,
    Authorized { person, target: (resource, event), .. }: Authorized<Organise, (Resource, Option<Event>)>,
) -> Result<Response> {
    let entry = Entry::new(person.id, Act::ChangedResources, resource.event_id);
    library::remove(&app, resource.id, &entry.note(french::removed(&resource.title))).await?;
    Ok(Redirect::to(&format!("{}?fait=retire", back(&resource, event.as_ref()))).into_response())
}
