//! `/organisation/identite`: who runs the service, as its legal pages and letters say it; for an owner of everything.

mod french;

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::DoneQuery;
use super::authorized::{Authorized, Everything, SetIdentity};
use crate::App;
use domain::accounts::{EmailAddress, Person};
use domain::identity::{self, french as names};
use french::LEVELS;
use http::error::Result;
use http::extract::Query;
use http::form::{FieldErrors, Form};
use http::page::{self, Page};
use kernel::identity::{Fact, FactError, Facts, Identity};

/// The addresses of this page.
pub fn routes() -> Router<App> {
    Router::new().route("/organisation/identite", get(show).post(save))
}

#[derive(Template)]
#[template(path = "organiser-identity.html")]
struct IdentityPage {
    page: Page,
    fields: Vec<FactField>,
    /// What the legal pages lack: fields and their labels.
    missing: Vec<(&'static str, &'static str)>,
    problems: FieldErrors,
    done: bool,
}

/// A fact as a field.
struct FactField {
    fact: Fact,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    /// The theme says it: it is shown and not typed.
    fixed: bool,
}

impl FactField {
    fn new(identity: &Identity, fact: Fact, typed: Option<&Facts>) -> Self {
        let fixed = identity.is_fixed(fact);
        let stored = if fixed { identity.fact(fact) } else { identity.owners().get(&fact).map(String::as_str) };
        let typed = typed.filter(|_| !fixed).map(|typed| typed.get(&fact).map_or("", String::as_str));
        let value = typed.or(stored).unwrap_or_default().to_owned();
        Self { fact, name: fact.name(), label: names::fact(fact), hint: french::hint(fact), value, fixed }
    }

    fn is_level(&self) -> bool {
        self.fact == Fact::Accessibility
    }

    const fn is_long(&self) -> bool {
        matches!(self.fact, Fact::PostalAddress | Fact::Host | Fact::Recipients | Fact::Dpo)
    }

    fn is_chosen(&self, level: &str) -> bool {
        self.value == level || (self.value.is_empty() && level == "none")
    }
}

impl IdentityPage {
    fn new(app: &App, person: Person, (typed, problems): (Option<&Facts>, FieldErrors)) -> Self {
        let identity = app.identity().get();
        let fields = Fact::ALL.map(|fact| FactField::new(&identity, fact, typed)).into();
        let missing = identity.missing().into_iter().map(|fact| (fact.name(), names::fact(fact))).collect();
        Self { page: Page::new(app, Some(person)), fields, missing, problems, done: false }
    }
}

/// `GET /organisation/identite`
async fn show(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<SetIdentity, Everything>,
    Query(DoneQuery { fait }): Query<DoneQuery>,
) -> Result<Response> {
    identity::refresh(&app).await?;
    let page = IdentityPage::new(&app, person, (None, FieldErrors::default()));
    page::render(&IdentityPage { done: !fait.is_empty(), ..page })
}

/// `POST /organisation/identite`
async fn save(
    State(app): State<App>,
    Authorized { person, .. }: Authorized<SetIdentity, Everything>,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Response> {
    let identity = app.identity().get();
    let of = |fact: Fact| Some((fact, typed.get(fact.name())?.clone()));
    let typed: Facts = Fact::ALL.into_iter().filter(|fact| !identity.is_fixed(*fact)).filter_map(of).collect();
    match parse(&typed, &identity) {
        Ok(facts) => {
            identity::save(&app, person.id, &facts).await?;
            Ok(Redirect::to("/organisation/identite?fait=1").into_response())
        }
        Err(problems) => page::unprocessable(&IdentityPage::new(&app, person, (Some(&typed), problems))),
    }
}

/// The facts as they are kept.
fn parse(typed: &Facts, identity: &Identity) -> Result<Facts, FieldErrors> {
    let (mut facts, mut problems) = (Facts::new(), FieldErrors::default());
    for (fact, text) in typed {
        let address_fails =
            *fact == Fact::ContactEmail && !text.trim().is_empty() && EmailAddress::parse(text.trim()).is_none();
        match fact.clean(text).and_then(|text| if address_fails { Err(FactError::Email) } else { Ok(text) }) {
            Ok(text) => drop(facts.insert(*fact, text)),
            Err(error) => problems.add(fact.name(), french::error(error)),
        }
    }
    let of = |fact: Fact| facts.get(&fact).map(String::as_str).or_else(|| identity.fact(fact)).unwrap_or_default();
    if ["partial", "full"].contains(&of(Fact::Accessibility)) && of(Fact::AccessibilityAudit).is_empty() {
        problems.add(Fact::AccessibilityAudit.name(), french::NO_AUDIT);
    }
    if problems.is_empty() { Ok(facts) } else { Err(problems) }
}
