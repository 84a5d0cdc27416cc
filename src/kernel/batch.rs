//! Group commit: requests with the same key are decided in batches, in their order of arrival, by one transaction each. A lone
//! request is decided at once; those that arrive meanwhile form the next batch, with one lock, one count and one flush to disk.
//! Requests for seats are batched by event, the delivery statuses of letters by outbox, on SQLite the edits of all boards together.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::jobs::Jobs;

/// Requests in one batch at most, so that no transaction lasts long.
const AT_ONCE: usize = 100;

/// An error of a decision.
pub trait BatchError {
    /// The task that decides ended without an answer: it panicked.
    fn unanswered() -> Self;
}

#[cfg(feature = "sqlx")]
impl BatchError for sqlx::Error {
    fn unanswered() -> Self {
        Self::WorkerCrashed
    }
}

/// One answer for each request.
pub type Answers<A, E> = Vec<Result<A, E>>;

/// A request, and where its answer goes.
type Waiting<R, A, E> = (R, oneshot::Sender<Result<A, E>>);

/// The requests that wait, by key.
type Queues<K, R, A, E> = HashMap<K, Vec<Waiting<R, A, E>>>;

/// The requests `R` of one kind that wait in this process for an answer `A` or an error `E`, by key `K`. A key is present while
/// a batch for it is running.
#[derive(Debug)]
pub struct Batcher<K, R, A, E>(Arc<Mutex<Queues<K, R, A, E>>>);

impl<K, R, A, E> Default for Batcher<K, R, A, E> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, R, A, E> Clone for Batcher<K, R, A, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Copy + Eq + Hash, R, A, E> Batcher<K, R, A, E> {
    /// Adds a request to the queue of its key; says whether no task decides on that queue yet.
    fn join(&self, key: K, waiting: Waiting<R, A, E>) -> bool {
        let mut queues = self.queues();
        let is_first = !queues.contains_key(&key);
        queues.entry(key).or_default().push(waiting);
        is_first
    }

    /// The next batch; when the queue is empty, the key is removed.
    fn next(&self, key: K) -> Option<Vec<Waiting<R, A, E>>> {
        let mut queues = self.queues();
        let waiting = queues.get_mut(&key)?;
        if waiting.is_empty() {
            queues.remove(&key);
            return None;
        }
        let next = waiting.len().min(AT_ONCE);
        Some(waiting.drain(..next).collect())
    }

    fn queues(&self) -> MutexGuard<'_, Queues<K, R, A, E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, R, A, E> Batcher<K, R, A, E>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    R: Clone + Send + 'static,
    A: Send + 'static,
    E: BatchError + Send + 'static,
{
    /// Has a request decided in one batch with the others of its key. `decide` answers requests in their order
    /// and makes it durable; its error means that nothing was done.
    ///
    /// # Errors
    ///
    /// As the decision says.
    pub async fn decide<D, F>(&self, jobs: &Jobs, key: K, request: R, decide: D) -> Result<A, E>
    where
        D: Fn(Vec<R>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Answers<A, E>, E>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        if self.join(key, (request, answer)) {
            // In a task of its own: a browser that is closed must not stop what others wait for.
            let work = Work { waiting: self.clone(), key, decide };
            jobs.spawn("decisions", work.run());
        }
        answered.await.unwrap_or_else(|_| unanswered())
    }
}

fn unanswered<A, E: BatchError>() -> Result<A, E> {
    Err(E::unanswered())
}

/// The task that decides on the requests of a key until none is left.
struct Work<K: Copy + Eq + Hash, R, A, E, D> {
    waiting: Batcher<K, R, A, E>,
    key: K,
    decide: D,
}

impl<K, R, A, E, D, F> Work<K, R, A, E, D>
where
    K: Copy + Eq + Hash + Send + Sync,
    R: Clone + Send,
    A: Send,
    E: BatchError + Send,
    D: Fn(Vec<R>) -> F + Send + Sync,
    F: Future<Output = Result<Answers<A, E>, E>> + Send,
{
    async fn run(self) {
        loop {
            // Let requests already queued join this batch.
            tokio::task::yield_now().await;
            let Some(next) = self.waiting.next(self.key) else { break };
            let (requests, waiting): (Vec<R>, Vec<_>) = next.into_iter().unzip();
            for (waiting, answer) in waiting.into_iter().zip(self.answers(requests).await) {
                // A receiver may be gone meanwhile: what was decided holds.
                let _ = waiting.send(answer);
            }
        }
    }

    /// Decides on all at once; when the database refuses that, on each alone, so that one request that cannot be
    /// written hinders no other.
    async fn answers(&self, requests: Vec<R>) -> Answers<A, E> {
        if let [request] = requests.as_slice() {
            return vec![self.alone(request.clone()).await];
        }
        if let Ok(answers) = (self.decide)(requests.clone()).await {
            return answers;
        }
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            answers.push(self.alone(request).await);
        }
        answers
    }

