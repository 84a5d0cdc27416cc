//! The frames that were sent lately: a client that was away for a moment catches up from them; no edit is encoded twice.

use std::collections::VecDeque;

use tungstenite::Utf8Bytes;

/// Bytes of frames that are kept for one board.
const MAX_BYTES: usize = 512 * 1024;
/// Frames that are kept, and sent to a client that catches up: half of what may wait for a reader.
const MAX_FRAMES: usize = 128;

/// Frames of edits without a gap, oldest first.
#[derive(Debug, Default)]
pub(super) struct FrameBuffer {
    frames: VecDeque<Shown>,
    bytes: usize,
}

#[derive(Debug)]
struct Shown {
    first: u64,
    last: u64,
    frame: Utf8Bytes,
}

impl FrameBuffer {
    /// Keeps the frame with the edits `first` to `last`, and lets go of the oldest.
    pub(super) fn add(&mut self, first: u64, last: u64, frame: Utf8Bytes) {
        self.bytes += frame.len();
        self.frames.push_back(Shown { first, last, frame });
        while self.frames.len() > MAX_FRAMES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.frame.len();
        }
    }

    /// The frames that hold what came after `since` up to `head`; none when some of it is no longer here.
    pub(super) fn since(&self, since: u64, head: u64) -> Option<Vec<Utf8Bytes>> {
        if since == head {
            return Some(Vec::new());
        }
        let oldest = self.frames.front()?;
        if since > head || since + 1 < oldest.first {
            return None;
        }
        Some(self.frames.iter().filter(|shown| shown.last > since).map(|shown| shown.frame.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &'static str) -> Utf8Bytes {
        Utf8Bytes::from_static(text)
    }

    #[test]
    fn one_who_was_away_gets_what_came_since_or_the_whole_board() {
        let mut buffer = FrameBuffer::default();
        assert_eq!(buffer.since(0, 0), Some(vec![]));
        assert_eq!(buffer.since(0, 4), None, "the edits before the first frame are not here");
        buffer.add(5, 6, text("5-6"));
        buffer.add(7, 7, text("7"));
        assert_eq!(buffer.since(4, 7), Some(vec![text("5-6"), text("7")]));
        assert_eq!(buffer.since(5, 7), Some(vec![text("5-6"), text("7")]));
        assert_eq!(buffer.since(6, 7), Some(vec![text("7")]));
        assert_eq!(buffer.since(7, 7), Some(vec![]));
        assert_eq!(buffer.since(3, 7), None);
        assert_eq!(buffer.since(8, 7), None, "ahead of the server: it was set back");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut buffer = FrameBuffer::default();
        for seq in 1..=200 {
            buffer.add(seq, seq, text("x"));
        }
        assert_eq!(buffer.frames.len(), MAX_FRAMES);
        buffer.add(201, 201, "x".repeat(MAX_BYTES).into());
        assert_eq!(buffer.frames.len(), 1);
    }
}
