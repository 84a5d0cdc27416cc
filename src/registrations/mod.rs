//! Registrations: requests for a seat, and what becomes of them. Every act is one transaction under the event's lock.

mod letters;
mod own;
mod pages;
mod post;
mod reminders;
mod rules;
mod settle;
mod store;
mod view;

use serde::{Deserialize, Serialize};

use post::post;
use settle::settle;

use crate::accounts::{self, EmailAddress};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{EventId, PersonId, RegistrationId};
use crate::key::{Purpose, Token};
use crate::programme::{self, Event};

pub use own::{accept_own, cancel_own};
pub use pages::routes;
pub use reminders::{coming_reminders, remind, reminders_of, set_reminders};
pub use rules::{Admission, Occupancy, Refusal, Reminder};
pub use settle::{lapse_overdue, settle_event};
pub use store::{holds_seat, of_event, of_person};
pub use view::{EventView, Opening};

/// What became of a request for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Seat {
    /// Kept for somebody who has yet to confirm their address; counts as taken.
    Held,
    /// Kept for somebody out of the waiting list who has yet to say that they come; counts as taken.
    Offered,
    /// Theirs.
    Confirmed,
    /// In the waiting list, in the order of arrival.
    Waiting,
    /// Given back by the person.
    Cancelled,
    /// Held or offered too long without being taken.
    Lapsed,
}

impl Seat {
    /// Whether the request still stands.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Offered | Self::Confirmed | Self::Waiting)
    }
}

/// A person's request for a seat at one event, and what became of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Registration {
    /// Its identifier.
    pub id: RegistrationId,
    /// The event.
    pub event_id: EventId,
    /// Who asked.
    pub person_id: PersonId,
    /// Their name as they gave it with this request.
    pub name: String,
    /// Their organisation as they gave it with this request.
    pub organisation: String,
    /// Whether they attested to be a public buyer.
    pub buyer: bool,
    /// What became of it.
    pub seat: Seat,
    /// Its place in the order of requests at the event.
    pub arrival: i64,
    /// Whether the address is proven.
    pub proven: bool,
    /// Whether they can come even when told on the last day.
    pub short_notice: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when a seat is held or offered.
    pub held_until: Option<Timestamp>,
    /// When the seat became theirs.
    pub confirmed_at: Option<Timestamp>,
    /// When it was given back.
    pub cancelled_at: Option<Timestamp>,
    /// Where letters go.
    pub email: EmailAddress,
}

/// A live registration as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Mine {
    /// Its identifier.
    pub id: RegistrationId,
    /// The event.
    pub event_id: EventId,
    /// What became of it.
    pub seat: Seat,
    /// Until when a seat is held or offered.
    pub held_until: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Place in the waiting list, from 1; means nothing unless waiting.
    pub position: i64,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// Their name.
    pub name: String,
    /// Where letters go.
    pub email: EmailAddress,
    /// Their organisation.
    pub organisation: String,
    /// Whether they attest to be a public buyer.
    pub buyer: bool,
    /// Whether they are signed in with this address, which is then proven.
    pub proven: bool,
    /// Whether they can come even when told on the last day.
    pub short_notice: bool,
}

/// What somebody who asks is told. It is the same whether or not the address was registered already, so that
/// nobody learns who is registered: the letter says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A seat is held until the letter's button is pressed.
    Held,
    /// All seats are taken; this is the place in the waiting list.
    Waiting(u32),
    /// The seat is theirs: their address was proven already.
    Confirmed,
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such event, registration or link.
    #[error("not found")]
    NotFound,
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// The part of an event that decides who gets in.
#[must_use]
pub fn admission(event: &Event) -> Admission {
    Admission {
        takes_place: event.status.takes_place(),
        opens_at: event.opens_at,
        closes_at: event.closes_at,
        starts_at: event.starts_at,
        capacity: event.capacity.map(|seats| u32::try_from(seats).unwrap_or(u32::MAX)),
        buyers_only: event.buyers_only,
    }
}

