//! Asking for a seat.

use super::post::post;
use super::rules::Asker;
use super::settle::settle;
use super::{ActError, Asked, NewRegistration, Registration, Seat, admission, audience, kept, letters, store, token};
use crate::accounts::{self, Person};
use crate::app::App;
use crate::db::{Tx, persistently};
use crate::id::{EventId, OrganisationId, PersonId, RegistrationId};
use crate::mail::Letter;
use crate::organisations;
use crate::programme::{self, Event};

/// Asks for a seat: holds one until the address is confirmed, or joins the waiting list. Asking twice with one
/// address takes no second seat; its owner gets a letter that says how things are.
///
/// # Errors
///
/// When there is no such event, its rules refuse, or the database fails.
pub async fn register(app: &App, event: EventId, request: NewRegistration) -> Result<Asked, ActError> {
    persistently(|| register_once(app, event, &request)).await
}

async fn register_once(app: &App, event: EventId, request: &NewRegistration) -> Result<Asked, ActError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let event = programme::lock(&mut tx, event).await?.ok_or(ActError::NotFound)?;
    let answer = ask(app, &mut tx, &event, request).await?;
    post(app, &mut tx, &event, answer.letter(app, &event), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(answer.told)
}

/// What became of a request.
pub(super) struct Answer {
    /// The new registration, or the one that stood already.
    pub registration: Registration,
    /// Whether one stood already.
    pub known: bool,
    /// Its place in the waiting list.
    pub position: i64,
    /// What whoever asked may know.
    pub told: Asked,
}

impl Answer {
    /// What the address's owner is written.
    pub(super) fn letter(&self, app: &App, event: &Event) -> Letter {
        match self.known {
            true => letters::asked_again(app, event, &self.registration, self.position),
            false => letters::state(app, event, &self.registration, self.position),
        }
    }

    /// Whether the seat is theirs since just now: their calendar is to hear of it.
    pub(super) fn is_invited(&self) -> bool {
        !self.known && self.registration.seat == Seat::Confirmed
    }
}

/// Decides on a request and writes it, under the event's lock. The letter is the caller's.
pub(super) async fn ask(app: &App, tx: &mut Tx, event: &Event, request: &NewRegistration) -> Result<Answer, ActError> {
    let now = app.clock.now();
    let occupancy = settle(app, tx, event, now).await?;
    let organisation = organisations::of(tx, &request.organisation, request.siret.as_ref(), now).await?;
    let asker = asker(tx, event, request, organisation).await?;
    let seat = admission(event).admit(&asker, occupancy, now)?;
    let told = match seat {
        Seat::Waiting => Asked::Waiting(occupancy.waiting.saturating_add(1)),
        Seat::Pending => Asked::Pending,
        _ if request.proven => Asked::Confirmed,
        _ => Asked::Held,
    };
    let person = person_for(app, tx, request, organisation).await?;
    if let Some(registration) = store::find_live(tx, event.id, person.id).await? {
        let position = store::position(tx, event.id, registration.arrival).await?;
        return Ok(Answer { registration, known: true, position, told });
    }
    let seat = if request.proven && seat == Seat::Held { Seat::Confirmed } else { seat };
    let place = Place { seat, organisation, invited: asker.invited, approved: false };
    let registration = insert(app, tx, event, person.id, (request, place)).await?;
    if registration.proven {
        accounts::rename(tx, person.id, &request.name, Some(organisation)).await?;
    }
    Ok(Answer { registration, known: false, position: i64::from(occupancy.waiting) + 1, told })
}

/// The person who asks.
pub(super) async fn person_for(
    app: &App,
    tx: &mut Tx,
    request: &NewRegistration,
    organisation: OrganisationId,
) -> sqlx::Result<Person> {
    accounts::person_for(tx, &request.email, &request.name, Some(organisation), app.clock.now()).await
}

/// Who asks, as the rules see them.
pub(super) async fn asker(
    tx: &mut Tx,
    event: &Event,
    request: &NewRegistration,
    organisation: OrganisationId,
) -> sqlx::Result<Asker> {
    let whom = organisations::find(tx, organisation).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Asker {
        buyer: request.buyer,
        listed: audience::is_listed(&event.buyer_list, &request.email, &whom),
        invited: kept::is_invited(tx, event, &request.email).await?,
        colleagues: colleagues(tx, event, Some(organisation)).await?,
    })
}

/// The seats that an organisation has; not counted where nobody asks.
pub(super) async fn colleagues(tx: &mut Tx, event: &Event, organisation: Option<OrganisationId>) -> sqlx::Result<u32> {
    match (event.organisation_cap, organisation) {
        (Some(_), Some(organisation)) => {
            Ok(store::colleagues(tx, event.id).await?.get(&organisation).copied().unwrap_or(0))
        }
        _ => Ok(0),
    }
}

/// What was decided for a new registration.
pub(super) struct Place {
    pub seat: Seat,
    pub organisation: OrganisationId,
    pub invited: bool,
    pub approved: bool,
}

/// Writes a new registration.
pub(super) async fn insert(
    app: &App,
    tx: &mut Tx,
    event: &Event,
    person: PersonId,
    (request, place): (&NewRegistration, Place),
) -> sqlx::Result<Registration> {
    let now = app.clock.now();
    let registration = Registration {
        id: RegistrationId::new(now),
        event_id: event.id,
        person_id: person,
        name: request.name.clone(),
        organisation: request.organisation.clone(),
        organisation_id: Some(place.organisation),
        buyer: request.buyer,
        seat: place.seat,
        arrival: store::next_arrival(tx, event.id).await?,
        proven: request.proven,
        short_notice: request.short_notice,
        invited: place.invited,
        approved: place.approved,
        reason: None,
        created_at: now,
        held_until: (place.seat == Seat::Held).then(|| admission(event).hold_until(app.config.hold(), now)),
        confirmed_at: (place.seat == Seat::Confirmed).then_some(now),
        cancelled_at: None,
        email: request.email.clone(),
    };
    store::insert(tx, &registration, &token(app, registration.id).hash()).await?;
    Ok(registration)
}
