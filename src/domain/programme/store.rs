//! The programme in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::sync::LazyLock;

use sqlx::types::Json;

use super::event::{EVENT_COLUMNS, bind_event, event_columns};
use super::{Edition, Event, Slug, SourceSnapshot};
use db::{ChangeEvent, ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId};

macro_rules! edition_columns {
    () => {
        "id, slug, title, summary, zone, revised_at"
    };
}

/// The newest edition.
pub(super) async fn newest_edition(tx: &mut ReadConn) -> sqlx::Result<Option<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        edition_columns!(),
        " from edition order by created_at desc, id desc limit 1",
    ))
    .fetch_optional(conn)
    .await)
}

/// The edition of that name.
pub async fn edition(tx: &mut ReadConn, slug: &Slug) -> sqlx::Result<Option<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", edition_columns!(), " from edition where slug = $1"))
        .bind(slug)
        .fetch_optional(conn)
        .await)
}

/// All editions, the newest first.
pub async fn editions(tx: &mut ReadConn) -> sqlx::Result<Vec<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        edition_columns!(),
        " from edition order by created_at desc, id desc"
    ))
    .fetch_all(conn)
    .await)
}

/// The edition of that identifier.
pub async fn edition_by_id(tx: &mut ReadConn, id: EditionId) -> sqlx::Result<Option<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", edition_columns!(), " from edition where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The events of an edition by date, drafts included.
pub async fn events(tx: &mut ReadConn, edition: EditionId) -> sqlx::Result<Vec<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        event_columns!(),
        " from event where edition_id = $1 order by starts_at, position, id",
    ))
    .bind(edition)
    .fetch_all(conn)
    .await)
}

/// The event of that name, draft or not.
pub async fn event(tx: &mut ReadConn, slug: &Slug) -> sqlx::Result<Option<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", event_columns!(), " from event where slug = $1"))
        .bind(slug)
        .fetch_optional(conn)
        .await)
}

/// The event of that identifier, draft or not.
pub async fn event_by_id(tx: &mut ReadConn, id: EventId) -> sqlx::Result<Option<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!("select ", event_columns!(), " from event where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await)
}

/// The event, locked until the transaction ends: whoever decides on its seats comes one after another.
pub async fn lock(tx: &mut WriteTx, id: EventId) -> sqlx::Result<Option<Event>> {
    let event: Option<Event> = dispatch!(tx, |conn| sqlx::query_as(concat!(
        "update event set version = version + 1 where id = $1 returning ",
        event_columns!(),
    ))
    .bind(id)
    .fetch_optional(conn)
    .await)?;
    if let Some(event) = &event {
        tx.emit(ChangeEvent::Feed { id: event.id.0, version: Some(event.version) });
    }
    Ok(event)
}

/// The version of every event: it rises with each act on the event or on its seats.
pub async fn versions(tx: &mut ReadConn) -> sqlx::Result<Vec<(EventId, i64)>> {
    dispatch!(tx, |conn| sqlx::query_as("select id, version from event").fetch_all(conn).await)
}

/// What calendars show: published events from `since` on, and those cancelled after `cancelled_since`.
pub async fn list_for_calendar(
    tx: &mut ReadConn,
    since: Timestamp,
    cancelled_since: Timestamp,
) -> sqlx::Result<Vec<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        event_columns!(),
        " from event
         where ends_at >= $1 and (status = 'published' or (status = 'cancelled' and cancelled_at >= $2))
         order by starts_at, id",
    ))
    .bind(since)
    .bind(cancelled_since)
    .fetch_all(conn)
    .await)
}

/// Differs when anything was added to, revised in or taken from the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Fingerprint {
    events: i64,
    revised: i64,
    sequences: i64,
    editions: i64,
    editions_revised: i64,
}

/// The programme's fingerprint: two small tables, read whole.
pub async fn fingerprint(tx: &mut ReadConn) -> sqlx::Result<Fingerprint> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select cast(count(*) as bigint) as events, coalesce(cast(sum(revised_at) as bigint), 0) as revised,
                coalesce(cast(sum(sequence) as bigint), 0) as sequences,
                (select cast(count(*) as bigint) from edition) as editions,
                (select coalesce(cast(sum(revised_at) as bigint), 0) from edition) as editions_revised
         from event",
    )
    .fetch_one(conn)
    .await)
}

/// Published events that start after `from` and until `to`.
pub async fn starting_between(tx: &mut ReadConn, from: Timestamp, to: Timestamp) -> sqlx::Result<Vec<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        event_columns!(),
        " from event
         where status = 'published' and starts_at > $1 and starts_at <= $2 order by starts_at",
    ))
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await)
}

/// Adds an edition, or changes the one of that name.
pub(super) async fn put_edition(tx: &mut WriteTx, edition: &Edition) -> sqlx::Result<EditionId> {
    tx.emit(ChangeEvent::Programme);
    dispatch!(tx, |conn| sqlx::query_scalar(
        "insert into edition (id, slug, title, summary, zone, created_at, revised_at)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (slug) do update
         set title = excluded.title, summary = excluded.summary, zone = excluded.zone, revised_at = excluded.revised_at
         returning id",
    )
    .bind(edition.id)
    .bind(&edition.slug)
    .bind(&edition.title)
    .bind(&edition.summary)
    .bind(&edition.zone)
    .bind(edition.revised_at)
    .fetch_one(conn)
    .await)
}

static PUT_EVENT: LazyLock<String> = LazyLock::new(|| {
    let columns = EVENT_COLUMNS.join(", ");
    let values = (1..=EVENT_COLUMNS.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
    let set = EVENT_COLUMNS.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
    format!("insert into event ({columns}) values ({values}) on conflict (id) do update set {set}")
});

/// Adds an event, or changes the one of that identifier.
pub(super) async fn put_event(tx: &mut WriteTx, event: &Event) -> sqlx::Result<()> {
    tx.emit(ChangeEvent::Programme);
    dispatch!(tx, |conn| bind_event!(sqlx::query(PUT_EVENT.as_str()), event).execute(conn).await.map(drop))
}

/// Events of other editions that already use a slug.
pub(super) async fn edition_of_slug(tx: &mut ReadConn, slug: &Slug) -> sqlx::Result<Option<EditionId>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select edition_id from event where slug = $1")
        .bind(slug)
        .fetch_optional(conn)
        .await)
}

/// What the source of an event said of it when it was last brought in; nothing for one that was made here.
pub async fn source_snapshot(tx: &mut ReadConn, event: EventId) -> sqlx::Result<SourceSnapshot> {
    let snapshot: Option<Json<SourceSnapshot>> =
        dispatch!(tx, |conn| sqlx::query_scalar("select snapshot from event_source where event_id = $1")
            .bind(event)
            .fetch_optional(conn)
            .await)?;
    Ok(snapshot.map(|snapshot| snapshot.0).unwrap_or_default())
}

/// Writes down what the source of an event says of it.
pub async fn put_source_snapshot(tx: &mut WriteTx, event: EventId, snapshot: &SourceSnapshot) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into event_source (event_id, snapshot) values ($1, $2)
         on conflict (event_id) do update set snapshot = excluded.snapshot",
    )
    .bind(event)
    .bind(Json(snapshot))
    .execute(conn)
    .await
    .map(drop))
}
