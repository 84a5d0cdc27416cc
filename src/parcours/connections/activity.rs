//! What one connection does, and since when: from that follows when it is to be closed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Timeouts;

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It was accepted, and has sent nothing.
    Silent,
    /// Its last request was answered.
    BetweenRequests,
    /// A part of a request's head was received.
    Head,
    /// A request is being answered.
    Answering,
    /// It speaks another protocol, whose own limits hold.
    Upgraded,
}

/// What a connection does, and since when.
pub(super) struct Activity {
    state: Mutex<State>,
    close: Notify,
}

struct State {
    phase: Phase,
    since: Instant,
    /// Since when the client takes nothing of what it is sent.
    stalled_since: Option<Instant>,
    closing: bool,
    /// Whether the request that came last told the length of its body twice.
    framed_twice: bool,
}

impl Activity {
    pub(super) fn new(now: Instant) -> Self {
        let state =
            State { phase: Phase::Silent, since: now, stalled_since: None, closing: false, framed_twice: false };
        Self { state: Mutex::new(state), close: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.lock();
        (state.phase, state.since) = (phase, Instant::now());
    }

    /// Bytes were received. Whether they may be those of a request's head.
    pub(super) fn received(&self) -> bool {
        let mut state = self.lock();
        match state.phase {
            Phase::Silent | Phase::BetweenRequests => (state.phase, state.since) = (Phase::Head, Instant::now()),
            Phase::Head => {}
            Phase::Answering | Phase::Upgraded => return false,
        }
        true
    }

    /// Bytes were sent, or the client did not take them.
    pub(super) fn sent(&self, taken: bool) {
        let mut state = self.lock();
        state.stalled_since = if taken { None } else { state.stalled_since.or_else(|| Some(Instant::now())) };
    }

    pub(super) fn answers(&self) {
        self.enter(Phase::Answering);
    }

    /// The answer is out of the site's hands, unless the connection was upgraded.
    pub(super) fn answered(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Answering {
            (state.phase, state.since) = (Phase::BetweenRequests, Instant::now());
        }
    }

    pub(super) fn upgraded(&self) {
        self.enter(Phase::Upgraded);
    }

    pub(super) fn set_framed_twice(&self, framed_twice: bool) {
        self.lock().framed_twice = framed_twice;
    }

    pub(super) fn is_framed_twice(&self) -> bool {
        self.lock().framed_twice
    }

    /// Whether no request is being answered.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.lock().phase, Phase::Silent | Phase::BetweenRequests | Phase::Head)
    }

    /// Since when it has been idle, if it is and is not being closed.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let since = self.lock().since;
        (self.is_idle() && !self.lock().closing).then_some(since)
    }

    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.close.notify_one();
    }

    /// Resolves when the connection is to be closed.
    pub(super) async fn closing(&self) {
        self.close.notified().await;
    }

    /// When the connection is to be closed unless something happens; never while its answer is being made.
    pub(super) fn deadline(&self, timeouts: &Timeouts) -> Option<Instant> {
        let state = self.lock();
        let stalled = state.stalled_since.map(|since| since + timeouts.body);
        match state.phase {
            Phase::Silent | Phase::Head => Some(state.since + timeouts.header),
            Phase::BetweenRequests => Some(stalled.unwrap_or(state.since + timeouts.idle)),
            Phase::Answering => stalled,
            Phase::Upgraded => None,
        }
    }
}
