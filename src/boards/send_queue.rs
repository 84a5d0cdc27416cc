//! The frames that a room sends to one socket: a bounded queue. A reader that lets it fill is disconnected and catches up
//! later; it never slows the others.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{Notify, SetOnce, mpsc};
use tungstenite::Utf8Bytes;

use board_model::close_code::TOO_SLOW;

/// Frames that may wait for one reader: some seconds of a busy board.
const MAX_WAITING: usize = 256;

/// What is sent to a socket, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A frame, shared by all its readers.
    Frame(Utf8Bytes),
    /// The end: a WebSocket close code.
    Close(u16),
}

/// The room's end.
#[derive(Debug, Clone)]
pub struct SendQueue {
    queue: mpsc::Sender<Outgoing>,
    signals: Arc<Signals>,
}

/// What does not wait in the queue.
#[derive(Debug, Default)]
pub struct Signals {
    /// The close code when what waits is no longer sent: the queue was full.
    pub cut: SetOnce<u16>,
    /// The socket is to check whether its person may stay: the session may have ended, the seat be gone.
    pub revalidate: Notify,
}

/// The socket's end.
#[derive(Debug)]
pub struct SendQueueReceiver {
    /// What is to be sent; after it ends the socket closes.
    pub queue: mpsc::Receiver<Outgoing>,
    /// What is heard at once.
    pub signals: Arc<Signals>,
}

/// A new queue.
#[must_use]
pub fn send_queue() -> (SendQueue, SendQueueReceiver) {
    let (sender, queue) = mpsc::channel(MAX_WAITING);
    let signals = Arc::new(Signals::default());
    (SendQueue { queue: sender, signals: Arc::clone(&signals) }, SendQueueReceiver { queue, signals })
}

impl SendQueue {
    /// Queues a frame; false when the reader is gone or has just been cut off for being slow.
    pub fn send(&self, frame: Utf8Bytes) -> bool {
        self.put(Outgoing::Frame(frame), TOO_SLOW)
    }

    /// Closes the socket with a code, after what waits; at once when the queue is full.
    pub fn close(&self, code: u16) {
        self.put(Outgoing::Close(code), code);
    }

    /// Has the socket check whether its person may stay.
    pub fn revalidate(&self) {
        self.signals.revalidate.notify_one();
    }

    fn put(&self, outgoing: Outgoing, or_cut: u16) -> bool {
        match self.queue.try_send(outgoing) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                // It may have been cut off before: the first reason stands.
                let _ = self.signals.cut.set(or_cut);
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
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

    fn full() -> (SendQueue, SendQueueReceiver) {
        let (send_queue, receiver) = send_queue();
        for _ in 0..MAX_WAITING {
            assert!(send_queue.send(Utf8Bytes::from_static("x")));
        }
        (send_queue, receiver)
    }

    #[tokio::test]
    async fn a_reader_that_does_not_read_is_cut_off_and_nobody_waits() {
        let (send_queue, receiver) = full();
        assert!(!send_queue.send(Utf8Bytes::from_static("x")));
        assert_eq!(receiver.signals.cut.get(), Some(&TOO_SLOW));
    }

    #[tokio::test]
    async fn the_last_word_reaches_a_slow_reader_too() {
        let (send_queue, receiver) = full();
        send_queue.close(board_model::close_code::SIGNED_OUT);
        assert_eq!(receiver.signals.cut.get(), Some(&board_model::close_code::SIGNED_OUT));
    }
}
