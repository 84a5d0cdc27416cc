//! `/organisation/evenements/{slug}/equipe`: who may do what at an event.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::RoleForm;
use super::give;
use crate::App;
use crate::office::authorized::{Authorized, GrantRoles, Organise};
use crate::office::{DoneQuery, event_path};
use domain::accounts::Person;
use domain::programme::Event;
use domain::roles::{self, GrantRow, Permission, Place, Rights, Role, Scope, french as names};
use http::error::Result;
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};

#[derive(Template)]
#[template(path = "organiser-team.html")]
struct TeamPage {
    page: Page,
    path: String,
    event: Event,
    grants: Vec<GrantRow>,
    rights: Rights,
    form: RoleForm,
    problems: FieldErrors,
    done: String,
}

impl TeamPage {
    async fn new(
        app: &App,
        (person, rights): (Person, Rights),
        event: Event,
        (form, problems): (RoleForm, FieldErrors),
    ) -> Result<Self> {
        let mut grants = roles::list(&mut app.db.read().await?).await?;
        grants.retain(|row| row.scope().covers(Place::from(&event)));
        let (page, path, done) = (Page::new(app, Some(person)), event_path(&event), String::new());
        Ok(Self { page, path, event, grants, rights, form, problems, done })
    }

    /// Whether the reader gives roles at this event.
    fn may_grant(&self) -> bool {
        self.rights.may(Permission::GrantRoles, &self.event)
    }

    /// Whether the reader changes this role.
    fn may_change(&self, row: &GrantRow) -> bool {
        self.rights.may(Permission::GrantRoles, row.place())
    }
}

/// `GET /organisation/evenements/{slug}/equipe`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: event, .. }: Authorized<Organise, Event>,
    Query(DoneQuery { fait }): Query<DoneQuery>,
) -> Result<Response> {
    let empty = (RoleForm::default(), FieldErrors::default());
    let page = TeamPage::new(&app, (person, rights), event, empty).await?;
    page::render(&TeamPage { done: fait, ..page })
}

/// `POST /organisation/evenements/{slug}/equipe`: gives a role at this event.
pub(super) async fn grant(
    State(app): State<App>,
    Authorized { person, rights, target: event, .. }: Authorized<GrantRoles, Event>,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let (email, role) = (form.email(&mut problems), form.role(&mut problems));
    if let Some((email, role)) = email.zip(role) {
        match give(&app, &person, (email, role, Scope::Event(event.id))).await? {
            None => return Ok(Redirect::to(&format!("{}/equipe?fait=donne", event_path(&event))).into_response()),
            Some(wrong) => problems = wrong,
        }
    }
    page::unprocessable(&TeamPage::new(&app, (person, rights), event, (form, problems)).await?)
}
