//! What a request for a seat would become, before it is made, and what became of it, for pages of people whose address a
//! link proves. Nothing is decided here.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use super::rules::Asker;
use super::{RegistrationStatus, admission, audience, counts, reserved_seats, store};
use crate::accounts::EmailAddress;
use crate::programme::Event;
use db::ReadConn;
use kernel::clock::Timestamp;

/// What somebody's request would become now, or has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// The seat would be theirs at once, or is.
    Seat,
    /// They would wait at this position, or do.
    Waiting(i64),
    /// An organiser would say whether they may come, or will.
    Pending,
    /// A seat is held for them, or offered, and waits for their answer.
    Asked,
    /// The rules would refuse it.
    Refused,
}

/// What a request of this address would become now, made by a public buyer.
pub async fn forecast(
    tx: &mut ReadConn,
    event: &Event,
    email: &EmailAddress,
    now: Timestamp,
) -> sqlx::Result<Forecast> {
    let occupancy = counts::occupancy(tx, event.id).await?;
    let asker = Asker {
        buyer: true,
        standing: audience::standing(&event.buyer_list, email, None),
        invited: !reserved_seats::invited(tx, event, std::iter::once(email)).await?.is_empty(),
        colleagues: 0,
    };
    Ok(match admission(event).admit(&asker, occupancy, now) {
        Ok(RegistrationStatus::Waiting) => Forecast::Waiting(i64::from(occupancy.waiting) + 1),
        Ok(RegistrationStatus::Pending) => Forecast::Pending,
        Ok(_) => Forecast::Seat,
        Err(_) => Forecast::Refused,
    })
}

/// What became of the live request of this address, if there is one.
pub async fn answer_to(tx: &mut ReadConn, event: &Event, email: &EmailAddress) -> sqlx::Result<Option<Forecast>> {
    let live = store::live_of(tx, event.id, std::iter::once(email)).await?;
    let Some(live) = live.first() else { return Ok(None) };
    Ok(Some(match live.status {
        RegistrationStatus::Waiting => Forecast::Waiting(store::position(tx, event.id, live.arrival).await?),
        RegistrationStatus::Pending => Forecast::Pending,
        RegistrationStatus::Held | RegistrationStatus::Offered => Forecast::Asked,
        _ => Forecast::Seat,
    }))
}
