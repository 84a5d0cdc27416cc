//! Registrations: requests for a seat, and what becomes of them. Every act is one transaction under the event's lock.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod admission;
mod affiliation;
mod audience;
mod bulk_register;
mod changes;
mod clashes;
mod counts;
mod deadlines;
mod erasure;
mod forecast;
mod history;
mod joining;
mod letters;
mod messages;
mod notifications;
mod reconcile;
mod refusal;
mod register;
mod reminders;
mod requests;
mod reserved_seats;
mod rules;
mod self_service;
mod staff_actions;
mod status;
mod store;
mod transfer;
mod view;
mod waiting_list;

use std::time::Duration;

use sqlx::types::Json;

use crate::accounts::EmailAddress;
use crate::context::Context;
use crate::jobs::Job;
use crate::organisations::Siret;
use crate::programme::{self, Answer, Event};
use crate::proof_requests::TooOften;
use db::{ReadConn, Transient, WriteTx};
use kernel::batch::{BatchError, Batcher};
use kernel::clock::Timestamp;
use kernel::id::{EventId, OrganisationId, PersonId, RegistrationId};
use kernel::key::{Purpose, Token};

pub use affiliation::{
    Follow, FollowError, Merger, correct_organisation, keep_organisations_apart, on_organisation_merged,
    preview_merger, work_for,
};
pub use audience::{Standing, void_lines};
pub use bulk_register::register_all;
pub use changes::{ComingNews, Notify, Preview, coming_news, on_event_revised, preview_capacity};
pub use clashes::clashes;
pub use counts::StatusCounts;
pub use erasure::{erase_person, erased_counts, export_person, move_address, purge, rename};
pub use forecast::{Forecast, answer_to, forecast};
pub use history::{Step, people_of, steps};
pub use joining::{JoinRefusal, Joining, by_joining_link, join, joined_at, joining_address, joining_path};
pub use messages::{
    Message, Readers, Thanks, letter as letter_of_message, letter_with_text, readers, send_test, write_to,
};
pub use reconcile::{lapse_overdue, reconcile_event};
pub use refusal::Refusal;
pub use register::register;
pub use reminders::{Reminder, coming_reminders, remind, reminders_of, set_reminders};
pub use requests::{
    OpenPart, OpenRequest, OwnRequest, SeatRequest, may_request, own_requests, prove, request_by_link, request_seats,
    requests_of, write_lapsed_letters, write_letters as write_request_letters,
};
pub use reserved_seats::{ReservedSeatsChange, reserve_seats, reserved_for, set_reserved_for};
pub use rules::{Admission, Occupancy};
pub use self_service::{Shown, accept_own, by_link, cancel, cancel_own, confirm, is_capped, set_short_notice};
pub use staff_actions::{Decision, Run, decide, mark, offer, register_all_by_staff, register_by_staff, withdraw};
pub use status::RegistrationStatus;
pub use store::{all_of_person, find, lapsed_of_person, of_event, of_person};
pub use transfer::{
    Transfer, TransferStatus, decline, last_of as last_transfer, may_leave, propose_transfer, take_back, take_back_own,
    take_over, transferred_to,
};
pub use view::{EventView, Opening};
pub use waiting_list::move_on_waiting_list;

/// Background work.
pub const JOBS: &[Job] = &[
    // Seats that were offered and not taken are passed on this soon after their time.
    Job { name: "lapse", every: Duration::from_secs(10), run: |context| Box::pin(lapse_overdue(context)) },
    // Letters about requests leave this soon after them: a moment later, so that the answer's time tells nothing.
    Job { name: "requests", every: Duration::from_secs(1), run: |context| Box::pin(requests::write_letters(context)) },
    // That a request lapsed is told this soon after its time.
    Job { name: "lapsed", every: Duration::from_secs(60), run: |context| Box::pin(write_lapsed_letters(context)) },
    // Reminders leave this soon after they are due.
    Job { name: "remind", every: Duration::from_secs(30), run: |context| Box::pin(remind(context)) },
];

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
    /// Which organisation that is.
    pub organisation_id: Option<OrganisationId>,
    /// Whether they attested to be a public buyer.
    pub buyer: bool,
    /// What became of it.
    pub status: RegistrationStatus,
    /// Its place in the order of requests at the event.
    pub arrival: i64,
    /// Whether the address is proven.
    pub verified: bool,
    /// Whether they can come even when told on the last day.
    pub short_notice: bool,
    /// Whether one of the seats reserved for invited people may be theirs.
    pub invited: bool,
    /// Whether an organiser said that they may come.
    pub approved: bool,
    /// Why it was refused or withdrawn.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when a seat is held or offered.
    pub held_until: Option<Timestamp>,
    /// When the seat became theirs.
    pub confirmed_at: Option<Timestamp>,
    /// When it was given back, withdrawn or refused.
    pub cancelled_at: Option<Timestamp>,
    /// What they answered to the organisers' questions.
    pub answers: Json<Vec<Answer>>,
    /// Where letters go.
    pub email: EmailAddress,
}

