//! `parcours bounces`: reports of mail servers about letters that came back, from standard input or a maildir.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use domain::Context;
use mail::bounces::{self, Change};

/// The longest message that is read, bytes; what follows belongs to what was sent back, and tells nothing more.
const MAX_MESSAGE: u64 = 10 << 20;

/// A message, and where it lies.
#[derive(Debug)]
pub struct Incoming {
    bytes: Vec<u8>,
    file: Option<PathBuf>,
}

/// The messages to read: the one on standard input, or the new ones of a maildir, oldest first.
///
/// # Errors
///
/// When they cannot be read.
pub fn incoming(maildir: Option<&Path>) -> io::Result<Vec<Incoming>> {
    let Some(maildir) = maildir else {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MAX_MESSAGE).read_to_end(&mut bytes)?;
        return Ok(vec![Incoming { bytes, file: None }]);
    };
    let mut files: Vec<_> =
        fs::read_dir(maildir.join("new"))?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    // Their names begin with the time of arrival.
    files.sort();
    let mut messages = Vec::with_capacity(files.len());
    for file in files {
        let mut bytes = Vec::new();
        fs::File::open(&file)?.take(MAX_MESSAGE).read_to_end(&mut bytes)?;
        messages.push(Incoming { bytes, file: Some(file) });
    }
    Ok(messages)
}

/// Writes down what a message reports, and marks it as seen; says what came of it, without anybody's address.
///
/// # Errors
///
/// When the database fails: the message stays new. When the maildir cannot be written.
pub async fn take(context: &Context, message: &Incoming) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let told = match bounces::read(&message.bytes) {
        Err(no_report) => format!("left aside: {no_report}"),
        Ok(report) => {
            let mut tx = context.db.write().await?;
            let change = bounces::apply(&mut tx, &report, context.clock.now()).await?;
            tx.commit().await?;
            let what = match change {
                Change::AddressStopped => "failed, and its address is written to no more",
                Change::LetterFailed => "failed",
                Change::Nothing => "is as it was",
                Change::UnknownLetter => "is no longer in the outbox",
            };
            format!("letter {} {what} ({})", report.letter, report.status)
        }
    };
    if let Some(file) = &message.file {
        seen(file)?;
    }
    Ok(told)
}

/// Moves a message to those that were seen.
fn seen(file: &Path) -> io::Result<()> {
    let (Some(maildir), Some(name)) = (file.ancestors().nth(2), file.file_name()) else { return Ok(()) };
    let mut seen = name.to_owned();
    seen.push(":2,S");
    fs::rename(file, maildir.join("cur").join(seen))
}
