//! `/organisation/organisations`: whom people work for, corrected and merged.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::DoneQuery;
use super::authorized::{Authorized, Everything, Organise, Read};
use crate::App;
use crate::office::french;
use domain::organisations::{self, Organisation, OrganisationKind};
use domain::registrations::{self, Merger};
use domain::roles::{Permission, Place};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form, MAX_NAME};
use http::page::{self, Page};
use kernel::id::OrganisationId;

#[derive(Template)]
#[template(path = "organiser-organisations.html")]
struct ListPage {
    page: Page,
    /// Whether the reader corrects and merges them.
    may_organise: bool,
    organisations: Vec<Organisation>,
    /// Pairs that are perhaps one: which would end, and which would stay.
    duplicates: Vec<(Organisation, Organisation)>,
    done: String,
}

#[derive(Template)]
#[template(path = "organiser-merge.html")]
struct MergePage {
    page: Page,
    merger: Merger,
}

#[derive(Template)]
#[template(path = "organiser-organisation.html")]
struct OrganisationPage {
    page: Page,
    id: OrganisationId,
    others: Vec<Organisation>,
    form: OrganisationForm,
    problems: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct OrganisationForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    siret: String,
}

/// The other of two organisations.
#[derive(Debug, Default, Deserialize)]
pub(super) struct OtherForm {
    #[serde(default)]
    dans: String,
}

/// The better known of two stays; of two that are as well known, the older.
fn ending_first((one, other): (Organisation, Organisation)) -> (Organisation, Organisation) {
    let rank = |it: &Organisation| (it.kind.is_some(), it.siret.is_some(), Reverse(it.id));
    if rank(&one) < rank(&other) { (one, other) } else { (other, one) }
}

/// `GET /organisation/organisations`
pub(super) async fn list(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Read, Everything>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let organisations = organisations::list(&mut tx).await?;
    let duplicates = organisations::duplicates(&mut tx).await?.into_iter().map(ending_first).collect();
    let page = Page::new(&app, Some(person));
    let may_organise = rights.may(Permission::Organise, Place::Everything);
    page::render(&ListPage { page, may_organise, organisations, duplicates, done: done.fait })
}

/// `GET /organisation/organisations/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let organisation = organisations::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)?;
    let form = OrganisationForm {
        name: organisation.name,
        kind: organisation.kind.map_or_else(String::new, |kind| kind.name().to_owned()),
        siret: organisation.siret.map_or_else(String::new, |siret| siret.to_string()),
    };
    page::render(&form_page(&app, Page::new(&app, Some(person)), id, (form, FieldErrors::default())).await?)
}

async fn form_page(
    app: &App,
    page: Page,
    id: OrganisationId,
    (form, problems): (OrganisationForm, FieldErrors),
) -> Result<OrganisationPage> {
    let mut others = organisations::list(&mut app.db.read().await?).await?;
    others.retain(|other| other.id != id);
    Ok(OrganisationPage { page, id, others, form, problems })
}

/// `POST /organisation/organisations/{id}`
pub(super) async fn correct(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response> {
    let id: OrganisationId = id.parse().map_err(|_| Error::NotFound)?;
    organisations::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)?;
    let by = person.id;
    let mut problems = FieldErrors::default();
    let name = problems.text("name", &form.name, MAX_NAME, FieldError::MISSING);
    let siret = problems.siret("siret", &form.siret);
    if problems.is_empty() {
        let organisation = Organisation { id, name, kind: OrganisationKind::named(&form.kind), siret };
        if registrations::correct_organisation(&app, by, &organisation).await? {
            return Ok(Redirect::to("/organisation/organisations").into_response());
        }
        problems.add("siret", french::SIRET_TAKEN);
    }
    page::unprocessable(&form_page(&app, Page::new(&app, Some(person)), id, (form, problems)).await?)
}

/// The two that a form or an address names: the one that ends, or the first of two, and the other.
fn pair(id: &str, form: &OtherForm) -> Result<(OrganisationId, OrganisationId)> {
    let one: OrganisationId = id.parse().map_err(|_| Error::NotFound)?;
    let other: OrganisationId = form.dans.parse().map_err(|_| Error::BadRequest)?;
    if one == other { Err(Error::BadRequest) } else { Ok((one, other)) }
}

/// `GET /organisation/organisations/{id}/fusionner?dans=`: what that would do.
pub(super) async fn preview(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
    Query(form): Query<OtherForm>,
) -> Result<Response> {
    let (from, into) = pair(&id, &form)?;
    let merger = registrations::preview_merger(&app, from, into).await?.ok_or(Error::NotFound)?;
    page::render(&MergePage { page: Page::new(&app, Some(person)), merger })
}

/// `POST /organisation/organisations/{id}/fusionner`
pub(super) async fn merge(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
    Form(form): Form<OtherForm>,
) -> Result<Response> {
    let (from, into) = pair(&id, &form)?;
    app::organisations::merge(&app, person.id, from, into).await?;
    Ok(Redirect::to("/organisation/organisations?fait=fusion").into_response())
}

/// `POST /organisation/organisations/{id}/distinguer`
pub(super) async fn keep_apart(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<Organise, Everything>,
    Path(id): Path<String>,
    Form(form): Form<OtherForm>,
) -> Result<Response> {
    let (one, other) = pair(&id, &form)?;
    registrations::keep_organisations_apart(&app, person.id, one, other).await?;
    Ok(Redirect::to("/organisation/organisations?fait=distinction").into_response())
}
