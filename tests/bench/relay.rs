//! A bare WebSocket relay: what it is sent, it sends to everybody. It stands on the same library as the program.
#![expect(clippy::disallowed_types, reason = "bare, and asked by nobody but the bench")]

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use futures_util::SinkExt;
use tokio::sync::mpsc;

type Readers = Arc<Mutex<Vec<mpsc::Sender<Message>>>>;

/// The people of each room.
type Rooms = Arc<Mutex<HashMap<usize, Readers>>>;

/// The relay as a process of its own.
pub struct Relay {
    child: Child,
    port: u16,
}

impl Relay {
    pub fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = std::env::current_exe().unwrap();
        let child = Command::new(program).args(["relay", &port.to_string()]).stdout(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self { child, port }
    }

    /// Where the people of a room meet.
    pub fn url(&self, room: usize) -> String {
        format!("ws://127.0.0.1:{}/{room}", self.port)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The relay's `main`.
pub fn serve() {
    let port: u16 = std::env::args().nth(2).unwrap().parse().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let relay = Router::new().route("/{room}", any(open)).with_state(Rooms::default());
        axum::serve(listener, relay).await.unwrap();
    });
}

async fn open(State(rooms): State<Rooms>, Path(room): Path<usize>, upgrade: WebSocketUpgrade) -> Response {
    let readers = Arc::clone(rooms.lock().unwrap().entry(room).or_default());
    upgrade.protocols(["parcours.board.v1"]).on_upgrade(move |socket| talk(socket, readers))
}

async fn talk(mut socket: WebSocket, readers: Readers) {
    let (sender, mut queue) = mpsc::channel(4_096);
    readers.lock().unwrap().push(sender);
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            count = queue.recv_many(&mut waiting, 64) => {
                if count == 0 {
                    return;
                }
                for message in waiting.drain(..) {
                    if socket.feed(message).await.is_err() {
                        return;
                    }
                }
                if socket.flush().await.is_err() {
                    return;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(message @ Message::Text(_))) => {
                    readers.lock().unwrap().retain(|reader| reader.try_send(message.clone()).is_ok());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            }
        }
    }
}
