//! What people ask for with an address that is not proved: to sign in, a seat, a colleague's seat. Each is one row, whoever has the
//! address, so that neither the answer nor the time it takes tells anything; a job reads the row a moment later and writes the
//! letter, or none. The rows are what the limits count, and so all nodes count the same.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod mailbox;
mod store;

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;
use sqlx::types::Json;

use crate::context::Context;
use db::{WriteTx, with_retry};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, ProofRequestId};
use kernel::key::{Purpose, Token};

pub use store::{
    answered, any_lapsed, delete, delete_of, find_by_token, forget, move_address, of_address, recent, take_lapsed,
};

/// How long one mailbox is counted.
const MAILBOX_WINDOW: Duration = Duration::from_secs(3600);

/// How long one network is counted.
const NETWORK_WINDOW: Duration = Duration::from_secs(60);

/// How long letters to addresses that were never proved are counted.
const LETTER_WINDOW: Duration = Duration::from_secs(3600);

/// Requests that are answered at once, at most.
const AT_ONCE: u32 = 100;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ProofPurpose {
    /// Seats.
    Registration,
    /// A link to sign in.
    SignIn,
    /// That a colleague takes a seat over.
    Transfer,
    /// Another address of a person.
    Address,
}

/// Who got the letter of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Answer {
    /// An address that was proved once.
    Proved,
    /// An address that was never proved.
    Unproved,
    /// Nobody.
    Nobody,
    /// The owner of an address that was proved once, whom it was also told that the request lapsed.
    Lapsed,
}

/// A request with an address that is not proved.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ProofRequest {
    /// Its identifier.
    pub id: ProofRequestId,
    /// The address as it was typed; empty once the request is out of date.
    pub email: String,
    /// What else was typed.
    pub details: Json<Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when its button works.
    pub expires_at: Timestamp,
}

/// Who asks, as far as limits tell.
#[derive(Debug, Clone, Copy)]
pub struct Requester {
    /// The network that the request comes from: the first address of an IPv4 /24 or an IPv6 /48.
    pub network: IpAddr,
    /// Whether this browser proved this very address before: it is counted apart, so that no stranger uses its turns up.
    pub has_proved: bool,
}

/// A request to be written.
#[derive(Debug, Clone)]
pub struct NewProofRequest {
    /// What is asked for.
    pub purpose: ProofPurpose,
    /// The address, in lower case.
    pub email: String,
    /// What else was typed.
    pub details: Value,
    /// Until when its button works.
    pub expires_at: Timestamp,
    /// Who asks.
    pub requester: Requester,
}

/// A request whose letter is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueRequest {
    /// The request.
    #[sqlx(flatten)]
    pub request: ProofRequest,
    /// Who has the address, if we know somebody.
    pub person_id: Option<PersonId>,
    /// Whether the address was ever proved.
    pub is_proved: bool,
}

impl DueRequest {
    /// Who is answered by a letter to it.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        if self.is_proved { Answer::Proved } else { Answer::Unproved }
    }
}

/// A request that came too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("asked too often")]
pub struct TooOften {
    /// How long until the next one is taken.
    pub retry_after: Duration,
}

/// What stands for a request with its limits: the keyed hashes of its mailbox and its network.
#[derive(Debug, Clone)]
struct Counted {
    mailbox: Vec<u8>,
    network: Vec<u8>,
}

impl Counted {
    fn of(context: &Context, request: &NewProofRequest) -> Self {
        let digest = |text: String| context.key.digest(Purpose::Limit, &text);
        let mailbox = mailbox::mailbox(&request.email);
        if request.requester.has_proved {
            let own = digest(format!("proved {mailbox}"));
            return Self { mailbox: own.clone(), network: own };
        }
        Self { mailbox: digest(mailbox), network: digest(request.requester.network.to_string()) }
    }
}

/// The token of a request's button.
#[must_use]
pub fn token(context: &Context, id: ProofRequestId) -> Token {
    context.key.token(Purpose::ProofRequest, id.0, 0)
}

/// What a browser keeps that proved this address.
#[must_use]
pub fn proof_of(context: &Context, email: &str) -> Vec<u8> {
    context.key.digest(Purpose::ProvedAddress, &mailbox::mailbox(email))
}