/// A live registration as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnRegistration {
    /// Its identifier.
    pub id: RegistrationId,
    /// The event.
    pub event_id: EventId,
    /// What became of it.
    pub status: RegistrationStatus,
    /// Until when a seat is held or offered.
    pub held_until: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Place in the waiting list, from 1; means nothing unless waiting.
    pub position: i64,
    /// Whom it is counted for.
    pub organisation_id: Option<OrganisationId>,
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
    /// Its number, if they gave it.
    pub siret: Option<Siret>,
    /// Whether they attest to be a public buyer.
    pub buyer: bool,
    /// Whether they can come even when told on the last day.
    pub short_notice: bool,
    /// What they answer to the organisers' questions.
    pub answers: Vec<Answer>,
    /// What was asked before the address was proved: its place in the order of requests is theirs.
    pub request: Option<SeatRequest>,
}

/// What becomes of a request whose address is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// All seats are taken: they are in the waiting list.
    Waiting,
    /// The seat is theirs.
    Confirmed,
    /// They were registered already: what is there stays.
    Known(RegistrationStatus),
    /// An organiser will say whether they may come.
    Pending,
}

/// What a request whose address is proved led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// The registration, new or known.
    pub id: RegistrationId,
    /// What became of the request.
    pub outcome: RegisterOutcome,
}

/// Requests that wait to be decided together with others at the same event, in this process.
#[derive(Debug, Default)]
pub struct Batches {
    registering: Batcher<EventId, NewRegistration, Registered, ActError>,
    confirming: Batcher<EventId, RegistrationId, Registration, ActError>,
    requesting: Batcher<(), requests::Asked, (), ActError>,
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
    /// The mailbox or the network asked too often.
    #[error(transparent)]
    TooOften(TooOften),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl BatchError for ActError {
    fn unanswered() -> Self {
        Self::Store(sqlx::Error::unanswered())
    }
}

impl Transient for ActError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// The part of an event that decides who gets in.
#[must_use]
pub fn admission(event: &Event) -> Admission {
    let count = |seats: i64| u32::try_from(seats).unwrap_or(u32::MAX);
    Admission {
        takes_place: event.status.takes_place(),
        opens_at: event.opens_at,
        closes_at: event.closes_at,
        starts_at: event.starts_at,
        capacity: event.capacity.map(count),
        buyers_only: event.buyers_only,
        unlisted: event.unlisted_policy,
        reserved: event.reserved_until.map_or(0, |_| count(event.reserved_seats)),
        reserved_until: event.reserved_until,
        cap: event.organisation_cap.map(count),
    }
}

/// The page of a registration, as its person's letters lead to it.
#[must_use]
pub fn path(context: &Context, id: RegistrationId) -> String {
    format!("/inscriptions/{}", token(context, id).as_str())
}

/// The secret of a registration's links.
fn token(context: &Context, id: RegistrationId) -> Token {
    context.key.token(Purpose::Registration, id.0, 0)
}

/// A registration under its event's lock.
struct Open {
    tx: WriteTx,
    event: Event,
    registration: Registration,
    now: Timestamp,
}

impl Open {
    /// Takes the event's lock, then reads the registration as it is by then.
    async fn lock(context: &Context, id: RegistrationId) -> Result<Self, ActError> {
        let found = store::find(&mut context.db.read().await?, id).await?.ok_or(ActError::NotFound)?;
        let mut tx = context.db.write().await?;
        let event = programme::lock(&mut tx, found.event_id).await?.ok_or(ActError::NotFound)?;
        let registration = store::find(&mut tx, id).await?.ok_or(ActError::NotFound)?;
        Ok(Self { tx, event, registration, now: context.clock.now() })
    }

    /// Commits what was done.
    async fn commit(self) -> Result<Registration, ActError> {
        self.tx.commit().await?;
        Ok(self.registration)
    }
}

/// Refuses when a registration is not this person's.
async fn is_own(context: &Context, person: PersonId, id: RegistrationId) -> Result<(), ActError> {
    let registration = store::find(&mut context.db.read().await?, id).await?.ok_or(ActError::NotFound)?;
    if registration.person_id == person { Ok(()) } else { Err(ActError::NotFound) }
}

/// How full an event is.
pub async fn occupancy(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Occupancy> {
    counts::occupancy(tx, event).await
}

/// How full every event is that anybody asked for.
pub async fn occupancies(tx: &mut ReadConn) -> sqlx::Result<std::collections::BTreeMap<EventId, Occupancy>> {
    Ok(counts::occupancies(tx).await?.into_iter().collect())
}