/// Asks for a seat: holds one until the address is confirmed, or joins the waiting list. Asking twice with one
/// address takes no second seat; its owner gets a letter that says how things are.
///
/// # Errors
///
/// When there is no such event, its rules refuse, or the database fails.
pub async fn register(app: &App, event: EventId, request: NewRegistration) -> Result<Asked, ActError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let occupancy = settle(app, &mut tx, &event, now).await?;
    let seat = admission(&event).admit(request.buyer, occupancy, now)?;
    let NewRegistration { name, organisation, .. } = &request;
    let person = accounts::person_for(&mut tx, &request.email, name, organisation, now).await?;
    if let Some(known) = store::find_live(&mut tx, event.id, person.id).await? {
        let position = store::position(&mut tx, event.id, known.arrival).await?;
        post(app, &mut tx, &event, letters::asked_again(app, &event, &known, position), now).await?;
    } else {
        let seat = if request.proven && seat == Seat::Held { Seat::Confirmed } else { seat };
        let registration = new(app, &mut tx, &event, person.id, (request.clone(), seat)).await?;
        if registration.proven {
            accounts::rename(&mut tx, person.id, name, organisation).await?;
        }
        let position = i64::from(occupancy.waiting) + 1;
        post(app, &mut tx, &event, letters::state(app, &event, &registration, position), now).await?;
    }
    tx.commit().await?;
    app.mail.wake();
    Ok(match seat {
        Seat::Waiting => Asked::Waiting(occupancy.waiting.saturating_add(1)),
        _ if request.proven => Asked::Confirmed,
        _ => Asked::Held,
    })
}

/// Writes a new registration.
async fn new(
    app: &App,
    tx: &mut Tx,
    event: &Event,
    person: PersonId,
    (request, seat): (NewRegistration, Seat),
) -> sqlx::Result<Registration> {
    let now = app.clock.now();
    let registration = Registration {
        id: RegistrationId::new(now),
        event_id: event.id,
        person_id: person,
        name: request.name,
        organisation: request.organisation,
        buyer: request.buyer,
        seat,
        arrival: store::next_arrival(tx, event.id).await?,
        proven: request.proven,
        short_notice: request.short_notice,
        created_at: now,
        held_until: (seat == Seat::Held).then(|| admission(event).hold_until(app.config.hold(), now)),
        confirmed_at: (seat == Seat::Confirmed).then_some(now),
        cancelled_at: None,
        email: request.email,
    };
    store::insert(tx, &registration, &token(app, registration.id).hash()).await?;
    Ok(registration)
}

/// The secret of a registration's links.
fn token(app: &App, id: RegistrationId) -> Token {
    app.key.token(Purpose::Registration, id.0, 0)
}

/// The registration that a mail's link is about, with its event and its place in the waiting list.
///
/// # Errors
///
/// When the database fails.
pub async fn by_link(app: &App, link: &Token) -> sqlx::Result<Option<(Registration, Event, i64)>> {
    let mut tx = app.db.read().await?;
    let Some(mut registration) = store::find_by_token(&mut tx, &link.hash()).await? else { return Ok(None) };
    if registration.seat == Seat::Lapsed {
        // Who asked again meanwhile finds the newer request behind the older link, too.
        let newer = store::find_live(&mut tx, registration.event_id, registration.person_id).await?;
        registration = newer.unwrap_or(registration);
    }
    let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let position = store::position(&mut tx, event.id, registration.arrival).await?;
    Ok(Some((registration, event, position)))
}

/// Confirms a request by its mail's link: the address is proven, and a held or offered seat becomes the person's. One
/// that was kept too long is theirs all the same if one is free; else they join the waiting list's end.
///
/// # Errors
///
/// When the link is about nothing, the rules refuse, or the database fails.
pub async fn confirm(app: &App, link: &Token) -> Result<Registration, ActError> {
    let now = app.clock.now();
    let found = store::find_by_token(&mut app.db.read().await?, &link.hash()).await?.ok_or(ActError::NotFound)?;
    let mut tx = app.db.write().await?;
    let event = programme::lock(&mut tx, found.event_id).await?.ok_or(ActError::NotFound)?;
    let occupancy = settle(app, &mut tx, &event, now).await?;
    let mut registration = store::find(&mut tx, found.id).await?.ok_or(ActError::NotFound)?;
    if let (Seat::Lapsed, Some(newer)) =
        (registration.seat, store::find_live(&mut tx, event.id, registration.person_id).await?)
    {
        // They asked again meanwhile, and proved their address just now.
        registration = newer;
    }
    let before = registration.clone();
    match registration.seat {
        Seat::Held | Seat::Offered => registration.seat = Seat::Confirmed,
        Seat::Lapsed => admit_again(&mut tx, &event, &mut registration, (occupancy, now)).await?,
        Seat::Confirmed | Seat::Waiting | Seat::Cancelled => {}
    }
    let changed = before.seat != registration.seat;
    registration.proven |= registration.seat.is_live();
    if registration.seat == Seat::Confirmed && changed {
        registration.confirmed_at = Some(now);
        registration.held_until = None;
    }
    if changed || before.proven != registration.proven {
        store::update(&mut tx, &registration, now).await?;
        accounts::rename(&mut tx, registration.person_id, &registration.name, &registration.organisation).await?;
    }
    if changed {
        let position = store::position(&mut tx, event.id, registration.arrival).await?;
        post(app, &mut tx, &event, letters::state(app, &event, &registration, position), now).await?;
    }
    tx.commit().await?;
    app.mail.wake();
    Ok(registration)
}

