//! People: who they are, and how they come back by a link in a mail. No passwords.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod address_change;
mod email;
mod french;
mod sessions;
mod sign_in;
mod store;

use std::time::Duration;

use crate::context::Context;
use crate::jobs::Job;
use crate::proof_requests;
use db::WriteTx;
use kernel::clock::Timestamp;
use kernel::id::{OrganisationId, PersonId, SessionId};
use kernel::key::{Purpose, Token};

pub use address_change::{
    AddressChange, AddressChangeStatus, AddressError, STOPPED_FOR, TAKES, address_change_by_notice, address_changes_of,
    address_to_prove, due_address_changes, prove_address, request_address, stop_address_change,
    take_back_address_changes, take_effect, write_letters as write_address_letters,
};
pub use email::{EmailAddress, EmailAddressError};
pub use sessions::{
    PROOF_LASTS, ROLE_IDLE, ROLE_LASTS, SESSION_LASTS, Session, SignedInPerson, USE_NOTED_EVERY, close_session, device,
    note_use, sessions, sign_out, signed_in,
};
pub use sign_in::{
    MAX_WRONG_CODES, OpenLink, SIGN_IN_LASTS, SignInAttempt, SignInCode, SignInError, find_sign_in, request_sign_in,
    sign_in, sign_in_code, write_letters as write_sign_in_letters,
};
pub use store::{
    FEED_CHANGES, addresses_beyond_ascii, count_of_organisation, feed_changes, find, find_by_feed, hold, is_proved,
    is_retired_feed, move_to_organisation, rewrite_address,
};

/// Background work.
pub const JOBS: &[Job] = &[
    // Sessions that are over and links out of date are deleted this often; they are refused at once.
    Job { name: "forget", every: Duration::from_secs(3600), run: |context| Box::pin(forget_expired(context)) },
    // Sign-in letters leave this soon after they were asked for: a moment later, so that the answer's time tells nothing.
    Job {
        name: "address-letters",
        every: Duration::from_secs(1),
        run: |context| Box::pin(write_address_letters(context)),
    },
    Job { name: "sign-ins", every: Duration::from_secs(1), run: |context| Box::pin(sign_in::write_letters(context)) },
];

/// A person who registers, or organises.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    /// Their identifier.
    pub id: PersonId,
    /// The address letters go to; a person is one address.
    pub email: EmailAddress,
    /// As they last gave it.
    pub name: String,
    /// The name of the organisation that they belong to; empty without one.
    pub organisation: String,
    /// Which one that is.
    pub organisation_id: Option<OrganisationId>,
    /// Whether they see something of the back office: owners, organisers and readers, be it of one event.
    pub has_office: bool,
    /// Raised to make the private feed's address anew.
    pub feed_version: i64,
    /// Whether they have a private feed.
    pub has_feed: bool,
    /// Minutes before each event at which the feed makes calendars ring; `None` for never.
    pub feed_alarm: Option<i64>,
}

impl Person {
    /// The token of their private feed, if they have one.
    #[must_use]
    pub fn feed_token(&self, context: &Context) -> Option<Token> {
        self.has_feed.then(|| feed_token(context, self.id, self.feed_version))
    }
}

fn feed_token(context: &Context, person: PersonId, version: i64) -> Token {
    context.key.token(Purpose::Feed, person.0, u64::try_from(version).unwrap_or(0))
}

/// An address, with the name and organisation that were typed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Newcomer<'a> {
    /// The address.
    pub email: &'a EmailAddress,
    /// Their name.
    pub name: &'a str,
    /// Their organisation, if that is known.
    pub organisation: Option<OrganisationId>,
}

/// The person with that address, made if there is none. The typed name and organisation count only for a new person:
/// anybody can type anybody's address.
pub async fn person_for(
    tx: &mut WriteTx,
    email: &EmailAddress,
    name: &str,
    organisation: Option<OrganisationId>,
    now: Timestamp,
) -> sqlx::Result<Person> {
    people_for(tx, vec![Newcomer { email, name, organisation }], now).await?.pop().ok_or(sqlx::Error::RowNotFound)
}

