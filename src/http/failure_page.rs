//! The page of a failure: one sentence, in the frame of whoever is signed in, with where to write.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::Web;
use crate::error::Error;
use crate::page::Page;
use crate::refusals::Refusal;
use crate::session;
use kernel::identity::Identity;

/// A database that is slower than this at a failure is part of it.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    status: u16,
    retry_minutes: u64,
}

/// What the page of a failure says, until its frame is known.
#[derive(Debug, Clone, Copy)]
struct Failed {
    retry_minutes: u64,
}

/// A failure, as one sentence; who could do something about it finds it in the log. [`frame`] puts the service's name on it.
#[must_use]
pub fn error(failure: &Error) -> Response {
    error_of(Arc::default(), failure)
}

/// The same where no [`frame`] follows: a request that the site never saw.
#[must_use]
pub fn error_of(identity: Arc<Identity>, failure: &Error) -> Response {
    match failure {
        Error::SignIn { then } => {
            let to = format!("/connexion?vers={}", kernel::percent::encode(then));
            return Redirect::to(&to).into_response();
        }
        Error::Prove { then, unsent } => {
            let unsent = if *unsent { "&envoi=1" } else { "" };
            let to = format!("/connexion/preuve?vers={}{unsent}", kernel::percent::encode(then));
            return Refusal::Proof.mark(Redirect::to(&to).into_response());
        }
        _ => {}
    }
    let status = failure.status();
    if status.is_server_error() {
        tracing::error!(error = %failure, "a request failed");
    }
    let mut failed = Failed { retry_minutes: 0 };
    let mut response_headers = HeaderMap::new();
    if let Error::TooMany { retry_after } = failure {
        failed.retry_minutes = retry_after.div_ceil(60);
        response_headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    let body = written(Page { identity, ..Page::default() }, status, failed);
    let mut response = (status, response_headers, Html(body)).into_response();
    response.extensions_mut().insert(failed);
    response
}

fn written(page: Page, status: StatusCode, failed: Failed) -> String {
    let page = ErrorPage { page, status: status.as_u16(), retry_minutes: failed.retry_minutes };
    page.render().unwrap_or_else(|_| status.to_string())
}

/// What an answer of the router itself says, which has no page yet: a method that an address does not have, a time-out.
fn bare(response: &Response) -> Option<Failed> {
    let statuses = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::SERVICE_UNAVAILABLE];
    let is_bare = statuses.contains(&response.status()) && !response.headers().contains_key(header::CONTENT_TYPE);
    is_bare.then_some(Failed { retry_minutes: 0 })
}

/// Puts the service's frame around the pages of failures: its name, and who is signed in as far as the database tells.
pub async fn frame(State(web): State<Web>, request: Request, next: Next) -> Response {
    let cookies = request.headers().get_all(header::COOKIE).into_iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    let Some(failed) = response.extensions().get().copied().or_else(|| bare(&response)) else { return response };
    let looking = session::signed_in_by(&web, cookies);
    let person = tokio::time::timeout(PATIENCE, looking).await.ok().flatten();
    let body = written(Page::new(&web, person), response.status(), failed);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, body.into())
}
