//! What an address says: its parts and its query. One that cannot be read is answered by a page like any other.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The parts of an address; where one of them cannot be what it is to be, the address names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// The query of an address; one that cannot be read is answered 400.
#[derive(Debug)]
pub struct Query<T>(pub T);

#[expect(clippy::disallowed_types, reason = "wrapped here")]
impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Error::NotFound)
    }
}

#[expect(clippy::disallowed_types, reason = "wrapped here")]
impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Self(value)).map_err(|_| Error::BadRequest)
    }
}

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
