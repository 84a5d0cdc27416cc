//! `/tableaux/{id}/socket`: one WebSocket, between a browser tab and a room. Reads messages within their rates, and
//! sends the room's frames, all that wait with one write.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::{Sink, SinkExt, StreamExt};
use serde::Deserialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};

use super::upgrade::{Upgrade, WebSocket};

use crate::App;
use board_model::close_code::{
    AGAIN_LATER, FLOOD, GOING_AWAY, NO_ACCESS, OUTDATED, POLICY, SIGNED_OUT, TOO_LARGE, TOO_SLOW,
};
use board_model::limits::{MAX_MESSAGE, PRESENCE_BURST, PRESENCE_PER_SECOND};
use board_model::model::{Edit, Refusal};
use board_model::protocol::{ClientMessage, SUBPROTOCOL, ServerMessage, VERSION, Version};
use board_model::rights::Role;
use boards::rate_limiter::RateLimiter;
use boards::room::Join;
use boards::rooms::{Gone, Membership};
use boards::send_queue::{Outgoing, SendQueueReceiver, frame, send_queue};
use boards::{AccessError, Found};
use domain::accounts::{self, Person, SignedInPerson};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::session::SessionToken;
use kernel::id::{BoardId, ClientId};
use kernel::key::Token;

/// Bytes of the read buffer of each socket: messages are small, sockets are many.
const READ_BUFFER: usize = 2 * 1024;
/// Bytes that are gathered for one write; a socket keeps a buffer of the longest that it ever gathered.
const WRITE_BUFFER: usize = 2 * 1024;
/// A client must send `hello` within this.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// A ping this often: half of what proxies let a silent connection live.
const PING_EVERY: Duration = Duration::from_secs(25);
/// A client that has answered no ping for so long is gone.
const SILENT_AFTER: Duration = Duration::from_secs(60);
/// A client that takes no bytes for so long is gone.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);
/// An edit counts once more for each so many bytes of its frame: long texts are pasted now and then, not without end.
const BYTES_OF_ONE: usize = 2 * 1024;
/// How long the last frames may take.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);
/// Seconds' worth of messages of any kind that may come at once, at twice a client's rate; more close the connection.
const BURST: u32 = 20;
/// Unreadable edits of one connection at most; more close it.
const MAX_MALFORMED: u32 = 400;
/// Frames that are sent with one write at most.
const MAX_SENT_AT_ONCE: usize = 64;
/// Characters of a person's name as others see it.
const MAX_NAME: usize = 80;

/// The query of the socket's address.
#[derive(Debug, Deserialize)]
pub(super) struct SocketQuery {
    /// Pages older than version 1.0 of the messages sent a fingerprint here.
    version: Option<String>,
}

/// `GET /tableaux/{id}/socket`: a browser hides why a handshake failed, so the reasons are close codes.
pub(super) async fn open(
    State(app): State<App>,
    Path(board): Path<BoardId>,
    headers: HeaderMap,
    SessionToken(session): SessionToken,
    (Query(SocketQuery { version }), upgrade): (Query<SocketQuery>, Upgrade),
) -> Result<Response> {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if origin != Some(app.config.origin()) {
        return Err(Error::Forbidden);
    }
    // Without a subprotocol in the answer a browser would not open the connection, and not receive the close code.
    let spoken = &upgrade.protocols;
    let ours = HeaderValue::from_static(SUBPROTOCOL);
    let is_outdated = version.is_some() || !(spoken.is_empty() || spoken.contains(&ours));
    let answered = if spoken.contains(&ours) { Some(ours) } else { spoken.first().cloned() };
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        // Messages a little too large are read, so that they get an answer of their own.
        .max_message_size(Some(2 * MAX_MESSAGE))
        .max_frame_size(Some(2 * MAX_MESSAGE));
    let visit = session.map(|session| Visit { app: app.clone(), session, board });
    let open = app.rooms.socket();
    // Queries that run once are boxed, so that a socket's task stays small.
    Ok(upgrade.accept(answered, config, move |mut socket| async move {
        let code = match visit {
            _ if is_outdated => Some(OUTDATED),
            Some(visit) => visit.run(&mut socket).await,
            None => Some(SIGNED_OUT),
        };
        if let Some(code) = code {
            close(&mut socket, code).await;
        }
        drop(open);
    }))
}

