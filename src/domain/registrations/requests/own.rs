//! The requests with somebody's own address, for their page: those that wait for their answer, and those that lapsed and may be
//! made again. A request that lapsed can be made again when its address was ever proved, from its page, while registrations are
//! open: it then has the place in the order of that moment.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::HashSet;

use super::{OpenRequest, letters, open_request, store};
use crate::accounts::{EmailAddress, Person};
use crate::context::Context;
use crate::proof_requests::{self, Answer, DueRequest};
use crate::registrations::store as registrations;
use db::{ReadConn, WriteTx, with_retry};
use kernel::id::{EventId, PersonId, ProofRequestId};
use kernel::search;
use mail::outbox;

/// A request with somebody's own address that nothing became of yet.
#[derive(Debug)]
pub struct OwnRequest {
    /// Its identifier.
    pub id: ProofRequestId,
    /// Its page, whose button confirms it or makes it again.
    pub path: String,
    /// What it asks: the parts that are yet to be decided.
    pub request: OpenRequest,
}

/// The requests with this address that its owner can still answer or make again; of several for one event the newest.
pub async fn own_requests(context: &Context, person: PersonId, email: &EmailAddress) -> sqlx::Result<Vec<OwnRequest>> {
    let mut tx = context.db.snapshot().await?;
    all_of(context, &mut tx, person, email).await
}

impl OwnRequest {
    /// Whether what was typed names this person as they name themselves. Anybody may have typed the address: other words are
    /// taken over on the request's page alone, where they are shown and can be corrected.
    #[must_use]
    pub fn names(&self, person: &Person) -> bool {
        let same = |one: &str, other: &str| {
            let folded = search::folded(one);
            !folded.is_empty() && folded == search::folded(other)
        };
        let words = self.request.words.as_ref();
        words.is_some_and(|it| same(&it.name, &person.name) && same(&it.organisation, &person.organisation))
    }
}

async fn all_of(
    context: &Context,
    tx: &mut ReadConn,
    person: PersonId,
    email: &EmailAddress,
) -> sqlx::Result<Vec<OwnRequest>> {
    let mut seen: HashSet<EventId> = HashSet::new();
    let mut own = Vec::new();
    for row in proof_requests::of_address(tx, email.as_str()).await?.into_iter().rev() {
        let Some(mut request) = open_request(context, tx, &row).await? else { continue };
        let mut undecided = Vec::new();
        for part in request.parts {
            let is_newest = seen.insert(part.event.id);
            let is_known = registrations::find_live(tx, part.event.id, person).await?.is_some();
            if is_newest && !is_known && part.registration.is_none() && part.can_be_asked(context.clock.now()) {
                undecided.push(part);
            }
        }
        request.parts = undecided;
        if request.words.is_some() && !request.parts.is_empty() {
            let path = format!("/demandes/{}", proof_requests::token(context, row.id).as_str());
            own.push(OwnRequest { id: row.id, path, request });
        }
    }
    own.reverse();
    Ok(own)
}

/// Writes to the owners of proved addresses that a request lapsed, once for each, with the button that makes it again.
pub async fn write_lapsed_letters(context: &Context) -> sqlx::Result<()> {
    let now = context.clock.now();
    if !proof_requests::any_lapsed(&mut context.db.read().await?, now).await? {
        return Ok(());
    }
    with_retry(|| write_some(context)).await
}

async fn write_some(context: &Context) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let lapsed = proof_requests::take_lapsed(&mut tx, now).await?;
    let (mut told, mut over) = (Vec::new(), Vec::new());
    for one in &lapsed {
        let is_told = write_one(context, &mut tx, one).await?;
        (if is_told { &mut told } else { &mut over }).push(one.request.id);
    }
    proof_requests::answered(&mut tx, &told, Answer::Lapsed, now).await?;
    proof_requests::answered(&mut tx, &over, Answer::Nobody, now).await?;
    tx.commit().await
}

/// Writes about one request, unless it was decided, made again, or can be made no more; tells whether it did.
async fn write_one(context: &Context, tx: &mut WriteTx, lapsed: &DueRequest) -> sqlx::Result<bool> {
    let (Some(person), Some(email)) = (lapsed.person_id, EmailAddress::parse(&lapsed.request.email)) else {
        return Ok(false);
    };
    let own = all_of(context, tx, person, &email).await?;
    let Some(own) = own.iter().find(|own| own.id == lapsed.request.id) else { return Ok(false) };
    let letter = letters::lapsed(context, (person, &email), own);
    outbox::enqueue(tx, &letter, context.clock.now()).await.map(|_| true)
}

/// Gives a request that is made again the last places of the order of requests at its events.
pub(super) async fn renew(context: &Context, request: &mut OpenRequest) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    // In one order everywhere, so that there is no deadlock.
    request.parts.sort_by_key(|part| part.event.id);
    for part in request.parts.iter_mut().filter(|part| part.registration.is_none()) {
        let arrival = registrations::take_arrivals(&mut tx, part.event.id, 1).await?;
        if store::renew(&mut tx, part.asked.id, arrival).await? {
            part.asked.arrival = arrival;
        }
    }
    tx.commit().await
}
