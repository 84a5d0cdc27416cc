//! One act on many chosen registrations: approve, refuse, note who was there.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::authorized::{Authorized, Organise};
use super::event::{BulkForm, EventPage};
use super::event_path;
use crate::App;
use crate::office::french;
use crate::office::registration_list::Listing;
use domain::programme::Event;
use domain::registrations::{self, ActError, Decision, RegistrationStatus};
use http::error::Result;
use http::form::{FieldError, FieldErrors, Form};
use http::page::Page;
use kernel::id::RegistrationId;

/// The longest reason, characters.
pub(super) const MAX_REASON: usize = 500;

/// What may be done with those who are chosen.
enum Act {
    Decide(Decision),
    Mark(RegistrationStatus),
}

/// The form's fields: one of them may come many times.
fn read(fields: Vec<(String, String)>) -> (BulkForm, Listing) {
    let (mut choice, mut listing) = (BulkForm::default(), Listing::default());
    for (name, value) in fields {
        match name.as_str() {
            "id" => choice.ids.extend(value.parse::<RegistrationId>().ok()),
            "acte" => choice.act = value,
            "reason" => choice.reason = value,
            "q" => listing.q = value,
            "etat" => listing.etat = value,
            "tri" => listing.tri = value,
            "ordre" => listing.ordre = value,
            _ => {}
        }
    }
    (choice, listing)
}

fn parse(choice: &BulkForm) -> Result<Act, FieldErrors> {
    let mut problems = FieldErrors::default();
    if choice.ids.is_empty() {
        problems.add("ids", french::NOBODY_CHOSEN);
    }
    let act = match choice.act.as_str() {
        "approuver" => Some(Act::Decide(Decision::Approve)),
        "refuser" => {
            let reason = problems.text("reason", &choice.reason, MAX_REASON, french::NO_REASON);
            Some(Act::Decide(Decision::Refuse(reason)))
        }
        "present" => Some(Act::Mark(RegistrationStatus::Attended)),
        "absent" => Some(Act::Mark(RegistrationStatus::Absent)),
        "depointer" => Some(Act::Mark(RegistrationStatus::Confirmed)),
        _ => {
            problems.add("acte", FieldError::MISSING);
            None
        }
    };
    act.filter(|_| problems.is_empty()).ok_or(problems)
}

/// `POST /organisation/evenements/{slug}/selection`
pub(super) async fn act(
    State(app): State<App>,
    Authorized { person, rights, target: event, .. }: Authorized<Organise, Event>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (mut choice, listing) = read(fields);
    let (by, page) = (person.id, (Page::new(&app, Some(person)), rights));
    let act = match parse(&choice) {
        Ok(act) => act,
        Err(problems) => return EventPage::new(&app, page, event, listing).await?.again(choice, problems),
    };
    let done = match act {
        Act::Decide(decision) => registrations::decide(&app, by, event.id, (&choice.ids, &decision)).await,
        Act::Mark(status) => registrations::mark(&app, by, event.id, &choice.ids, status).await,
    };
    match done {
        Ok(count) => {
            let to = format!("{}?fait={}-{count}&{}", event_path(&event), choice.act, listing.query());
            Ok(Redirect::to(to.trim_end_matches('&')).into_response())
        }
        Err(ActError::Refused(refusal)) => {
            choice.refused = Some(french::refusal(refusal));
            EventPage::new(&app, page, event, listing).await?.again(choice, FieldErrors::default())
        }
        Err(error) => Err(error.into()),
    }
}