/// Decides anew on a request whose held seat was taken back: a free seat is theirs, else they wait behind everybody.
async fn admit_again(
    tx: &mut Tx,
    event: &Event,
    registration: &mut Registration,
    (occupancy, now): (Occupancy, Timestamp),
) -> Result<(), ActError> {
    registration.seat = match admission(event).admit(registration.buyer, occupancy, now)? {
        Seat::Waiting => Seat::Waiting,
        _ => Seat::Confirmed,
    };
    registration.arrival = store::next_arrival(tx, event.id).await?;
    store::set_arrival(tx, registration.id, registration.arrival).await?;
    Ok(())
}

/// Gives a seat, or a place in the waiting list, back; the first who waits gets it in the same transaction.
///
/// # Errors
///
/// When there is no such registration, or the database fails.
pub async fn cancel(app: &App, id: RegistrationId) -> Result<Registration, ActError> {
    let now = app.clock.now();
    let found = store::find(&mut app.db.read().await?, id).await?.ok_or(ActError::NotFound)?;
    let mut tx = app.db.write().await?;
    let event = programme::lock(&mut tx, found.event_id).await?.ok_or(ActError::NotFound)?;
    let mut registration = store::find(&mut tx, id).await?.ok_or(ActError::NotFound)?;
    if registration.seat.is_live() {
        registration.seat = Seat::Cancelled;
        registration.cancelled_at = Some(now);
        store::update(&mut tx, &registration, now).await?;
        post(app, &mut tx, &event, letters::cancelled(app, &event, &registration), now).await?;
    }
    settle(app, &mut tx, &event, now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(registration)
}

/// Says by the mail's link that one can come, or can not, even when told on the last day. If a seat is free, and it
/// is the last day, it is theirs at once.
///
/// # Errors
///
/// When the link is about nothing, or the database fails.
pub async fn set_short_notice(app: &App, link: &Token, short_notice: bool) -> Result<(), ActError> {
    let now = app.clock.now();
    let found = store::find_by_token(&mut app.db.read().await?, &link.hash()).await?.ok_or(ActError::NotFound)?;
    let mut tx = app.db.write().await?;
    let event = programme::lock(&mut tx, found.event_id).await?.ok_or(ActError::NotFound)?;
    let mut registration = store::find(&mut tx, found.id).await?.ok_or(ActError::NotFound)?;
    if registration.seat == Seat::Waiting {
        registration.short_notice = short_notice;
        registration.proven = true;
        store::update(&mut tx, &registration, now).await?;
        settle(app, &mut tx, &event, now).await?;
    }
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}

/// Seats taken and people waiting at one event.
///
/// # Errors
///
/// When the database fails.
pub async fn occupancy(tx: &mut Tx, event: EventId) -> sqlx::Result<Occupancy> {
    store::occupancy(tx, event).await
}

/// Seats taken and people waiting at every event that anybody asked for.
///
/// # Errors
///
/// When the database fails.
pub async fn occupancies(tx: &mut Tx) -> sqlx::Result<std::collections::BTreeMap<EventId, Occupancy>> {
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let rows = store::occupancies(tx).await?;
    Ok(rows
        .into_iter()
        .map(|(event, taken, waiting)| (event, Occupancy { taken: count(taken), waiting: count(waiting), ready: 0 }))
        .collect())
}
