//! Invitations: organisers write to people outside, and see who came of it. The link in an invitation proves the
//! address, so that a seat asked for through it is theirs at once.

mod letters;
mod pages;
mod rules;
mod store;

use sqlx::types::Json;

use crate::accounts::{EmailAddress, Person};
use crate::app::App;
use crate::audit::{self, Act, Entry};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{EventId, InvitationId, PersonId, RoundId};
use crate::key::{Purpose, Token};
use crate::mail::outbox;
use crate::mail::refusals;
use crate::programme::{self, Event};
use crate::registrations;

pub use pages::routes;
use rules::{Guest, Guests};

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
    /// When those who had not answered were written to again.
    pub chased_at: Option<Timestamp>,
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
    /// What became of its newest letter: a state of the outbox.
    pub letter: Option<String>,
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
    /// The address wants none, or the organisers stopped writing to it.
    Suppressed,
    /// Given up.
    Failed,
}

impl Invitation {
    /// What became of it.
    #[must_use]
    pub fn progress(&self) -> Progress {
        match self.letter.as_deref() {
            _ if self.registered => Progress::Registered,
            _ if self.declined_at.is_some() => Progress::Declined,
            _ if self.opened_at.is_some() => Progress::Opened,
            Some("sent") => Progress::Sent,
            Some("failed") => Progress::Failed,
            Some("suppressed") => Progress::Suppressed,
            _ => Progress::Queued,
        }
    }

    /// Whether it makes sense to write again: it arrived, and nothing came of it.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        matches!(self.progress(), Progress::Sent | Progress::Opened)
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
    pub guests: Guests,
    /// When; at once if absent.
    pub send_at: Option<Timestamp>,
    /// Whether the seats that the events keep are for them, too.
    pub keep_seats: bool,
}

/// What a sending would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DryRun {
    /// Who is written to for the first time.
    pub new: Vec<String>,
    /// Who is known from a registration, or organises.
    pub known: Vec<String>,
    /// Who has a live registration at every one of the events: not written to.
    pub registered: Vec<String>,
    /// Who wants no such letters, or must not be written to: not written to.
    pub suppressed: Vec<String>,
}

impl DryRun {
    /// How many letters would leave.
    #[must_use]
    pub fn letters(&self) -> usize {
        self.new.len() + self.known.len()
    }
}

/// Says what a sending would do, and does nothing.
///
/// # Errors
///
/// When the database fails.
pub async fn dry_run(app: &App, round: &NewRound) -> sqlx::Result<DryRun> {
    let mut tx = app.db.read().await?;
    let mut found = DryRun::default();
    for guest in &round.guests.people {
        let address = guest.address.to_string();
        if is_registered(&mut tx, round, guest).await? {
            found.registered.push(address);
        } else if !refusals::wishes(&mut tx, &address).await?.announcements
            || refusals::is_stopped(&mut tx, &address).await?
        {
            found.suppressed.push(address);
        } else if store::is_known(&mut tx, &guest.address).await? {
            found.known.push(address);
        } else {
            found.new.push(address);
        }
    }
    Ok(found)
}

async fn is_registered(tx: &mut Tx, round: &NewRound, guest: &Guest) -> sqlx::Result<bool> {
    for event in &round.events {
        if !store::is_registered(tx, event.id, &guest.address).await? {
            return Ok(false);
        }
    }
    Ok(!round.events.is_empty())
}

/// Writes a round's invitations, each once; who is registered already gets none. `id` was made with the form, so that a
/// form that is sent twice is one round.
///
/// # Errors
///
/// When the database fails.
pub async fn send(app: &App, by: PersonId, id: RoundId, new: &NewRound) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let round = Round {
        id,
        subject: new.subject.clone(),
        message: new.message.clone(),
        events: Json(new.events.iter().map(|event| event.id).collect()),
        created_at: now,
        send_at: new.send_at.unwrap_or(now).max(now),
        chased_at: None,
    };
    if !store::insert_round(&mut tx, &round, by).await? {
        return Ok(());
    }
    if new.keep_seats {
        let addresses: Vec<_> = new.guests.people.iter().map(|guest| guest.address.clone()).collect();
        for event in new.events.iter().filter(|event| event.kept_seats > 0) {
            registrations::keep_for(&mut tx, event.id, &addresses).await?;
        }
    }
    for guest in &new.guests.people {
        if is_registered(&mut tx, new, guest).await? {
            continue;
        }
        let id = InvitationId::new(now);
        store::insert(&mut tx, id, round.id, guest, &token(app, id).hash()).await?;
        let letter = letters::invitation(app, &round, &new.events, (id, guest), 0);
        outbox::enqueue(&mut tx, &letter.due_at(round.send_at), now).await?;
    }
    audit::write(&mut tx, &Entry::new(by, Act::Invited, None).note(&round.subject), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}

/// Sends the organiser the letter that a guest would get. Its link leads nowhere.
///
/// # Errors
///
/// When the database fails.
pub async fn send_test(app: &App, to: &Person, new: &NewRound) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    outbox::enqueue(&mut tx, &letters::test(app, to, new, now), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(())
}

/// Writes again, once, to those whose invitation arrived and who have not answered. Returns how many.
///
/// # Errors
///
/// When there is no such round, or the database fails.
pub async fn chase(app: &App, by: PersonId, id: RoundId) -> sqlx::Result<usize> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(round) = store::start_chase(&mut tx, id, now).await? else { return Ok(0) };
    let events = events(&mut tx, &round).await?;
    let unanswered: Vec<_> =
        store::invitations(&mut tx, id).await?.into_iter().filter(Invitation::is_unanswered).collect();
    for invitation in &unanswered {
        let Invitation { address, name, organisation, .. } = invitation.clone();
        let guest = Guest { address, name, organisation };
        let letter = letters::invitation(app, &round, &events, (invitation.id, &guest), 1);
        outbox::enqueue(&mut tx, &letter, now).await?;
    }
    audit::write(&mut tx, &Entry::new(by, Act::Chased, None).note(&round.subject), now).await?;
    tx.commit().await?;
    app.mail.wake();
    Ok(unanswered.len())
}

/// The events of a round, those that still stand on the programme.
async fn events(tx: &mut Tx, round: &Round) -> sqlx::Result<Vec<Event>> {
    let mut events = Vec::new();
    for id in &round.events.0 {
        events.extend(programme::event_by_id(tx, *id).await?.filter(Event::is_public));
    }
    Ok(events)
}

/// The secret of an invitation's link.
fn token(app: &App, id: InvitationId) -> Token {
    app.key.token(Purpose::Invitation, id.0, 0)
}

/// The invitation that a link is about, with its round's events.
async fn by_link(app: &App, link: &Token) -> sqlx::Result<Option<(Invitation, Vec<Event>)>> {
    let mut tx = app.db.read().await?;
    let Some((id, round)) = store::find_by_token(&mut tx, &link.hash()).await? else { return Ok(None) };
    let Some(round) = store::round(&mut tx, round).await? else { return Ok(None) };
    let invitation = store::invitations(&mut tx, round.id).await?.into_iter().find(|one| one.id == id);
    let events = events(&mut tx, &round).await?;
    Ok(invitation.map(|invitation| (invitation, events)))
}
