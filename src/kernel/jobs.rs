//! Background work that is stopped and awaited: nothing outlives [`Jobs::stop`].

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, info_span, warn};

/// A group of background tasks; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Jobs {
    /// An empty group.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts `work` under `name`; it must end soon after [`Jobs::stopping`] resolves.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work.instrument(info_span!("job", name)));
    }

    /// Runs `work` every `period`, and once at the start, until stopped. A failure is logged and tried again.
    pub fn every<F, Fut, E>(&self, name: &'static str, period: Duration, mut work: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send,
        E: std::fmt::Display + Send,
    {
        let stopping = self.stopping.clone();
        self.spawn(name, async move {
            let mut ticks = tokio::time::interval(period);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = stopping.cancelled() => break,
                    _ = ticks.tick() => {}
                }
                if let Err(error) = work().await {
                    warn!(%error, "the job failed and will be tried again");
                }
            }
        });
    }

    /// Resolves when the group is asked to stop.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Whether the group has been asked to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Asks every task to stop and waits until they have, `patience` at most.
    pub async fn stop(&self, patience: Duration) {
        self.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            warn!(left = self.tasks.len(), "some jobs did not stop in time");
        }
    }
}
