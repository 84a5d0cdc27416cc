//! What somebody runs: their roles, and the way to what these open.

use crate::App;
use boards::BoardInfo;
use domain::accounts::Person;
use domain::programme::{self, Event};
use domain::roles::{self, GrantRow, Permission, Scope, french as names};
use http::error::Result;

/// A role as its holder sees it.
pub(super) struct OwnRole {
    /// What they are, and where.
    pub label: String,
    /// What they may do.
    pub may: &'static str,
    /// The boards that it lets them run, with their events.
    pub boards: Vec<(Event, BoardInfo)>,
}

/// The roles of a person. Boards are listed for whoever finds them nowhere else.
pub(super) async fn of(app: &App, person: &Person) -> Result<Vec<OwnRole>> {
    let mut tx = app.db.snapshot().await?;
    if roles::of_person(&mut tx, person.id).await?.grants().is_empty() {
        return Ok(Vec::new());
    }
    let mut own = Vec::new();
    for row in roles::list(&mut tx).await?.into_iter().filter(|row| row.person_id == person.id) {
        let label = names::role_at(row.role, row.place_name());
        let mut boards = Vec::new();
        if row.role.permissions().contains(&Permission::RunBoards) && !person.has_office {
            for event in events(&mut tx, &row).await? {
                let found = boards::of_event(&mut tx, event.id).await?;
                boards.extend(found.into_iter().map(|board| (event.clone(), board)));
            }
        }
        own.push(OwnRole { label, may: names::may(row.role), boards });
    }
    Ok(own)
}

/// The events that a role is for; of those of everything, the ones of the current edition.
async fn events(tx: &mut db::ReadConn, row: &GrantRow) -> Result<Vec<Event>> {
    let edition = match row.scope() {
        Scope::Event(event) => return Ok(programme::event_by_id(tx, event).await?.into_iter().collect()),
        Scope::Edition(edition) => Some(edition),
        Scope::Everything => programme::current_edition(tx).await?.map(|edition| edition.id),
    };
    Ok(match edition {
        Some(edition) => programme::events(tx, edition).await?,
        None => Vec::new(),
    })
}
