//! The commands that say who may do what, and change it: for whoever operates the server.

use domain::Context;
use domain::accounts::EmailAddress;
use domain::programme::{self, Slug};
use domain::roles::{self, Authority, Role, RoleError, Scope};
use kernel::config::{RoleAt, RoleCommand};

/// Why a command about roles fails.
#[derive(Debug, thiserror::Error)]
pub enum RoleFailure {
    /// What was typed means nothing.
    #[error("{0}")]
    Typed(String),
    /// The roles refuse it.
    #[error(transparent)]
    Refused(#[from] RoleError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// Gives an address everything that organisers may do; the first one is an owner. Says whether that is new.
///
/// # Errors
///
/// When the address is none, or the database fails.
pub async fn add_organiser(context: &Context, email: &str) -> Result<bool, RoleFailure> {
    let email = address(email)?;
    if roles::add_first_owners(context, std::slice::from_ref(&email)).await? {
        return Ok(true);
    }
    let all = roles::list(&mut context.db.read().await?).await?;
    let is_one = |row: &roles::GrantRow| {
        row.email == email && row.scope() == Scope::Everything && matches!(row.role, Role::Owner | Role::Organiser)
    };
    if all.iter().any(is_one) {
        return Ok(false);
    }
    Ok(roles::grant(context, Authority::Operator, &email, Role::Organiser, Scope::Everything).await?)
}

/// Runs a command; what it says to whoever typed it.
///
/// # Errors
///
/// When what was typed means nothing, the roles refuse it, or the database fails.
pub async fn run(context: &Context, command: RoleCommand) -> Result<String, RoleFailure> {
    match command {
        RoleCommand::List => list(context).await,
        RoleCommand::Grant(at) => {
            let (email, role, scope) = read(context, &at).await?;
            let is_new = roles::grant(context, Authority::Operator, &email, role, scope).await?;
            let told = if is_new { "granted: they can sign in at /connexion" } else { "they hold that role already" };
            Ok(told.to_owned())
        }
        RoleCommand::End(at) => {
            let (email, role, scope) = read(context, &at).await?;
            let all = roles::list(&mut context.db.read().await?).await?;
            let row = all.iter().find(|row| row.email == email && row.role == role && row.scope() == scope);
            roles::end(context, Authority::Operator, row.ok_or(RoleError::NotFound)?.id).await?;
            Ok("ended".to_owned())
        }
    }
}

async fn list(context: &Context) -> Result<String, RoleFailure> {
    let rows = roles::list(&mut context.db.read().await?).await?;
    if rows.is_empty() {
        return Ok("nobody holds a role: parcours role grant EMAIL owner".to_owned());
    }
    let line = |row: &roles::GrantRow| {
        let place = row.event_slug.as_ref().map(|slug| format!(" --event {slug}"));
        let place = place.or_else(|| row.edition_slug.as_ref().map(|slug| format!(" --edition {slug}")));
        format!("{} {}{}", row.email.as_str(), row.role.name(), place.unwrap_or_default())
    };
    Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn address(email: &str) -> Result<EmailAddress, RoleFailure> {
    EmailAddress::parse(email).ok_or_else(|| RoleFailure::Typed(format!("{email} is not an e-mail address")))
}

async fn read(context: &Context, at: &RoleAt) -> Result<(EmailAddress, Role, Scope), RoleFailure> {
    let names = Role::ALL.map(Role::name).join(", ");
    let role = Role::parse(&at.role).ok_or_else(|| RoleFailure::Typed(format!("a role is one of {names}")))?;
    Ok((address(&at.email)?, role, scope(context, at).await?))
}

async fn scope(context: &Context, at: &RoleAt) -> Result<Scope, RoleFailure> {
    let mut conn = context.db.read().await?;
    if let Some(name) = &at.event {
        let event = match Slug::parse(name) {
            Some(slug) => programme::event(&mut conn, &slug).await?,
            None => None,
        };
        let event = event.ok_or_else(|| RoleFailure::Typed(format!("there is no event {name}")))?;
        return Ok(Scope::Event(event.id));
    }
    let Some(name) = &at.edition else { return Ok(Scope::Everything) };
    let edition = match Slug::parse(name) {
        Some(slug) => programme::edition(&mut conn, &slug).await?,
        None => None,
    };
    let edition = edition.ok_or_else(|| RoleFailure::Typed(format!("there is no edition {name}")))?;
    Ok(Scope::Edition(edition.id))
}
