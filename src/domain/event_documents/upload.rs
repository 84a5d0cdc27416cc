//! A file on its way into the database, piece by piece. Nobody sees it before it is complete.

use super::format::Format;
use super::rules::{FileRefusal, MAX_BYTES, PIECE_BYTES, clean_name, title_of};
use super::store::{self, NewDocument};
use crate::audit::{self, Entry};
use crate::context::Context;
use kernel::clock::Timestamp;
use kernel::id::{DocumentId, EventId};

/// Bytes of a megabyte of the settings.
const MEGABYTE: u64 = 1024 * 1024;

/// Why an upload ended.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file is not taken.
    #[error(transparent)]
    Refused(#[from] FileRefusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

/// A file that is coming.
#[derive(Debug)]
pub struct Upload {
    id: DocumentId,
    event: EventId,
    title: String,
    file_name: String,
    format: Format,
    /// What has come and is no whole piece yet.
    rest: Vec<u8>,
    /// Bytes that have come.
    size: u64,
    /// Pieces that are stored.
    pieces: i64,
}

impl Upload {
    /// Begins; without a title the file's name serves.
    ///
    /// # Errors
    ///
    /// Refuses a file whose extension is not on the list.
    pub fn begin(event: EventId, title: &str, file_name: &str, now: Timestamp) -> Result<Self, FileRefusal> {
        let file_name = clean_name(file_name);
        let format = Format::of_name(&file_name).ok_or(FileRefusal::WrongType)?;
        let title = if title.is_empty() { title_of(&file_name) } else { title.to_owned() };
        Ok(Self { id: DocumentId::new(now), event, title, file_name, format, rest: Vec::new(), size: 0, pieces: 0 })
    }

    /// Takes what comes next, and stores each piece that it completes.
    ///
    /// # Errors
    ///
    /// Refuses a file that is too large, not what its extension says, or for which there is no room; fails when the database does.
    pub async fn write(&mut self, context: &Context, mut bytes: &[u8]) -> Result<(), UploadError> {
        self.size += bytes.len() as u64;
        if self.size > MAX_BYTES {
            return Err(FileRefusal::TooLarge.into());
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
            if self.rest.len() == PIECE_BYTES {
                self.store_piece(context).await?;
            }
        }
        Ok(())
    }

    /// Stores what is left; from now on the document is there. `note` words its title for the log.
    ///
    /// # Errors
    ///
    /// As [`Self::write`], and refuses an empty file.
    pub async fn finish(
        &mut self,
        context: &Context,
        entry: Entry,
        note: fn(&str) -> String,
    ) -> Result<(), UploadError> {
        if self.size == 0 {
            return Err(FileRefusal::Empty.into());
        }
        if !self.rest.is_empty() {
            self.store_piece(context).await?;
        }
        let now = context.clock.now();
        let mut tx = context.db.write().await?;
        if !store::complete(&mut tx, self.id, now).await? {
            return Err(sqlx::Error::RowNotFound.into());
        }
        audit::write(&mut tx, &entry.note(note(&self.title)), now).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes what was stored of it.
    ///
    /// # Errors
    ///
    /// When the database fails; then a job deletes it later.
    pub async fn abandon(&self, context: &Context) -> sqlx::Result<()> {
        if self.pieces == 0 {
            return Ok(());
        }
        let mut tx = context.db.write().await?;
        store::delete(&mut tx, self.id).await?;
        tx.commit().await
    }

    /// One piece, one transaction.
    async fn store_piece(&mut self, context: &Context) -> Result<(), UploadError> {
        if self.pieces == 0 && !self.format.begins_with(&self.rest) {
            return Err(FileRefusal::NotItsType.into());
        }
        let now = context.clock.now();
        let mut tx = context.db.write().await?;
        if self.pieces == 0 {
            let (title, file_name) = (self.title.as_str(), self.file_name.as_str());
            let new = NewDocument { id: self.id, event: self.event, title, file_name, format: self.format };
            store::insert(&mut tx, &new, now).await?;
        }
        if !store::insert_piece(&mut tx, self.id, (self.pieces, &self.rest), now).await? {
            return Err(sqlx::Error::RowNotFound.into());
        }
        // On PostgreSQL others may store a piece at this moment: the total is exceeded by a piece of each at most.
        let total = u64::try_from(store::total_bytes(&mut tx).await?).unwrap_or(0);
        if total > u64::from(context.config.documents_total_mb) * MEGABYTE {
            return Err(FileRefusal::Full.into());
        }
        tx.commit().await?;
        self.pieces += 1;
        self.rest.clear();
        Ok(())
    }
}
