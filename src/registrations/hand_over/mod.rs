//! Handing a seat over to a colleague of the same organisation: they accept by mail, and the seat is never free in
//! between. Until then it is the giver's.

mod store;

use super::ask;
use super::desk::Place;
use super::post::post;
use super::{
    ActError, NewRegistration, Open, Refusal, Registration, Seat, audience, letters, store as registrations, token,
};
use crate::accounts::EmailAddress;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::persistently;
use crate::id::{HandOverId, RegistrationId};
use crate::key::{Purpose, Token};
use crate::organisations;
use crate::programme::{self, Event, Unlisted};

/// A seat on its way to a colleague.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HandOver {
    /// Its identifier.
    pub id: HandOverId,
    /// The giver's registration.
    pub registration_id: RegistrationId,
    /// The colleague's name.
    pub name: String,
    /// Where the colleague is asked.
    pub email: EmailAddress,
    /// When it was offered to them.
    pub created_at: Timestamp,
}

/// Asks a colleague by mail to take the seat of this link; one asked before is asked no more.
///
/// # Errors
///
/// When the link is about nothing, the seat is not confirmed, the event has begun, the colleague is the giver, or the
/// database fails.
pub async fn hand_over(app: &App, link: &Token, (name, email): (&str, &EmailAddress)) -> Result<(), ActError> {
    let found = registrations::find_by_token(&mut app.db.read().await?, &link.hash()).await?;
    let mut open = Open::lock(app, found.ok_or(ActError::NotFound)?.id).await?;
    let Open { tx, event, registration, now } = &mut open;
    may_leave(event, registration, *now)?;
    if registration.email == *email {
        return Err(Refusal::AlreadyThere.into());
    }
    let id = HandOverId::new(*now);
    let hand_over = HandOver {
        id,
        registration_id: registration.id,
        name: name.to_owned(),
        email: email.clone(),
        created_at: *now,
    };
    let secret = app.key.token(Purpose::HandOver, id.0, 0);
    store::replace(tx, &hand_over, &secret.hash()).await?;
    post(app, tx, event, letters::hand_over(app, event, registration, &hand_over), *now).await?;
    open.close(app).await.map(drop)
}

fn may_leave(event: &Event, registration: &Registration, now: Timestamp) -> Result<(), Refusal> {
    if registration.seat != Seat::Confirmed {
        return Err(Refusal::NotFromHere);
    }
    if event.starts_at <= now || !event.status.takes_place() {
        return Err(Refusal::NotOnProgramme);
    }
    Ok(())
}

/// What a colleague's link is about: the seat on its way, whose it is, and the event.
///
/// # Errors
///
/// When the database fails.
pub async fn handed_over(app: &App, link: &Token) -> sqlx::Result<Option<(HandOver, Registration, Event)>> {
    let mut tx = app.db.read().await?;
    let Some(hand_over) = store::find(&mut tx, &link.hash()).await? else { return Ok(None) };
    let registration =
        registrations::find(&mut tx, hand_over.registration_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Some((hand_over, registration, event)))
}

/// Takes the seat that a colleague hands over, by the link in the letter, which proves the address: theirs ends and
/// this one's begins in one transaction. Returns the link of the new registration.
///
/// # Errors
///
/// When the link is about nothing, the giver's seat is no longer theirs to give, the colleague has a seat already or is
/// not on the event's list, or the database fails.
pub async fn take_over(app: &App, link: &Token) -> Result<Token, ActError> {
    persistently(|| take_over_once(app, link)).await
}

async fn take_over_once(app: &App, link: &Token) -> Result<Token, ActError> {
    let (hand_over, ..) = handed_over(app, link).await?.ok_or(ActError::NotFound)?;
    let mut open = Open::lock(app, hand_over.registration_id).await?;
    if store::find(&mut open.tx, &link.hash()).await?.is_none() {
        return Err(ActError::NotFound);
    }
    may_leave(&open.event, &open.registration, open.now)?;
    let taken = receive(app, &mut open, &hand_over).await?;
    let Open { tx, event, registration: giver, now } = &mut open;
    giver.becomes(Seat::Cancelled, *now)?;
    registrations::update(tx, giver, *now).await?;
    store::remove(tx, giver.id).await?;
    post(app, tx, event, letters::given(app, event, giver, &taken), *now).await?;
    post(app, tx, event, letters::state(app, event, &taken, 0), *now).await?;
    open.close(app).await?;
    Ok(token(app, taken.id))
}

/// Writes the colleague's registration, with what the giver's seat was.
async fn receive(app: &App, open: &mut Open, hand_over: &HandOver) -> Result<Registration, ActError> {
    let Open { tx, event, registration: giver, now } = open;
    let request = NewRegistration {
        name: hand_over.name.clone(),
        email: hand_over.email.clone(),
        organisation: giver.organisation.clone(),
        siret: None,
        buyer: giver.buyer,
        proven: true,
        short_notice: false,
    };
    let organisation = match giver.organisation_id {
        Some(organisation) => organisations::find(tx, organisation).await?.ok_or(sqlx::Error::RowNotFound)?,
        None => organisations::of(tx, &giver.organisation, None, *now).await?,
    };
    let listed = giver.approved || audience::is_listed(&event.buyer_list, &hand_over.email, &organisation);
    if event.unlisted != Unlisted::Admit && !listed {
        return Err(Refusal::NotListed.into());
    }
    let person = ask::person_for(app, tx, &request, organisation.id).await?;
    if let Some(mut known) = registrations::find_live(tx, event.id, person.id).await? {
        if known.seat.is_taken() {
            return Err(Refusal::AlreadyThere.into());
        }
        // Who waits leaves the list: their seat is one of the giver's organisation.
        known.becomes(Seat::Cancelled, *now)?;
        registrations::update(tx, &known, *now).await?;
    }
    let place = Place {
        seat: Seat::Confirmed,
        organisation: organisation.id,
        invited: giver.invited,
        approved: giver.approved,
    };
    Ok(ask::insert(app, tx, event, person.id, (&request, place)).await?)
}
