//! The whole site: its addresses, and what every request passes through.

pub mod account;
pub mod boards;
pub mod feeds;
mod metrics;
pub mod office;
pub mod public;
pub mod state;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::info_span;

use http::error::{Error, Result};
use http::{assets, page, security};
use mail::Delivery;

pub use state::App;

/// The largest body of a request, bytes. Forms are far smaller.
const MAX_BODY: usize = 256 * 1024;

/// A page that takes longer has met a failure. WebSockets are not concerned: their request ends at the upgrade.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole site, its feeds in front.
pub fn router(app: App) -> Router {
    let pages = pages(app.clone());
    Router::new().fallback_service(feeds::FeedService::new(app, pages))
}

/// The pages behind the feeds, with what every request passes through.
pub fn pages(app: App) -> Router {
    let demo = if app.mail.delivery() == Delivery::Mailbox { office::mailbox::routes() } else { Router::new() };
    Router::new()
        .merge(public::routes())
        .merge(account::routes())
        .merge(office::routes())
        .merge(boards::routes())
        .merge(feeds::routes())
        .merge(demo)
        .merge(assets::routes())
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::show))
        .fallback(|| async { Error::NotFound })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        // Files take as long as their way does, and are compressed already, or named by a strong ETag.
        .merge(public::files())
        .merge(office::uploads())
        .layer(middleware::from_fn_with_state(app.web.clone(), security::same_origin))
        .layer(CatchPanicLayer::custom(|_| page::error(&Error::Other("a handler panicked".into()))))
        .layer(middleware::from_fn_with_state(app.web.clone(), page::frame))
        .layer(middleware::from_fn_with_state(app.web.clone(), security::headers))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            // The matched route and never the address itself: addresses carry secret tokens.
            let route = request.extensions().get::<MatchedPath>().map_or("?", MatchedPath::as_str);
            info_span!("request", method = %request.method(), route)
        }))
        .layer(middleware::from_fn_with_state(app.web.clone(), http::metrics::count))
        .with_state(app)
}

/// `GET /readyz`: whether the database answers.
async fn ready(State(app): State<App>) -> Result<&'static str> {
    domain::programme::current_edition(&mut app.db.read().await?).await?;
    Ok("ready")
}