/// Sends the close code, and waits a little until the client has read it.
async fn close(socket: &mut WebSocket, code: u16) {
    let farewell = async {
        let frame = CloseFrame { code: code.into(), reason: Default::default() };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    // A client that does not read in time misses only the reason.
    let _ = timeout(FAREWELL_WITHIN, farewell).await;
}

/// A connection before it has joined its room.
struct Visit {
    app: App,
    session: Token,
    board: BoardId,
}

/// Why a socket ends: with a close code, or without one when the client is gone.
type Ended = Option<u16>;

impl Visit {
    async fn run(self, socket: &mut WebSocket) -> Ended {
        let Hello { client, since, version } = match timeout(HELLO_WITHIN, hello(socket)).await {
            Ok(Ok(hello)) => hello,
            Ok(Err(ended)) => return ended,
            Err(_) => return Some(POLICY),
        };
        let (person, found) = match Box::pin(self.find(Some(client))).await {
            Ok(found) => found,
            Err(code) => return Some(code),
        };
        let (role, last) = (found.role(), found.last_edit());
        let (send_queue, receiver) = send_queue();
        let name = person.name.chars().take(MAX_NAME).collect();
        let join = Join { client, since, person: person.id, name, role, last, send_queue };
        let Ok(membership) = self.app.rooms.join(self.board, join).await else { return Some(GOING_AWAY) };
        let is_newer = version.is_some_and(|version| version.minor > VERSION.minor);
        let mut session = Session { is_newer, ..Session::new(self, role, membership) };
        let ended = session.run(socket, receiver).await;
        session.membership.leave().await;
        ended
    }

    /// Who this is, of those who may be here, and the board as they find it. Fails with the close code; [`AGAIN_LATER`]
    /// when the database does not answer.
    ///
    /// All queries use one connection: taking and returning one costs as much as a short query.
    async fn find(&self, client: Option<ClientId>) -> Result<(Person, Found), u16> {
        let mut tx = self.app.db.read().await.map_err(|_| AGAIN_LATER)?;
        let found = accounts::signed_in(&mut tx, &self.session, self.app.clock.now()).await;
        let SignedInPerson { person, session, .. } = found.map_err(|_| AGAIN_LATER)?.ok_or(SIGNED_OUT)?;
        // Whoever has a board open uses the session, though they load no page.
        accounts::note_use(&self.app, &session);
        match boards::access_with_client(tx.one_more(), &person, self.board, client).await {
            Ok(found) => Ok((person, found)),
            Err(AccessError::NoSuchBoard | AccessError::NoSeat(_)) => Err(NO_ACCESS),
            Err(AccessError::Store(_)) => Err(AGAIN_LATER),
        }
    }
}

/// What `hello` says.
struct Hello {
    client: ClientId,
    since: Option<u64>,
    version: Option<Version>,
}

/// The first message.
async fn hello(socket: &mut WebSocket) -> Result<Hello, Ended> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return read_hello(&text).map_err(Some),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(Some(POLICY)),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(None),
        }
    }
}

/// Fails with the close code. The version is read first: a `hello` of another major may not be readable at all.
fn read_hello(text: &str) -> Result<Hello, u16> {
    #[derive(Deserialize)]
    struct Versioned {
        version: Option<Version>,
    }
    if let Ok(Versioned { version: Some(version) }) = serde_json::from_str(text)
        && !version.speaks_with(VERSION)
    {
        return Err(OUTDATED);
    }
    match serde_json::from_str(text) {
        Ok(ClientMessage::Hello { client, since, version }) => Ok(Hello { client, since, version }),
        _ => Err(POLICY),
    }
}

/// A socket in its room.
struct Session {
    visit: Visit,
    /// What the person was when they joined, of a board that may be written.
    role: Role,
    membership: Membership,
    heard: Instant,
    messages: RateLimiter,
    presences: RateLimiter,
    malformed: u32,
    /// The client knows a later minor version than this program, which is being upgraded.
    is_newer: bool,
}

impl Session {
    fn new(visit: Visit, role: Role, membership: Membership) -> Self {
        let now = Instant::now();
        let per_second = visit.app.config.board_edits_per_second.saturating_add(PRESENCE_PER_SECOND).saturating_mul(2);
        let messages = RateLimiter::new(per_second, per_second.saturating_mul(BURST), now);
        Self {
            visit,
            role,
            membership,
            heard: now,
            messages,
            presences: RateLimiter::new(PRESENCE_PER_SECOND, PRESENCE_BURST, now),
            malformed: 0,
            is_newer: false,
        }
    }

