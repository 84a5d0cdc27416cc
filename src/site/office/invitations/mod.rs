//! Invitations: written, sent, followed.

mod compose;
mod progress;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::App;
use crate::office::people_list::MAX_FORM;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisation/invitations", get(progress::list))
        .route("/organisation/invitations/nouvelle", get(compose::show).post(compose::submit))
        .route("/organisation/invitations/apercu", post(compose::preview))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .route("/organisation/invitations/{id}", get(progress::show))
        .route("/organisation/invitations/{id}/relancer", post(progress::follow_up))
        .route("/organisation/invitations/{id}/arreter", post(progress::stop))
        .route("/organisation/invitations/{id}/reprendre", post(progress::resume))
}
