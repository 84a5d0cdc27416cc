//! A person's data: shown, corrected, taken away, erased; and forgotten by itself once it is old. Each feature registers what it
//! keeps in [`PERSONAL_DATA`]; that a person is erased is a domain event, to which each reacts.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod personal_data;
mod store;

use std::time::Duration;

use serde_json::{Map, Value};

use super::events::{DomainEvent, raise};
use boards::BoardTrace;
use db::{ReadConn, with_retry};
use domain::accounts::{self, Person, Session};
use domain::invitations::{self, InvitationTrace};
use domain::registrations::{self, Follow, FollowError};
use domain::{Context, Job};
use kernel::id::PersonId;
use mail::recipients::{self, LetterTrace};
use mail::suppressions::{self, Wishes};

pub use personal_data::{PERSONAL_DATA, PersonalData};

/// Background work.
pub const JOBS: &[Job] = &[
    // Data too old is erased this often.
    Job {
        name: "purge",
        every: Duration::from_secs(24 * 3600),
        run: |context| Box::pin(async { purge(context).await.map(drop) }),
    },
];

/// Everything that is kept about somebody but their registrations, for their page.
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
    /// Their sessions.
    pub sessions: Vec<Session>,
}

/// Everything that is kept about somebody but their registrations.
pub async fn traces(tx: &mut ReadConn, person: &Person) -> sqlx::Result<Traces> {
    Ok(Traces {
        letters: recipients::written_to(tx, person.email.as_str()).await?,
        invitations: invitations::received_by(tx, &person.email).await?,
        wishes: suppressions::wishes(tx, person.email.as_str()).await?,
        boards: boards::written_by(tx, person.id).await?,
        sessions: accounts::sessions(tx, person.id).await?,
    })
}

/// Everything that is kept about a person, to take away.
pub async fn data_of(context: &Context, person: &Person) -> sqlx::Result<Value> {
    let mut tx = context.db.snapshot().await?;
    let mut data = Map::new();
    for feature in PERSONAL_DATA {
        for (name, value) in feature.export(&mut tx, person).await? {
            data.insert(name.to_owned(), value);
        }
    }
    Ok(Value::Object(data))
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
    organisation: &str,
    follow: Follow,
) -> Result<(), FollowError> {
    with_retry(|| correct_once(context, person, name, organisation, follow)).await
}

async fn correct_once(
    context: &Context,
    person: PersonId,
    name: &str,
    organisation: &str,
    follow: Follow,
) -> Result<(), FollowError> {
    let mut tx = context.db.write().await?;
    let organisation = registrations::work_for(context, &mut tx, person, organisation, follow).await?;
    accounts::rename(&mut tx, person, name, Some(organisation)).await?;
    raise(context, &mut tx, &DomainEvent::PersonRenamed { person, name }).await?;
    Ok(tx.commit().await?)
}

/// Erases a person, with everything that names them. Their seats to come go to who waits; past events keep a count;
/// what they wrote on boards stays there without a name.
///
/// # Errors
///
/// When the database fails; then nothing was erased.
pub async fn erase(context: &Context, person: &Person) -> sqlx::Result<()> {
    with_retry(|| erase_once(context, person)).await
}

async fn erase_once(context: &Context, person: &Person) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    raise(context, &mut tx, &DomainEvent::PersonErased(person)).await?;
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
    for feature in PERSONAL_DATA {
        feature.purge(&mut tx, before).await?;
    }
    tx.commit().await?;
    Ok(erased)
}
