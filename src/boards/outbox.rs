//! What a room wants to say to one socket: a bounded queue. A reader that lets it fill is cut off and catches up
//! later; it never slows the others.

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Frames that may wait for one reader: some seconds of a busy board.
const MAX_WAITING: usize = 256;

/// What is sent to a socket, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A frame, shared by all its readers.
    Frame(Utf8Bytes),
    /// The last word: a WebSocket close code.
    Close(u16),
}

/// The room's end.
#[derive(Debug, Clone)]
pub struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    slow: CancellationToken,
}

/// The socket's end.
#[derive(Debug)]
pub struct Mailbag {
    /// What is to be sent; after it ends the socket closes.
    pub queue: mpsc::Receiver<Outgoing>,
    /// Cancelled when this reader is too slow.
    pub slow: CancellationToken,
}

/// A new queue.
#[must_use]
pub fn outbox() -> (Outbox, Mailbag) {
    let (sender, queue) = mpsc::channel(MAX_WAITING);
    let slow = CancellationToken::new();
    (Outbox { queue: sender, slow: slow.clone() }, Mailbag { queue, slow })
}

impl Outbox {
    /// Queues a frame; false when the reader is gone or has just been cut off for being slow.
    pub fn send(&self, frame: Utf8Bytes) -> bool {
        match self.queue.try_send(Outgoing::Frame(frame)) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.slow.cancel();
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Says the last word.
    pub fn close(&self, code: u16) {
        if self.queue.try_send(Outgoing::Close(code)).is_err() {
            self.slow.cancel();
        }
    }
}

/// A message as the frame that is sent.
///
/// # Panics
///
/// Never: messages have only text keys and finite numbers.
#[must_use]
pub fn frame(message: &impl Serialize) -> Utf8Bytes {
    Utf8Bytes::from(serde_json::to_string(message).expect("messages are plain JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_does_not_read_is_cut_off_and_nobody_waits() {
        let (outbox, mailbag) = outbox();
        for _ in 0..MAX_WAITING {
            assert!(outbox.send(Utf8Bytes::from_static("x")));
        }
        assert!(!outbox.send(Utf8Bytes::from_static("x")));
        assert!(mailbag.slow.is_cancelled());
    }
}
