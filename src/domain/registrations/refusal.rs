//! Why a rule says no.

use serde::Serialize;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The event does not take place.
    #[error("the event does not take place")]
    NotOnProgramme,
    /// Registrations have not opened yet.
    #[error("registrations are not open yet")]
    NotYetOpen,
    /// Registrations have closed.
    #[error("registrations are closed")]
    Closed,
    /// Only public buyers may come, and the person did not attest to be one.
    #[error("only public buyers may come")]
    BuyersOnly,
    /// Only people of the listed buyers may come.
    #[error("not on the list of buyers")]
    NotListed,
    /// The registration's state does not allow this.
    #[error("not possible in this state")]
    NotFromHere,
    /// No seat is free.
    #[error("no seat is free")]
    Full,
    /// This person has a registration at this event already.
    #[error("registered already")]
    AlreadyThere,
    /// The organisation has all the seats that one may have.
    #[error("the organisation has all its seats")]
    OrganisationFull,
    /// The button of the request's letter works no more.
    #[error("the request is out of date")]
    LinkExpired,
    /// It is too early to say who was there.
    #[error("the event has not begun")]
    NotBegun,
}
