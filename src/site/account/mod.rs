//! `/mon-parcours`: what is a participant's own, gathered from every feature.

mod address;
mod devices;
mod french;
mod my_data;
mod own_roles;
mod preferences;
mod sign_in;
mod unanswered;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::App;
use crate::feeds::SubscribeLinks;
use boards::BoardInfo;
use domain::accounts;
use domain::programme::{self, french as dates};
use domain::registrations::{
    self, EventView, Occupancy, Opening, OwnRegistration, RegistrationStatus, Transfer, TransferStatus,
};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::Form;
use http::page::{self, Page};
use http::qr::Qr;
use http::session::SignedIn;
use kernel::id::RegistrationId;
use own_roles::OwnRole;
use unanswered::Unanswered;

/// The addresses of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/mon-parcours", get(mine))
        .route("/mon-parcours/inscriptions/{id}/annuler", get(ask_to_cancel).post(cancel))
        .route("/mon-parcours/inscriptions/{id}/accepter", post(accept))
        .route("/mon-parcours/inscriptions/{id}/reprendre", post(take_back))
        .route("/mon-parcours/tout-confirmer", post(unanswered::confirm_all))
        .route("/mon-parcours/flux", post(renew_feed))
        .route("/courriels-recus/{class}/{sealed}", get(preferences::show).post(preferences::choose))
        .route("/courriels-recus/{class}/{address}/{token}", get(preferences::show_old).post(preferences::choose_old))
        .route("/mon-parcours/flux/fermer", post(revoke_feed))
        .route("/mon-parcours/flux/alarme", post(set_alarm))
        .merge(sign_in::routes())
        .merge(my_data::routes())
        .merge(devices::routes())
        .merge(address::routes())
}

/// A registration with what surrounds it.
struct Item {
    mine: OwnRegistration,
    view: EventView,
    held_until: String,
    /// Whether it is passed while it waits, because its organisation has all the seats it may have.
    capped: bool,
    /// The colleague who has yet to say whether they take the seat.
    asked: Option<Transfer>,
    /// Where they join the video meeting, if they may.
    join: Option<String>,
    /// Where its seat can be handed over, if it can.
    give: Option<String>,
    boards: Vec<BoardInfo>,
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    page: Page,
    coming: Vec<Item>,
    past: Vec<Item>,
    /// Requests and offers that were not answered in time, and requests that wait for an answer.
    unanswered: Unanswered,
    feed: Option<Feed>,
    roles: Vec<OwnRole>,
    done: String,
}

