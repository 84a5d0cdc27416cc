//! The site's connections: accepted while there is room, each with time-outs of its own, closed or waited for when the program
//! stops. Knows nothing of what is served.

mod activity;
mod open_files;
mod registry;
mod request;
mod stream;
mod timed_body;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Web;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kernel::config::Config;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use registry::{Admitted, Registry};
use request::Gate;
use stream::WatchedStream;

/// The largest head of a request, bytes: far more than our longest address with its cookies. Beyond it hyper answers 431, without a
/// page of ours; an address alone that is too long for us still fits.
const MAX_HEAD: usize = 80 * 1024;

/// How long no connection is accepted after that failed for want of files or memory.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// How soon the program looks again whether connections that it closed are gone.
const ROOM_POLL: Duration = Duration::from_millis(5);

/// How long a connection may be in each phase.
#[derive(Debug, Clone, Copy)]
struct Timeouts {
    header: Duration,
    body: Duration,
    idle: Duration,
}

impl Timeouts {
    fn new(config: &Config) -> Self {
        let seconds = |count: u32| Duration::from_secs(count.into());
        let (header, body) = (seconds(config.header_timeout), seconds(config.body_timeout));
        Self { header, body, idle: seconds(config.idle_timeout) }
    }
}

/// Serves `router` until `stopping`; then idle connections are closed, and requests in flight are answered.
pub async fn serve(listener: TcpListener, router: Router, web: &Web, stopping: CancellationToken) {
    let config = &web.config;
    let registry = Arc::new(Registry::new(config, open_files::room_for_connections()));
    let timeouts = Timeouts::new(config);
    let gate = Arc::new(Gate::new(router.with_state(()), web, timeouts.body));
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = accept(&listener, &registry) => accepted,
        };
        let Some((socket, peer)) = accepted else { continue };
        let Some(admitted) = Registry::admit(&registry, peer.ip()) else { continue };
        // Without it a page of two writes waits 40 ms for the first one's acknowledgement.
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%error, "a connection stays slow");
        }
        let connection = Connection { admitted, peer, timeouts, stopping: stopping.clone() };
        tasks.spawn(connection.serve(socket, Arc::clone(&gate)));
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// The next connection, once there is room for one; nothing when it could not be accepted.
async fn accept(listener: &TcpListener, registry: &Registry) -> Option<(TcpStream, SocketAddr)> {
    while !registry.has_room() {
        registry.close_idle();
        sleep(ROOM_POLL).await;
    }
    match listener.accept().await {
        Ok(accepted) => Some(accepted),
        Err(error) if is_of_the_client(&error) => None,
        Err(error) => {
            // Too many open files, above all. Trying again at once would fail again, and burn a core.
            warn!(%error, closed = registry.close_idle(), "no connection can be accepted: closing idle ones");
            sleep(ACCEPT_BACKOFF).await;
            None
        }
    }
}

/// Whether a connection was ended by its client before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// One accepted connection.
struct Connection {
    admitted: Admitted,
    peer: SocketAddr,
    timeouts: Timeouts,
    stopping: CancellationToken,
}

impl Connection {
    async fn serve(self, socket: TcpStream, gate: Arc<Gate>) {
        let Self { admitted, peer, timeouts, stopping } = self;
        let activity = admitted.activity();
        let service = service_fn({
            let activity = Arc::clone(&activity);
            move |request| {
                let (gate, activity) = (Arc::clone(&gate), Arc::clone(&activity));
                async move { gate.answer(request, peer, &activity).await }
            }
        });
        // hyper's own time limit for heads runs while a connection is idle as well: ours tells the two apart.
        let mut builder = http1::Builder::new();
        builder.header_read_timeout(None).max_header_size(MAX_HEAD);
        let io = TokioIo::new(WatchedStream::new(socket, admitted));
        let mut http = std::pin::pin!(builder.serve_connection(io, service).with_upgrades());
        let mut look = std::pin::pin!(sleep_until(Instant::now() + timeouts.header));
        let mut is_stopping = false;
        loop {
            tokio::select! {
                // A request that has come already is begun before anything is closed.
                biased;
                ended = http.as_mut() => {
                    if let Err(error) = ended {
                        debug!(%error, "a connection ended");
                    }
                    return;
                }
                () = activity.closing() => return,
                () = stopping.cancelled(), if !is_stopping => {
                    if activity.is_idle() {
                        return;
                    }
                    is_stopping = true;
                    http.as_mut().graceful_shutdown();
                }
                () = look.as_mut() => {
                    let now = Instant::now();
                    let deadline = activity.deadline(&timeouts);
                    if deadline.is_some_and(|deadline| deadline <= now) {
                        return;
                    }
                    // Another phase, with less time, may begin meanwhile.
                    let soon = now + timeouts.header;
                    look.as_mut().reset(deadline.map_or(soon, |deadline| deadline.min(soon)));
                }
            }
        }
    }
}
