//! `/organisation/roles`: who may do what, as far as the reader gives roles.

mod form;
mod french;
mod one;
mod team;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::tz::TimeZone;

use super::DoneQuery;
use super::authorized::{Authorized, GrantRoles, Somewhere};
use super::mailbox::zone;
use crate::App;
use crate::office::french::moment;
use domain::accounts::{EmailAddress, Person};
use domain::roles::{self, Authority, GrantRow, Permission, Rights, Role, RoleError, Scope, french as names};
use form::{RoleForm, RolePlace};
use http::error::{Error, Result};
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};

/// The addresses of these pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/roles", get(list).post(grant))
        .route("/organisation/roles/{id}/changer", get(one::show).post(one::change))
        .route("/organisation/roles/{id}/terminer", get(one::ask_to_end).post(one::end))
        .route("/organisation/evenements/{slug}/equipe", get(team::show).post(team::grant))
}

#[derive(Template)]
#[template(path = "organiser-roles.html")]
struct RolesPage {
    page: Page,
    grants: Vec<GrantRow>,
    /// Where the reader gives roles.
    places: Vec<RolePlace>,
    zone: TimeZone,
    form: RoleForm,
    problems: FieldErrors,
    done: String,
}

impl RolesPage {
    async fn new(
        app: &App,
        (person, rights): (Person, &Rights),
        (form, problems): (RoleForm, FieldErrors),
    ) -> Result<Self> {
        let mut tx = app.db.snapshot().await?;
        let mut grants = roles::list(&mut tx).await?;
        grants.retain(|row| rights.may(Permission::GrantRoles, row.place()));
        let places = form::places(&mut tx, rights).await?;
        let zone = zone(&mut tx).await?;
        drop(tx);
        let page = Page::new(app, Some(person));
        Ok(Self { page, grants, places, zone, form, problems, done: String::new() })
    }

    fn since(&self, row: &GrantRow) -> String {
        moment(row.granted_at, &self.zone)
    }
}

/// `GET /organisation/roles`
async fn list(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<GrantRoles, Somewhere>,
    Query(DoneQuery { fait }): Query<DoneQuery>,
) -> Result<Response> {
    let empty = (RoleForm::default(), FieldErrors::default());
    let page = RolesPage::new(&app, (person, &rights), empty).await?;
    page::render(&RolesPage { done: fait, ..page })
}

/// `POST /organisation/roles`: gives a role.
async fn grant(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<GrantRoles, Somewhere>,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let places = form::places(&mut app.db.snapshot().await?, &rights).await?;
    let problems = match form.parse(&places) {
        Err(problems) => problems,
        Ok(given) => match give(&app, &person, given).await? {
            None => return Ok(Redirect::to("/organisation/roles?fait=donne").into_response()),
            Some(problems) => problems,
        },
    };
    page::unprocessable(&RolesPage::new(&app, (person, &rights), (form, problems)).await?)
}

/// Gives a role; what is wrong with that, if anything.
async fn give(
    app: &App,
    by: &Person,
    (email, role, scope): (EmailAddress, Role, Scope),
) -> Result<Option<FieldErrors>> {
    match roles::grant(app, Authority::Person(by.id), &email, role, scope).await {
        Ok(true) => Ok(None),
        Ok(false) => Ok(Some(FieldErrors::one("role", french::HAS_ROLE_ALREADY))),
        Err(refused) => refusal(refused, "role").map(Some),
    }
}

fn refusal(refused: RoleError, field: &'static str) -> Result<FieldErrors> {
    match refused {
        RoleError::BeyondOwn => Err(Error::Forbidden),
        RoleError::LastOwner => Ok(FieldErrors::one(field, french::LAST_OWNER)),
        RoleError::NotFound => Err(Error::NotFound),
        RoleError::Store(failure) => Err(failure.into()),
    }
}
