//! A browser tab on a board, as the protocol in docs/board-protocol.md describes it, and people who may open one.

use std::collections::VecDeque;
use std::time::Duration;

use domain::accounts::{self, EmailAddress, SignInAttempt};
use futures_util::{SinkExt, StreamExt};
use site::App;

use domain::programme::{self, Slug};
use domain::proof_requests::Requester;
use domain::registrations::{self, NewRegistration};
use kernel::id::{BoardId, EventId};
use kernel::key::{Purpose, Token};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

use crate::harness::{TestApp, WORKSHOP};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// The session cookie of a person.
#[derive(Clone)]
pub struct Cookie(pub String);

/// A running parcours with a board of indicators.
pub struct Workshop {
    pub app: TestApp,
    pub base: String,
    pub board: BoardId,
}

impl Workshop {
    pub async fn start() -> Self {
        Self::of(TestApp::start().await).await
    }

    pub async fn of(app: TestApp) -> Self {
        let (_, board) = board_of(&app.app, WORKSHOP).await;
        Self { base: format!("http://{}", app.address), app, board }
    }

    /// Somebody with a confirmed seat.
    pub async fn participant(&self, name: &str) -> Cookie {
        let event = self.app.event(WORKSHOP).await.id;
        person(&self.app.app, &format!("{name}@exemple.fr"), Some(event)).await
    }

    pub async fn tab(&self, cookie: &Cookie) -> Tab {
        Tab::open(&self.base, self.board, cookie).await
    }

    /// Changes the database beneath.
    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.app.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query(sql).execute(conn).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
    }

    /// Two people in front of the same board.
    pub async fn two(&self) -> (Tab, Tab) {
        let (ada, bob) = (self.participant("ada").await, self.participant("bob").await);
        (self.tab(&ada).await, self.tab(&bob).await)
    }
}

