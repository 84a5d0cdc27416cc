//! `/organisation/roles`: who may do what. For owners.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::mailbox::zone;
use crate::App;
use crate::office::french::{self, moment};
use domain::accounts::{EmailAddress, Person};
use domain::programme::{self, Event, Slug};
use domain::roles::{self, Authority, GrantRow, Role, RoleError, Scope, french as names};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form};
use http::page::{self, Page};
use http::session::Owner;
use kernel::id::GrantId;

#[derive(Template)]
#[template(path = "organiser-roles.html")]
struct RolesPage {
    page: Page,
    grants: Vec<GrantRow>,
    events: Vec<Event>,
    zone: TimeZone,
    form: GrantForm,
    problems: FieldErrors,
    done: String,
}

impl RolesPage {
    async fn new(app: &App, person: Person, form: GrantForm, problems: FieldErrors) -> Result<Self> {
        let mut tx = app.db.snapshot().await?;
        let grants = roles::list(&mut tx).await?;
        let events = match programme::current_edition(&mut tx).await? {
            Some(edition) => programme::events(&mut tx, edition.id).await?,
            None => Vec::new(),
        };
        let zone = zone(&mut tx).await?;
        let page = Page::new(app, Some(person));
        Ok(Self { page, grants, events, zone, form, problems, done: String::new() })
    }

    fn since(&self, row: &GrantRow) -> String {
        moment(row.granted_at, &self.zone)
    }
}

#[derive(Template)]
#[template(path = "organiser-role-end.html")]
struct EndPage {
    page: Page,
    row: GrantRow,
    /// It is the reader's own.
    is_own: bool,
    problems: FieldErrors,
}

/// The form that gives a role.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct GrantForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    /// The event's name in addresses; empty: everything.
    #[serde(default)]
    evenement: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    fait: String,
}

impl GrantForm {
    async fn parse(&self, app: &App) -> Result<Result<(EmailAddress, Role, Scope), FieldErrors>> {
        let mut problems = FieldErrors::default();
        let email = EmailAddress::parse(self.email.trim());
        if self.email.trim().is_empty() {
            problems.add("email", FieldError::MISSING);
        } else if email.is_none() {
            problems.add("email", FieldError::NOT_AN_ADDRESS);
        }
        let role = Role::parse(&self.role);
        if role.is_none() {
            problems.add("role", french::NO_ROLE);
        }
        let scope = match Slug::parse(&self.evenement) {
            Some(slug) => programme::event(&mut app.db.read().await?, &slug).await?.map(|event| Scope::Event(event.id)),
            None => self.evenement.is_empty().then_some(Scope::Everything),
        };
        match scope {
            None => problems.add("evenement", french::NO_SUCH_EVENT),
            Some(Scope::Event(_)) if role.is_some_and(|role| !role.has_scopes()) => {
                problems.add("evenement", french::ROLE_FOR_EVERYTHING);
            }
            Some(_) => {}
        }
        Ok(match (email, role, scope) {
            (Some(email), Some(role), Some(scope)) if problems.is_empty() => Ok((email, role, scope)),
            _ => Err(problems),
        })
    }
}

/// `GET /organisation/roles`
pub(super) async fn list(
    State(app): State<App>,
    Owner(person): Owner,
    Query(Done { fait }): Query<Done>,
) -> Result<Response> {
    let page = RolesPage::new(&app, person, GrantForm::default(), FieldErrors::default()).await?;
    page::render(&RolesPage { done: fait, ..page })
}

/// `POST /organisation/roles`: gives a role.
pub(super) async fn grant(
    State(app): State<App>,
    Owner(person): Owner,
    Form(form): Form<GrantForm>,
) -> Result<Response> {
    let problems = match form.parse(&app).await? {
        Err(problems) => problems,
        Ok((email, role, scope)) => match roles::grant(&app, Authority::Person(person.id), &email, role, scope).await {
            Ok(true) => return Ok(Redirect::to("/organisation/roles?fait=donne").into_response()),
            Ok(false) => FieldErrors::one("role", french::HAS_ROLE_ALREADY),
            Err(refused) => refusal(refused, "role")?,
        },
    };
    page::unprocessable(&RolesPage::new(&app, person, form, problems).await?)
}

/// `GET /organisation/roles/{id}/terminer`: asks.
pub(super) async fn ask_to_end(
    State(app): State<App>,
    Owner(person): Owner,
    Path(id): Path<GrantId>,
) -> Result<Response> {
    page::render(&EndPage::new(&app, person, id, FieldErrors::default()).await?)
}

/// `POST /organisation/roles/{id}/terminer`
pub(super) async fn end(State(app): State<App>, Owner(person): Owner, Path(id): Path<GrantId>) -> Result<Response> {
    match roles::end(&app, Authority::Person(person.id), id).await {
        // Who ends their own role as an owner does not see this page any more.
        Ok(grant) if grant.person_id == person.id => Ok(Redirect::to("/mon-parcours").into_response()),
        Ok(_) => Ok(Redirect::to("/organisation/roles?fait=termine").into_response()),
        Err(refused) => {
            let problems = refusal(refused, "terminer")?;
            page::unprocessable(&EndPage::new(&app, person, id, problems).await?)
        }
    }
}

impl EndPage {
    async fn new(app: &App, person: Person, id: GrantId, problems: FieldErrors) -> Result<Self> {
        let all = roles::list(&mut app.db.read().await?).await?;
        let row = all.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
        Ok(Self { is_own: row.person_id == person.id, page: Page::new(app, Some(person)), row, problems })
    }
}

fn refusal(refused: RoleError, field: &'static str) -> Result<FieldErrors> {
    match refused {
        RoleError::BeyondOwn => Err(Error::Forbidden),
        RoleError::Everywhere => Ok(FieldErrors::one("evenement", french::ROLE_FOR_EVERYTHING)),
        RoleError::LastOwner => Ok(FieldErrors::one(field, french::LAST_OWNER)),
        RoleError::NotFound => Err(Error::NotFound),
        RoleError::Store(failure) => Err(failure.into()),
    }
}
