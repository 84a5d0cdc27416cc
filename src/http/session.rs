//! Who is signed in: the cookies of a browser and their extractors.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::Web;
use crate::error::Error;
use domain::accounts::{self, Person, SignedInPerson};
use kernel::config::Config;
use kernel::key::Token;
use kernel::security_log;

/// The signed-in person. As an extractor it sends everybody else to the sign-in page; as an
/// `Option` it is `None` for them.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Person);

/// The signed-in person, who proved lately by a fresh link that it is them. Others are asked to do so first, and come back to
/// the page where they were. Put it on the page of a form too: what is typed after 15 minutes has to be typed again.
#[derive(Debug, Clone)]
pub struct RecentlyProved(pub Person);

/// The signed-in person; whoever holds a role has proved lately that it is them, as with [`RecentlyProved`].
#[derive(Debug, Clone)]
pub struct ProvedIfRole(pub Person);

/// The signed-in person with the session of this browser.
#[derive(Debug, Clone)]
pub struct CurrentSession(pub SignedInPerson);

/// The session's cookie. With HTTPS its prefix makes browsers insist on `Secure`, on `Path=/` and on no `Domain`.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-parcours_session" } else { "parcours_session" }
}

/// The cookie of a browser that asked for a sign-in link.
const fn asking_cookie_name(https: bool) -> &'static str {
    if https { "__Host-parcours_asking" } else { "parcours_asking" }
}

/// As many characters as a token has.
const TOKEN_LENGTH: usize = 43;

/// The cookie that signs a browser in.
#[must_use]
pub fn sign_in_cookie(config: &Config, token: &Token) -> Cookie<'static> {
    cookie(config, cookie_name(config.is_https()), token.as_str().to_owned(), accounts::SESSION_LASTS)
}

/// The cookie by which a browser is known again that asked for a sign-in link.
#[must_use]
pub fn asking_cookie(config: &Config, token: &Token) -> Cookie<'static> {
    cookie(config, asking_cookie_name(config.is_https()), token.as_str().to_owned(), accounts::SIGN_IN_LASTS)
}

/// The cookie that signs a browser out.
#[must_use]
pub fn sign_out_cookie(config: &Config) -> Cookie<'static> {
    cookie(config, cookie_name(config.is_https()), String::new(), Duration::ZERO)
}

/// A cookie that only this site reads, and no script.
pub(crate) fn cookie(config: &Config, name: &'static str, value: String, lasts: Duration) -> Cookie<'static> {
    let seconds = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
    Cookie::build((name, value))
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

/// Who is signed in, looked up once for each request; the use of their session is noted.
async fn find(parts: &mut Parts, web: &Web) -> Result<Option<SignedInPerson>, Error> {
    if let Some(found) = parts.extensions.get::<SignedInPerson>() {
        return Ok(Some(found.clone()));
    }
    let Some(token) = token(parts, &web.config) else { return Ok(None) };
    let found = accounts::signed_in(&mut web.db.read().await?, &token, web.clock.now()).await?;
    if let Some(found) = &found {
        security_log::identify(found.person.id);
        if !is_by_script(parts) {
            accounts::note_use(web, &found.session);
        }
        parts.extensions.insert(found.clone());
    }
    Ok(found)
}

/// Whoever is signed in by these cookies, where a failure has left nothing else of a request; none where the database fails.
pub(crate) async fn signed_in_by(web: &Web, cookies: Vec<HeaderValue>) -> Option<Person> {
    let headers = cookies.into_iter().map(|value| (header::COOKIE, value)).collect();
    let jar = CookieJar::from_headers(&headers);
    let token = Token::received(jar.get(cookie_name(web.config.is_https()))?.value());
    let mut conn = web.db.read().await.ok()?;
    Some(accounts::signed_in(&mut conn, &token, web.clock.now()).await.ok()??.person)
}

/// Whether a script of a page asks, as browsers say: counts that refresh by themselves are no use of the session.
fn is_by_script(parts: &Parts) -> bool {
    parts.headers.get("sec-fetch-dest").is_some_and(|dest| dest == "empty")
}

async fn person(parts: &mut Parts, web: &Web) -> Result<Option<Person>, Error> {
    Ok(find(parts, web).await?.map(|found| found.person))
}

/// Longer addresses are not come back to: percent-encoded, they would not fit into the one of the sign-in page.
const MAX_COME_BACK: usize = 500;

/// Where to come back to after signing in.
fn come_back(parts: &Parts, web: &Web) -> String {
    let page = page_to_come_back_to(parts, web);
    if page.len() <= MAX_COME_BACK { page } else { "/mon-parcours".to_owned() }
}

/// The page itself; for a form or a file, the page that it was on.
fn page_to_come_back_to(parts: &Parts, web: &Web) -> String {
    let is_safe = parts.method.is_safe();
    let is_file = parts.uri.path().rsplit('/').next().is_some_and(|name| name.contains('.'));
    let own = || parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    if is_safe && !is_file {
        return own();
    }
    match referring_page(parts, web.config.origin()) {
        Some(page) => page,
        None if is_safe => own(),
        None => "/mon-parcours".to_owned(),
    }
}

/// The page of this site that the browser says it was on. Not one for signing in: nobody wants to come back there.
fn referring_page(parts: &Parts, origin: &str) -> Option<String> {
    let page = parts.headers.get(header::REFERER)?.to_str().ok()?.strip_prefix(origin)?;
    let page = page.split('#').next().unwrap_or_default();
    (page.starts_with('/') && !page.starts_with("/connexion")).then(|| page.to_owned())
}

/// Whoever is signed in, with their session; others are sent to sign in.
async fn current(parts: &mut Parts, web: &Web) -> Result<SignedInPerson, Error> {
    find(parts, web).await?.ok_or_else(|| Error::SignIn { then: come_back(parts, web) })
}

/// Sends whoever has not proved lately that it is them to do so.
fn check_proof(found: SignedInPerson, parts: &Parts, web: &Web) -> Result<Person, Error> {
    if found.session.is_proved(web.clock.now()) {
        return Ok(found.person);
    }
    Err(Error::Prove { then: come_back(parts, web), unsent: !parts.method.is_safe() })
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Ok(Self(current(parts, state.as_ref()).await?.person))
    }
}

impl<S: AsRef<Web> + Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Error> {
        Ok(person(parts, state.as_ref()).await?.map(Self))
    }
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for CurrentSession {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        current(parts, state.as_ref()).await.map(Self)
    }
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for RecentlyProved {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = current(parts, state.as_ref()).await?;
        check_proof(found, parts, state.as_ref()).map(Self)
    }
}

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for ProvedIfRole {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = current(parts, state.as_ref()).await?;
        if found.holds_role { check_proof(found, parts, state.as_ref()).map(Self) } else { Ok(Self(found.person)) }
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

/// What a browser was given when it asked for a sign-in link, if it did lately.
#[derive(Debug)]
pub struct AskingBrowser(pub Option<Token>);

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for AskingBrowser {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = jar.get(asking_cookie_name(state.as_ref().config.is_https()));
        let token = cookie.filter(|cookie| cookie.value().len() == TOKEN_LENGTH);
        Ok(Self(token.map(|cookie| Token::received(cookie.value()))))
    }
}

/// How the device of the browser is called; what the browser says of itself goes no further.
#[derive(Debug)]
pub struct Device(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let said = parts.headers.get(header::USER_AGENT).and_then(|said| said.to_str().ok());
        Ok(Self(accounts::device(said.unwrap_or_default())))
    }
}