/// Signs a new person in; with an event they hold a confirmed seat there.
pub async fn person(app: &App, email: &str, event: Option<EventId>) -> Cookie {
    let address = EmailAddress::parse(email).unwrap();
    let name = address.local_part().to_owned();
    if let Some(event) = event {
        let request = NewRegistration {
            name: name.clone(),
            email: address.clone(),
            organisation: "Ville".into(),
            siret: None,
            buyer: true,
            short_notice: false,
            answers: Vec::new(),
            request: None,
        };
        registrations::register(app, &app.batches, event, request).await.unwrap();
    }
    let mut tx = app.db.write().await.unwrap();
    accounts::person_for(&mut tx, &address, &name, None, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    sign_in(app, &address).await
}

/// Signs an organiser in.
pub async fn organiser(app: &App) -> Cookie {
    let address = EmailAddress::parse("orga@exemple.fr").unwrap();
    crate::harness::make_organiser(app, &address).await;
    sign_in(app, &address).await
}

async fn sign_in(app: &App, address: &EmailAddress) -> Cookie {
    let browser = Token::random();
    let requester = Requester { network: [192, 0, 2, 0].into(), has_proved: true };
    accounts::request_sign_in(app, address, &browser, (None, requester)).await.unwrap();
    accounts::write_sign_in_letters(app).await.unwrap();
    let mut tx = app.db.snapshot().await.unwrap();
    let id: Uuid = db::dispatch!(&mut tx, |conn| sqlx::query_scalar(
        "select sign_in_link.id from sign_in_link join person on person.id = person_id where email = $1 and used_at is null"
    )
    .bind(address.as_str())
    .fetch_one(conn)
    .await)
    .unwrap();
    drop(tx);
    let link: Token = app.key.token(Purpose::SignIn, id, 0);
    let attempt =
        SignInAttempt { link: &link, browser: Some(&browser), code: None, device: "Firefox sur Linux", replaces: None };
    let session = accounts::sign_in(app, &attempt).await.unwrap();
    Cookie(format!("parcours_session={}", session.as_str()))
}

/// The first board of an event.
pub async fn board_of(app: &App, slug: &str) -> (EventId, BoardId) {
    let mut tx = app.db.snapshot().await.unwrap();
    let event = programme::event(&mut tx, &Slug::parse(slug).unwrap()).await.unwrap().unwrap();
    let boards = boards::of_event(&mut tx, event.id).await.unwrap();
    (event.id, boards.first().expect("the workshop has a board").id)
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Stored(u64),
    Refused(String),
}

/// A tab.
pub struct Tab {
    pub client: Uuid,
    pub n: u64,
    /// The last seq that this tab knows; it never skips one.
    pub seq: u64,
    /// Every edit shown to this tab, as (seq, client, n).
    pub shown: Vec<(u64, String, u64)>,
    /// The state in the welcome, if it came.
    pub board: Option<Value>,
    /// What the welcome says that this person is.
    pub role: String,
    /// Frames put aside while waiting for others.
    aside: VecDeque<Value>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How a socket ended: the close code, or 0 when it was cut.
pub type Closed = u16;

impl Tab {
    /// Only connects.
    pub async fn connect(base: &str, board: BoardId, cookie: Option<&Cookie>) -> Result<Self, tungstenite::Error> {
        Self::connect_from(base, base, board, cookie).await
    }

    /// Connects as a page of `origin` would.
    pub async fn connect_from(
        base: &str,
        origin: &str,
        board: BoardId,
        cookie: Option<&Cookie>,
    ) -> Result<Self, tungstenite::Error> {
        let url = format!("{}/tableaux/{board}/socket", base.replace("http://", "ws://"));
        let mut request = url.into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("sec-websocket-protocol", "parcours.board.v1".parse().unwrap());
        if let Some(Cookie(cookie)) = cookie {
            headers.insert("cookie", cookie.parse().unwrap());
        }
        let (socket, answer) = tokio_tungstenite::connect_async(request).await?;
        assert_eq!(answer.headers()["sec-websocket-protocol"], "parcours.board.v1");
        Ok(Self {
            client: Uuid::new_v4(),
            n: 0,
            seq: 0,
            shown: Vec::new(),
            board: None,
            role: String::new(),
            aside: VecDeque::new(),
            socket,
        })
    }

    /// Connects and says hello as a new tab.
    pub async fn open(base: &str, board: BoardId, cookie: &Cookie) -> Self {
        let mut tab = Self::connect(base, board, Some(cookie)).await.unwrap();
        tab.hello(None).await;
        tab
    }

    /// Connects again as this tab, knowing what it knows.
    pub async fn open_again(&self, base: &str, board: BoardId, cookie: &Cookie) -> Self {
        let mut tab = Self::connect(base, board, Some(cookie)).await.unwrap();
        (tab.client, tab.n, tab.seq) = (self.client, self.n, self.seq);
        tab.hello(Some(self.seq)).await;
        tab
    }

    /// Says who this is, and hears nothing yet.
    pub async fn say_hello(&mut self, since: Option<u64>) {
        self.send(&json!({ "type": "hello", "client": self.client, "since": since })).await;
    }

    async fn hello(&mut self, since: Option<u64>) {
        self.say_hello(since).await;
        let welcome = self.wait_for("welcome").await;
        self.role = welcome["role"].as_str().unwrap().to_owned();
        if !welcome["board"].is_null() {
            self.board = Some(welcome["board"].clone());
            self.seq = welcome["head"].as_u64().unwrap();
        }
    }

    pub async fn send(&mut self, message: &Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    /// Sends anything; whether the other side takes it shows later.
    pub async fn send_raw(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// Sends an edit under the next `n`, which it returns.
    pub async fn edit(&mut self, edit: Value) -> u64 {
        self.n += 1;
        self.send(&json!({ "type": "edit", "n": self.n, "edit": edit })).await;
        self.n
    }

    /// Sends an edit and waits for its fate.
    pub async fn do_edit(&mut self, edit: Value) -> Fate {
        let n = self.edit(edit).await;
        self.fate(n).await
    }

    /// Waits for what became of this tab's edit `n`.
    pub async fn fate(&mut self, n: u64) -> Fate {
        let client = self.client.to_string();
        loop {
            if let Some((seq, ..)) = self.shown.iter().find(|(_, of, number)| *of == client && *number == n) {
                return Fate::Stored(*seq);
            }
            let frame = self.next().await.expect("the socket stays open");
            if frame["type"] == "refused" && frame["n"] == n {
                return Fate::Refused(frame["reason"].as_str().unwrap().to_owned());
            }
            if frame["type"] == "presence" {
                self.aside.push_back(frame);
            }
        }
    }

    /// Waits until this tab knows the edit `seq`.
    pub async fn knows(&mut self, seq: u64) {
        while self.seq < seq {
            let frame = self.next().await.expect("the socket stays open");
            if frame["type"] == "presence" {
                self.aside.push_back(frame);
            }
        }
    }

    /// The next frame of that type; others are taken note of.
    pub async fn wait_for(&mut self, kind: &str) -> Value {
        if let Some(at) = self.aside.iter().position(|frame| frame["type"] == kind) {
            return self.aside.remove(at).unwrap();
        }
        loop {
            let frame = self.next().await.expect("the socket stays open");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// The next frame if it comes within `wait`.
    pub async fn next_within(&mut self, wait: Duration) -> Option<Result<Value, Closed>> {
        let coming = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(0),
                }
            }
        };
        let next = tokio::time::timeout(wait, coming).await.ok()?;
        if let Ok(frame) = &next {
            self.take_note(frame);
        }
        Some(next)
    }

    /// The next frame, or how the socket ended.
    pub async fn next(&mut self) -> Result<Value, Closed> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("something comes") {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.take_note(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    fn take_note(&mut self, frame: &Value) {
        if frame["type"] == "edits" {
            for edit in frame["edits"].as_array().unwrap() {
                let seq = edit["seq"].as_u64().unwrap();
                self.note(seq, edit["client"].as_str().unwrap().to_owned(), edit["n"].as_u64().unwrap());
            }
        }
        if frame["type"] == "ack" {
            let seq = frame["seq"].as_u64().unwrap();
            self.note(seq, self.client.to_string(), frame["n"].as_u64().unwrap());
        }
    }

    /// What is known already is ignored; nothing may be missing.
    fn note(&mut self, seq: u64, client: String, n: u64) {
        if seq > self.seq {
            assert_eq!(seq, self.seq + 1, "an edit was skipped");
            self.seq = seq;
        }
        if !self.shown.iter().rev().take(600).any(|(known, ..)| *known == seq) {
            self.shown.push((seq, client, n));
        }
    }

    /// Reads until the socket ends; returns the close code.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Goes away without a word.
    pub fn drop_connection(self) {}
}

/// An edit that adds a card.
pub fn add_card(card: Uuid, name: &str) -> Value {
    json!({ "type": "add_card", "card": card, "x": 0, "y": 0, "fields": { "name": name } })
}

/// An edit that sets a field.
pub fn set_field(card: Uuid, field: &str, value: impl Into<Value>) -> Value {
    json!({ "type": "set_field", "card": card, "field": field, "value": value.into() })
}
