//! Signing in by a link in a mail, proving again by one, and signing out.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;

use super::french;
use crate::App;
use domain::accounts::{self, EmailAddress, SignInAttempt, SignInCode, SignInError};
use domain::proof_requests::Requester;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use http::session::{self, AskingBrowser, CurrentSession, Device, SessionToken, SignedIn};
use http::{Asker, Refusal};
use kernel::key::Token;
use kernel::percent::encode;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/connexion", get(form).post(ask))
        .route("/connexion/envoyee", get(sent))
        .route("/connexion/preuve", get(ask_for_proof).post(send_proof))
        .route("/connexion/{token}", get(arrive).post(enter))
        .route("/deconnexion", post(leave))
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    page: Page,
    form: SignInForm,
    problems: FieldErrors,
}

#[derive(Template)]
#[template(path = "sign-in-sent.html")]
struct SentPage {
    page: Page,
    vers: String,
    /// What another browser asks for, shown whether or not a letter was sent; none once it is too old.
    code: Option<SignInCode>,
}

#[derive(Template)]
#[template(path = "sign-in-arrive.html")]
struct ArrivePage {
    page: Page,
    token: String,
    vers: String,
    /// Whose account it is.
    email: EmailAddress,
    asks_code: bool,
    /// What was typed as one.
    code: String,
    problems: FieldErrors,
}

#[derive(Template)]
#[template(path = "sign-in-used.html")]
struct UsedPage {
    page: Page,
    vers: String,
    /// Whether wrong codes ended the link.
    too_many_codes: bool,
}

#[derive(Template)]
#[template(path = "sign-in-prove.html")]
struct ProvePage {
    page: Page,
    email: EmailAddress,
    vers: String,
    /// Whether a form was sent, of which nothing was done.
    unsent: bool,
}

#[derive(Debug, Default, Deserialize)]
struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    vers: String,
}

#[derive(Debug, Default, Deserialize)]
struct Then {
    #[serde(default)]
    vers: String,
}

