//! Published results in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::types::Json;

use super::{PublicResults, PublishedBoard};
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{BoardId, EventId};

/// The boards of an event whose results are published, in their order.
pub async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<PublishedBoard>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select board.position, board.title, board_results.published_at
         from board join board_results on board_results.board_id = board.id
         where board.event_id = $1 order by board.position",
    )
    .bind(event)
    .fetch_all(conn)
    .await)
}

/// The published results of the board at this place of an event, and when they were published.
pub async fn find(
    tx: &mut ReadConn,
    event: EventId,
    position: i64,
) -> sqlx::Result<Option<(PublicResults, Timestamp)>> {
    let found: Option<(Json<PublicResults>, Timestamp)> = dispatch!(tx, |conn| sqlx::query_as(
        "select board_results.content, board_results.published_at
         from board join board_results on board_results.board_id = board.id
         where board.event_id = $1 and board.position = $2",
    )
    .bind(event)
    .bind(position)
    .fetch_optional(conn)
    .await)?;
    Ok(found.map(|(content, published_at)| (content.0, published_at)))
}

/// Publishes results of a board, in place of earlier ones.
pub(super) async fn put(tx: &mut WriteTx, board: BoardId, results: &PublicResults, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into board_results (board_id, published_at, content) values ($1, $2, $3)
         on conflict (board_id) do update set published_at = excluded.published_at, content = excluded.content",
    )
    .bind(board)
    .bind(now)
    .bind(Json(results))
    .execute(conn)
    .await
    .map(drop))
}

/// Takes the results of a board back; says whether there were any.
pub(super) async fn delete(tx: &mut WriteTx, board: BoardId) -> sqlx::Result<bool> {
    let deleted = dispatch!(tx, |conn| sqlx::query("delete from board_results where board_id = $1")
        .bind(board)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted > 0)
}
