//! Invitations in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::collections::BTreeSet;

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::rules::Guest;
use super::{Invitation, InvitationTrace, Round};
use crate::accounts::EmailAddress;
use crate::statuses;
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{EventId, InvitationId, PersonId, RoundId};

/// Rows written by one statement; engines limit what one may bind.
const AT_ONCE: usize = 200;

macro_rules! round_columns {
    () => {
        "id, subject, message, events, created_at, send_at, written_at, stopped_at, followed_up_at"
    };
}

/// An invitation with its newest letter. The letter is found by its key.
macro_rules! invitations {
    () => {
        "select invitation.id, invitation.round_id, invitation.address, invitation.name, invitation.organisation,
                invitation.opened_at, invitation.declined_at, letter.id as letter, letter.version, letter.status,
                letter.reason, false as registered
         from invitation left join letter
           on letter.recipient = invitation.address and letter.subject_id = invitation.id
              and letter.kind = 'invitation' and letter.person_id is null
              and not exists (select 1 from letter as newer
                              where newer.recipient = invitation.address and newer.subject_id = invitation.id
                                and newer.kind = 'invitation' and newer.person_id is null
                                and newer.version > letter.version)
         where "
    };
}

/// Adds a round; false when it is there already.
pub async fn insert_round(tx: &mut WriteTx, round: &Round, by: PersonId) -> sqlx::Result<bool> {
    let rows = dispatch!(tx, |conn| sqlx::query(
        "insert into invitation_round (id, subject, message, events, created_by, created_at, send_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
    )
    .bind(round.id)
    .bind(&round.subject)
    .bind(&round.message)
    .bind(&round.events)
    .bind(by)
    .bind(round.created_at)
    .bind(round.send_at)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// An invitation to be written: whose, and the hash of its link's secret.
pub struct New<'a> {
    pub id: InvitationId,
    pub guest: &'a Guest,
    pub token_hash: Vec<u8>,
}

pub async fn insert_all(tx: &mut WriteTx, round: RoundId, invitations: &[New<'_>]) -> sqlx::Result<()> {
    for invitations in invitations.chunks(AT_ONCE) {
        dispatch!(tx, |conn| {
            let mut query =
                QueryBuilder::new("insert into invitation (id, round_id, address, name, organisation, token_hash) ");
            query.push_values(invitations, |mut row, New { id, guest, token_hash }| {
                row.push_bind(*id).push_bind(round).push_bind(&guest.address).push_bind(&guest.name);
                row.push_bind(&guest.organisation).push_bind(token_hash.as_slice());
            });
            query.build().execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// All rounds, newest first, each with its number of invitations.
pub async fn rounds(tx: &mut ReadConn) -> sqlx::Result<Vec<(Round, i64)>> {
    let rounds: Vec<Round> = dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        round_columns!(),
        " from invitation_round order by created_at desc, id desc"
    ))
    .fetch_all(conn)
    .await)?;
    let counts: Vec<(RoundId, i64)> = dispatch!(tx, |conn| sqlx::query_as(
        "select round_id, cast(count(*) as bigint) from invitation group by round_id"
    )
    .fetch_all(conn)
    .await)?;
    let count = |id: RoundId| counts.iter().find(|(round, _)| *round == id).map_or(0, |(_, count)| *count);
    Ok(rounds.into_iter().map(|round| (count(round.id), round)).map(|(count, round)| (round, count)).collect())
}

/// One sending.
pub async fn round(tx: &mut ReadConn, id: RoundId) -> sqlx::Result<Option<Round>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", round_columns!(), " from invitation_round where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The rounds whose letters are to be written now.
pub async fn due(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<Vec<RoundId>> {
    dispatch!(tx, |conn| {
        sqlx::query_scalar(
        "select id from invitation_round where written_at is null and stopped_at is null and send_at <= $1 order by send_at",
    )
    .bind(now)
    .fetch_all(conn)
    .await
    })
}

/// The rounds with letters that are due and wait, never tried, and were written before an event was last revised. (Earlier
/// versions wrote letters for later at once; these wait for their time.)
pub async fn outdated(tx: &mut ReadConn, now: Timestamp) -> sqlx::Result<Vec<RoundId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select distinct invitation.round_id from letter join invitation on invitation.id = letter.subject_id
         where letter.kind = 'invitation' and letter.status = 'queued' and letter.attempts = 0
           and letter.due_at <= $1 and letter.created_at <= (select max(revised_at) from event)",
    )
    .bind(now)
    .fetch_all(conn)
    .await)
}

/// What a round's letters are about.
pub async fn ids(tx: &mut ReadConn, round: RoundId) -> sqlx::Result<Vec<Uuid>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select id from invitation where round_id = $1")
        .bind(round)
        .fetch_all(conn)
        .await)
}

/// A change of a round's state, made only where `$condition` holds; `None` where it does not.
macro_rules! change_round {
    ($tx:expr, $change:literal if $condition:literal, ($id:expr, $now:expr)) => {
        dispatch!($tx, |conn| sqlx::query_as(concat!(
            "update invitation_round set ",
            $change,
            " where id = $1 and ",
            $condition,
            " returning ",
            round_columns!()
        ))
        .bind($id)
        .bind($now)
        .fetch_optional(conn)
        .await)
    };
}

