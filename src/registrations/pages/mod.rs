//! What visitors see of the programme and of their registrations.

mod by_link;
mod form;
mod programme;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

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
        .route("/inscriptions/{token}/dernier-moment", post(by_link::set_short_notice))
}
