//! People who write on boards, over real WebSockets, and note when the others' edits arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

use super::measured::{Scratch, Server, cpu_of};

/// People on a board.
pub const PEOPLE: usize = 60;
/// Before it is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// Edits of one person under way at most when there is no pace.
const WINDOW: u64 = 16;

/// Memory of a process that is resident, in MiB, from `/proc/PID/status`.
pub fn memory_of(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() / 1024.0
}

/// Loads a programme into a database.
pub async fn import(database: &Scratch, toml: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, toml).unwrap();
    let import = Command::new(env!("CARGO_BIN_EXE_parcours"))
        .args(["import", file.to_str().unwrap(), "--database-url", &database.url])
        .output()
        .await
        .unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
}

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Where the people write to.
#[derive(Clone)]
pub struct Target {
    pub url: String,
    pub origin: String,
    pub cookie: String,
    pub pid: u32,
}

/// What a run came to.
pub struct Measured {
    /// Milliseconds from sending to arrival on another screen, sorted.
    millis: Vec<f64>,
    cpu: Duration,
    elapsed: Duration,
    /// MiB resident in the server while they write.
    pub memory: f64,
}

impl Measured {
    fn deliveries(&self) -> f64 {
        f64::from(u32::try_from(self.millis.len()).unwrap())
    }

    fn quantile(&self, per_mille: usize) -> f64 {
        let last = self.millis.len().saturating_sub(1);
        self.millis.get(last * per_mille / 1000).copied().unwrap_or_default()
    }

    pub fn micros_of_cpu(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.deliveries()
    }

    pub fn print(&self, name: &str) {
        println!(
            "  {name:<10} {:>8.0} deliveries/s   p50 {:>7.2} ms   p99 {:>7.2} ms   {:>6.2} µs of CPU each",
            self.deliveries() / self.elapsed.as_secs_f64(),
            self.quantile(500),
            self.quantile(990),
            self.micros_of_cpu()
        );
    }
}

/// Signs the organiser in through the demo's mailbox, and finds the boards of these events.
pub async fn on_boards(server: &Server, events: &[&str]) -> Vec<Target> {
    let client = reqwest::Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let get = |path: String| {
        let request = client.get(format!("{}{path}", server.base));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let post = |path: String| client.post(format!("{}{path}", server.base)).header("origin", &server.base);
    post("/connexion".into()).form(&[("email", "organisation@exemple.fr")]).send().await.unwrap();
    let letter = between(&get("/courriels".into()).await, "href=\"/courriels/", "\"");
    let link = between(&get(format!("/courriels/{letter}")).await, "/connexion/", "\n");
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let entered = post(format!("/connexion/{token}")).form(&[("vers", "/")]).send().await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut boards = Vec::new();
    for event in events {
        let page = get(format!("/organisation/evenements/{event}")).await;
        let board = between(&page, "/tableaux/", "\"");
        boards.push(Target {
            url: format!("{}/tableaux/{board}/socket", server.base.replace("http://", "ws://")),
            origin: server.base.clone(),
            cookie: cookie.clone(),
            pid: server.pid(),
        });
    }
    boards
}

fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).expect("the page holds what is looked for");
    rest.split(after).next().unwrap().to_owned()
}

pub async fn connect(target: &Target) -> Socket {
    let mut request = target.url.as_str().into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", target.origin.parse().unwrap());
    headers.insert("cookie", target.cookie.parse().unwrap());
    headers.insert("sec-websocket-protocol", "parcours.board.v1".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
        stream.set_nodelay(true).unwrap();
    }
    socket
}

