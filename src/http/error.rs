//! A failure: nothing the visitor can do. It goes up with `?`, is logged once at the edge and shown as one sentence.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::proof_requests::TooOften;
use domain::registrations::{ActError, Refusal};

/// What a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, or a plain "not found" or "not yours".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address names nothing, or nothing that the visitor may know of.
    #[error("not found")]
    NotFound,
    /// The visitor is known, and may not do this.
    #[error("forbidden")]
    Forbidden,
    /// A rule of an event says no.
    #[error(transparent)]
    Refused(Refusal),
    /// The visitor must sign in first, and is then brought back to this path.
    #[error("sign in first")]
    SignIn {
        /// Where to come back to: a path of this site.
        then: String,
    },
    /// The visitor must prove by a fresh link that it is them, and is then brought back to this path.
    #[error("prove who you are first")]
    Prove {
        /// Where to come back to: a path of this site.
        then: String,
        /// Whether the visitor sent a form, of which nothing was done.
        unsent: bool,
    },
    /// The link that was followed is used, out of date or incomplete.
    #[error("gone")]
    Gone,
    /// The request cannot be read.
    #[error("bad request")]
    BadRequest,
    /// The request's body is larger than any form.
    #[error("too large")]
    TooLarge,
    /// The request's address is longer than any of ours.
    #[error("the address is too long")]
    AddressTooLong,
    /// The request's body did not come in time.
    #[error("too slow")]
    TooSlow,
    /// Too many requests of one kind.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The database said no.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
    /// A page could not be rendered.
    #[error("a page could not be rendered: {0}")]
    Page(#[from] askama::Error),
    /// Anything else that nobody can do something about.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// The HTTP status of this failure.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Refused(_) => StatusCode::FORBIDDEN,
            Self::SignIn { .. } | Self::Prove { .. } => StatusCode::SEE_OTHER,
            Self::Gone => StatusCode::GONE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(sqlx::Error::PoolTimedOut) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) | Self::Page(_) | Self::Other(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        crate::page::error(&self)
    }
}

impl From<TooOften> for Error {
    fn from(often: TooOften) -> Self {
        Self::TooMany { retry_after: often.retry_after.as_secs() + 1 }
    }
}

impl From<ActError> for Error {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound => Self::NotFound,
            ActError::Refused(refusal) => Self::Refused(refusal),
            ActError::TooOften(often) => often.into(),
            ActError::Store(error) => Self::Store(error),
        }
    }
}
