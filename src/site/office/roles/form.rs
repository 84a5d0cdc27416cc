//! The fields of a role: for whom, which, and where.

use serde::Deserialize;

use super::french;
use db::ReadConn;
use domain::accounts::EmailAddress;
use domain::programme;
use domain::roles::{Permission, Place, Rights, Role, Scope, french as names};
use http::error::Result;
use http::form::FieldErrors;

/// What the fields held.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct RoleForm {
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub role: String,
    /// The name of a place where a role holds.
    #[serde(default)]
    pub ou: String,
}

/// Where a role may hold, as a choice.
#[derive(Debug, Clone)]
pub(super) struct RolePlace {
    /// Its name in the form.
    pub name: String,
    pub label: String,
    pub scope: Scope,
}

/// Where whoever has these rights gives roles: everywhere, then the editions with their events, the newest first.
pub(super) async fn places(conn: &mut ReadConn, rights: &Rights) -> Result<Vec<RolePlace>> {
    let mut places = Vec::new();
    let mut offer = |place: Place, name: String, label: String, scope: Scope| {
        if rights.may(Permission::GrantRoles, place) {
            places.push(RolePlace { name, label, scope });
        }
    };
    offer(Place::Everything, "tout".to_owned(), names::EVERYTHING.to_owned(), Scope::Everything);
    for edition in programme::editions(conn).await? {
        let name = format!("edition:{}", edition.slug);
        offer(Place::Edition(edition.id), name, edition.title, Scope::Edition(edition.id));
        for event in programme::events(conn, edition.id).await? {
            let name = format!("evenement:{}", event.slug);
            offer(Place::from(&event), name, event.title, Scope::Event(event.id));
        }
    }
    Ok(places)
}

/// The name of a scope among these places.
pub(super) fn name_of(places: &[RolePlace], scope: Scope) -> String {
    places.iter().find(|place| place.scope == scope).map_or_else(String::new, |place| place.name.clone())
}

impl RoleForm {
    /// All three fields.
    pub fn parse(&self, places: &[RolePlace]) -> Result<(EmailAddress, Role, Scope), FieldErrors> {
        let mut problems = FieldErrors::default();
        let email = self.email(&mut problems);
        let (role, scope) = (self.role(&mut problems), self.scope(places, &mut problems));
        email.zip(role).zip(scope).map(|((email, role), scope)| (email, role, scope)).ok_or(problems)
    }

    pub fn email(&self, problems: &mut FieldErrors) -> Option<EmailAddress> {
        problems.address("email", &self.email)
    }

    pub fn role(&self, problems: &mut FieldErrors) -> Option<Role> {
        let role = Role::parse(&self.role);
        if role.is_none() {
            problems.add("role", french::NO_ROLE);
        }
        role
    }

    pub fn scope(&self, places: &[RolePlace], problems: &mut FieldErrors) -> Option<Scope> {
        let place = places.iter().find(|place| place.name == self.ou);
        if place.is_none() {
            problems.add("ou", french::NO_PLACE);
        }
        place.map(|place| place.scope)
    }
}
