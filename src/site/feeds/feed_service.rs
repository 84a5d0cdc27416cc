//! In front of the site: what calendar apps poll, answered before anything that only pages need.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::{BoxFuture, Either, Ready, ready};
use tower::Service;

use super::feed_cache::Name;
use super::pages;
use crate::App;
use domain::calendar::feed::Feed;
use domain::programme::Slug;
use http::metrics::PendingRequest;
use http::security;
use kernel::key::Token;

/// The site with its feeds.
#[derive(Debug, Clone)]
pub struct FeedService {
    app: App,
    site: Router,
}

type Answered = std::result::Result<Response, Infallible>;

impl FeedService {
    /// Puts the feeds in front of a site.
    #[must_use]
    pub fn new(app: App, site: Router) -> Self {
        Self { app, site }
    }

    /// An answer of a feed's, with the headers of every answer; counted as the site's are.
    fn finalize(app: &App, asked: Option<PendingRequest>, mut response: Response) -> Response {
        security::add(response.headers_mut(), app.config.is_https());
        if let Some(asked) = asked {
            asked.answered(app, &response);
        }
        response
    }
}

impl Name {
    /// What is at that path, if it is a feed: private ones have secrets for names, and never come into a log.
    fn at(path: &str) -> Option<Self> {
        let stem = path.strip_suffix(".ics")?;
        let feed = [Feed::All, Feed::Webinars, Feed::Workshops].into_iter().find(|feed| feed.path() == path);
        let private = || stem.strip_prefix("/calendrier/prive/").map(|secret| Token::received(secret).hash());
        let event = || stem.strip_prefix("/evenements/").and_then(Slug::parse);
        feed.map(Self::Feed).or_else(|| private().map(Self::Private)).or_else(|| event().map(Self::Event))
    }

    /// What it is counted under.
    const fn route(&self) -> &'static str {
        match self {
            Self::Feed(feed) => feed.path(),
            Self::Event(_) => "/evenements/{slug}.ics",
            Self::Private(_) => "/calendrier/prive/{token}.ics",
        }
    }
}

impl Service<Request> for FeedService {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Answered>, BoxFuture<'static, Answered>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(name) = Name::at(request.uri().path()) else {
            return Either::Right(Box::pin(self.site.call(request)));
        };
        let asked = PendingRequest::if_watched(&self.app, name.route(), request.method());
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut refused = StatusCode::METHOD_NOT_ALLOWED.into_response();
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Either::Left(ready(Ok(Self::finalize(&self.app, asked, refused))));
        }
        if let Some(copy) = self.app.feeds.find(&name, self.app.clock.now()) {
            return Either::Left(ready(Ok(Self::finalize(&self.app, asked, copy.answer(request.headers())))));
        }
        let app = self.app.clone();
        Either::Right(Box::pin(async move {
            let made = pages::make(&app, request.headers(), name).await;
            Ok(Self::finalize(&app, asked, made.unwrap_or_else(IntoResponse::into_response)))
        }))
    }
}
