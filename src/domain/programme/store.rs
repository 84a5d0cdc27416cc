//! The programme in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::types::Json;

use super::{Edition, Event, Slug, SourceSnapshot};
use db::{ChangeEvent, ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId};

/// The columns of an [`Event`], in one place.
macro_rules! event_columns {
    () => {
        "id, edition_id, slug, position, kind, title, summary, starts_local, ends_local, zone, starts_at, ends_at,
         place, video_url, capacity, buyers_only, board_kind, agenda, speakers, opens_at, closes_at, status, version,
         sequence, created_at, revised_at, cancelled_at, reserved_seats, reserved_until, organisation_cap, buyer_list, unlisted_policy,
         preparation"
    };
}

/// The newest edition.
pub(super) async fn newest_edition(tx: &mut ReadConn) -> sqlx::Result<Option<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, slug, title, summary, zone, revised_at from edition order by created_at desc, id desc limit 1",
    )
    .fetch_optional(conn)
    .await)
}

/// The edition of that name.
pub async fn edition(tx: &mut ReadConn, slug: &Slug) -> sqlx::Result<Option<Edition>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select id, slug, title, summary, zone, revised_at from edition where slug = $1"
    )
    .bind(slug)
    .fetch_optional(conn)
    .await)
}

/// The events of an edition in their order, drafts included.
pub async fn events(tx: &mut ReadConn, edition: EditionId) -> sqlx::Result<Vec<Event>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select ",
        event_columns!(),
        " from event where edition_id = $1 order by position, starts_at",
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

/// Adds an event.
pub(super) async fn insert_event(tx: &mut WriteTx, event: &Event) -> sqlx::Result<()> {
    tx.emit(ChangeEvent::Programme);
    dispatch!(tx, |conn| sqlx::query(concat!(
        "insert into event (",
        event_columns!(),
        ")
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
    ))
    .bind(event.id)
    .bind(event.edition_id)
    .bind(&event.slug)
    .bind(event.position)
    .bind(event.kind)
    .bind(&event.title)
    .bind(&event.summary)
    .bind(&event.starts_local)
    .bind(&event.ends_local)
    .bind(&event.zone)
    .bind(event.starts_at)
    .bind(event.ends_at)
    .bind(&event.place)
    .bind(&event.video_url)
    .bind(event.capacity)
    .bind(event.buyers_only)
    .bind(event.board_kind)
    .bind(&event.agenda)
    .bind(&event.speakers)
    .bind(event.opens_at)
    .bind(event.closes_at)
    .bind(event.status)
    .bind(event.version)
    .bind(event.sequence)
    .bind(event.created_at)
    .bind(event.revised_at)
    .bind(event.cancelled_at)
    .bind(event.kept_seats)
    .bind(event.kept_until)
    .bind(event.organisation_cap)
    .bind(&event.buyer_list)
    .bind(event.unlisted)
    .bind(&event.preparation)
    .execute(conn)
    .await
    .map(drop))
}

/// Changes everything of an event that an import or an organiser may change.
pub(super) async fn update_event(tx: &mut WriteTx, event: &Event) -> sqlx::Result<()> {
    tx.emit(ChangeEvent::Programme);
    dispatch!(tx, |conn| sqlx::query(
        "update event set position = $2, kind = $3, title = $4, summary = $5, starts_local = $6, ends_local = $7,
             zone = $8, starts_at = $9, ends_at = $10, place = $11, video_url = $12, capacity = $13, buyers_only = $14,
             board_kind = $15, agenda = $16, speakers = $17, opens_at = $18, closes_at = $19, status = $20,
             sequence = $21, revised_at = $22, cancelled_at = $23, reserved_seats = $24, reserved_until = $25,
             organisation_cap = $26, buyer_list = $27, unlisted_policy = $28, preparation = $29
         where id = $1",
    )
    .bind(event.id)
    .bind(event.position)
    .bind(event.kind)
    .bind(&event.title)
    .bind(&event.summary)
    .bind(&event.starts_local)
    .bind(&event.ends_local)
    .bind(&event.zone)
    .bind(event.starts_at)
    .bind(event.ends_at)
    .bind(&event.place)
    .bind(&event.video_url)
    .bind(event.capacity)
    .bind(event.buyers_only)
    .bind(event.board_kind)
    .bind(&event.agenda)
    .bind(&event.speakers)
    .bind(event.opens_at)
    .bind(event.closes_at)
    .bind(event.status)
    .bind(event.sequence)
    .bind(event.revised_at)
    .bind(event.cancelled_at)
    .bind(event.kept_seats)
    .bind(event.kept_until)
    .bind(event.organisation_cap)
    .bind(&event.buyer_list)
    .bind(event.unlisted)
    .bind(&event.preparation)
    .execute(conn)
    .await
    .map(drop))
}

/// Events of other editions that already use a slug.
pub(super) async fn edition_of_slug(tx: &mut ReadConn, slug: &Slug) -> sqlx::Result<Option<EditionId>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select edition_id from event where slug = $1")
        .bind(slug)
        .fetch_optional(conn)
        .await)
}

/// What the source of an event said of it when it was last brought in; nothing for one that was made here.
pub async fn said(tx: &mut ReadConn, event: EventId) -> sqlx::Result<SourceSnapshot> {
    let said: Option<Json<SourceSnapshot>> =
        dispatch!(tx, |conn| sqlx::query_scalar("select snapshot from event_source where event_id = $1")
            .bind(event)
            .fetch_optional(conn)
            .await)?;
    Ok(said.map(|said| said.0).unwrap_or_default())
}

/// Writes down what the source of an event says of it.
pub async fn say(tx: &mut WriteTx, event: EventId, said: &SourceSnapshot) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into event_source (event_id, snapshot) values ($1, $2)
         on conflict (event_id) do update set snapshot = excluded.snapshot",
    )
    .bind(event)
    .bind(Json(said))
    .execute(conn)
    .await
    .map(drop))
}