    async fn alone(&self, request: R) -> Result<A, E> {
        (self.decide)(vec![request]).await?.pop().unwrap_or_else(unanswered)
    }
}

impl<K: Copy + Eq + Hash, R, A, E, D> Drop for Work<K, R, A, E, D> {
    /// After a panic the requests that wait fail, and the next one starts a new task.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.waiting.queues().remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::{join, join_all};

    use super::*;

    /// The key of every request.
    const KEY: u8 = 1;

    #[derive(Debug, PartialEq)]
    enum Failure {
        Refused,
        Unanswered,
    }

    impl BatchError for Failure {
        fn unanswered() -> Self {
            Self::Unanswered
        }
    }

    type NumberBatcher = Batcher<u8, u32, u32, Failure>;

    /// Records the batches and answers each request with itself.
    #[derive(Clone, Default)]
    struct Decider(Arc<Mutex<Vec<Vec<u32>>>>);

    impl Decider {
        async fn decide(self, requests: Vec<u32>) -> Result<Answers<u32, Failure>, Failure> {
            tokio::task::yield_now().await;
            self.0.lock().unwrap().push(requests.clone());
            assert!(!requests.contains(&13), "a bug");
            if requests.contains(&66) {
                return Err(Failure::Refused);
            }
            Ok(requests.into_iter().map(Ok).collect())
        }

        async fn ask(&self, batcher: &NumberBatcher, jobs: &Jobs, number: u32) -> Result<u32, Failure> {
            let decider = self.clone();
            batcher.decide(jobs, KEY, number, move |requests| decider.clone().decide(requests)).await
        }

        fn batches(&self) -> Vec<Vec<u32>> {
            self.0.lock().unwrap().clone()
        }
    }

    #[tokio::test]
    async fn who_comes_while_others_are_decided_is_decided_with_those_who_came_too() {
        let (decider, batcher, jobs) = (Decider::default(), NumberBatcher::default(), Jobs::new());
        let first = decider.ask(&batcher, &jobs, 1);
        let others = async {
            // The first is being decided by then.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            join_all((2..6).map(|number| decider.ask(&batcher, &jobs, number))).await
        };
        let (first, others) = join(first, others).await;
        assert_eq!(first.unwrap(), 1);
        assert_eq!(others.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert_eq!(decider.batches(), [vec![1], vec![2, 3, 4, 5]]);
        jobs.stop(std::time::Duration::from_secs(10)).await;
        assert!(batcher.queues().is_empty(), "nothing is kept");
    }

    #[tokio::test]
    async fn no_more_than_a_hundred_are_decided_at_once() {
        let (decider, batcher, jobs) = (Decider::default(), NumberBatcher::default(), Jobs::new());
        join_all((100..350).map(|number| decider.ask(&batcher, &jobs, number))).await;
        assert_eq!(decider.batches().iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
    }

    #[tokio::test]
    async fn one_request_that_cannot_be_written_hinders_no_other() {
        let (decider, batcher, jobs) = (Decider::default(), NumberBatcher::default(), Jobs::new());
        let answers = join_all([1, 66, 2].map(|number| decider.ask(&batcher, &jobs, number))).await;
        assert!(matches!(answers.as_slice(), [Ok(1), Err(Failure::Refused), Ok(2)]), "{answers:?}");
    }

    #[tokio::test]
    async fn after_a_panic_those_who_waited_hear_of_it_and_the_next_are_served() {
        let (decider, batcher, jobs) = (Decider::default(), NumberBatcher::default(), Jobs::new());
        let answers = join_all([1, 13].map(|number| decider.ask(&batcher, &jobs, number))).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(decider.ask(&batcher, &jobs, 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn who_leaves_stops_nobody() {
        let (decider, batcher, jobs) = (Decider::default(), NumberBatcher::default(), Jobs::new());
        assert!(decider.ask(&batcher, &jobs, 1).now_or_never().is_none(), "it is being decided");
        assert_eq!(decider.ask(&batcher, &jobs, 2).await.unwrap(), 2);
        assert_eq!(decider.batches().concat(), [1, 2], "what was asked is decided all the same");
    }
}
