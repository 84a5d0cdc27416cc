//! A board in the browser: its page, its socket, what leaves it and what is brought in.

mod downloads;
mod entrance;
mod importing;
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
        .route("/evenements/{slug}/tableau", get(entrance::of_event))
        .route("/t", get(entrance::ask_code))
        .route("/t/", get(entrance::ask_code))
        .route("/t/{code}", get(entrance::by_code))
        .route("/tableaux/{id}", get(pages::show))
        .route("/tableaux/{id}/auteurs.json", get(pages::authors))
        .route("/tableaux/{id}/journal.json", get(replay::journal))
        .route("/tableaux/{id}/revoir", get(replay::show))
        .route("/tableaux/{id}/fiches/{card}/auteurs.json", get(pages::writers))
        .route("/tableaux/{id}/export.json", get(downloads::json))
        .route("/tableaux/{id}/export.csv", get(downloads::csv))
        .route("/tableaux/{id}/export.xlsx", get(downloads::xlsx))
        .route("/tableaux/{id}/export.odt", get(downloads::odt))
        .route("/tableaux/{id}/export.svg", get(downloads::svg))
        .route("/tableaux/{id}/export.graphml", get(downloads::graphml))
        .route(
            "/tableaux/{id}/importer",
            get(importing::ask).post(importing::import).layer(DefaultBodyLimit::max(importing::MAX_FORM)),
        )
        .route("/tableaux/{id}/importer/annuler", post(importing::undo))
        .route("/tableaux/{id}/imprimer", get(downloads::print))
        .route("/tableaux/{id}/socket", any(socket::open))
}