/// Marks a round that is due as written; `None` when somebody else did, or it is not due.
pub async fn start(tx: &mut ReadConn, id: RoundId, now: Timestamp) -> sqlx::Result<Option<Round>> {
    change_round!(tx, "written_at = $2" if "written_at is null and stopped_at is null and send_at <= $2", (id, now))
}

/// Marks a round as followed up; `None` when it was before, has not left, or is stopped.
pub async fn start_follow_up(tx: &mut ReadConn, id: RoundId, now: Timestamp) -> sqlx::Result<Option<Round>> {
    change_round!(tx, "followed_up_at = $2" if "followed_up_at is null and written_at <= $2 and stopped_at is null", (id, now))
}

/// Marks a round as stopped; `None` when it was before.
pub async fn stop(tx: &mut ReadConn, id: RoundId, now: Timestamp) -> sqlx::Result<Option<Round>> {
    change_round!(tx, "stopped_at = $2, written_at = null" if "stopped_at is null", (id, now))
}

/// Lets a stopped round go on; `None` when it was not stopped.
pub async fn resume(tx: &mut ReadConn, id: RoundId, now: Timestamp) -> sqlx::Result<Option<Round>> {
    change_round!(tx, "stopped_at = null" if "stopped_at <= $2", (id, now))
}

/// The invitations of a round with what became of each. Registered is who has a live registration at one of its events.
pub async fn invitations(tx: &mut ReadConn, round: &Round) -> sqlx::Result<Vec<Invitation>> {
    let mut invitations: Vec<Invitation> = dispatch!(tx, |conn| sqlx::query_as(concat!(
        invitations!(),
        "invitation.round_id = $1 order by invitation.address"
    ))
    .bind(round.id)
    .fetch_all(conn)
    .await)?;
    for event in round.events.iter() {
        let registered = registered(tx, *event).await?;
        for invitation in &mut invitations {
            invitation.registered |= registered.contains(&invitation.address);
        }
    }
    Ok(invitations)
}

/// The invitation whose link has this hash; whether its person is registered is not looked at.
pub async fn find_by_token(tx: &mut ReadConn, hash: &[u8]) -> sqlx::Result<Option<Invitation>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(invitations!(), "invitation.token_hash = $1"))
        .bind(hash)
        .fetch_optional(conn)
        .await)
}

/// Notes that the invitation's page was opened, the first time.
pub async fn mark_opened(tx: &mut WriteTx, id: InvitationId, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update invitation set opened_at = $2 where id = $1 and opened_at is null")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}

/// Notes when the guest declined; `None`: they did not, after all.
pub async fn set_declined(tx: &mut WriteTx, id: InvitationId, at: Option<Timestamp>) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update invitation set declined_at = $2 where id = $1")
        .bind(id)
        .bind(at)
        .execute(conn)
        .await
        .map(drop))
}

/// Those of these addresses of whom we know somebody.
pub async fn known_among(tx: &mut ReadConn, addresses: &[EmailAddress]) -> sqlx::Result<BTreeSet<EmailAddress>> {
    let found: Vec<EmailAddress> = dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new("select email from person where email in ");
        push_list(&mut query, addresses);
        query.build_query_scalar().fetch_all(conn).await
    })?;
    Ok(found.into_iter().collect())
}

/// Lets the invitations to an address follow its owner to another one, but where that was invited too.
pub async fn move_address(tx: &mut WriteTx, from: &EmailAddress, to: &EmailAddress) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        sqlx::query(
        "update invitation set address = $2 where address = $1
         and not exists (select 1 from invitation other where other.round_id = invitation.round_id and other.address = $2)",
    )
    .bind(from)
    .bind(to)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// The addresses with a live registration at an event.
pub async fn registered(tx: &mut ReadConn, event: EventId) -> sqlx::Result<BTreeSet<EmailAddress>> {
    let found: Vec<EmailAddress> = dispatch!(tx, |conn| sqlx::query_scalar(concat!(
        "select person.email from registration join person on person.id = registration.person_id
         where registration.event_id = $1 and registration.status in ",
        statuses!(live)
    ))
    .bind(event)
    .fetch_all(conn)
    .await)?;
    Ok(found.into_iter().collect())
}

/// What somebody was invited to: the subjects of these letters, and what they answered.
pub async fn received_by(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<Vec<InvitationTrace>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select invitation_round.subject, invitation.name, invitation.organisation, invitation_round.send_at,
                invitation.opened_at, invitation.declined_at
         from invitation join invitation_round on invitation_round.id = invitation.round_id
         where invitation.address = $1 order by invitation_round.send_at, invitation_round.id",
    )
    .bind(email)
    .fetch_all(conn)
    .await)
}

/// Takes an address off every list of guests.
pub async fn erase_guest(tx: &mut WriteTx, email: &EmailAddress) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from invitation where address = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))
}

/// Deletes rounds, with their guests, that left before this moment.
pub async fn purge(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from invitation_round where send_at < $1 and created_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop))
}
