//! Invitations: organisers write to people outside, and see who came of it. The link in an invitation proves the
//! address, so that a seat asked for through it is theirs at once.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod fill_in;
mod french;
mod letters;
mod rules;
mod sending;
mod store;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use sqlx::types::Json;

use crate::accounts::EmailAddress;
use crate::context::Context;
use crate::jobs::Job;
use crate::programme::{self, Event};
use crate::registrations::ReservedSeatsChange;
use db::ReadConn;
use kernel::clock::Timestamp;
use kernel::id::{EventId, InvitationId, LetterId, RoundId};
use kernel::key::{Purpose, Token};
use mail::Priority;
use mail::suppressions::Suppressions;

pub use letters::preview;
pub use rules::{Guest, MAX_PEOPLE, unknown_placeholder};
pub use sending::{follow_up, resume, send, send_due, send_test, stop};
pub use store::{erase_guest, invitations, mark_opened, move_address, purge, received_by, round, rounds, set_declined};

/// Background work.
pub const JOBS: &[Job] = &[
    // Invitations for later leave this soon after their time.
    Job { name: "invite", every: Duration::from_secs(30), run: |context| Box::pin(send_due(context)) },
];

/// An invitation that somebody got.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct InvitationTrace {
    /// The letter's subject, as its round has it.
    pub subject: String,
    /// The name that organisers had of them.
    pub name: String,
    /// The organisation that organisers had of them.
    pub organisation: String,
    /// When it left, or leaves.
    #[serde(serialize_with = "kernel::clock::as_text")]
    pub send_at: Timestamp,
    /// When its page was first opened.
    #[serde(serialize_with = "kernel::clock::as_optional_text")]
    pub opened_at: Option<Timestamp>,
    /// When they said that they do not come.
    #[serde(serialize_with = "kernel::clock::as_optional_text")]
    pub declined_at: Option<Timestamp>,
}

/// One sending of invitations.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Round {
    /// Its identifier.
    pub id: RoundId,
    /// What its letters have as subject.
    pub subject: String,
    /// What they say, before it is filled in.
    pub message: String,
    /// What people are invited to.
    pub events: Json<Vec<EventId>>,
    /// When it was decided.
    pub created_at: Timestamp,
    /// When its letters leave.
    pub send_at: Timestamp,
    /// When its letters were written.
    pub written_at: Option<Timestamp>,
    /// When organisers stopped it; it may go on later.
    pub stopped_at: Option<Timestamp>,
    /// When those who had not answered were written to again.
    pub followed_up_at: Option<Timestamp>,
}

/// An invitation of one person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitation {
    /// Its identifier.
    pub id: InvitationId,
    /// The round it belongs to.
    pub round_id: RoundId,
    /// Where it goes.
    pub address: EmailAddress,
    /// The person's name; may be empty.
    pub name: String,
    /// Their organisation; may be empty.
    pub organisation: String,
    /// When its page was first opened, maybe by a scanner.
    pub opened_at: Option<Timestamp>,
    /// When they said that they do not come.
    pub declined_at: Option<Timestamp>,
    /// Its newest letter, if one was written.
    pub letter: Option<LetterId>,
    /// Which that is: 0 invites, 1 follows up.
    pub version: Option<i64>,
    /// What became of it: a state of the outbox.
    #[sqlx(rename = "status")]
    pub state: Option<String>,
    /// Why it did not leave.
    pub reason: Option<String>,
    /// Whether they are registered at one of the events.
    pub registered: bool,
}

/// What became of an invitation, the furthest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Registered at one of the events.
    Registered,
    /// Said no.
    Declined,
    /// Opened the page.
    Opened,
    /// Taken over by the mail server.
    Sent,
    /// Waits to go.
    Queued,
    /// Not written: the round was stopped before, or when its time came none of its events was open any more.
    NotWritten,
    /// Not to be sent: the address wants none, or the organisers dropped it.
    Suppressed,
    /// Given up.
    Failed,
}

impl Invitation {
    /// What became of it; `round` is its own.
    #[must_use]
    pub fn progress(&self, round: &Round) -> Progress {
        match self.state.as_deref() {
            _ if self.registered => Progress::Registered,
            _ if self.declined_at.is_some() => Progress::Declined,
            _ if self.opened_at.is_some() => Progress::Opened,
            Some("sent") => Progress::Sent,
            Some("failed") => Progress::Failed,
            Some("suppressed") => Progress::Suppressed,
            None if round.stopped_at.is_some() || round.written_at.is_some() => Progress::NotWritten,
            _ => Progress::Queued,
        }
    }