/// A private feed: the links to it, and what can be set.
struct Feed {
    links: SubscribeLinks,
    qr: Option<Qr>,
    /// Minutes before each event; 0 for none.
    alarm: i64,
    alarms: [(i64, &'static str); 5],
}

#[derive(Template)]
#[template(path = "mine-cancel.html")]
struct CancelPage {
    page: Page,
    item: Item,
}

#[derive(Debug, Default, Deserialize)]
struct DoneQuery {
    #[serde(default)]
    fait: String,
}

async fn items(app: &App, person: &accounts::Person) -> Result<Vec<Item>> {
    let now = app.clock.now();
    let mut tx = app.db.snapshot().await?;
    let mut items = Vec::new();
    for mine in registrations::of_person(&mut tx, person.id).await? {
        let Some(event) = programme::event_by_id(&mut tx, mine.event_id).await? else { continue };
        let had_a_seat = mine.status.is_theirs();
        let boards = if had_a_seat { boards::of_event(&mut tx, event.id).await? } else { Vec::new() };
        let held_until = mine.held_until.map_or_else(String::new, |until| dates::moment(until, &event));
        let capped = registrations::is_capped(&mut tx, &event, mine.status, mine.organisation_id).await?;
        let can_leave =
            mine.status == RegistrationStatus::Confirmed && event.starts_at > now && event.status.takes_place();
        let (mut asked, mut give) = (None, None);
        if can_leave {
            let last = registrations::last_transfer(&mut tx, mine.id).await?;
            asked = last.filter(|last| last.status == TransferStatus::Pending);
            give = Some(format!("{}/transmettre", registrations::path(app, mine.id)));
        }
        let join = registrations::joining_path(app, &event, (mine.id, mine.status));
        let view = EventView::new(event, Occupancy::default(), now);
        items.push(Item { mine, view, held_until, capped, asked, join, give, boards });
    }
    items.sort_by_key(|item| item.view.event.starts_at);
    Ok(items)
}

fn feed(app: &App, person: &accounts::Person) -> Option<Feed> {
    let token = person.feed_token(app)?;
    let path = format!("/calendrier/prive/{}.ics", token.as_str());
    let links = SubscribeLinks::new(&app.config.base_url, &path, french::FEED_NAME);
    let qr = Qr::new(&links.webcal);
    Some(Feed { links, qr, alarm: person.feed_alarm.unwrap_or(0), alarms: french::ALARMS })
}

/// `GET /mon-parcours`
async fn mine(State(app): State<App>, SignedIn(person): SignedIn, Query(done): Query<DoneQuery>) -> Result<Response> {
    let now = app.clock.now();
    let (coming, past) = items(&app, &person).await?.into_iter().partition(|item| item.view.event.ends_at > now);
    let coming: Vec<Item> = coming;
    let unanswered = Unanswered::of(&app, &person, &coming).await?;
    let feed = feed(&app, &person);
    let roles = own_roles::of(&app, &person).await?;
    let page = Page::new(&app, Some(person));
    page::render(&MinePage { page, coming, past, unanswered, feed, roles, done: done.fait })
}

/// `GET /mon-parcours/inscriptions/{id}/annuler`
async fn ask_to_cancel(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id: RegistrationId = id.parse().map_err(|_| Error::NotFound)?;
    let item = items(&app, &person).await?.into_iter().find(|item| item.mine.id == id).ok_or(Error::NotFound)?;
    page::render(&CancelPage { page: Page::new(&app, Some(person)), item })
}

/// `POST /mon-parcours/inscriptions/{id}/annuler`
async fn cancel(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    registrations::cancel_own(&app, person.id, id).await?;
    Ok(Redirect::to("/mon-parcours?fait=annulee").into_response())
}

/// `POST /mon-parcours/inscriptions/{id}/accepter`
async fn accept(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    registrations::accept_own(&app, &app.batches, person.id, id).await?;
    Ok(Redirect::to("/mon-parcours?fait=repondu").into_response())
}

/// `POST /mon-parcours/inscriptions/{id}/reprendre`
async fn take_back(State(app): State<App>, SignedIn(person): SignedIn, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let became = registrations::take_back_own(&app, person.id, id).await?;
    let done = if became == Some(TransferStatus::Accepted) { "transmise" } else { "reprise" };
    Ok(Redirect::to(&format!("/mon-parcours?fait={done}")).into_response())
}

/// `POST /mon-parcours/flux`
async fn renew_feed(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    accounts::renew_feed(&app, person.id).await?;
    Ok(Redirect::to("/mon-parcours?fait=flux#agenda").into_response())
}

/// `POST /mon-parcours/flux/fermer`
async fn revoke_feed(State(app): State<App>, SignedIn(person): SignedIn) -> Result<Response> {
    accounts::revoke_feed(&app, person.id).await?;
    Ok(Redirect::to("/mon-parcours?fait=ferme#agenda").into_response())
}

#[derive(Debug, Default, Deserialize)]
struct AlarmForm {
    #[serde(default)]
    minutes: i64,
}

/// `POST /mon-parcours/flux/alarme`
async fn set_alarm(
    State(app): State<App>,
    SignedIn(person): SignedIn,
    Form(form): Form<AlarmForm>,
) -> Result<Response> {
    if !french::ALARMS.iter().any(|(minutes, _)| *minutes == form.minutes) {
        return Err(Error::BadRequest);
    }
    accounts::set_feed_alarm(&app, person.id, Some(form.minutes).filter(|minutes| *minutes > 0)).await?;
    Ok(Redirect::to("/mon-parcours?fait=alarme#agenda").into_response())
}
