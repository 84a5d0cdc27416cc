//! What somebody who is signed in does with a registration of theirs.

use super::{ActError, Registration, cancel, confirm, store, token};
use crate::app::App;
use crate::id::{PersonId, RegistrationId};

/// Takes an offered or held seat of this person, who is signed in with the address it was offered to.
///
/// # Errors
///
/// When it is not theirs, there is none, the rules refuse, or the database fails.
pub async fn accept_own(app: &App, person: PersonId, id: RegistrationId) -> Result<Registration, ActError> {
    let registration = store::find(&mut app.db.read().await?, id).await?.ok_or(ActError::NotFound)?;
    if registration.person_id != person {
        return Err(ActError::NotFound);
    }
    confirm(app, &token(app, id)).await
}

/// Gives back a registration of this person.
///
/// # Errors
///
/// When it is not theirs, there is none, or the database fails.
pub async fn cancel_own(app: &App, person: PersonId, id: RegistrationId) -> Result<Registration, ActError> {
    let registration = store::find(&mut app.db.read().await?, id).await?.ok_or(ActError::NotFound)?;
    if registration.person_id != person {
        return Err(ActError::NotFound);
    }
    cancel(app, id).await
}
