//! What is kept about people, in SQL.

use super::{BoardTrace, InvitationTrace, LetterTrace};
use crate::accounts::EmailAddress;
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::PersonId;

pub(super) async fn letters(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<Vec<LetterTrace>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select kind, created_at, status from letter where recipient = $1 order by created_at"
    )
    .bind(email)
    .fetch_all(conn)
    .await)
}

pub(super) async fn boards(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<BoardTrace>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select board.title, cast(count(*) as bigint) as edits
         from board_edit join board on board.id = board_edit.board_id
         where board_edit.author_id = $1 group by board.id, board.title order by board.title",
    )
    .bind(person)
    .fetch_all(conn)
    .await)
}

pub(super) async fn sessions(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<Timestamp>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select created_at from session where person_id = $1 order by created_at")
        .bind(person)
        .fetch_all(conn)
        .await)
}

/// Deletes what knows a person by the address alone. That somebody asked for no letters is kept, to be heeded.
pub(super) async fn delete_by_address(tx: &mut WriteTx, email: &EmailAddress) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from letter where recipient = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))?;
    dispatch!(tx, |conn| sqlx::query("delete from reserved_seat_address where email = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))?;
    dispatch!(tx, |conn| sqlx::query("delete from invitation where address = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))?;
    dispatch!(tx, |conn| sqlx::query("delete from seat_transfer where email = $1")
        .bind(email)
        .execute(conn)
        .await
        .map(drop))
}

/// People who are not organisers, whose last event ended and whose last session began before this moment.
pub(super) async fn inactive_since(tx: &mut ReadConn, moment: Timestamp) -> sqlx::Result<Vec<PersonId>> {
    dispatch!(tx, |conn| sqlx::query_scalar(
        "select id from person
         where not organiser and created_at < $1
           and not exists (select 1 from registration join event on event.id = registration.event_id
                           where registration.person_id = person.id and event.ends_at >= $1)
           and not exists (select 1 from session where person_id = person.id and created_at >= $1)
         order by id",
    )
    .bind(moment)
    .fetch_all(conn)
    .await)
}

/// Deletes what is known of people by their address alone, where it is of no more use: invitations that left before this
/// moment, and the guests and colleagues of events that ended before it.
pub(super) async fn delete_guests(tx: &mut WriteTx, moment: Timestamp) -> sqlx::Result<()> {
    let queries = [
        "delete from invitation_round where send_at < $1 and created_at < $1",
        "delete from reserved_seat_address where event_id in (select id from event where ends_at < $1)",
        "delete from seat_transfer where registration_id in
             (select registration.id from registration join event on event.id = registration.event_id
              where event.ends_at < $1)",
    ];
    for query in queries {
        dispatch!(tx, |conn| sqlx::query(query).bind(moment).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// What somebody was invited to: the subjects of these letters, and what they answered.
pub(super) async fn invitations(tx: &mut ReadConn, email: &EmailAddress) -> sqlx::Result<Vec<InvitationTrace>> {
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

/// Deletes letters that were written before this moment.
pub(super) async fn delete_letters(tx: &mut WriteTx, moment: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "delete from letter where created_at < $1 and status not in ('queued', 'sending')"
    )
    .bind(moment)
    .execute(conn)
    .await
    .map(drop))
}
