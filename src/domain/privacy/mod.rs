//! A person's data: shown, corrected, taken away, erased; and forgotten by itself once it is old.

mod store;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::accounts::{self, Person};
use crate::context::Context;
use crate::registrations::{Follow, FollowError};
use crate::{audit, programme, registrations};
use db::{ReadConn, with_retry};
use kernel::clock::Timestamp;
use kernel::id::PersonId;
use mail::suppressions::{self, Wishes};

/// A letter that was written to somebody.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct LetterTrace {
    /// Which.
    pub kind: String,
    /// When it was written.
    #[serde(serialize_with = "as_text")]
    pub created_at: Timestamp,
    /// What became of it.
    #[sqlx(rename = "status")]
    pub state: String,
}

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
    #[serde(serialize_with = "as_text")]
    pub send_at: Timestamp,
    /// When its page was first opened.
    #[serde(serialize_with = "as_optional_text")]
    pub opened_at: Option<Timestamp>,
    /// When they said that they do not come.
    #[serde(serialize_with = "as_optional_text")]
    pub declined_at: Option<Timestamp>,
}

/// What somebody wrote on a board.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct BoardTrace {
    /// Which board.
    pub title: String,
    /// How many edits.
    pub edits: i64,
}

/// Everything that is kept about somebody but their registrations.
#[derive(Debug)]
pub struct Traces {
    /// Letters to them.
    pub letters: Vec<LetterTrace>,
    /// Invitations to them.
    pub invitations: Vec<InvitationTrace>,
    /// Which letters they want.
    pub wishes: Wishes,
    /// What they wrote.
    pub boards: Vec<BoardTrace>,
    /// When their open sessions began.
    pub sessions: Vec<Timestamp>,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

fn as_optional_text<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.to_string()).serialize(serializer)
}

/// Everything that is kept about somebody but their registrations.
///
/// # Errors
///
/// When the database fails.
pub async fn traces(tx: &mut ReadConn, person: &Person) -> sqlx::Result<Traces> {
    Ok(Traces {
        letters: store::letters(tx, &person.email).await?,
        invitations: store::invitations(tx, &person.email).await?,
        wishes: suppressions::wishes(tx, person.email.as_str()).await?,
        boards: store::boards(tx, person.id).await?,
        sessions: store::sessions(tx, person.id).await?,
    })
}

/// Everything that is kept about a person, to take away.
///
/// # Errors
///
/// When the database fails.
pub async fn data_of(context: &Context, person: &Person) -> sqlx::Result<Value> {
    let mut tx = context.db.snapshot().await?;
    let Traces { letters, invitations, wishes, boards, sessions } = traces(&mut tx, person).await?;
    let mut requests = Vec::new();
    for registration in registrations::all_of_person(&mut tx, person.id).await? {
        let event = programme::event_by_id(&mut tx, registration.event_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        let steps = registrations::steps(&mut tx, registration.id).await?;
        let transfer = registrations::last_transfer(&mut tx, registration.id).await?;
        let steps: Vec<_> =
            steps.iter().map(|step| json!({ "at": step.at.to_string(), "state": step.status })).collect();
        requests.push(json!({
            "event": event.title,
            "starts_at": event.starts_at.to_string(),
            "name": registration.name,
            "organisation": registration.organisation,
            "public_buyer": registration.buyer,
            "short_notice": registration.short_notice,
            "state": registration.status,
            "reason": registration.reason,
            "history": steps,
            "hand_over": transfer.map(|last| json!({ "colleague": last.name, "state": last.status })),
        }));
    }
    Ok(json!({
        "person": { "email": person.email, "name": person.name, "organisation": person.organisation, "organiser": person.organiser },
        "registrations": requests,
        "letters": letters,
        "invitations": invitations,
        "wants": { "reminders": wishes.reminders, "announcements": wishes.announcements },
        "boards": boards,
        "sessions": sessions.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

/// Corrects a person's name, in their registrations too, and says whom they work for.
///
/// # Errors
///
/// When their registrations are to follow and an event refuses, or the database fails; then nothing was corrected.
pub async fn correct(
    context: &Context,
    person: PersonId,
    name: &str,
    organisation: (&str, Follow),
) -> Result<(), FollowError> {
    with_retry(|| correct_once(context, person, name, organisation)).await?;
    Ok(())
}

async fn correct_once(
    context: &Context,
    person: PersonId,
    name: &str,
    organisation: (&str, Follow),
) -> Result<(), FollowError> {
    let mut tx = context.db.write().await?;
    let organisation = registrations::work_for(context, &mut tx, person, organisation).await?;
    accounts::rename(&mut tx, person, name, Some(organisation)).await?;
    registrations::rename(&mut tx, person, name).await?;
    Ok(tx.commit().await?)
}

/// Erases a person, with everything that names them. Their seats to come go to who waits; past events keep a count;
/// what they wrote on boards stays there without a name.
///
/// # Errors
///
/// When the database fails; then nothing was erased.
pub async fn erase(context: &Context, person: &Person) -> sqlx::Result<()> {
    with_retry(|| erase_once(context, person)).await?;
    Ok(())
}

async fn erase_once(context: &Context, person: &Person) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    registrations::forget_person(context, &mut tx, person.id).await?;
    audit::erase_notes_about(&mut tx, person.id).await?;
    store::delete_by_address(&mut tx, &person.email).await?;
    accounts::delete(&mut tx, person.id).await?;
    tx.commit().await
}

/// How long data is kept after it was last of use.
fn retention(context: &Context) -> Duration {
    Duration::from_secs(u64::from(context.config.retention_days) * 24 * 3600)
}

/// Erases people of whom nothing was heard for longer than the settings say, letters and invitations as old, and the guests
/// and colleagues that events as old knew by their address; returns how many people. Organisers stay.
///
/// # Errors
///
/// When the database fails; who was erased before that stays erased.
pub async fn purge(context: &Context) -> sqlx::Result<usize> {
    let before = context.clock.now() - retention(context);
    let people = store::inactive_since(&mut context.db.read().await?, before).await?;
    let mut erased = 0;
    for person in people {
        let found = accounts::find(&mut context.db.read().await?, person).await?;
        if let Some(person) = found {
            erase(context, &person).await?;
            erased += 1;
        }
    }
    let mut tx = context.db.write().await?;
    store::delete_letters(&mut tx, before).await?;
    store::delete_guests(&mut tx, before).await?;
    tx.commit().await?;
    Ok(erased)
}
