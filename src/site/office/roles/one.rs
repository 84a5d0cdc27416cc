//! One role that somebody holds: changed, or ended.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{self, RoleForm, RolePlace};
use super::french;
use super::refusal;
use crate::App;
use crate::office::authorized::{Authorized, GrantRoles};
use domain::accounts::Person;
use domain::roles::{self, Authority, GrantRow, Rights, Role, french as names};
use http::error::Result;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};

#[derive(Template)]
#[template(path = "organiser-role-change.html")]
struct ChangePage {
    page: Page,
    row: GrantRow,
    /// Where the reader gives roles.
    places: Vec<RolePlace>,
    form: RoleForm,
    problems: FieldErrors,
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

impl EndPage {
    fn new(app: &App, person: Person, row: GrantRow, problems: FieldErrors) -> Self {
        Self { is_own: row.person_id == person.id, page: Page::new(app, Some(person)), row, problems }
    }
}

async fn places(app: &App, rights: &Rights) -> Result<Vec<RolePlace>> {
    form::places(&mut app.db.snapshot().await?, rights).await
}

/// `GET /organisation/roles/{id}/changer`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: row, .. }: Authorized<GrantRoles, GrantRow>,
) -> Result<Response> {
    let places = places(&app, &rights).await?;
    let ou = form::name_of(&places, row.scope());
    let form = RoleForm { email: String::new(), role: row.role.name().to_owned(), ou };
    page::render(&ChangePage {
        page: Page::new(&app, Some(person)),
        row,
        places,
        form,
        problems: FieldErrors::default(),
    })
}

/// `POST /organisation/roles/{id}/changer`: another role in the place of this one.
pub(super) async fn change(
    State(app): State<App>,
    Authorized { person, rights, target: row, .. }: Authorized<GrantRoles, GrantRow>,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let places = places(&app, &rights).await?;
    let mut problems = FieldErrors::default();
    let (role, scope) = (form.role(&mut problems), form.scope(&places, &mut problems));
    if let Some(wanted) = role.zip(scope) {
        problems = match roles::change(&app, Authority::Person(person.id), row.id, wanted).await {
            Ok(true) => return Ok(Redirect::to(&after(&row, &person, "change")).into_response()),
            Ok(false) => FieldErrors::one("role", french::HAS_ROLE_ALREADY),
            Err(refused) => refusal(refused, "role")?,
        };
    }
    page::unprocessable(&ChangePage { page: Page::new(&app, Some(person)), row, places, form, problems })
}

/// `GET /organisation/roles/{id}/terminer`: asks.
pub(super) async fn ask_to_end(
    State(app): State<App>,
    Authorized { person, target: row, .. }: Authorized<GrantRoles, GrantRow>,
) -> Result<Response> {
    page::render(&EndPage::new(&app, person, row, FieldErrors::default()))
}

/// `POST /organisation/roles/{id}/terminer`
pub(super) async fn end(
    State(app): State<App>,
    Authorized { person, target: row, .. }: Authorized<GrantRoles, GrantRow>,
) -> Result<Response> {
    match roles::end(&app, Authority::Person(person.id), row.id).await {
        Ok(_) => Ok(Redirect::to(&after(&row, &person, "termine")).into_response()),
        Err(refused) => page::unprocessable(&EndPage::new(&app, person, row, refusal(refused, "terminer")?)),
    }
}

/// Where an act on a role leads: who changed their own may not see these pages any more.
fn after(row: &GrantRow, by: &Person, done: &str) -> String {
    if row.person_id == by.id { "/mon-parcours".to_owned() } else { format!("/organisation/roles?fait={done}") }
}
