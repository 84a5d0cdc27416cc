//! Tells owners when far more is asked for with addresses that nobody proved than is usual: perhaps somebody abuses the forms.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::time::Duration;

use serde_json::json;

use db::settings;
use domain::accounts::{self, Person};
use domain::{Context, Job, proof_requests, roles};
use kernel::clock::Timestamp;
use kernel::security_log::{SecurityEvent, SecurityLine};
use mail::{Letter, LetterLink, To, outbox};

/// Background work.
pub const JOBS: &[Job] = &[
    // A flood is seen this soon.
    Job { name: "request-alert", every: Duration::from_secs(300), run: |context| Box::pin(watch(context)) },
];

const HOUR: Duration = Duration::from_secs(3600);

/// What is usual is counted over so many hours.
const USUAL_HOURS: u32 = 7 * 24;

/// So many times what is usual is a flood.
const FLOOD: u32 = 10;

/// An hour with fewer requests than this is taken to have so many: a quiet week makes no flood of a workshop that opens.
const QUIET_HOUR: u32 = 30;

/// Nobody is told twice within this time.
const TOLD_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Writes one letter to each owner, and a line of the security log, when the last hour saw more than ten times as many requests
/// as an hour of the week before.
pub async fn watch(context: &Context) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.snapshot().await?;
    let last_hour = proof_requests::recent(&mut tx, now - HOUR, now).await?;
    let before = proof_requests::recent(&mut tx, now - HOUR * (USUAL_HOURS + 1), now - HOUR).await?;
    drop(tx);
    let usual = (before / USUAL_HOURS).max(QUIET_HOUR);
    if last_hour > usual.saturating_mul(FLOOD) { tell(context, last_hour, now).await } else { Ok(()) }
}

async fn tell(context: &Context, count: u32, now: Timestamp) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let since = (now - TOLD_EVERY).as_millis();
    if !settings::set_if_older(&mut tx, "request_alert", now.as_millis(), since).await? {
        return Ok(());
    }
    for owner in roles::owners(&mut tx).await? {
        if let Some(person) = accounts::find(&mut tx, owner).await? {
            outbox::enqueue(&mut tx, &letter(&person, count, now), now).await?;
        }
    }
    tx.commit().await?;
    SecurityLine::new(SecurityEvent::RequestFlood).write();
    Ok(())
}

fn letter(owner: &Person, count: u32, now: Timestamp) -> Letter {
    let to = To::person(owner.id, owner.email.as_str(), &owner.name);
    Letter::new("many-requests", to, owner.id.0)
        .version(now.as_millis())
        .data(json!({ "person": { "name": owner.name }, "count": count }))
        .link(LetterLink::open("outbox", "/organisation/courriels"))
}
