//! Two organisations that are one.

use super::events::{DomainEvent, raise};
use db::with_retry;
use domain::Context;
use domain::audit::{self, Act, Entry};
use domain::organisations;
use domain::registrations::ActError;
use kernel::id::{OrganisationId, PersonId};

/// Makes one organisation of two, as an organiser: people, registrations and spellings of the first go to the second.
///
/// # Errors
///
/// When one of them is not there, or the database fails.
pub async fn merge(
    context: &Context,
    by: PersonId,
    from: OrganisationId,
    into: OrganisationId,
) -> Result<(), ActError> {
    with_retry(|| merge_once(context, by, from, into)).await
}

async fn merge_once(
    context: &Context,
    by: PersonId,
    from: OrganisationId,
    into: OrganisationId,
) -> Result<(), ActError> {
    let mut tx = context.db.write().await?;
    let into = organisations::hold(&mut tx, into).await?.ok_or(ActError::NotFound)?;
    let from = organisations::hold(&mut tx, from).await?.ok_or(ActError::NotFound)?;
    // Nobody can point to it any more; who did so until now goes over.
    raise(context, &mut tx, &DomainEvent::OrganisationMerged { from: &from, into: &into }).await?;
    organisations::merge(&mut tx, &from, &into).await?;
    let entry = Entry::new(by, Act::ChangedOrganisation, None).note(format!("{} → {}", from.name, into.name));
    audit::write(&mut tx, &entry, context.clock.now()).await?;
    Ok(tx.commit().await?)
}
