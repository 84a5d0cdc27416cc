//! Who may come: buyers, how they are checked, how many of one organisation, seats reserved_seats for invited people.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use serde::Deserialize;

use super::authorized::{Authorized, Organise};
use super::concurrent_edit::{self, Fields, unix};
use super::{event_path, find};
use crate::App;
use crate::office::french;
use domain::accounts::EmailAddress;
use domain::audit::{Act, Entry};
use domain::programme::{Event, UnlistedPolicy, french as dates};
use domain::registrations;
use http::error::Result;
use http::form::{FieldError, FieldErrors, Form};
use http::page::{self, Page};
use kernel::clock::Timestamp;
use kernel::id::PersonId;

/// The longest list, characters.
const MAX_LIST: usize = 50_000;

#[derive(Template)]
#[template(path = "organiser-audience.html")]
struct AudiencePage {
    page: Page,
    path: String,
    event: Event,
    form: AudienceForm,
    /// What is stored now.
    stored: AudienceForm,
    problems: FieldErrors,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct AudienceForm {
    /// `oui`, or nothing.
    #[serde(default)]
    buyers_only: String,
    #[serde(default)]
    unlisted: String,
    #[serde(default)]
    buyer_list: String,
    #[serde(default)]
    cap: String,
    #[serde(default)]
    reserved_seats: String,
    #[serde(default)]
    reserved_until: String,
    #[serde(default)]
    reserved_for: String,
    /// What the fields held when the form was opened, as JSON; empty from who does not care what others save.
    #[serde(default)]
    seen: String,
}

/// What the form wants.
struct Audience {
    buyers_only: bool,
    unlisted: UnlistedPolicy,
    buyer_list: String,
    cap: Option<i64>,
    reserved_seats: i64,
    reserved_until: Option<Timestamp>,
    reserved_for: Vec<EmailAddress>,
}

/// What the form calls a policy; nothing for any other word, which admits nobody.
fn unlisted_policy(word: &str) -> Option<UnlistedPolicy> {
    match word {
        "admettre" => Some(UnlistedPolicy::Admit),
        "approuver" => Some(UnlistedPolicy::Approve),
        "refuser" => Some(UnlistedPolicy::Refuse),
        _ => None,
    }
}

impl AudienceForm {
    /// What of the list counts for nobody, for the page.
    fn void_lines(&self) -> Option<String> {
        let void = registrations::void_lines(&self.buyer_list);
        (!void.is_empty()).then(|| french::quoted_lines(&void))
    }

    fn of(event: &Event, reserved_for: &[EmailAddress]) -> Self {
        let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
        let until = |at: Timestamp| at.civil(&event.time_zone()).strftime("%Y-%m-%dT%H:%M").to_string();
        let mut form = Self {
            buyers_only: if event.buyers_only { "oui" } else { "" }.to_owned(),
            unlisted: match event.unlisted_policy {
                UnlistedPolicy::Admit => "admettre",
                UnlistedPolicy::Approve => "approuver",
                UnlistedPolicy::Refuse => "refuser",
            }
            .to_owned(),
            buyer_list: event.buyer_list.clone(),
            cap: number(event.organisation_cap),
            reserved_seats: number((event.reserved_seats > 0).then_some(event.reserved_seats)),
            reserved_until: event.reserved_until.map_or_else(String::new, until),
            reserved_for: reserved_for.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join("\n"),
            seen: String::new(),
        };
        form.seen = concurrent_edit::seen(form.fields());
        form
    }

    fn fields(&mut self) -> Fields<'_> {
        vec![
            ("buyers_only", &mut self.buyers_only),
            ("unlisted", &mut self.unlisted),
            ("buyer_list", &mut self.buyer_list),
            ("cap", &mut self.cap),
            ("reserved_seats", &mut self.reserved_seats),
            ("reserved_until", &mut self.reserved_until),
            ("reserved_for", &mut self.reserved_for),
        ]
    }

    /// Takes over what somebody else has stored since the form was opened; says which fields both have changed.
    fn follow(&mut self, mut stored: Self) -> FieldErrors {
        let seen = std::mem::replace(&mut self.seen, stored.seen.clone());
        concurrent_edit::follow(&seen, self.fields(), stored.fields())
    }

