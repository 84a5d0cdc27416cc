//! Signing in by a link in a mail, and out.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;

use crate::App;
use domain::accounts::EmailAddress;
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::{FieldError, FieldErrors, Form};
use http::limits::ClientAddress;
use http::page::{self, Page};
use http::session::{self, SessionToken, SignedIn};
use kernel::key::Token;
use kernel::percent::encode;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/connexion", get(form).post(ask))
        .route("/connexion/envoyee", get(sent))
        .route("/connexion/{token}", get(arrive).post(enter))
        .route("/deconnexion", post(leave))
        .route("/mon-parcours/deconnexion-partout", post(leave_everywhere))
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
}

#[derive(Template)]
#[template(path = "sign-in-arrive.html")]
struct ArrivePage {
    page: Page,
    token: String,
    vers: String,
}

#[derive(Template)]
#[template(path = "sign-in-used.html")]
struct UsedPage {
    page: Page,
    vers: String,
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

/// Whether somebody signs in to join a board, as a whole room does at once.
fn joins_board(then: &str) -> bool {
    then.starts_with("/tableaux/")
}

/// A path of this site, or nothing: never another site's address.
fn local_path(path: &str) -> Option<&str> {
    let local = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    (local && path.len() <= 500).then_some(path)
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
async fn ask(State(app): State<App>, from: ClientAddress, Form(form): Form<SignInForm>) -> Result<Response> {
    let Some(email) = EmailAddress::parse(&form.email) else {
        let problems = FieldErrors::one("email", FieldError::NOT_AN_ADDRESS);
        return page::unprocessable(&SignInPage { page: Page::new(&app, None), form, problems });
    };
    app.limits.check(from, email.as_str())?;
    domain::accounts::request_sign_in(&app, &email, local_path(&form.vers)).await?;
    let again = if form.vers.is_empty() { String::new() } else { format!("?vers={}", encode(&form.vers)) };
    Ok(Redirect::to(&format!("/connexion/envoyee{again}")).into_response())
}

/// `GET /connexion/envoyee`
async fn sent(State(app): State<App>, person: Option<SignedIn>, Query(then): Query<Then>) -> Result<Response> {
    page::render(&SentPage { page: Page::new(&app, person.map(|SignedIn(person)| person)), vers: then.vers })
}

/// `GET /connexion/{token}`: a button, since mail scanners follow links.
async fn arrive(State(app): State<App>, Path(token): Path<String>, Query(then): Query<Then>) -> Result<Response> {
    if !domain::accounts::can_sign_in(&app, &Token::received(&token)).await? {
        return page::gone(&UsedPage { page: Page::new(&app, None), vers: then.vers });
    }
    page::render(&ArrivePage { page: Page::new(&app, None), token, vers: then.vers })
}

/// `POST /connexion/{token}`
async fn enter(
    State(app): State<App>,
    jar: CookieJar,
    Path(token): Path<String>,
    Form(then): Form<Then>,
) -> Result<Response> {
    let Some(session) = domain::accounts::sign_in(&app, &Token::received(&token)).await? else {
        return page::gone(&UsedPage { page: Page::new(&app, None), vers: then.vers });
    };
    let jar = jar.add(session::sign_in_cookie(&app.config, &session));
    Ok((jar, Redirect::to(local_path(&then.vers).unwrap_or("/mon-parcours"))).into_response())
}

fn signed_out(app: &App, jar: CookieJar) -> (CookieJar, Redirect) {
    let cookie: Cookie<'static> = session::sign_out_cookie(&app.config);
    (jar.add(cookie), Redirect::to("/"))
}

/// `POST /deconnexion`
async fn leave(State(app): State<App>, SessionToken(token): SessionToken, jar: CookieJar) -> Result<Response, Error> {
    if let Some(token) = token {
        domain::accounts::sign_out(&app, &token).await?;
    }
    Ok(signed_out(&app, jar).into_response())
}

/// `POST /mon-parcours/deconnexion-partout`
async fn leave_everywhere(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    jar: CookieJar,
) -> Result<Response, Error> {
    domain::accounts::sign_out_everywhere(&app, person.id).await?;
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
    }
}
