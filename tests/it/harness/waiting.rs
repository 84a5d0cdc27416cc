//! Waiting for a condition instead of sleeping for a guessed time.

use std::fmt::Debug;
use std::time::Duration;

/// Long enough for a busy machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two questions.
const INTERVAL: Duration = Duration::from_millis(20);

/// Asks again until the answer is `Ok`, and returns it; fails the test with the last `Err` when that takes too long.
pub async fn until<T, E: Debug>(mut ask: impl AsyncFnMut() -> Result<T, E>) -> T {
    let started_at = std::time::Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(instead) => assert!(started_at.elapsed() < PATIENCE, "waited in vain: {instead:?}"),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
