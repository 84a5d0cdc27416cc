//! A person gets another address: what knows them by the old one follows.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::time::Duration;

use super::events::{DomainEvent, raise};
use db::with_retry;
use domain::accounts::{self, AddressChange, AddressError, EmailAddress};
use domain::audit::{self, Act, Entry};
use domain::{Context, Job};
use kernel::key::Token;
use kernel::security_log::{SecurityEvent, SecurityLine};

/// Background work.
pub const JOBS: &[Job] = &[
    // Proved changes of addresses take effect this soon after their time.
    Job { name: "addresses", every: Duration::from_secs(60), run: |context| Box::pin(change_due(context)) },
    // Finds something once, in a database of a version that kept domains as they were typed.
    Job { name: "domains", every: Duration::from_secs(24 * 3600), run: |context| Box::pin(domains_to_ascii(context)) },
];

/// Makes the changes whose time has come.
pub async fn change_due(context: &Context) -> sqlx::Result<()> {
    let due = accounts::due_address_changes(&mut context.db.read().await?, context.clock.now()).await?;
    for change in due {
        with_retry(|| change_one(context, &change)).await?;
    }
    Ok(())
}

/// Gives people whose address was kept with accents in its domain the same address in ASCII, by which they are known now. Who has a
/// second account by then keeps both.
pub async fn domains_to_ascii(context: &Context) -> sqlx::Result<()> {
    let found = accounts::addresses_beyond_ascii(&mut context.db.read().await?).await?;
    for (person, from) in found {
        let Some(to) = EmailAddress::parse(from.as_str()) else { continue };
        with_retry(|| async {
            let mut tx = context.db.write().await?;
            if accounts::rewrite_address(&mut tx, person, &to).await? {
                raise(context, &mut tx, &DomainEvent::AddressChanged { from: &from, to: &to }).await?;
            }
            tx.commit().await
        })
        .await?;
    }
    Ok(())
}

/// Makes a change at once, by the link in the old mailbox.
///
/// # Errors
///
/// When the link is about nothing, or a change that was stopped or is made, or the database fails.
pub async fn change_now(context: &Context, link: &Token) -> Result<(), AddressError> {
    let found = accounts::address_change_by_notice(&mut context.db.snapshot().await?, link).await?;
    let (change, _) = found.ok_or(AddressError::Gone)?;
    if with_retry(|| change_one(context, &change)).await? { Ok(()) } else { Err(AddressError::Gone) }
}

/// Makes a change, unless it was stopped or made meanwhile; tells whether it did.
async fn change_one(context: &Context, change: &AddressChange) -> sqlx::Result<bool> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(from) = accounts::take_effect(&mut tx, change, now).await? else {
        tx.commit().await?;
        return Ok(false);
    };
    raise(context, &mut tx, &DomainEvent::AddressChanged { from: &from, to: &change.email }).await?;
    let person = change.person_id;
    audit::write(&mut tx, &Entry::new(person, Act::ChangedOwnAddress, None).person(person), now).await?;
    tx.commit().await?;
    SecurityLine::new(SecurityEvent::AddressChanged).person(person).about(change.id).write();
    Ok(true)
}
