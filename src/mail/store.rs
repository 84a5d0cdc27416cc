//! SQL of the outbox.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::LetterId;
use crate::on;

use super::letter::{Letter, Link};

/// The three instants of a new letter.
pub struct Times {
    pub now: Timestamp,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the column `data` holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    pub data: Value,
    pub links: Vec<Link>,
}

/// Writes a queued letter; false if there is one with its key already.
pub async fn insert(tx: &mut Tx, id: LetterId, letter: &Letter, times: &Times) -> sqlx::Result<bool> {
    let content = Content { data: letter.data.clone(), links: letter.links.clone() };
    let rows = on!(tx, |conn| sqlx::query(
        "insert into letter
             (id, kind, person_id, subject_id, version, recipient, recipient_name, data, calendar, priority,
              state, due_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, $12, $13)
         on conflict do nothing",
    )
    .bind(id)
    .bind(letter.kind)
    .bind(letter.to.person)
    .bind(letter.subject)
    .bind(letter.version)
    .bind(&letter.to.address)
    .bind(&letter.to.name)
    .bind(Json(&content))
    .bind(&letter.calendar)
    .bind(letter.priority.rank())
    .bind(times.due_at)
    .bind(times.expires_at)
    .bind(times.now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
