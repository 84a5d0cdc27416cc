//! Letters that the mail server took over, and that came back: by its report the letter is marked, and an address that does not
//! exist is written to no more until an organiser says otherwise.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod report;
mod store;

use db::WriteTx;
use kernel::clock::Timestamp;

use super::outbox;
use super::suppressions::{self, Scope};

pub use report::{Fate, NoReport, Report, read};

/// Before what a mail server said of a letter that came back.
pub const RETURNED: &str = "returned: ";

/// Before what one said of an address that does not exist.
pub const NO_SUCH_ADDRESS: &str = "no such address: ";

/// The longest answer of a mail server that is kept, characters.
const MAX_SAID: usize = 300;

/// What a report changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The letter failed, and its address is written to no more.
    AddressStopped,
    /// The letter failed.
    LetterFailed,
    /// Nothing: it only tells of a delay or an arrival, or was read before.
    Nothing,
    /// There is no such letter, or no longer.
    UnknownLetter,
}

/// Writes down what a report says.
pub async fn apply(tx: &mut WriteTx, report: &Report, now: Timestamp) -> sqlx::Result<Change> {
    let Some(letter) = outbox::find(tx, report.letter).await? else { return Ok(Change::UnknownLetter) };
    if report.fate != Fate::Failed {
        return Ok(Change::Nothing);
    }
    let said = match report.diagnostic.contains(&report.status) {
        true => report.diagnostic.clone(),
        false => format!("{} {}", report.status, report.diagnostic),
    };
    let said: String = said.trim().chars().take(MAX_SAID).collect();
    let is_news = store::mark_returned(tx, letter.id, &format!("{RETURNED}{said}")).await?;
    if !is_news {
        return Ok(Change::Nothing);
    }
    if !report.is_about_address() {
        return Ok(Change::LetterFailed);
    }
    let why = format!("{NO_SUCH_ADDRESS}{said}");
    suppressions::refuse(tx, &letter.recipient, Scope::Everything, (&why, now)).await?;
    Ok(Change::AddressStopped)
}
