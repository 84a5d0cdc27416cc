//! HTTP: the router, security headers, sessions, forms.

use axum::response::{IntoResponse, Response};

use crate::error::Error;

/// Rate limits.
#[derive(Debug, Default)]
pub struct Limits;

/// A failure as a page.
#[must_use]
pub fn error_page(error: &Error) -> Response {
    error.status().into_response()
}
