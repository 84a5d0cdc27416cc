//! Whom registered people work for, when an organiser corrects it: registrations follow.

mod store;

use super::settle::settle_event;
use crate::app::App;
use crate::audit::{self, Act, Entry};
use crate::id::{OrganisationId, PersonId};
use crate::organisations::{self, Organisation};

/// Corrects an organisation; `false` when another has its SIRET.
///
/// # Errors
///
/// When the database fails.
pub async fn correct_organisation(app: &App, by: PersonId, organisation: &Organisation) -> sqlx::Result<bool> {
    let mut tx = app.db.write().await?;
    if !organisations::correct(&mut tx, organisation).await? {
        return Ok(false);
    }
    let entry = Entry::new(by, Act::ChangedOrganisation, None).note(&organisation.name);
    audit::write(&mut tx, &entry, app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Makes two organisations one: registrations and spellings of `from` become `into`'s. Who waited for a seat of their
/// own organisation is looked at anew.
///
/// # Errors
///
/// When the database fails.
pub async fn merge_organisations(
    app: &App,
    by: PersonId,
    from: OrganisationId,
    into: OrganisationId,
) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    let name = organisations::find(&mut tx, from).await?.map_or_else(String::new, |from| from.name);
    let events = store::events_of(&mut tx, from).await?;
    store::move_registrations(&mut tx, from, into).await?;
    organisations::merge(&mut tx, from, into).await?;
    let kept = organisations::find(&mut tx, into).await?.map_or_else(String::new, |into| into.name);
    let entry = Entry::new(by, Act::ChangedOrganisation, None).note(format!("{name} → {kept}"));
    audit::write(&mut tx, &entry, app.clock.now()).await?;
    tx.commit().await?;
    for event in events {
        settle_event(app, event).await?;
    }
    Ok(())
}
