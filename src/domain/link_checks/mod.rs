//! Looks once a day whether the addresses of the library still lead somewhere, when a setting allows it: one request an hour
//! for each host, which follows nothing. What it finds is told to organisers only, who know better than it.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;
mod rules;
mod store;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::accounts;
use crate::audit::{self, Entry};
use crate::context::Context;
use crate::fetch::{self, FetchError, Probe};
use crate::jobs::Job;
use crate::programme;
use crate::resources::{self, Resource};
use crate::roles::{self, Role, Scope};
use db::{ReadConn, settings};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, ResourceId};
use mail::outbox;

pub use rules::{Answer, Verdict};

/// Background work.
pub const JOBS: &[Job] =
    &[Job { name: "links", every: Duration::from_secs(300), run: |context| Box::pin(run(context)) }];

/// No host is asked twice within this time.
const HOST_PAUSE: Duration = Duration::from_secs(3600);

/// So many addresses are asked in one run, one after another.
const AT_ONCE: usize = 20;

/// How often organisers get a letter at most.
const LETTER_EVERY: Duration = Duration::from_secs(7 * 24 * 3600);

/// What the last answer said of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LinkState {
    /// There is something.
    Seen,
    /// It is elsewhere, for good.
    Moved,
    /// The server does not answer programs.
    Refused,
    /// Nobody answers.
    Silent,
    /// There is nothing, or the server fails.
    Failing,
}

/// What is known of a resource's address.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkCheck {
    /// Whose address.
    pub resource_id: ResourceId,
    /// The address that was asked.
    pub url: String,
    /// What the last answer said.
    pub state: LinkState,
    /// When it was asked last.
    pub checked_at: Timestamp,
    /// When there was something last.
    pub seen_at: Option<Timestamp>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Where it is now.
    pub moved_to: Option<String>,
    /// When an organiser said that it works in spite of all that.
    pub overruled_at: Option<Timestamp>,
}

async fn run(context: &Context) -> sqlx::Result<()> {
    if !context.config.check_links {
        return Ok(());
    }
    check(context, fetch::public_web).await?;
    write_letters(context).await
}

/// What was found at the addresses of these entries; nothing of those whose address has changed since.
pub async fn of(tx: &mut ReadConn, resources: &[Resource]) -> sqlx::Result<HashMap<ResourceId, LinkCheck>> {
    let all: HashMap<_, _> = store::list(tx).await?.into_iter().map(|check| (check.resource_id, check)).collect();
    let current = |resource: &Resource| {
        let check = all.get(&resource.id)?;
        (resource.url.as_deref() == Some(check.url.as_str())).then(|| (resource.id, check.clone()))
    };
    Ok(resources.iter().filter_map(current).collect())
}

/// Asks the addresses that are due, of hosts that may be asked again, where `allowed` lets it connect to.
pub async fn check(context: &Context, allowed: fetch::Allowed) -> sqlx::Result<()> {
    let (mut tried, mut asked) = (HashSet::new(), 0);
    for (resource, url) in due(context).await? {
        if asked == AT_ONCE || context.jobs.is_stopping() {
            break;
        }
        // Other addresses of a host wait for another run.
        let Some(host) = rules::host(&url).filter(|host| tried.insert(host.clone())) else { continue };
        let now = context.clock.now();
        let mut tx = context.db.write().await?;
        let is_ours = store::claim_host(&mut tx, &host, now, now - HOST_PAUSE).await?;
        tx.commit().await?;
        if is_ours {
            asked += 1;
            let answer = answer(fetch::probe_from(&url, allowed).await);
            note(context, resource, &url, answer).await?;
        }
    }
    Ok(())
}

/// The entries whose address is to be asked, longest unasked first.
async fn due(context: &Context) -> sqlx::Result<Vec<(ResourceId, String)>> {
    let now = context.clock.now();
    let mut tx = context.db.snapshot().await?;
    let all = resources::list(&mut tx).await?;
    let checks = of(&mut tx, &all).await?;
    drop(tx);
    let mut due: Vec<(Option<Timestamp>, ResourceId, String)> = Vec::new();
    for resource in all {
        let last = checks.get(&resource.id).map(|check| check.checked_at);
        if let Some(url) = resource.url.filter(|_| rules::is_due(last, now)) {
            due.push((last, resource.id, url));
        }
    }
    due.sort();
    Ok(due.into_iter().map(|(_, id, url)| (id, url)).collect())
}

fn answer(probe: Result<Probe, FetchError>) -> Answer {
    match probe {
        Ok(Probe { status, location }) => Answer::Status(status, location),
        Err(_) => Answer::Nothing,
    }
}

async fn note(context: &Context, resource: ResourceId, url: &str, answer: Answer) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    // It may be gone, or lead elsewhere, since it was asked.
    let now_there = resources::find(&mut tx, resource).await?;
    if now_there.and_then(|resource| resource.url).as_deref() == Some(url) {
        let before = store::find(&mut tx, resource).await?.filter(|check| check.url == url);
        let check = LinkCheck::after(before.as_ref(), (resource, url), answer, context.clock.now());
        store::put(&mut tx, &check).await?;
    }
    tx.commit().await
}

/// An organiser says that a link works, whatever was found; until it is seen to work, which needs no saying.
pub async fn overrule(context: &Context, resource: &Resource, entry: &Entry) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    if store::overrule(&mut tx, resource.id, now).await? {
        audit::write(&mut tx, entry, now).await?;
    }
    tx.commit().await
}

/// Writes to those who run the whole programme which links are dead or have moved: once a week at most, and only if there are any.
pub async fn write_letters(context: &Context) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.snapshot().await?;
    let all = resources::list(&mut tx).await?;
    let checks = of(&mut tx, &all).await?;
    let edition = programme::current_edition(&mut tx).await?;
    drop(tx);
    let zone = edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC);
    let with = |verdict: Verdict| {
        let found = all.iter().filter_map(|resource| Some((resource, checks.get(&resource.id)?)));
        found.filter(|(_, check)| check.verdict() == verdict).collect::<Vec<_>>()
    };
    let (dead, moved) = (with(Verdict::Dead), with(Verdict::Moved));
    if dead.is_empty() && moved.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.write().await?;
    let since = (now - LETTER_EVERY).as_millis();
    if !settings::set_if_older(&mut tx, "link_letter", now.as_millis(), since + 1).await? {
        return Ok(());
    }
    for id in organisers(&mut tx).await? {
        if let Some(person) = accounts::find(&mut tx, id).await? {
            outbox::enqueue(&mut tx, &letters::links_to_mend(&person, (&dead, &moved), &zone, now), now).await?;
        }
    }
    tx.commit().await
}

/// Those who run all of the programme, each once.
async fn organisers(tx: &mut ReadConn) -> sqlx::Result<Vec<PersonId>> {
    let runs =
        |row: &roles::GrantRow| row.scope() == Scope::Everything && matches!(row.role, Role::Owner | Role::Organiser);
    let mut people: Vec<PersonId> =
        roles::list(tx).await?.iter().filter(|row| runs(row)).map(|row| row.person_id).collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}
