//! How roles are named in French.

use super::Role;

/// Everywhere.
pub const EVERYTHING: &str = "tout le service";

/// What somebody is.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "propriétaire",
        Role::Organiser => "organisation",
        Role::Facilitator => "animation",
        Role::Reader => "lecture",
        Role::Door => "pointage",
    }
}

/// What somebody who has a role may do.
#[must_use]
pub const fn may(role: Role) -> &'static str {
    match role {
        Role::Owner => "tout faire, et donner des rôles",
        Role::Organiser => "gérer les rendez-vous, les personnes et les courriels",
        Role::Facilitator => "animer les tableaux, et y voir les noms",
        Role::Reader => "voir les comptes et les listes, sans rien changer",
        Role::Door => "noter qui est là (la page viendra)",
    }
}

/// A role and where it holds, for the log.
#[must_use]
pub fn role_at(one: Role, place: &str) -> String {
    format!("{}\u{a0}: {place}", role(one))
}
