//! `/organisation/organisations`: whom people work for, corrected and merged.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Form, Problem, Problems};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::id::OrganisationId;
use crate::organisations::{self, Organisation, OrganisationKind, Siret};
use crate::organiser::french;
use crate::registrations;

#[derive(Template)]
#[template(path = "organiser-organisations.html")]
struct ListPage {
    page: Page,
    organisations: Vec<Organisation>,
}

#[derive(Template)]
#[template(path = "organiser-organisation.html")]
struct OrganisationPage {
    page: Page,
    id: OrganisationId,
    others: Vec<Organisation>,
    form: OrganisationForm,
    problems: Problems,
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

#[derive(Debug, Default, Deserialize)]
pub(super) struct MergeForm {
    #[serde(default)]
    dans: String,
}

/// `GET /organisation/organisations`
pub(super) async fn list(State(app): State<App>, Organiser(person): Organiser) -> Result<Response> {
    let organisations = organisations::list(&mut app.db.read().await?).await?;
    page::show(&ListPage { page: Page::new(&app, Some(person)), organisations })
}

/// `GET /organisation/organisations/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let organisation = organisations::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)?;
    let form = OrganisationForm {
        name: organisation.name,
        kind: organisation.kind.map_or_else(String::new, |kind| kind.name().to_owned()),
        siret: organisation.siret.map_or_else(String::new, |siret| siret.to_string()),
    };
    page::show(&form_page(&app, Page::new(&app, Some(person)), id, (form, Problems::default())).await?)
}

async fn form_page(
    app: &App,
    page: Page,
    id: OrganisationId,
    (form, problems): (OrganisationForm, Problems),
) -> Result<OrganisationPage> {
    let mut others = organisations::list(&mut app.db.read().await?).await?;
    others.retain(|other| other.id != id);
    Ok(OrganisationPage { page, id, others, form, problems })
}

/// `POST /organisation/organisations/{id}`
pub(super) async fn correct(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<String>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response> {
    let id: OrganisationId = id.parse().map_err(|_| Error::NotFound)?;
    organisations::find(&mut app.db.read().await?, id).await?.ok_or(Error::NotFound)?;
    let by = person.id;
    let mut problems = Problems::default();
    let name = problems.text("name", &form.name, 120, Problem::Missing);
    let siret = Siret::parse(&form.siret);
    if siret.is_none() && !form.siret.trim().is_empty() {
        problems.add("siret", Problem::NotASiret);
    }
    if problems.is_empty() {
        let organisation = Organisation { id, name, kind: OrganisationKind::named(&form.kind), siret };
        if registrations::correct_organisation(&app, by, &organisation).await? {
            return Ok(Redirect::to("/organisation/organisations").into_response());
        }
        problems.add("siret", Problem::SiretTaken);
    }
    page::refuse(&form_page(&app, Page::new(&app, Some(person)), id, (form, problems)).await?)
}

/// `POST /organisation/organisations/{id}/fusionner`
pub(super) async fn merge(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<String>,
    Form(form): Form<MergeForm>,
) -> Result<Response> {
    let from: OrganisationId = id.parse().map_err(|_| Error::NotFound)?;
    let into: OrganisationId = form.dans.parse().map_err(|_| Error::BadRequest)?;
    if from == into {
        return Err(Error::BadRequest);
    }
    let mut tx = app.db.read().await?;
    let both = (organisations::find(&mut tx, from).await?, organisations::find(&mut tx, into).await?);
    drop(tx);
    let (Some(_), Some(_)) = both else { return Err(Error::NotFound) };
    registrations::merge_organisations(&app, person.id, from, into).await?;
    Ok(Redirect::to(&format!("/organisation/organisations/{into}")).into_response())
}