    /// Whether it makes sense to write again: it arrived, and nothing came of it.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        let arrived = self.state.as_deref() == Some("sent") || self.opened_at.is_some();
        arrived && !self.registered && self.declined_at.is_none()
    }

    /// The version of the letter that this person is owed, if they are: the first, or the second once they are followed up.
    fn owed(&self, round: &Round) -> Option<i64> {
        match self.version {
            None if self.declined_at.is_none() => Some(0),
            Some(0) if round.followed_up_at.is_some() && self.is_unanswered() => Some(1),
            _ => None,
        }
    }
}

/// What organisers want to send.
#[derive(Debug, Clone)]
pub struct NewRound {
    /// What the letters have as subject.
    pub subject: String,
    /// What they say.
    pub message: String,
    /// What people are invited to.
    pub events: Vec<Event>,
    /// To whom.
    pub guests: Vec<Guest>,
    /// When; at once if absent.
    pub send_at: Option<Timestamp>,
    /// What becomes of the seats that the events reserve for them; nothing if absent.
    pub reserved_seats: Option<ReservedSeatsChange>,
}

impl NewRound {
    /// Those of its events on which a seat can be reserved.
    pub fn with_seats(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.capacity.is_some())
    }
}

/// What a sending would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DryRun {
    /// People who are written to for the first time.
    pub new: Vec<String>,
    /// People known from a registration, and organisers.
    pub known: Vec<String>,
    /// People with a live registration at each of the events: not written to.
    pub registered: Vec<String>,
    /// People whose address is suppressed, for these letters or for all: not written to.
    pub suppressed: Vec<String>,
}

impl DryRun {
    /// How many letters would leave.
    #[must_use]
    pub fn letters(&self) -> usize {
        self.new.len() + self.known.len()
    }
}

/// The people who are registered at the events of a round.
struct Registered(Vec<BTreeSet<EmailAddress>>);

impl Registered {
    async fn at(tx: &mut ReadConn, events: &[Event]) -> sqlx::Result<Self> {
        let mut registered = Vec::new();
        for event in events {
            registered.push(store::registered(tx, event.id).await?);
        }
        Ok(Self(registered))
    }

    /// Whether an address has a live registration at every one of them, so that it needs no invitation.
    fn everywhere(&self, address: &EmailAddress) -> bool {
        !self.0.is_empty() && self.0.iter().all(|event| event.contains(address))
    }
}

/// Says what a sending would do, and does nothing.
pub async fn dry_run(context: &Context, round: &NewRound) -> sqlx::Result<DryRun> {
    let addresses: Vec<_> = round.guests.iter().map(|guest| guest.address.clone()).collect();
    let mut tx = context.db.snapshot().await?;
    let registered = Registered::at(&mut tx, &round.events).await?;
    let refusals = Suppressions::of(&mut tx, addresses.iter().map(EmailAddress::as_str)).await?;
    let known = store::known_among(&mut tx, &addresses).await?;
    let mut found = DryRun::default();
    for address in &addresses {
        let those = if registered.everywhere(address) {
            &mut found.registered
        } else if refusals.reason(address.as_str(), Priority::Announcement).is_some() {
            &mut found.suppressed
        } else if known.contains(address) {
            &mut found.known
        } else {
            &mut found.new
        };
        those.push(address.to_string());
    }
    Ok(found)
}

/// The events of a round that still stand on the programme.
async fn events(tx: &mut ReadConn, round: &Round) -> sqlx::Result<Vec<Event>> {
    let mut events = Vec::new();
    for id in &round.events.0 {
        events.extend(programme::event_by_id(tx, *id).await?.filter(Event::is_public));
    }
    Ok(events)
}

/// The secret of an invitation's link.
fn token(context: &Context, id: InvitationId) -> Token {
    context.key.token(Purpose::Invitation, id.0, 0)
}

/// The invitation that a link is about, with its round's events.
pub async fn by_link(context: &Context, link: &Token) -> sqlx::Result<Option<(Invitation, Vec<Event>)>> {
    let mut tx = context.db.snapshot().await?;
    let Some(invitation) = store::find_by_token(&mut tx, &link.hash()).await? else { return Ok(None) };
    let Some(round) = store::round(&mut tx, invitation.round_id).await? else { return Ok(None) };
    let events = events(&mut tx, &round).await?;
    Ok(Some((invitation, events)))
}