pub async fn hello(socket: &mut Socket) -> usize {
    let hello = format!(r#"{{"type":"hello","client":"{}","since":null}}"#, Uuid::new_v4());
    socket.send(Message::text(hello)).await.unwrap();
    loop {
        if let Some(Ok(Message::Text(text))) = socket.next().await
            && text.starts_with(r#"{"type":"welcome""#)
        {
            return text.len();
        }
    }
}

/// What the people of one run share.
struct Run {
    started: Instant,
    pace: Option<Duration>,
    measuring: AtomicBool,
    over: AtomicBool,
}

/// People write on each of these, at this pace or as fast as it goes.
pub async fn run(targets: &[Target], pace: Option<Duration>, lasts: Duration) -> Measured {
    let shared = Run { started: Instant::now(), pace, measuring: AtomicBool::default(), over: AtomicBool::default() };
    let shared = Arc::new(shared);
    let mut people = JoinSet::new();
    for target in targets {
        for number in 0..PEOPLE {
            let mut socket = connect(target).await;
            if !target.cookie.is_empty() {
                hello(&mut socket).await;
            }
            people.spawn(person(socket, number, Arc::clone(&shared)));
        }
    }
    let pid = targets.first().expect("somewhere to write").pid;
    tokio::time::sleep(WARM_UP).await;
    let (cpu, started) = (cpu_of(pid), Instant::now());
    shared.measuring.store(true, Ordering::Relaxed);
    tokio::time::sleep(lasts).await;
    shared.measuring.store(false, Ordering::Relaxed);
    let (cpu, elapsed, memory) = (cpu_of(pid) - cpu, started.elapsed(), memory_of(pid));
    shared.over.store(true, Ordering::Relaxed);
    let mut millis: Vec<f64> = people.join_all().await.into_iter().flatten().collect();
    millis.sort_unstable_by(f64::total_cmp);
    Measured { millis, cpu, elapsed, memory }
}

/// Somebody who writes, and notes when the others' edits arrive.
async fn person(socket: Socket, number: usize, shared: Arc<Run>) -> Vec<f64> {
    let (sink, stream) = socket.split();
    let card = Uuid::new_v4().to_string();
    let answered = Arc::new((AtomicU64::new(0), Notify::new()));
    let mut writing = JoinSet::new();
    writing.spawn(write(sink, card.clone(), number, (Arc::clone(&shared), Arc::clone(&answered))));
    read(stream, &card, &shared, &answered).await
}

type Answered = Arc<(AtomicU64, Notify)>;

async fn write(
    mut sink: SplitSink<Socket, Message>,
    card: String,
    number: usize,
    (shared, answered): (Arc<Run>, Answered),
) {
    let add =
        format!(r#"{{"type":"edit","n":1,"edit":{{"type":"add_card","card":"{card}","x":0,"y":0,"fields":{{}}}}}}"#);
    sink.send(Message::text(add)).await.unwrap();
    if let Some(pace) = shared.pace {
        tokio::time::sleep(pace * u32::try_from(number).unwrap() / u32::try_from(PEOPLE).unwrap()).await;
    }
    for n in 2_u64.. {
        if shared.over.load(Ordering::Relaxed) {
            break;
        }
        match shared.pace {
            Some(pace) => tokio::time::sleep(pace).await,
            None => {
                while n > answered.0.load(Ordering::Relaxed) + WINDOW {
                    answered.1.notified().await;
                }
            }
        }
        let sent = shared.started.elapsed().as_micros();
        let edit = format!(
            r#"{{"type":"edit","n":{n},"edit":{{"type":"set_field","card":"{card}","field":"target","value":{sent}}}}}"#
        );
        sink.send(Message::text(edit)).await.unwrap();
    }
    let _ = sink.close().await;
}

async fn read(mut stream: SplitStream<Socket>, card: &str, shared: &Run, answered: &Answered) -> Vec<f64> {
    let mut millis = Vec::new();
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        let now = u64::try_from(shared.started.elapsed().as_micros()).unwrap();
        let mut own = u64::from(text.starts_with(r#"{"type":"ack""#));
        for edit in text.split(r#""card":""#).skip(1) {
            if edit.starts_with(card) {
                own += 1;
            } else if let Some((_, value)) = edit.split_once(r#""value":"#)
                && shared.measuring.load(Ordering::Relaxed)
            {
                let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
                let sent: u64 = value[..digits].parse().unwrap();
                millis.push(f64::from(u32::try_from(now.saturating_sub(sent)).unwrap()) / 1000.0);
            }
        }
        if own > 0 {
            answered.0.fetch_add(own, Ordering::Relaxed);
            answered.1.notify_one();
        }
        if shared.over.load(Ordering::Relaxed) {
            break;
        }
    }
    millis
}