#[derive(Debug, Default, Deserialize)]
struct ProveQuery {
    #[serde(default)]
    vers: String,
    envoi: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct EnterForm {
    #[serde(default)]
    vers: String,
    #[serde(default)]
    code: String,
}

/// Whether somebody signs in to join a board, as a whole room does at once.
fn joins_board(then: &str) -> bool {
    then.starts_with("/tableaux/")
}

/// A path of this site, or nothing: never another site's address, and nothing that a header cannot hold. Browsers write
/// everything else percent-encoded.
fn local_path(path: &str) -> Option<&str> {
    let is_written = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_local = is_written && path.starts_with('/') && !path.starts_with("//");
    (is_local && path.len() <= 500).then_some(path)
}

/// `GET /connexion`
async fn form(State(app): State<App>, person: Option<SignedIn>, Query(then): Query<Then>) -> Result<Response> {
    if person.is_some() {
        return Ok(Redirect::to(local_path(&then.vers).unwrap_or("/mon-parcours")).into_response());
    }
    let form = SignInForm { email: String::new(), vers: then.vers };
    page::render(&SignInPage { page: Page::new(&app, None), form, problems: FieldErrors::default() })
}

/// `POST /connexion`
async fn ask(
    State(app): State<App>,
    asker: Asker,
    AskingBrowser(browser): AskingBrowser,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let Some(email) = problems.address("email", &form.email) else {
        return page::unprocessable(&SignInPage { page: Page::new(&app, None), form, problems });
    };
    let requester = asker.request(&app, email.as_str())?;
    send_link(&app, (&email, requester), browser, jar, &form.vers).await
}

/// Sends a link for this browser, which is known by its cookie when it comes back: the same for every link that it asks for, so
/// that the one code it shows is the code of each.
async fn send_link(
    app: &App,
    (email, requester): (&EmailAddress, Requester),
    browser: Option<Token>,
    jar: CookieJar,
    vers: &str,
) -> Result<Response> {
    let browser = browser.unwrap_or_else(Token::random);
    let then = local_path(vers);
    match accounts::request_sign_in(app, email, &browser, (then, requester)).await {
        Ok(()) => {}
        Err(SignInError::TooOften(often)) => return Err(often.into()),
        Err(SignInError::Store(failure)) => return Err(failure.into()),
        Err(other) => return Err(Error::Other(other.to_string())),
    }
    let jar = jar.add(session::asking_cookie(&app.config, &browser));
    let again = then.map_or_else(String::new, |then| format!("?vers={}", encode(then)));
    Ok((jar, Redirect::to(&format!("/connexion/envoyee{again}"))).into_response())
}

/// `GET /connexion/envoyee`
async fn sent(
    State(app): State<App>,
    person: Option<SignedIn>,
    AskingBrowser(browser): AskingBrowser,
    Query(then): Query<Then>,
) -> Result<Response> {
    let code = browser.map(|browser| accounts::sign_in_code(&app, &browser));
    page::render(&SentPage { page: Page::new(&app, person.map(|SignedIn(person)| person)), vers: then.vers, code })
}

/// `GET /connexion/preuve`: why a fresh link is needed.
async fn ask_for_proof(
    State(app): State<App>,
    CurrentSession(current): CurrentSession,
    Query(asked): Query<ProveQuery>,
) -> Result<Response> {
    if current.session.is_proved(app.clock.now()) {
        return Ok(Redirect::to(local_path(&asked.vers).unwrap_or("/mon-parcours")).into_response());
    }
    let (email, unsent) = (current.person.email.clone(), asked.envoi.is_some());
    page::render(&ProvePage { page: Page::new(&app, Some(current.person)), email, vers: asked.vers, unsent })
}

/// `POST /connexion/preuve`: sends a fresh link to the address of whoever is signed in, and to no other.
async fn send_proof(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    asker: Asker,
    AskingBrowser(browser): AskingBrowser,
    jar: CookieJar,
    Form(then): Form<Then>,
) -> Result<Response> {
    send_link(&app, (&person.email, asker.signed_in()), browser, jar, &then.vers).await
}

/// `GET /connexion/{token}`: a button, since mail scanners follow links.
async fn arrive(
    State(app): State<App>,
    AskingBrowser(browser): AskingBrowser,
    Path(token): Path<String>,
    Query(then): Query<Then>,
) -> Result<Response> {
    match accounts::find_sign_in(&app, &Token::received(&token), browser.as_ref()).await {
        Ok(link) => page::render(&ArrivePage {
            page: Page::new(&app, None),
            token,
            vers: then.vers,
            email: link.email,
            asks_code: link.asks_code,
            code: String::new(),
            problems: FieldErrors::default(),
        }),
        Err(refused) => link_refused(&app, then.vers, refused),
    }
}

/// What the browser sends with its request, besides the form.
#[derive(FromRequestParts)]
#[from_request(state(App))]
struct Browser {
    asking: AskingBrowser,
    session: SessionToken,
    device: Device,
    asker: Asker,
    jar: CookieJar,
}

/// `POST /connexion/{token}`
async fn enter(
    State(app): State<App>,
    Path(token): Path<String>,
    browser: Browser,
    Form(form): Form<EnterForm>,
) -> Result<Response> {
    let code = SignInCode::parse(&form.code);
    let attempt = SignInAttempt {
        link: &Token::received(&token),
        browser: browser.asking.0.as_ref(),
        code,
        device: &browser.device.0,
        replaces: browser.session.0.as_ref(),
    };
    let link = accounts::find_sign_in(&app, attempt.link, attempt.browser).await.ok();
    let problem = match accounts::sign_in(&app, &attempt).await {
        Ok(session) => {
            let mut jar = browser.jar.add(session::sign_in_cookie(&app.config, &session));
            if let Some(link) = link {
                jar = jar.add(browser.asker.cookie_with(&app, link.email.as_str()));
            }
            return Ok((jar, Redirect::to(local_path(&form.vers).unwrap_or("/mon-parcours"))).into_response());
        }
        Err(SignInError::NoCode) => french::no_code(&form.code),
        Err(SignInError::WrongCode { left }) => french::wrong_code(left),
        Err(SignInError::TooManyCodes) if code.is_some() => {
            return Ok(Refusal::Code.mark(link_refused(&app, form.vers, SignInError::TooManyCodes)?));
        }
        Err(refused) => return link_refused(&app, form.vers, refused),
    };
    let link = match accounts::find_sign_in(&app, attempt.link, attempt.browser).await {
        Ok(link) => link,
        Err(refused) => return link_refused(&app, form.vers, refused),
    };
    let answer = page::unprocessable(&ArrivePage {
        page: Page::new(&app, None),
        token,
        vers: form.vers,
        email: link.email,
        asks_code: true,
        code: form.code,
        problems: FieldErrors::one("code", problem),
    })?;
    Ok(if code.is_some() { Refusal::Code.mark(answer) } else { answer })
}

/// A link that does not work, and why.
fn link_refused(app: &App, vers: String, refused: SignInError) -> Result<Response> {
    let too_many_codes = match refused {
        SignInError::Store(failure) => return Err(failure.into()),
        SignInError::TooManyCodes => true,
        _ => false,
    };
    let answer = page::gone(&UsedPage { page: Page::new(app, None), vers, too_many_codes })?;
    Ok(Refusal::Link.mark(answer))
}

/// What a browser is told whose session has ended.
pub(super) fn signed_out(app: &App, jar: CookieJar) -> (CookieJar, Redirect) {
    let cookie: Cookie<'static> = session::sign_out_cookie(&app.config);
    (jar.add(cookie), Redirect::to("/"))
}

/// `POST /deconnexion`
async fn leave(State(app): State<App>, SessionToken(token): SessionToken, jar: CookieJar) -> Result<Response, Error> {
    if let Some(token) = token {
        accounts::sign_out(&app, &token).await?;
    }
    Ok(signed_out(&app, jar).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        assert_eq!(local_path("/mon-parcours?x=1"), Some("/mon-parcours?x=1"));
        for foreign in ["https://mechant.fr", "//mechant.fr", "/\\mechant.fr", "", "mon-parcours"] {
            assert_eq!(local_path(foreign), None, "{foreign}");
        }
        for unwritable in ["/\0", "/\x7f", "/\x01", "/a b", "/\r\nx: y", "/\t/mechant.fr", "/évènements", "/\u{85}"] {
            assert_eq!(local_path(unwritable), None, "{unwritable:?}");
        }
    }
}
