//! Sessions: browsers that are signed in, how long they stay so, and how they are signed out.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod device;
mod rules;
mod store;

use super::{Person, french};
use crate::context::Context;
use db::{Db, ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, SessionId};
use kernel::key::Token;
use kernel::security_log::{SecurityEvent, SecurityLine};

pub use device::device;
pub use rules::{PROOF_LASTS, ROLE_IDLE, ROLE_LASTS, SESSION_LASTS, USE_NOTED_EVERY};
pub use store::sessions;

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Its identifier; not the token in the cookie.
    #[sqlx(rename = "session_id")]
    pub id: SessionId,
    /// When the person signed in.
    pub began_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was last of use: at most [`USE_NOTED_EVERY`] before it really was.
    pub last_used_at: Timestamp,
    /// When a fresh link last proved whose it is.
    pub proved_at: Timestamp,
    device: String,
}

impl Session {
    /// The browser and the system, in French.
    #[must_use]
    pub fn device(&self) -> &str {
        if self.device.is_empty() { french::UNKNOWN_DEVICE } else { &self.device }
    }
}

/// A person, with the session that shows who they are.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SignedInPerson {
    /// Who it is.
    #[sqlx(flatten)]
    pub person: Person,
    /// In which browser.
    #[sqlx(flatten)]
    pub session: Session,
    /// Whether they hold any role: their session is over sooner.
    pub holds_role: bool,
}

/// Why a session ends before its time, for the security log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    SignedOut,
    Replaced,
    Closed,
    ClosedElsewhere,
    Everywhere,
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Replaced => "replaced",
            Self::Closed => "closed",
            Self::ClosedElsewhere => "closed_elsewhere",
            Self::Everywhere => "everywhere",
        }
    }

    fn log(self, person: PersonId, sessions: &[SessionId]) {
        for session in sessions {
            let line = SecurityLine::new(SecurityEvent::SessionEnded).kind(self.name());
            line.person(person).session(*session).write();
        }
    }
}

/// The person whose session this is, if it is not over.
pub async fn signed_in(tx: &mut ReadConn, session: &Token, now: Timestamp) -> sqlx::Result<Option<SignedInPerson>> {
    let found = store::find(tx, &session.hash()).await?;
    Ok(found.filter(|found| !found.session.is_over(found.holds_role, now)))
}

/// Writes down that a session is of use at this moment, in the background: a page waits for nothing, and fails by nothing.
pub fn note_use(context: &Context, session: &Session) {
    let (now, id) = (context.clock.now(), session.id);
    if session.is_use_to_be_noted(now) {
        let db = context.db.clone();
        context.jobs.spawn("note use", async move {
            if let Err(error) = write_use(&db, id, now).await {
                tracing::warn!(%error, "the use of a session was not written down; the next one will be");
            }
        });
    }
}

async fn write_use(db: &Db, id: SessionId, now: Timestamp) -> sqlx::Result<()> {
    store::note_use(&mut db.write_alone().await?, id, now, now - USE_NOTED_EVERY).await
}

/// Begins a session: its token and its identifier.
pub(super) async fn begin(
    tx: &mut WriteTx,
    person: PersonId,
    device: &str,
    now: Timestamp,
) -> sqlx::Result<(Token, SessionId)> {
    let (token, id) = (Token::random(), SessionId::new(now));
    store::insert(tx, id, person, device, &token.hash(), now).await?;
    Ok((token, id))
}

/// A session that ended.
pub(super) type Ended = Option<(SessionId, PersonId)>;

/// Ends the session that another one takes the place of. The caller logs it after the commit, by [`log_replaced`].
pub(super) async fn replace(tx: &mut WriteTx, session: &Token) -> sqlx::Result<Ended> {
    store::delete(tx, &session.hash()).await
}

pub(super) fn log_replaced(ended: Ended) {
    if let Some((session, person)) = ended {
        End::Replaced.log(person, &[session]);
    }
}

/// Ends one session.
pub async fn sign_out(context: &Context, session: &Token) -> sqlx::Result<()> {
    let mut tx = context.db.write().await?;
    let ended = store::delete(&mut tx, &session.hash()).await?;
    tx.commit().await?;
    if let Some((session, person)) = ended {
        End::SignedOut.log(person, &[session]);
    }
    Ok(())
}

/// Ends every session of a person, but the one that is `kept`. The caller logs them after the commit, by [`log_others`].
pub(super) async fn end_others(
    tx: &mut WriteTx,
    person: PersonId,
    kept: Option<SessionId>,
) -> sqlx::Result<Vec<SessionId>> {
    store::delete_others(tx, person, kept).await
}

pub(super) fn log_others(person: PersonId, ended: &[SessionId], kept: Option<SessionId>) {
    let end = if kept.is_some() { End::ClosedElsewhere } else { End::Everywhere };
    end.log(person, ended);
}

/// Ends a session of this person; says whether it was there.
pub async fn close_session(context: &Context, person: PersonId, session: SessionId) -> sqlx::Result<bool> {
    let mut tx = context.db.write().await?;
    let was_there = store::delete_own(&mut tx, person, session).await?;
    tx.commit().await?;
    if was_there {
        End::Closed.log(person, &[session]);
    }
    Ok(was_there)
}

/// Forgets sessions that are over.
pub(super) async fn forget_over(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    store::delete_over(tx, now).await
}
