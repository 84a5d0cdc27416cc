//! The body of a request, which has to be there by a deadline; and that of an answer, whose end is noted.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::Error;
use axum::body::Body;
use http::BodyDeadline;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Duration, Instant, Sleep};

use super::activity::Activity;

/// Whether a request's body was too slow.
#[derive(Clone, Default)]
pub(super) struct Late(Arc<AtomicBool>);

impl Late {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A request's body that ends with an error at the deadline, unless its handler extends that.
pub(super) struct TimedBody {
    pub(super) body: Incoming,
    pub(super) timeout: Duration,
    pub(super) deadline: Pin<Box<Sleep>>,
    pub(super) extended: BodyDeadline,
    pub(super) late: Late,
}

impl HttpBody for TimedBody {
    type Data = <Incoming as HttpBody>::Data;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::new)));
        }
        ready!(self.deadline.as_mut().poll(cx));
        while self.extended.take_extension() {
            let next = Instant::now() + self.timeout;
            self.deadline.as_mut().reset(next);
            ready!(self.deadline.as_mut().poll(cx));
        }
        self.late.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(Error::new("the body of the request was too slow"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body; once it is gone, the request is answered.
pub(super) struct WatchedBody {
    pub(super) body: Body,
    pub(super) activity: Arc<Activity>,
}

impl HttpBody for WatchedBody {
    type Data = <Body as HttpBody>::Data;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.activity.answered();
    }
}