/// The people with these addresses, in no order; made where there are none, as by [`person_for`].
pub async fn people_for(
    tx: &mut WriteTx,
    mut newcomers: Vec<Newcomer<'_>>,
    now: Timestamp,
) -> sqlx::Result<Vec<Person>> {
    if newcomers.is_empty() {
        return Ok(Vec::new());
    }
    // Rows that others add meanwhile are waited for: in one order everywhere, so that there is no deadlock.
    newcomers.sort_unstable();
    store::insert_unless_known(tx, &newcomers, now).await?;
    store::find_by_emails(tx, &newcomers).await
}

/// Gives a person another name and organisation.
pub async fn rename(
    tx: &mut WriteTx,
    person: PersonId,
    name: &str,
    organisation: Option<OrganisationId>,
) -> sqlx::Result<()> {
    store::rename(tx, person, name, organisation).await
}

/// What somebody says of themselves who proved their address.
#[derive(Debug, Clone, Copy)]
pub struct ProvedPerson<'a> {
    /// Who it is.
    pub id: PersonId,
    /// Their name.
    pub name: &'a str,
    /// The organisation that they belong to.
    pub organisation: Option<OrganisationId>,
}

/// Takes over the names and organisations that people gave, and notes that they proved their addresses.
pub async fn prove(tx: &mut WriteTx, people: &[ProvedPerson<'_>], now: Timestamp) -> sqlx::Result<()> {
    store::prove(tx, people, now).await
}

/// Notes that a person proved their address.
pub async fn mark_proved(tx: &mut WriteTx, person: PersonId, now: Timestamp) -> sqlx::Result<()> {
    store::set_proved(tx, person, now).await
}

/// Deletes a person with their sessions, sign-in links and changes of address.
pub async fn delete(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    address_change::erase(tx, person).await?;
    store::delete(tx, person).await
}

/// Ends every session of a person, and every sign-in link on its way to them.
pub async fn sign_out_everywhere(context: &Context, person: PersonId) -> sqlx::Result<()> {
    end_sessions(context, person, None).await
}

/// Ends every session of a person but one, and every sign-in link on its way to them.
pub async fn close_other_sessions(context: &Context, person: PersonId, kept: SessionId) -> sqlx::Result<()> {
    end_sessions(context, person, Some(kept)).await
}

async fn end_sessions(context: &Context, person: PersonId, kept: Option<SessionId>) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let ended = sessions::end_others(&mut tx, person, kept).await?;
    sign_in::delete_links(&mut tx, person).await?;
    tx.commit().await?;
    sessions::log_others(person, &ended, kept);
    Ok(())
}

/// Makes the person's private feed, or makes its address anew: the old one then answers 410.
pub async fn renew_feed(context: &Context, person: PersonId) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let version = store::raise_feed(&mut tx, person, context.clock.now()).await?;
    store::set_feed(&mut tx, person, Some(&feed_token(context, person, version).hash())).await?;
    tx.commit().await
}

/// Takes the person's private feed away: its address then answers 410.
pub async fn revoke_feed(context: &Context, person: PersonId) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::raise_feed(&mut tx, person, context.clock.now()).await?;
    store::set_feed(&mut tx, person, None).await?;
    tx.commit().await
}

/// Says how many minutes before each event the person's feed makes calendars ring; `None` for never.
pub async fn set_feed_alarm(context: &Context, person: PersonId, minutes: Option<i64>) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    store::set_feed_alarm(&mut tx, person, minutes).await?;
    tx.commit().await
}

/// Forgets sessions that are over, sign-in links and requests that are out of date.
pub async fn forget_expired(context: &Context) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let now = context.clock.now();
    sessions::forget_over(&mut tx, now).await?;
    sign_in::forget_expired(&mut tx, now).await?;
    address_change::forget_over(&mut tx, now).await?;
    proof_requests::forget(&mut tx, now).await?;
    tx.commit().await
}
