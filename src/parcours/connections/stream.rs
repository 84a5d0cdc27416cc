//! The socket of a connection, watched: it notes when bytes come and go, and looks at the heads of requests for what hyper hides.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::MAX_HEAD;
use super::activity::Activity;
use super::registry::Admitted;

/// A socket and its entry among the open connections, which ends with it.
pub(super) struct WatchedStream {
    socket: TcpStream,
    activity: Arc<Activity>,
    /// What was received so far of a request's head.
    head: Vec<u8>,
    _admitted: Admitted,
}

impl WatchedStream {
    pub(super) fn new(socket: TcpStream, admitted: Admitted) -> Self {
        Self { socket, activity: admitted.activity(), head: Vec::new(), _admitted: admitted }
    }

    /// Looks at bytes that may be those of a request's head.
    fn look_at(&mut self, bytes: &[u8]) {
        if !self.activity.received() {
            self.head.clear();
            return;
        }
        // Not all of it again for each byte of a head that comes in pieces: its end is no longer than four bytes.
        let looked_at = self.head.len().saturating_sub(3);
        if self.head.len() < MAX_HEAD {
            self.head.extend_from_slice(bytes);
        }
        if let Some(end) = end_of_head(&self.head[looked_at..]) {
            self.activity.set_framed_twice(is_framed_twice(&self.head[..looked_at + end]));
            self.head.clear();
        }
    }
}

/// Where a head ends: at an empty line, whose line ends may lack their carriage returns.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let ends = |window: &[u8]| window.starts_with(b"\n\n") || window.starts_with(b"\n\r\n");
    (0..bytes.len()).find(|at| ends(&bytes[*at..]))
}

/// Whether a head says twice how long its body is, by `Content-Length` and by `Transfer-Encoding`: a proxy in front may have
/// believed the other one (RFC 9112 §6.1). hyper drops `Content-Length` silently, so that it is looked for here. Of requests that
/// are sent before the last one was answered, hyper takes the second, and closes the connection.
fn is_framed_twice(head: &[u8]) -> bool {
    let has = |wanted: &[u8]| {
        head.split(|byte| *byte == b'\n').skip(1).any(|line| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            name.trim_ascii().eq_ignore_ascii_case(wanted)
        })
    };
    has(b"transfer-encoding") && has(b"content-length")
}

impl AsyncRead for WatchedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.look_at(&buffer.filled()[before..]);
        }
        read
    }
}

impl WatchedStream {
    /// Notes whether the client took anything of what it is sent.
    fn note<T>(&self, written: Poll<T>) -> Poll<T> {
        self.activity.sent(written.is_ready());
        written
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_tells_the_length_of_its_body_twice_is_found_in_any_order_and_case() {
        for head in [
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            "POST / HTTP/1.1\r\ntransfer-ENCODING:chunked\r\nHost: a\r\ncontent-length:3\r\n",
        ] {
            assert!(is_framed_twice(head.as_bytes()), "{head}");
        }
        let once = "POST /?Content-Length: HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX: content-length\r\n";
        assert!(!is_framed_twice(once.as_bytes()));
    }
}
