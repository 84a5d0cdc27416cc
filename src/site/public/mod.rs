//! What visitors see of the programme and of their registrations.

mod archive;
mod bulk_register;
mod by_link;
mod documents;
mod form;
mod french;
mod guest;
mod joining;
mod legal;
mod programme;
mod requests;
mod resources;
mod results;
mod structured;
mod transfer;
mod well_known;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(programme::timeline))
        .route("/evenements/{slug}", get(programme::event))
        .route("/evenements/{slug}/inscription", get(form::show).post(form::submit))
        .route("/evenements/{slug}/inscription/recue", get(form::received))
        .route("/inscriptions/{token}", get(by_link::show))
        .route("/inscriptions/{token}/confirmer", post(by_link::confirm))
        .route("/inscriptions/{token}/annuler", post(by_link::cancel))
        .route("/demandes/{token}", get(requests::show).post(requests::confirm))
        .route("/inscriptions/{token}/transmettre", get(transfer::form).post(transfer::give))
        .route("/inscriptions/{token}/transmettre/reprendre", post(transfer::take_back))
        .route("/transmissions/{token}/decliner", post(transfer::decline))
        .route("/transmissions/{token}", get(transfer::show).post(transfer::take))
        .route("/parcours/inscription", get(bulk_register::form).post(bulk_register::submit))
        .route("/parcours/inscription/recue", get(bulk_register::received))
        .route("/inscriptions/{token}/dernier-moment", post(by_link::set_short_notice))
        .route("/rejoindre/{token}", get(joining::show).post(joining::join))
        .merge(legal::routes())
        .route("/robots.txt", get(well_known::robots))
        .route("/.well-known/security.txt", get(well_known::security))
        .route("/ressources", get(resources::show))
        .route("/evenements/{slug}/resultats/{number}", get(results::show))
        .route("/invitations/{token}", get(guest::show))
        .route("/invitations/{token}/inscription", post(guest::register))
        .route("/invitations/{token}/decliner", post(guest::decline))
}

/// The addresses of files, whose answers are long.
pub fn files() -> Router<App> {
    Router::new().route("/documents/{id}", get(documents::download))
}
