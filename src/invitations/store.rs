//! Invitations in SQL.

use super::rules::Guest;
use super::{Invitation, Round};
use crate::accounts::EmailAddress;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::{EventId, InvitationId, PersonId, RoundId};
use crate::on;

macro_rules! round_columns {
    () => {
        "id, subject, message, events, created_at, send_at, chased_at"
    };
}

/// Adds a round; false when it is there already.
pub async fn insert_round(tx: &mut Tx, round: &Round, by: PersonId) -> sqlx::Result<bool> {
    let rows = on!(tx, |conn| sqlx::query(
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

pub async fn insert(
    tx: &mut Tx,
    id: InvitationId,
    round: RoundId,
    guest: &Guest,
    token_hash: &[u8],
) -> sqlx::Result<()> {
    on!(tx, |conn| {
        sqlx::query(
        "insert into invitation (id, round_id, address, name, organisation, token_hash) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(round)
    .bind(&guest.address)
    .bind(&guest.name)
    .bind(&guest.organisation)
    .bind(token_hash)
    .execute(conn)
    .await
    .map(drop)
    })
}

/// All rounds, newest first, each with its number of invitations.
pub async fn rounds(tx: &mut Tx) -> sqlx::Result<Vec<(Round, i64)>> {
    let rounds: Vec<Round> = on!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        round_columns!(),
        " from invitation_round order by created_at desc, id desc"
    ))
    .fetch_all(conn)
    .await)?;
    let counts: Vec<(RoundId, i64)> =
        on!(tx, |conn| sqlx::query_as("select round_id, cast(count(*) as bigint) from invitation group by round_id")
            .fetch_all(conn)
            .await)?;
    let count = |id: RoundId| counts.iter().find(|(round, _)| *round == id).map_or(0, |(_, count)| *count);
    Ok(rounds.into_iter().map(|round| (count(round.id), round)).map(|(count, round)| (round, count)).collect())
}

pub async fn round(tx: &mut Tx, id: RoundId) -> sqlx::Result<Option<Round>> {
    on!(tx, |conn| sqlx::query_as(concat!("select ", round_columns!(), " from invitation_round where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// Marks a round as chased; `None` when it was before, or is not there.
pub async fn start_chase(tx: &mut Tx, id: RoundId, now: Timestamp) -> sqlx::Result<Option<Round>> {
    on!(tx, |conn| sqlx::query_as(concat!(
        "update invitation_round set chased_at = $2 where id = $1 and chased_at is null and send_at <= $2 returning ",
        round_columns!()
    ))
    .bind(id)
    .bind(now)
    .fetch_optional(conn)
    .await)
}

/// The invitations of a round with what became of each. Registered is who has a live registration at one of its events.
pub async fn invitations(tx: &mut Tx, round: RoundId) -> sqlx::Result<Vec<Invitation>> {
    let Some(Round { events, .. }) = self::round(tx, round).await? else { return Ok(Vec::new()) };
    let mut invitations: Vec<Invitation> = on!(tx, |conn| sqlx::query_as(
        "select invitation.id, invitation.round_id, invitation.address, invitation.name, invitation.organisation,
                invitation.opened_at, invitation.declined_at,
                (select letter.state from letter where letter.subject_id = invitation.id
                 order by letter.version desc limit 1) as letter,
                false as registered
         from invitation where invitation.round_id = $1 order by invitation.address",
    )
    .bind(round)
    .fetch_all(conn)
    .await)?;
    for event in events.iter() {
        let registered: Vec<EmailAddress> = on!(tx, |conn| sqlx::query_scalar(
            "select person.email from registration join person on person.id = registration.person_id
             where registration.event_id = $1
               and registration.seat in
                   ('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent')",
        )
        .bind(event)
        .fetch_all(conn)
        .await)?;
        let registered: std::collections::BTreeSet<_> = registered.iter().map(EmailAddress::as_str).collect();
        for invitation in &mut invitations {
            invitation.registered |= registered.contains(invitation.address.as_str());
        }
    }
    Ok(invitations)
}

pub async fn find_by_token(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<(InvitationId, RoundId)>> {
    on!(tx, |conn| sqlx::query_as("select id, round_id from invitation where token_hash = $1")
        .bind(hash)
        .fetch_optional(conn)
        .await)
}

pub async fn mark_opened(tx: &mut Tx, id: InvitationId, now: Timestamp) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("update invitation set opened_at = $2 where id = $1 and opened_at is null")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
}

pub async fn set_declined(tx: &mut Tx, id: InvitationId, at: Option<Timestamp>) -> sqlx::Result<()> {
    on!(tx, |conn| sqlx::query("update invitation set declined_at = $2 where id = $1")
        .bind(id)
        .bind(at)
        .execute(conn)
        .await
        .map(drop))
}

pub async fn is_known(tx: &mut Tx, address: &EmailAddress) -> sqlx::Result<bool> {
    let found: Option<i64> = on!(tx, |conn| sqlx::query_scalar("select created_at from person where email = $1")
        .bind(address)
        .fetch_optional(conn)
        .await)?;
    Ok(found.is_some())
}

/// Whether an address has a live registration at an event.
pub async fn is_registered(tx: &mut Tx, event: EventId, address: &EmailAddress) -> sqlx::Result<bool> {
    let found: Option<i64> = on!(tx, |conn| sqlx::query_scalar(
        "select registration.arrival from registration join person on person.id = registration.person_id
         where registration.event_id = $1 and person.email = $2
           and registration.seat in
                   ('pending', 'held', 'offered', 'confirmed', 'waiting', 'attended', 'absent')",
    )
    .bind(event)
    .bind(address)
    .fetch_optional(conn)
    .await)?;
    Ok(found.is_some())
}
