//! What waits for a person's answer, and what lapsed without one: shown on `/mon-parcours`, answered by one button.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::Item;
use crate::App;
use domain::accounts::Person;
use domain::programme::{self, french as dates};
use domain::registrations::{self, ActError, EventView, Occupancy, OwnRequest, RegistrationStatus};
use http::error::Result;
use http::session::SignedIn;
use kernel::id::RegistrationId;

/// What waits for an answer, and what lapsed.
pub(super) struct Unanswered {
    /// Requests whose button still works.
    pub(super) open: Vec<Request>,
    /// Requests that were not confirmed in time.
    pub(super) lapsed: Vec<Request>,
    /// Offered seats that were not taken in time.
    pub(super) offers: Vec<(RegistrationId, EventView)>,
    /// How many requests and offers one button would answer.
    pub(super) count: usize,
}

/// A request with the person's own address.
pub(super) struct Request {
    /// Its page.
    pub(super) path: String,
    /// The events that it asks.
    pub(super) views: Vec<EventView>,
    /// Until when its button works, or worked.
    pub(super) until: String,
    /// The name and the organisation that were typed.
    pub(super) words: (String, String),
    /// Whether they are the person's own, so that a button may take them over at once.
    pub(super) is_own: bool,
}

impl Request {
    fn new(app: &App, person: &Person, own: OwnRequest) -> Self {
        let is_own = own.names(person);
        let (now, request) = (app.clock.now(), own.request);
        let until = request.parts.first().map_or_else(String::new, |part| dates::moment(request.until, &part.event));
        let words = request.words.map_or_else(Default::default, |words| (words.name, words.organisation));
        let views = request.parts.into_iter().map(|part| EventView::new(part.event, Occupancy::default(), now));
        Self { path: own.path, views: views.collect(), until, words, is_own }
    }
}

/// Whether a registration waits for its person's answer.
const fn is_asked(status: RegistrationStatus) -> bool {
    matches!(status, RegistrationStatus::Held | RegistrationStatus::Offered)
}

impl Unanswered {
    pub(super) async fn of(app: &App, person: &Person, coming: &[Item]) -> Result<Self> {
        let now = app.clock.now();
        let mut tx = app.db.snapshot().await?;
        let mut offers = Vec::new();
        for lapsed in registrations::lapsed_of_person(&mut tx, person.id, now).await? {
            let Some(event) = programme::event_by_id(&mut tx, lapsed.event_id).await? else { continue };
            let view = EventView::new(event, Occupancy::default(), now);
            if view.can_register() {
                offers.push((lapsed.id, view));
            }
        }
        drop(tx);
        let own = registrations::own_requests(app, person.id, &person.email).await?;
        let (open, lapsed): (Vec<_>, Vec<_>) = own.into_iter().partition(|own| now < own.request.until);
        let answerable = open.iter().filter(|own| own.names(person)).count();
        let count = answerable + coming.iter().filter(|item| is_asked(item.mine.status)).count();
        let shown =
            |requests: Vec<OwnRequest>| requests.into_iter().map(|own| Request::new(app, person, own)).collect();
        Ok(Self { open: shown(open), lapsed: shown(lapsed), offers, count })
    }
}

/// `POST /mon-parcours/tout-confirmer`: takes every seat that is offered, and confirms every request that waits
/// in the person's own name: anybody may have typed the others.
pub(super) async fn confirm_all(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    let now = app.clock.now();
    let own = registrations::of_person(&mut app.db.read().await?, person.id).await?;
    let mut any_refused = false;
    for mine in own.into_iter().filter(|mine| is_asked(mine.status)) {
        match registrations::accept_own(&app, &app.batches, person.id, mine.id).await {
            Ok(_) => {}
            Err(ActError::Refused(_)) => any_refused = true,
            Err(error) => return Err(error.into()),
        }
    }
    for mut one in registrations::own_requests(&app, person.id, &person.email).await? {
        let may_confirm = now < one.request.until && one.names(&person);
        let Some(words) = one.request.words.clone().filter(|_| may_confirm) else { continue };
        match registrations::prove(&app, &app.batches, &mut one.request, &words).await {
            Ok(answers) => any_refused |= answers.iter().any(|(_, answer)| answer.is_err()),
            Err(ActError::Refused(_)) => any_refused = true,
            Err(error) => return Err(error.into()),
        }
    }
    let done = if any_refused { "en-partie" } else { "repondu" };
    Ok(Redirect::to(&format!("/mon-parcours?fait={done}")).into_response())
}
