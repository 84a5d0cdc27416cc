//! `GET /metrics`: the requests that were answered, letters, boards.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::App;

use http::error::{Error, Result};
use http::metrics::heading;
use kernel::key::Token;
use mail::outbox;

/// Whether the request has the token of the settings; `None` when there is none to have.
fn may_read(app: &App, headers: &HeaderMap) -> Option<bool> {
    let wanted = app.config.metrics_token.as_deref()?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Hashes, so that the time it takes tells nothing.
    Some(Token::received(given).hash() == Token::received(wanted).hash())
}

/// `GET /metrics`
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    match may_read(&app, &headers) {
        None => return Err(Error::NotFound),
        Some(false) => return Ok((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response()),
        Some(true) => {}
    }
    let mut tx = app.db.snapshot().await?;
    let [queued, sent, failed, suppressed] = outbox::counts(&mut tx).await?;
    let edits = boards::count_edits(&mut tx).await?;
    drop(tx);
    let mut out = String::new();
    app.metrics.write(&mut out);
    heading(&mut out, "parcours_letters", "gauge", "Letters in the outbox.");
    for (state, letters) in [("queued", queued), ("sent", sent), ("failed", failed), ("suppressed", suppressed)] {
        let _ = writeln!(out, "parcours_letters{{state=\"{state}\"}} {letters}");
    }
    heading(&mut out, "parcours_board_edits", "gauge", "Edits in the logs of all boards.");
    let _ = writeln!(out, "parcours_board_edits {edits}");
    heading(&mut out, "parcours_boards_open", "gauge", "Boards open on this node.");
    let _ = writeln!(out, "parcours_boards_open {}", app.rooms.count());
    heading(&mut out, "parcours_board_sockets", "gauge", "Sockets open on this node.");
    let _ = writeln!(out, "parcours_board_sockets {}", app.rooms.sockets());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response())
}
