//! `/organisation`: for whoever holds a role.

mod archive;
mod audience;
mod audit;
mod authorized;
mod boards;
mod bulk_actions;
mod calendar_import;
mod capacity;
mod concurrent_edit;
mod edit;
mod event;
mod export;
mod french;
mod identity;
mod import;
mod invitations;
mod letter_texts;
pub mod mailbox;
mod message;
mod organisations;
mod outbox;
mod overview;
mod people_list;
mod publishing;
mod questions;
mod registration;
mod registration_list;
mod reminder_settings;
mod roles;
mod staff_registration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::App;
use domain::programme::{self, Event, Slug};
use http::error::{Error, Result};

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation", get(overview::show))
        .route("/organisation/journal", get(audit::show))
        .route("/organisation/organisations", get(organisations::list))
        .route("/organisation/organisations/{id}", get(organisations::show).post(organisations::correct))
        .route("/organisation/organisations/{id}/fusionner", get(organisations::preview).post(organisations::merge))
        .route("/organisation/organisations/{id}/distinguer", post(organisations::keep_apart))
        .route("/organisation/personnes/{id}", get(registration::history))
        .route("/organisation/inscriptions/{id}", get(registration::show))
        .route("/organisation/inscriptions/{id}/{act}", post(registration::act))
        .route("/organisation/tableaux/{id}/rejoindre", get(boards::show_how_to_join))
        .route("/organisation/tableaux/{id}/archiver", get(boards::ask).post(boards::archive))
        .route("/organisation/tableaux/{id}/rouvrir", post(boards::reopen))
        .merge(of_event())
        .merge(archive::routes())
        .merge(invitations::routes())
        .merge(calendar_import::routes())
        .merge(outbox::routes())
        .merge(reminder_settings::routes())
        .merge(message::routes())
        .merge(letter_texts::routes())
        .merge(publishing::routes())
        .merge(questions::routes())
        .merge(roles::routes())
        .merge(identity::routes())
}

/// The addresses that take large files, which may come slowly.
pub fn uploads() -> Router<App> {
    archive::uploads()
}

fn of_event() -> Router<App> {
    Router::new()
        .route("/organisation/evenements/{slug}", get(event::show))
        .route("/organisation/evenements/{slug}/places", get(event::counts))
        .route("/organisation/evenements/{slug}/inscriptions.csv", get(event::csv))
        .route("/organisation/evenements/{slug}/inscriptions.xlsx", get(event::xlsx))
        .route("/organisation/evenements/{slug}/selection", post(bulk_actions::act))
        .route(
            "/organisation/evenements/{slug}/inscrire",
            get(staff_registration::form).post(staff_registration::submit),
        )
        .route(
            "/organisation/evenements/{slug}/importer",
            get(import::form).post(import::submit).layer(DefaultBodyLimit::max(people_list::MAX_FORM)),
        )
        .route("/organisation/evenements/{slug}/capacite", get(capacity::show).post(capacity::change))
        .route("/organisation/evenements/{slug}/fermer", post(capacity::close))
        .route("/organisation/evenements/{slug}/rouvrir", post(capacity::reopen))
        .route("/organisation/evenements/{slug}/public", get(audience::form).post(audience::submit))
        .route("/organisation/evenements/{slug}/modifier", get(edit::form).post(edit::submit))
        .route("/organisation/evenements/{slug}/annuler", get(edit::ask_to_cancel).post(edit::cancel))
}

/// What was just done, in the address that an act leads to.
#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    #[serde(default)]
    fait: String,
}

/// The event of that name as it is now.
async fn find(app: &App, slug: &Slug) -> Result<Event> {
    programme::event(&mut app.db.read().await?, slug).await?.ok_or(Error::NotFound)
}

/// The page of an event in the back office.
fn event_path(event: &Event) -> String {
    format!("/organisation/evenements/{}", event.slug)
}