    async fn run(&mut self, socket: &mut WebSocket, mut receiver: SendQueueReceiver) -> Ended {
        let mut pings = pings();
        let mut waiting = Vec::new();
        loop {
            tokio::select! {
                code = receiver.signals.cut.wait() => return Some(*code),
                count = receiver.queue.recv_many(&mut waiting, MAX_SENT_AT_ONCE) => {
                    if count == 0 {
                        return Some(GOING_AWAY);
                    }
                    tokio::select! {
                        sent = send_all(socket, &mut waiting) => if let Err(ended) = sent { return ended },
                        code = receiver.signals.cut.wait() => return Some(*code),
                    }
                }
                message = socket.next() => match message {
                    Some(Ok(message)) => if let Err(ended) = self.hear(socket, message).await { return ended },
                    // Far too large, or no WebSocket at all; when the connection is lost the code reaches nobody.
                    Some(Err(_)) => return Some(POLICY),
                    None => return None,
                },
                () = receiver.signals.revalidate.notified() => if let Err(ended) = self.revalidate().await { return ended },
                _ = pings.tick() => if let Err(ended) = self.ping(socket).await { return ended },
            }
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, message: Message) -> Result<(), Ended> {
        self.heard = Instant::now();
        if !self.messages.take(1, self.heard) {
            return Err(Some(FLOOD));
        }
        match message {
            Message::Text(text) if text.len() > MAX_MESSAGE => Err(Some(TOO_LARGE)),
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(ClientMessage::Edit { n, edit }) => self.edit((n, edit), text.len()).await,
                Ok(ClientMessage::Presence(state)) => {
                    if self.presences.take(1, self.heard) {
                        // A room that is gone says so through the receiver.
                        let _ = self.membership.update_presence(state).await;
                    }
                    Ok(())
                }
                Ok(ClientMessage::Hello { .. }) => Err(Some(POLICY)),
                Err(_) => self.malformed(socket, &text).await,
            },
            Message::Binary(_) => Err(Some(POLICY)),
            Message::Close(_) => Err(None),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn edit(&mut self, edit: (u64, Edit), bytes: usize) -> Result<(), Ended> {
        let tokens = 1 + u32::try_from(bytes / BYTES_OF_ONE).unwrap_or(u32::MAX);
        // When the room is gone the edit is not lost: the client sends it again when it comes back.
        let _: Result<(), Gone> = self.membership.edit(edit, tokens).await;
        Ok(())
    }

    /// What cannot be read: an edit is refused, anything else ends the connection, unless the client is newer than this
    /// program. Then it is ignored, and an edit is one of a kind that this program does not know yet.
    async fn malformed(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), Ended> {
        #[derive(Deserialize)]
        struct Numbered {
            n: u64,
        }
        let Ok(Numbered { n }) = serde_json::from_str(text) else {
            return if self.is_newer { Ok(()) } else { Err(Some(POLICY)) };
        };
        if self.is_newer {
            return refuse(socket, n, Refusal::NotYet).await;
        }
        self.malformed += 1;
        if self.malformed > MAX_MALFORMED {
            return Err(Some(FLOOD));
        }
        refuse(socket, n, Refusal::Malformed).await
    }

    /// Fails when this person may no longer stay, or stays as something else: the client then comes back as that. A database
    /// that does not answer closes no socket.
    async fn revalidate(&self) -> Result<(), Ended> {
        match Box::pin(self.visit.find(None)).await {
            Ok((_, found)) if found.role() != self.role => Err(Some(GOING_AWAY)),
            Ok(_) | Err(AGAIN_LATER) => Ok(()),
            Err(code) => Err(Some(code)),
        }
    }

    /// Pings, and ends a socket whose client is gone or whose person may no longer stay.
    async fn ping(&mut self, socket: &mut WebSocket) -> Result<(), Ended> {
        if self.heard.elapsed() > SILENT_AFTER {
            return Err(None);
        }
        self.revalidate().await?;
        match timeout(PING_EVERY, socket.send(Message::Ping(Default::default()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(None),
        }
    }
}

fn pings() -> Interval {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}

async fn refuse(socket: &mut WebSocket, n: u64, reason: Refusal) -> Result<(), Ended> {
    let refused = frame(&ServerMessage::Refused { n, reason });
    send_all(socket, &mut vec![Outgoing::Frame(refused)]).await
}

/// Sends all that waits with one flush. A client that keeps the connection and reads nothing is not waited for.
async fn send_all(socket: &mut (impl Sink<Message> + Unpin), waiting: &mut Vec<Outgoing>) -> Result<(), Ended> {
    let sending = async {
        for outgoing in waiting.drain(..) {
            match outgoing {
                Outgoing::Frame(frame) => socket.feed(Message::Text(frame)).await.map_err(|_| None)?,
                Outgoing::Close(code) => return Err(Some(code)),
            }
        }
        socket.flush().await.map_err(|_| None)
    };
    timeout(TAKEN_WITHIN, sending).await.unwrap_or(Err(Some(TOO_SLOW)))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use super::*;

    /// A client that keeps the connection and reads nothing.
    struct Deaf;

    impl Sink<Message> for Deaf {
        type Error = Infallible;

        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }

        fn start_send(self: Pin<&mut Self>, _: Message) -> Result<(), Infallible> {
            Ok(())
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_keeps_the_connection_and_takes_nothing_is_not_waited_for() {
        let mut waiting = vec![Outgoing::Frame(frame(&"x"))];
        assert_eq!(send_all(&mut Deaf, &mut waiting).await, Err(Some(TOO_SLOW)));
    }
}
