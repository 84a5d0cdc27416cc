//! The audit log in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;

use super::{Entry, Line};
use db::{ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{AuditId, EventId, PersonId};

macro_rules! lines {
    () => {
        "select audit_log.at, organiser.name as by_name, audit_log.action, event.title as event_title, person.name as person_name,
                audit_log.person_id, audit_log.note
         from audit_log
         left join person organiser on organiser.id = audit_log.actor_id
         left join person on person.id = audit_log.person_id
         left join event on event.id = audit_log.event_id "
    };
}

/// Adds lines; at least one.
pub(super) async fn insert(tx: &mut WriteTx, entries: &[Entry], now: Timestamp) -> sqlx::Result<()> {
    dispatch!(tx, |conn| {
        let mut query =
            QueryBuilder::new("insert into audit_log (id, at, actor_id, action, event_id, person_id, note) ");
        query.push_values(entries, |mut row, entry| {
            row.push_bind(AuditId::new(now)).push_bind(now).push_bind(entry.by).push_bind(entry.act);
            row.push_bind(entry.event).push_bind(entry.person).push_bind(&entry.note);
        });
        query.build().persistent(entries.len() == 1).execute(conn).await.map(drop)
    })
}

/// The youngest `most` lines, youngest first.
pub async fn youngest(tx: &mut ReadConn, most: u32) -> sqlx::Result<Vec<Line>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(lines!(), "order by audit_log.at desc, audit_log.id desc limit $1"))
        .bind(i64::from(most))
        .fetch_all(conn)
        .await)
}

/// The youngest `most` lines about an event, youngest first.
pub async fn of_event(tx: &mut ReadConn, event: EventId, most: u32) -> sqlx::Result<Vec<Line>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        lines!(),
        "where audit_log.event_id = $1 order by audit_log.at desc, audit_log.id desc limit $2"
    ))
    .bind(event)
    .bind(i64::from(most))
    .fetch_all(conn)
    .await)
}

/// What was done to a person, youngest first.
pub async fn of_person(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<Line>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        lines!(),
        "where audit_log.person_id = $1 order by audit_log.at desc, audit_log.id desc"
    ))
    .bind(person)
    .fetch_all(conn)
    .await)
}

pub(super) async fn erase_notes_about(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query("update audit_log set note = '' where person_id = $1")
        .bind(person)
        .execute(conn)
        .await
        .map(drop))
}
