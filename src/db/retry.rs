//! Retries a transaction on serialization failure, deadlock or a lost row. On PostgreSQL two transactions see each other only
//! where they lock the same row: one may refer to a person that the other has just erased, or each may wait for the other.

use std::future::Future;

use sqlx::error::ErrorKind;

/// Attempts at one transaction; the failure of the last one is returned.
const TRIES: u32 = 4;

/// An error that a concurrent transaction may have caused.
pub trait Transient {
    /// Whether the same transaction, run again from its beginning, may succeed.
    fn is_transient(&self) -> bool;
}

impl Transient for sqlx::Error {
    fn is_transient(&self) -> bool {
        match self {
            // What was found a moment ago is gone.
            Self::RowNotFound => true,
            Self::Database(error) => {
                let points_to_what_is_gone = error.kind() == ErrorKind::ForeignKeyViolation;
                let was_made_meanwhile = error.kind() == ErrorKind::UniqueViolation;
                // Deadlock, and a transaction that could not be put in order (PostgreSQL).
                let was_sacrificed = matches!(error.code().as_deref(), Some("40P01" | "40001"));
                points_to_what_is_gone || was_made_meanwhile || was_sacrificed
            }
            _ => false,
        }
    }
}

/// Runs a whole transaction, and runs it again while it fails by a transient error.
///
/// # Errors
///
/// The transaction's own error, or the transient error of the last attempt.
pub async fn with_retry<T, E, Doing>(mut act: impl FnMut() -> Doing) -> Result<T, E>
where
    E: Transient,
    Doing: Future<Output = Result<T, E>>,
{
    for _ in 1..TRIES {
        match act().await {
            Err(error) if error.is_transient() => {}
            done => return done,
        }
    }
    act().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_act_is_done_again_only_when_another_came_in_between_and_not_for_ever() {
        let mut tries = 0;
        let done: Result<u32, sqlx::Error> = with_retry(|| {
            tries += 1;
            let done = if tries < 3 { Err(sqlx::Error::RowNotFound) } else { Ok(tries) };
            async move { done }
        })
        .await;
        assert_eq!(done.unwrap(), 3);

        let (mut failing, mut hopeless) = (0, 0);
        let failure: Result<(), sqlx::Error> = with_retry(|| {
            failing += 1;
            async { Err(sqlx::Error::PoolTimedOut) }
        })
        .await;
        assert!(failure.is_err());
        let given_up: Result<(), sqlx::Error> = with_retry(|| {
            hopeless += 1;
            async { Err(sqlx::Error::RowNotFound) }
        })
        .await;
        assert!(given_up.is_err());
        assert_eq!((failing, hopeless), (1, TRIES));
    }
}
