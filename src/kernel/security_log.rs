//! The security log: one line, under the target `security`, for each thing that concerns who may come in. A line begins with
//! `event`, and names people, sessions and things by their identifiers alone. The client's network address, which is personal
//! data, stands in it only when the settings ask for that. `docs/security-log.md` explains each line.

use std::net::IpAddr;
use std::sync::OnceLock;

use tracing::info;
use uuid::Uuid;

use crate::id::{PersonId, SessionId};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityEvent {
    /// Somebody signed in: `kind` says in which browser.
    SignedIn,
    /// A session was ended: `kind` says by what.
    SessionEnded,
    /// A sign-in link was used, out of date, or none.
    LinkRefused,
    /// A wrong code was typed beside a sign-in link.
    CodeRefused,
    /// Somebody may not do what they asked for.
    AccessRefused,
    /// Somebody must prove by a fresh link that it is them.
    ProofRequired,
    /// Somebody asked too often.
    LimitReached,
    /// Data left the site as a file: `kind` says which.
    Exported,
    /// A role was given: `kind` says which, `by` who gave it.
    RoleGranted,
    /// A role was ended: `kind` says which, `by` who ended it.
    RoleEnded,
    /// A person has another address.
    AddressChanged,
    /// Far more was asked for than is usual, with addresses that nobody proved.
    RequestFlood,
}

impl SecurityEvent {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SignedIn,
        Self::SessionEnded,
        Self::LinkRefused,
        Self::CodeRefused,
        Self::AccessRefused,
        Self::ProofRequired,
        Self::LimitReached,
        Self::Exported,
        Self::RoleGranted,
        Self::RoleEnded,
        Self::AddressChanged,
        Self::RequestFlood,
    ];

    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SessionEnded => "session_ended",
            Self::LinkRefused => "link_refused",
            Self::CodeRefused => "code_refused",
            Self::AccessRefused => "access_refused",
            Self::ProofRequired => "proof_required",
            Self::LimitReached => "limit_reached",
            Self::Exported => "exported",
            Self::RoleGranted => "role_granted",
            Self::RoleEnded => "role_ended",
            Self::AddressChanged => "address_changed",
            Self::RequestFlood => "request_flood",
        }
    }
}

/// What the lines of one request share.
#[derive(Debug)]
struct Client {
    address: Option<IpAddr>,
    person: OnceLock<PersonId>,
}

tokio::task_local! {
    static CLIENT: Client;
}

/// Does the work of one request: lines that are written meanwhile carry this address, if there is one, and whoever was
/// [identified](identify).
pub async fn within<F: Future>(address: Option<IpAddr>, work: F) -> F::Output {
    CLIENT.scope(Client { address, person: OnceLock::new() }, work).await
}

/// Says whom this request is about. The first one stays.
pub fn identify(person: PersonId) {
    let _ = CLIENT.try_with(|client| client.person.set(person));
}

/// A line of the security log.
#[derive(Debug, Clone, Copy)]
#[must_use = "a line is written by `write`"]
pub struct SecurityLine<'a> {
    event: SecurityEvent,
    kind: Option<&'a str>,
    person: Option<PersonId>,
    by: Option<PersonId>,
    session: Option<SessionId>,
    about: Option<Uuid>,
    route: Option<&'a str>,
}

impl<'a> SecurityLine<'a> {
    /// That this happened, to whoever the request is about.
    pub const fn new(event: SecurityEvent) -> Self {
        Self { event, kind: None, person: None, by: None, session: None, about: None, route: None }
    }

    /// A word of the program's own that says more: never what somebody typed.
    pub const fn kind(self, kind: &'a str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// To whom it happened.
    pub const fn person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// Who did it, if it was somebody else.
    pub const fn by(self, person: Option<PersonId>) -> Self {
        Self { by: person, ..self }
    }

    /// Which session.
    pub const fn session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// Which event, board or other thing.
    pub fn about(self, id: impl Into<Uuid>) -> Self {
        Self { about: Some(id.into()), ..self }
    }

    /// The route that was asked for: never the address itself, which may hold a secret.
    pub const fn route(self, route: Option<&'a str>) -> Self {
        Self { route, ..self }
    }

    /// Writes it.
    pub fn write(self) {
        let known = CLIENT.try_with(|client| (client.address, client.person.get().copied()));
        let (address, identified) = known.unwrap_or_default();
        info!(
            target: "security",
            event = self.event.name(),
            kind = self.kind,
            person = self.person.or(identified).map(tracing::field::display),
            by = self.by.map(tracing::field::display),
            session = self.session.map(tracing::field::display),
            about = self.about.map(tracing::field::display),
            route = self.route,
            address = address.map(tracing::field::display),
        );
    }
}
