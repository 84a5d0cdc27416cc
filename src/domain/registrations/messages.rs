//! What organisers write to those who registered for an event: a message, or their thanks afterwards.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use serde_json::json;

use super::reminders::reminder;
use super::{Registration, RegistrationStatus, Reminder, letters, store};
use crate::accounts::Person;
use crate::audit::{self, Act, Entry};
use crate::context::Context;
use crate::programme::{self, Event, LetterText};
use db::ReadConn;
use kernel::id::{EventId, MessageId, PersonId};
use mail::{Letter, LetterLink, Priority, To, outbox, paragraphs};

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Those whose seat is theirs, or who were there.
    Seated,
    /// Those who wait.
    Waiting,
    /// Both.
    All,
}

impl Readers {
    fn include(self, status: RegistrationStatus) -> bool {
        let seated = matches!(status, RegistrationStatus::Confirmed | RegistrationStatus::Attended);
        let waiting = status == RegistrationStatus::Waiting;
        match self {
            Self::Seated => seated,
            Self::Waiting => waiting,
            Self::All => seated || waiting,
        }
    }
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Made with the form, so that a form that is sent twice is one message.
    pub id: MessageId,
    /// To whom.
    pub readers: Readers,
    /// What it has as subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// For thanks: where the session can be seen again, and what else there is, each with a label.
    pub thanks: Option<Thanks>,
}

/// What goes with thanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thanks {
    /// Where the session can be seen again.
    pub replay: Option<String>,
    /// Labels and addresses.
    pub resources: Vec<(String, String)>,
}

/// Those a message would go to.
pub async fn readers(tx: &mut ReadConn, event: EventId, readers: Readers) -> sqlx::Result<Vec<Registration>> {
    let mut all = store::of_event(tx, event).await?;
    all.retain(|registration| readers.include(registration.status));
    Ok(all)
}

/// Writes to those who registered; each gets one letter of one message. Returns how many got it now.
pub async fn write_to(context: &Context, by: PersonId, event: EventId, message: &Message) -> sqlx::Result<u64> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(event) = programme::event_by_id(&mut tx, event).await? else { return Ok(0) };
    let readers = readers(&mut tx, event.id, message.readers).await?;
    let letters =
        readers.iter().map(|one| letter(context, &event, one, message).expires_at(now + outbox::PATIENCE * 3));
    let written = outbox::enqueue_all(&mut tx, &letters.collect::<Vec<_>>(), now).await?;
    if written > 0 {
        audit::write(&mut tx, &Entry::new(by, Act::Wrote, event.id).note(&message.subject), now).await?;
    }
    tx.commit().await?;
    Ok(written)
}

/// Writes what the first of the readers would get to the organiser who writes it, without that reader's links. Returns
/// whether there is a reader at all.
pub async fn send_test(context: &Context, to: &Person, event: &Event, message: &Message) -> sqlx::Result<bool> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(first) = readers(&mut tx, event.id, message.readers).await?.into_iter().next() else { return Ok(false) };
    let mut letter = letter(context, event, &first, message);
    letter.to = To::person(to.id, to.email.as_str(), &to.name);
    letter.data["person"]["name"] = json!(to.name);
    letter.subject = MessageId::new(now).0;
    letter.priority = Priority::Awaited;
    for link in &mut letter.links {
        *link = LetterLink::open(link.name.clone(), format!("/organisation{}/message", event.path()));
    }
    outbox::enqueue(&mut tx, &letter, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The letter that this registration would get with a text that organisers may change.
#[must_use]
pub fn letter_with_text(context: &Context, event: &Event, registration: &Registration, which: LetterText) -> Letter {
    match which {
        LetterText::Confirmed => letters::confirmed(context, event, registration),
        LetterText::Reminder => reminder(context, event, registration, Reminder::Day),
        LetterText::Thanks => {
            let text = event.letter_texts.of(which).to_owned();
            let (id, thanks) = (MessageId(event.id.0), Some(Thanks::default()));
            let message = Message { id, readers: Readers::Seated, subject: event.title.clone(), text, thanks };
            letter(context, event, registration, &message)
        }
    }
}

/// The letter that one of them gets.
#[must_use]
pub fn letter(context: &Context, event: &Event, registration: &Registration, message: &Message) -> Letter {
    let more = json!({ "title": message.subject, "paragraphs": paragraphs(&message.text) });
    let Some(thanks) = &message.thanks else {
        return letters::message(context, "message", event, (registration, more), message.id);
    };
    let resources: Vec<_> = thanks.resources.iter().map(|(label, url)| json!({ "label": label, "url": url })).collect();
    let mut more = more;
    more["replay_url"] = json!(thanks.replay);
    more["resources"] = json!(resources);
    letters::with_board(event, letters::message(context, "thanks", event, (registration, more), message.id))
}
