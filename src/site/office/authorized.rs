//! Who may come in: a handler of the back office takes an [`Authorized`], which names the permission that it asks for and what
//! it is about. Nothing else lets anybody in.

use std::future::Future;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::App;
use boards::BoardRow;
use db::ReadConn;
use domain::accounts::Person;
use domain::event_documents::{self, EventDocument};
use domain::invitations::{self, Round};
use domain::programme::{self, Edition, Event, Slug};
use domain::registrations::{self, Registration};
use domain::resources::{self, Resource};
use domain::roles::{self, GrantRow, Permission, Place, Rights};
use http::error::{Error, Result};
use http::extract::Query;
use http::session::{RecentlyProved, SignedIn};

/// Somebody who may do this, with what their request is about.
#[derive(Debug)]
pub(super) struct Authorized<P, T> {
    /// Who.
    pub person: Person,
    /// All that they may do.
    pub rights: Rights,
    /// What the address names.
    pub target: T,
    permission: PhantomData<P>,
}

/// A permission as a type.
pub(super) trait Asks: Send {
    const PERMISSION: Permission;
}

macro_rules! asks {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("Asks for [`Permission::", stringify!($name), "`].")]
            #[derive(Debug)]
            pub(super) enum $name {}
            impl Asks for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

asks!(Read Organise Export RunBoards GrantRoles SetIdentity);

/// What a request is about, and whether rights reach it.
pub(super) trait Target: Sized + Send {
    /// Reads what the address names.
    fn find(at: &Address, conn: &mut ReadConn) -> impl Future<Output = Result<Self>> + Send;

    /// Whether somebody with these rights has the permission for it.
    fn is_open(&self, rights: &Rights, permission: Permission) -> bool;
}

/// The address of a request.
pub(super) struct Address {
    parameters: RawPathParams,
    query: AboutQuery,
}

/// What the query may name.
#[derive(Debug, Default, Deserialize)]
struct AboutQuery {
    /// The name of an event.
    #[serde(default)]
    evenement: String,
}

impl Address {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(one, _)| *one == name).map(|(_, value)| value)
    }

    /// The parameter `id`; 404 where it cannot be one.
    fn id<T: std::str::FromStr>(&self) -> Result<T> {
        self.parameter("id").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)
    }
}

impl<P: Asks, T: Target> FromRequestParts<App> for Authorized<P, T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let SignedIn(person) = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let parameters = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Error::NotFound)?;
        let query =
            Query::from_request_parts(parts, app).await.map_or_else(|_| AboutQuery::default(), |Query(query)| query);
        let address = Address { parameters, query };
        let mut conn = app.db.snapshot().await?;
        let rights = roles::of_person(&mut conn, person.id).await?;
        // Who has it nowhere does not learn what there is.
        if !rights.may_somewhere(P::PERMISSION) {
            return Err(Error::Forbidden);
        }
        let target = T::find(&address, &mut conn).await?;
        if !target.is_open(&rights, P::PERMISSION) {
            return Err(Error::Forbidden);
        }
        drop(conn);
        if P::PERMISSION.needs_proof() {
            <RecentlyProved as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        }
        Ok(Self { person, rights, target, permission: PhantomData })
    }
}

/// All of the service.
#[derive(Debug)]
pub(super) struct Everything;

impl Target for Everything {
    async fn find(_at: &Address, _conn: &mut ReadConn) -> Result<Self> {
        Ok(Self)
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, Place::Everything)
    }
}

/// Wherever the permission holds: the handler shows only that.
#[derive(Debug)]
pub(super) struct Somewhere;

impl Target for Somewhere {
    async fn find(_at: &Address, _conn: &mut ReadConn) -> Result<Self> {
        Ok(Self)
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may_somewhere(permission)
    }
}

/// The current edition; without one, all of the service.
impl Target for Option<Edition> {
    async fn find(_at: &Address, conn: &mut ReadConn) -> Result<Self> {
        Ok(programme::current_edition(conn).await?)
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, self.as_ref().map_or(Place::Everything, |edition| Place::Edition(edition.id)))
    }
}

/// The event whose name is in the address, draft or not.
impl Target for Event {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        event(at.parameter("slug"), conn).await
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, self)
    }
}

async fn event(slug: Option<&str>, conn: &mut ReadConn) -> Result<Event> {
    let slug = slug.and_then(Slug::parse).ok_or(Error::NotFound)?;
    programme::event(conn, &slug).await?.ok_or(Error::NotFound)
}

/// The event that the query names with `evenement`; without one, all of the service.
#[derive(Debug)]
pub(super) struct About(pub Option<Event>);

impl Target for About {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let slug = Some(at.query.evenement.as_str()).filter(|slug| !slug.is_empty());
        Ok(Self(if slug.is_some() { Some(event(slug, conn).await?) } else { None }))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, self.0.as_ref().map_or(Place::Everything, Place::from))
    }
}

/// A registration with its event.
impl Target for (Registration, Event) {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let registration = registrations::find(conn, at.id()?).await?.ok_or(Error::NotFound)?;
        let event = programme::event_by_id(conn, registration.event_id).await?.ok_or(Error::NotFound)?;
        Ok((registration, event))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, &self.1)
    }
}

/// A board with its event.
impl Target for (BoardRow, Event) {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let board = boards::find(conn, at.id()?).await?.ok_or(Error::NotFound)?;
        let event = programme::event_by_id(conn, board.event_id).await?.ok_or(Error::NotFound)?;
        Ok((board, event))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, &self.1)
    }
}

/// A document with its event.
impl Target for (EventDocument, Event) {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let document = event_documents::find(conn, at.id()?).await?.ok_or(Error::NotFound)?;
        let event = programme::event_by_id(conn, document.event_id).await?.ok_or(Error::NotFound)?;
        Ok((document, event))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, &self.1)
    }
}

/// An entry of the library with its event; without one it concerns all of the service.
impl Target for (Resource, Option<Event>) {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let resource = resources::find(conn, at.id()?).await?.ok_or(Error::NotFound)?;
        let event = match resource.event_id {
            Some(event) => programme::event_by_id(conn, event).await?,
            None => None,
        };
        Ok((resource, event))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, self.1.as_ref().map_or(Place::Everything, Place::from))
    }
}

/// A round of invitations with the places of its events: who acts on it has the permission at each of them.
impl Target for (Round, Vec<Place>) {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let round = invitations::round(conn, at.id()?).await?.ok_or(Error::NotFound)?;
        let places = places(&round, conn).await?;
        Ok((round, places))
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        reaches(rights, permission, &self.1)
    }
}

/// The places of a round's events.
pub(super) async fn places(round: &Round, conn: &mut ReadConn) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for id in round.events.iter() {
        // An event that is gone: only who may act everywhere acts on what was about it.
        let event = programme::event_by_id(conn, *id).await?;
        places.push(event.as_ref().map_or(Place::Everything, Place::from));
    }
    Ok(places)
}

/// Whether the permission holds at all of these places.
pub(super) fn reaches(rights: &Rights, permission: Permission, places: &[Place]) -> bool {
    let is_open = |place: &Place| rights.may(permission, *place);
    if places.is_empty() { is_open(&Place::Everything) } else { places.iter().all(is_open) }
}

/// A role that somebody holds.
impl Target for GrantRow {
    async fn find(at: &Address, conn: &mut ReadConn) -> Result<Self> {
        let id = at.id()?;
        roles::list(conn).await?.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)
    }

    fn is_open(&self, rights: &Rights, permission: Permission) -> bool {
        rights.may(permission, self.place())
    }
}
