//! Who runs the service, as an owner says it for the legal pages. What the theme says wins (`kernel::identity`).
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

pub mod french;
mod store;

use std::time::Duration;

use crate::audit::{self, Act, Entry};
use crate::{Context, Job};
use db::{ReadConn, with_retry};
use kernel::id::PersonId;
use kernel::identity::{Fact, Facts};

/// Background work.
pub const JOBS: &[Job] = &[
    // What another process stored is on this one's pages this soon.
    Job { name: "identity", every: Duration::from_secs(5), run: |context| Box::pin(refresh(context)) },
];

/// What owners typed.
pub async fn facts(tx: &mut ReadConn) -> sqlx::Result<Facts> {
    store::all(tx).await
}

/// Takes what owners typed from the database to where pages and letters read it.
pub async fn refresh(context: &Context) -> sqlx::Result<()> {
    let facts = store::all(&mut context.db.read().await?).await?;
    context.identity().set(facts);
    Ok(())
}

/// Stores what an owner typed, empty texts as nothing; returns what that changed.
pub async fn save(context: &Context, by: PersonId, facts: &Facts) -> sqlx::Result<Vec<Fact>> {
    let changed = with_retry(|| save_once(context, by, facts)).await?;
    refresh(context).await?;
    Ok(changed)
}

async fn save_once(context: &Context, by: PersonId, facts: &Facts) -> sqlx::Result<Vec<Fact>> {
    let mut tx = context.db.write().await?;
    let before = store::all(&mut tx).await?;
    let mut changed = Vec::new();
    for (fact, value) in facts {
        if before.get(fact).map_or("", String::as_str) != value {
            store::set(&mut tx, *fact, value).await?;
            changed.push(*fact);
        }
    }
    if !changed.is_empty() {
        let entry = Entry::new(by, Act::ChangedIdentity, None).note(french::list(&changed));
        audit::write(&mut tx, &entry, context.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(changed)
}
