//! A board in the browser: its pages, its socket, its exports and imports.

mod access;
mod export;
mod french;
mod import;
mod pages;
mod replay;
mod socket;
mod upgrade;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};

use crate::App;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/evenements/{slug}/tableau", get(access::of_event))
        .route("/t", get(access::ask_code))
        .route("/t/", get(access::ask_code))
        .route("/t/{code}", get(access::by_code))
        .route("/tableaux/{id}", get(pages::show))
        .route("/tableaux/{id}/auteurs.json", get(pages::authors))
        .route("/tableaux/{id}/journal.json", get(replay::journal))
        .route("/tableaux/{id}/revoir", get(replay::show))
        .route("/tableaux/{id}/fiches/{card}/auteurs.json", get(pages::writers))
        .route("/tableaux/{id}/export.json", get(export::json))
        .route("/tableaux/{id}/export.csv", get(export::csv))
        .route("/tableaux/{id}/export.xlsx", get(export::xlsx))
        .route("/tableaux/{id}/export.odt", get(export::odt))
        .route("/tableaux/{id}/export.svg", get(export::svg))
        .route("/tableaux/{id}/export.graphml", get(export::graphml))
        .route(
            "/tableaux/{id}/importer",
            get(import::ask).post(import::import).layer(DefaultBodyLimit::max(import::MAX_FORM)),
        )
        .route("/tableaux/{id}/importer/annuler", post(import::undo))
        .route("/tableaux/{id}/imprimer", get(export::print))
        .route("/tableaux/{id}/socket", any(socket::open))
}