    fn parse(&self, event: &Event) -> Result<Audience, FieldErrors> {
        let mut problems = FieldErrors::default();
        let mut number = |field, text: &str| {
            let number = text.trim().parse().ok().filter(|number| (1..=100_000).contains(number));
            if number.is_none() && !text.trim().is_empty() {
                problems.add(field, french::NOT_A_NUMBER);
            }
            number
        };
        let (cap, reserved_seats) = (number("cap", &self.cap), number("reserved_seats", &self.reserved_seats));
        let civil: Option<DateTime> = self.reserved_until.trim().parse().ok();
        let reserved_until = civil.and_then(|civil| Timestamp::from_civil(civil, &event.time_zone()).ok());
        if reserved_until.is_none() && (reserved_seats.is_some() || !self.reserved_until.trim().is_empty()) {
            problems.add("reserved_until", french::NOT_A_TIME);
        }
        if self.buyer_list.len() > MAX_LIST {
            problems.add("buyer_list", french::FAR_TOO_LONG);
        } else if let void @ [_, ..] = registrations::void_lines(&self.buyer_list).as_slice() {
            problems.add("buyer_list", french::void_lines(void));
        }
        let addresses: Option<Vec<_>> = self.reserved_for.split_whitespace().map(EmailAddress::parse).collect();
        if addresses.is_none() {
            problems.add("reserved_for", FieldError::NOT_AN_ADDRESS);
        }
        let unlisted = unlisted_policy(&self.unlisted);
        if unlisted.is_none() {
            problems.add("unlisted", french::NO_SUCH_POLICY);
        }
        if unlisted == Some(UnlistedPolicy::Refuse) && self.buyer_list.trim().is_empty() {
            problems.add("buyer_list", FieldError::MISSING);
        }
        let Some(unlisted) = unlisted.filter(|_| problems.is_empty()) else { return Err(problems) };
        Ok(Audience {
            buyers_only: !self.buyers_only.is_empty(),
            unlisted,
            buyer_list: self.buyer_list.trim().replace("\r\n", "\n"),
            cap,
            reserved_seats: reserved_seats.unwrap_or(0),
            reserved_until,
            reserved_for: addresses.unwrap_or_default(),
        })
    }
}

/// `GET /organisation/evenements/{slug}/public`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    let form = stored(&app, &event).await?;
    let (page, path) = (Page::new(&app, Some(person)), event_path(&event));
    page::render(&AudiencePage { page, path, event, stored: form.clone(), form, problems: FieldErrors::default() })
}

/// The form as it would be opened now.
async fn stored(app: &App, event: &Event) -> Result<AudienceForm> {
    let reserved_for = registrations::reserved_for(&mut app.db.read().await?, event.id).await?;
    Ok(AudienceForm::of(event, &reserved_for))
}

/// `POST /organisation/evenements/{slug}/public`: what others have stored since the form was opened is reserved_seats, and where both
/// changed the same field the form comes back with both.
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, target: mut event, .. }: Authorized<Organise, Event>,
    Form(mut form): Form<AudienceForm>,
) -> Result<Response> {
    loop {
        let (path, stored) = (event_path(&event), stored(&app, &event).await?);
        let meanwhile = form.follow(stored.clone());
        if !meanwhile.is_empty() {
            let page = Page::new(&app, Some(person));
            return page::conflict(&AudiencePage { page, path, event, form, stored, problems: meanwhile });
        }
        let audience = match form.parse(&event) {
            Ok(audience) => audience,
            Err(problems) => {
                let page = Page::new(&app, Some(person));
                return page::unprocessable(&AudiencePage { page, path, event, form, stored, problems });
            }
        };
        // Before the seats: those that are reserved_seats from now on are for whom the new list names.
        if unix(&form.reserved_for) != unix(&stored.reserved_for) {
            registrations::set_reserved_for(&app, person.id, event.id, &audience.reserved_for).await?;
        }
        if store(&app, person.id, &event, &audience).await? {
            return Ok(Redirect::to(&format!("{path}?fait=public")).into_response());
        }
        event = find(&app, &event.slug).await?;
    }
}

/// Stores what the form wants of the event; not when somebody else has stored something of it since `seen` was read.
async fn store(app: &App, by: PersonId, seen: &Event, audience: &Audience) -> Result<bool> {
    let wanted = |event: &Event| Event {
        buyers_only: audience.buyers_only,
        unlisted_policy: audience.unlisted,
        buyer_list: audience.buyer_list.clone(),
        organisation_cap: audience.cap,
        reserved_seats: audience.reserved_seats,
        reserved_until: audience.reserved_until,
        ..event.clone()
    };
    let note = french::audience_changes(seen, &wanted(seen));
    let mut is_current = true;
    let edit = |event: &mut Event| {
        is_current = AudienceForm::of(event, &[]) == AudienceForm::of(seen, &[]);
        if is_current {
            *event = wanted(event);
        }
    };
    app::revise::revise(app, &Entry::new(by, Act::ChangedAudience, seen.id).note(note), edit).await?;
    Ok(is_current)
}
