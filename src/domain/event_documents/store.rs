//! Documents and their pieces in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;

use super::{EventDocument, Format};
use db::{ReadConn, WriteTx, dispatch, push_list};
use kernel::clock::Timestamp;
use kernel::id::{DocumentId, EventId};

macro_rules! documents {
    () => {
        "select id, event_id, title, file_name, format, size, pieces from event_document where stored_at is not null"
    };
}

/// The document of that identifier, if all of it is there.
pub async fn find(tx: &mut ReadConn, id: DocumentId) -> sqlx::Result<Option<EventDocument>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(documents!(), " and id = $1")).bind(id).fetch_optional(conn).await)
}

/// The documents of an event, in their order.
pub async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<EventDocument>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(documents!(), " and event_id = $1 order by position, id"))
        .bind(event)
        .fetch_all(conn)
        .await)
}

/// The documents of these events, in their order within each.
pub async fn of_events(tx: &mut ReadConn, events: &[EventId]) -> sqlx::Result<Vec<EventDocument>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    dispatch!(tx, |conn| {
        let mut query = QueryBuilder::new(concat!(documents!(), " and event_id in "));
        push_list(&mut query, events.iter().copied());
        query.push(" order by event_id, position, id");
        query.build_query_as().persistent(false).fetch_all(conn).await
    })
}

/// Bytes of all documents, of those that are coming too.
pub async fn total_bytes(tx: &mut ReadConn) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar("select coalesce(cast(sum(size) as bigint), 0) from event_document")
        .fetch_one(conn)
        .await)
}

/// One piece of a document, counted from 0.
pub async fn piece(tx: &mut ReadConn, document: DocumentId, number: i64) -> sqlx::Result<Option<Vec<u8>>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select bytes from document_piece where document_id = $1 and number = $2")
        .bind(document)
        .bind(number)
        .fetch_optional(conn)
        .await)
}

/// A document of which nothing has come yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDocument<'a> {
    pub id: DocumentId,
    pub event: EventId,
    pub title: &'a str,
    pub file_name: &'a str,
    pub format: Format,
}

/// Adds a document without pieces, the last of its event.
pub(super) async fn insert(tx: &mut WriteTx, new: &NewDocument<'_>, now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into event_document
            (id, event_id, title, file_name, format, size, pieces, position, created_at, touched_at, stored_at)
         values ($1, $2, $3, $4, $5, 0, 0,
                 (select coalesce(max(position), 0) + 1 from event_document where event_id = $2), $6, $6, null)",
    )
    .bind(new.id)
    .bind(new.event)
    .bind(new.title)
    .bind(new.file_name)
    .bind(new.format)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
}

/// Adds a piece; false once its document was deleted, as one that had broken off.
pub(super) async fn insert_piece(
    tx: &mut WriteTx,
    document: DocumentId,
    (number, bytes): (i64, &[u8]),
    now: Timestamp,
) -> sqlx::Result<bool> {
    let touched = dispatch!(tx, |conn| sqlx::query(
        "update event_document set size = size + $2, pieces = pieces + 1, touched_at = $3
         where id = $1 and stored_at is null",
    )
    .bind(document)
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .bind(now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if touched == 0 {
        return Ok(false);
    }
    dispatch!(tx, |conn| sqlx::query("insert into document_piece (document_id, number, bytes) values ($1, $2, $3)")
        .bind(document)
        .bind(number)
        .bind(bytes)
        .execute(conn)
        .await
        .map(|_| true))
}

/// All of a document is there; false once it was deleted, as one that had broken off.
pub(super) async fn complete(tx: &mut WriteTx, document: DocumentId, now: Timestamp) -> sqlx::Result<bool> {
    let changed = dispatch!(tx, |conn| sqlx::query(
        "update event_document set stored_at = $2 where id = $1 and stored_at is null"
    )
    .bind(document)
    .bind(now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

pub(super) async fn set_title(tx: &mut WriteTx, document: DocumentId, title: &str) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update event_document set title = $2 where id = $1")
        .bind(document)
        .bind(title)
        .execute(conn)
        .await
        .map(drop))
}

pub(super) async fn set_position(tx: &mut WriteTx, document: DocumentId, position: i64) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update event_document set position = $2 where id = $1")
        .bind(document)
        .bind(position)
        .execute(conn)
        .await
        .map(drop))
}

/// Deletes a document with its pieces; says whether it was there.
pub(super) async fn delete(tx: &mut WriteTx, document: DocumentId) -> sqlx::Result<bool> {
    let deleted = dispatch!(tx, |conn| sqlx::query("delete from event_document where id = $1")
        .bind(document)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted > 0)
}

/// Deletes documents of which nothing came since this moment, and that are not complete.
pub(super) async fn delete_unfinished(tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("delete from event_document where stored_at is null and touched_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop))
}
