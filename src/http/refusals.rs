//! Requests that are refused to protect accounts and data: written into the security log and counted at one place, which every
//! answer of the site passes.

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::Web;
use crate::limits::ClientAddress;
use kernel::security_log::{self, SecurityEvent, SecurityLine};

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The visitor may not do this: every answer 403.
    Access,
    /// The visitor asked too often: every answer 429.
    Limit,
    /// A sign-in link that does not work.
    Link,
    /// A wrong code beside a sign-in link.
    Code,
    /// The visitor must prove by a fresh link that it is them.
    Proof,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Access, Self::Limit, Self::Link, Self::Code, Self::Proof];

    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Limit => "limit",
            Self::Link => "link",
            Self::Code => "code",
            Self::Proof => "proof",
        }
    }

    const fn event(self) -> SecurityEvent {
        match self {
            Self::Access => SecurityEvent::AccessRefused,
            Self::Limit => SecurityEvent::LimitReached,
            Self::Link => SecurityEvent::LinkRefused,
            Self::Code => SecurityEvent::CodeRefused,
            Self::Proof => SecurityEvent::ProofRequired,
        }
    }

    /// Says of an answer whose status does not tell that it refuses something.
    #[must_use]
    pub fn mark(self, mut answer: Response) -> Response {
        answer.extensions_mut().insert(self);
        answer
    }

    fn of(answer: &Response) -> Option<Self> {
        match answer.status() {
            StatusCode::FORBIDDEN => Some(Self::Access),
            StatusCode::TOO_MANY_REQUESTS => Some(Self::Limit),
            _ => answer.extensions().get().copied(),
        }
    }
}

/// Answers a request; its lines in the security log share the client's address, if the settings ask for that, and whoever is
/// signed in.
pub(crate) async fn watch(web: &Web, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let address = || ClientAddress::of(request.extensions(), request.headers(), &web.config).0;
    let address = web.config.security_log_addresses.then(address);
    security_log::within(address, async {
        let answer = next.run(request).await;
        if let Some(refusal) = Refusal::of(&answer) {
            if web.config.metrics_token.is_some() {
                web.metrics.count_refusal(refusal);
            }
            SecurityLine::new(refusal.event()).route(route.as_ref().map(MatchedPath::as_str)).write();
        }
        answer
    })
    .await
}
