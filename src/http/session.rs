//! Who is signed in: the session cookie and its extractors.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::Web;
use crate::error::Error;
use domain::accounts::{self, Person};
use kernel::config::Config;
use kernel::key::Token;

/// The signed-in person. As an extractor it sends everybody else to the sign-in page; as an
/// `Option` it is `None` for them.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Person);

/// The cookie's name. With HTTPS its prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-parcours_session" } else { "parcours_session" }
}

/// The cookie that signs a browser in.
#[must_use]
pub fn sign_in_cookie(config: &Config, token: &Token) -> Cookie<'static> {
    let seconds = i64::try_from(accounts::SESSION_LASTS.as_secs()).unwrap_or(i64::MAX);
    cookie(config, token.as_str().to_owned(), seconds)
}

/// The cookie that signs a browser out.
#[must_use]
pub fn sign_out_cookie(config: &Config) -> Cookie<'static> {
    cookie(config, String::new(), 0)
}

fn cookie(config: &Config, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build((cookie_name(config.is_https()), value))
        .path("/")
        .http_only(true)
        .secure(config.is_https())
        .same_site(SameSite::Lax)
        .max_age(cookie::time::Duration::seconds(seconds))
        .build()
}

/// The session's token that the browser sent, if any.
#[must_use]
pub fn token(parts: &Parts, config: &Config) -> Option<Token> {
    let jar = CookieJar::from_headers(&parts.headers);
    jar.get(cookie_name(config.is_https())).map(|cookie| Token::received(cookie.value()))
}

async fn person(parts: &Parts, web: &Web) -> Result<Option<Person>, Error> {
    let Some(token) = token(parts, &web.config) else { return Ok(None) };
    Ok(accounts::signed_in(&mut web.db.read().await?, &token, web.clock.now()).await?)
}

/// Where to come back to after signing in: the page itself, or for a form the page it was on.
fn come_back(parts: &Parts) -> String {
    if parts.method.is_safe() {
        parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
    } else {
        "/mon-parcours".to_owned()
    }
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        person(parts, state.as_ref()).await?.map(Self).ok_or_else(|| Error::SignIn { then: come_back(parts) })
    }
}

impl<S: AsRef<Web> + Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Error> {
        Ok(person(parts, state.as_ref()).await?.map(Self))
    }
}

/// The session's token, for signing out.
#[derive(Debug)]
pub struct SessionToken(pub Option<Token>);

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for SessionToken {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(token(parts, &state.as_ref().config)))
    }
}
