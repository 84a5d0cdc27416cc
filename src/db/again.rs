//! Doing an act again when another one came in between. On PostgreSQL two transactions see each other only where they
//! lock the same row: one may point to a person whom the other has just erased, or each wait for the other.

use std::future::Future;

use sqlx::error::ErrorKind;

/// Tries of one act: who meets others more often than that is told of the failure.
const TRIES: u32 = 4;

/// An error that may be another act's doing.
pub trait CameBetween {
    /// Whether the same act, begun anew, would find things settled.
    fn came_between(&self) -> bool;
}

impl CameBetween for sqlx::Error {
    fn came_between(&self) -> bool {
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

/// Does an act, a whole transaction, and again as long as another one came in between.
///
/// # Errors
///
/// The act's own, and the last of what came in between.
pub async fn persistently<T, E, Doing>(mut act: impl FnMut() -> Doing) -> Result<T, E>
where
    E: CameBetween,
    Doing: Future<Output = Result<T, E>>,
{
    for _ in 1..TRIES {
        match act().await {
            Err(error) if error.came_between() => {}
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
        let done: Result<u32, sqlx::Error> = persistently(|| {
            tries += 1;
            let done = if tries < 3 { Err(sqlx::Error::RowNotFound) } else { Ok(tries) };
            async move { done }
        })
        .await;
        assert_eq!(done.unwrap(), 3);

        let (mut failing, mut hopeless) = (0, 0);
        let failure: Result<(), sqlx::Error> = persistently(|| {
            failing += 1;
            async { Err(sqlx::Error::PoolTimedOut) }
        })
        .await;
        assert!(failure.is_err());
        let given_up: Result<(), sqlx::Error> = persistently(|| {
            hopeless += 1;
            async { Err(sqlx::Error::RowNotFound) }
        })
        .await;
        assert!(given_up.is_err());
        assert_eq!((failing, hopeless), (1, TRIES));
    }
}