/// Writes requests, each unless its mailbox or its network asked too often.
pub async fn insert_all(
    context: &Context,
    tx: &mut WriteTx,
    requests: &[NewProofRequest],
) -> sqlx::Result<Vec<Result<ProofRequestId, TooOften>>> {
    let now = context.clock.now();
    let counted: Vec<_> = requests.iter().map(|request| Counted::of(context, request)).collect();
    let mailboxes = counted.iter().map(|one| one.mailbox.as_slice());
    let networks = counted.iter().map(|one| one.network.as_slice());
    let mut by_mailbox = Window {
        most: context.config.rate_per_email,
        lasts: MAILBOX_WINDOW,
        counts: store::count_by_mailbox(tx, mailboxes, now - MAILBOX_WINDOW).await?,
    };
    let mut by_network = Window {
        most: context.config.rate_per_network,
        lasts: NETWORK_WINDOW,
        counts: store::count_by_network(tx, networks, now - NETWORK_WINDOW).await?,
    };
    let mut answers = Vec::with_capacity(requests.len());
    let mut rows = Vec::with_capacity(requests.len());
    for (request, counted) in requests.iter().zip(counted) {
        let wait = by_mailbox.wait(&counted.mailbox, now).max(by_network.wait(&counted.network, now));
        if let Some(retry_after) = wait {
            answers.push(Err(TooOften { retry_after }));
            continue;
        }
        by_mailbox.count(&counted.mailbox, now);
        by_network.count(&counted.network, now);
        let id = ProofRequestId::new(now);
        answers.push(Ok(id));
        rows.push(store::Row { id, request, counted, token_hash: token(context, id).hash() });
    }
    store::insert(tx, &rows, now).await?;
    Ok(answers)
}

/// How often each key was counted lately.
struct Window<K> {
    most: u32,
    lasts: Duration,
    /// How often, and when first.
    counts: HashMap<K, (u32, Timestamp)>,
}

impl<K: Clone + Eq + Hash> Window<K> {
    /// How long this key has to wait; `None` when it has not been counted too often.
    fn wait(&self, key: &K, now: Timestamp) -> Option<Duration> {
        let (count, first) = self.counts.get(key)?;
        (*count >= self.most).then(|| (*first + self.lasts).since(now))
    }

    fn count(&mut self, key: &K, now: Timestamp) {
        self.counts.entry(key.clone()).or_insert((0, now)).0 += 1;
    }
}

/// Takes the requests for `purpose` whose letters are due, oldest first: no other node takes them. Those with an address that was
/// never proved wait once so many such letters were written in an hour as the settings allow.
pub async fn take_due(context: &Context, tx: &mut WriteTx, purpose: ProofPurpose) -> sqlx::Result<Vec<DueRequest>> {
    let now = context.clock.now();
    let mut due = store::due(tx, purpose, true, AT_ONCE, now).await?;
    let written = store::count_unproved_letters(tx, now - LETTER_WINDOW).await?;
    let left = context.config.unproved_letters_per_hour.saturating_sub(written).min(AT_ONCE);
    if left > 0 {
        due.extend(store::due(tx, purpose, false, left, now).await?);
    }
    let ids: Vec<_> = due.iter().map(|one| one.request.id).collect();
    let taken = store::take(tx, &ids, now).await?;
    due.retain(|one| taken.contains(&one.request.id));
    Ok(due)
}

/// Whether a letter for `purpose` is due.
async fn is_due(context: &Context, purpose: ProofPurpose) -> sqlx::Result<bool> {
    store::any_due(&mut context.db.read().await?, purpose, context.clock.now()).await
}

/// Has the letters that are due for `purpose` written, some at a time, until none is left; `write_some` tells how many requests it
/// looked at.
pub async fn answer_due<F>(
    context: &Context,
    purpose: ProofPurpose,
    mut write_some: impl FnMut() -> F,
) -> sqlx::Result<()>
where
    F: Future<Output = sqlx::Result<usize>>,
{
    while is_due(context, purpose).await? {
        if with_retry(&mut write_some).await? == 0 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_waits_once_it_was_counted_as_often_as_it_may_be_and_others_do_not() {
        let now = Timestamp::from_millis(1_000_000);
        let mut window = Window { most: 2, lasts: Duration::from_secs(60), counts: HashMap::new() };
        assert_eq!(window.wait(&"ada", now), None);
        window.count(&"ada", now);
        window.count(&"ada", now + Duration::from_secs(20));
        assert_eq!(window.wait(&"ada", now + Duration::from_secs(20)), Some(Duration::from_secs(40)));
        assert_eq!(window.wait(&"bea", now), None);
    }
}
