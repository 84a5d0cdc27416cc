//! 1,000 reminders end to end (claimed, rendered, sent, marked) over at most four connections to a mail server that takes
//! everything; beside it, one bare connection that sends as many mails of the same length to the same server.
//!
//! `cargo bench --bench letters`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

#[expect(dead_code, reason = "this measurement needs no program of its own")]
mod measured;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use db::Db;
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::jobs::Jobs;
use kernel::key::{LinkKey, Purpose};
use mail::{Delivery, Letter, LetterLink, Mail, Priority, To, Tools, outbox};
use measured::{engine, scratch_database};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Letters in one measurement.
const LETTERS: usize = 1_000;

/// Connections at most.
const WORKERS: u32 = 4;

#[tokio::main]
async fn main() {
    let sink = Sink::start().await;
    let (ours, bytes) = reminders(&sink).await;
    let bare = bare(&sink, bytes / LETTERS).await;
    println!("{LETTERS} reminders over at most {WORKERS} connections, {}", engine());
    println!("  claimed, rendered, sent, marked {:>8.2} s", ours.as_secs_f64());
    println!("  one bare connection             {:>8.2} s", bare.as_secs_f64());
    println!("  ratio                           {:>8.1}", ours.as_secs_f64() / bare.as_secs_f64());
}

/// The time that the outbox takes, and how many bytes it sent.
async fn reminders(sink: &Sink) -> (Duration, usize) {
    let database = scratch_database().await;
    let db = Db::open(&database.url, 16).await.unwrap();
    let config =
        Config { smtp_url: Some(format!("smtp://{}", sink.address)), mail_workers: WORKERS, ..Config::defaults() };
    let mail = Mail::open(&config, Delivery::Server).unwrap();
    let tools = Tools { db: db.clone(), clock: Clock::System, key: LinkKey::new("secret"), jobs: Jobs::new() };
    let (taken_before, bytes_before) = sink.taken();
    for number in 0..LETTERS {
        let mut tx = db.write().await.unwrap();
        outbox::enqueue(&mut tx, &reminder(number), Clock::System.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let started = Instant::now();
    mail.start(&tools);
    loop {
        let counts = outbox::counts(&mut db.read().await.unwrap()).await.unwrap();
        if counts[1] == i64::try_from(LETTERS).unwrap() {
            break;
        }
        assert_eq!((counts[2], counts[3]), (0, 0), "letters failed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let elapsed = started.elapsed();
    tools.jobs.stop(Duration::from_secs(5)).await;
    let (taken, bytes) = sink.taken();
    assert_eq!(taken - taken_before, LETTERS);
    assert!(sink.most_open() <= usize::try_from(WORKERS).unwrap());
    (elapsed, bytes - bytes_before)
}

fn reminder(number: usize) -> Letter {
    let id = Uuid::from_u128(u128::try_from(number).unwrap());
    Letter::new("reminder", To::address(format!("personne{number}@exemple.fr")), id)
        .data(json!({
            "person": { "name": "Élodie D’Aubigné-Léger" },
            "event": {
                "title": "Suivre et définir des indicateurs",
                "kind_label": "Atelier participatif",
                "date": "vendredi 26 mars 2027",
                "time": "14 h – 16 h 30, heure de Paris",
                "place": "En ligne",
                "url": "https://exemple.fr/evenements/atelier-2-indicateurs",
            },
            "when_label": "demain",
            "preparation": "",
            "is_of_days": true,
        }))
        .link(LetterLink::secret("registration", "/inscriptions/{token}", Purpose::Registration, id, 0))
        .link(LetterLink::secret("cancel", "/inscriptions/{token}?annuler=1", Purpose::Registration, id, 0))
        .priority(Priority::Reminder)
}

/// The time that one connection takes for as many mails of this length, one command after another.
async fn bare(sink: &Sink, length: usize) -> Duration {
    let socket = TcpStream::connect(sink.address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let mut socket = BufReader::new(socket);
    let mut mail = "x".repeat(75) + "\r\n";
    mail = mail.repeat(length.div_ceil(77)) + ".\r\n";
    let mut line = String::new();
    socket.read_line(&mut line).await.unwrap();
    let started = Instant::now();
    for number in 0..LETTERS {
        let to = format!("RCPT TO:<personne{number}@exemple.fr>\r\n");
        for command in ["MAIL FROM:<parcours@exemple.fr>\r\n", &to, "DATA\r\n", &mail] {
            socket.write_all(command.as_bytes()).await.unwrap();
            line.clear();
            socket.read_line(&mut line).await.unwrap();
            assert!(line.starts_with(['2', '3']), "{line}");
        }
    }
    started.elapsed()
}

/// A mail server that takes everything and keeps nothing.
struct Sink {
    address: std::net::SocketAddr,
    taken: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Sink {
    #[expect(clippy::disallowed_methods, reason = "the measurement's own server, which is no job of the program")]
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let count = || Arc::new(AtomicUsize::new(0));
        let sink = Self { address, taken: count(), bytes: count(), open: count(), most: count() };
        let (taken, bytes, open, most) = (sink.taken.clone(), sink.bytes.clone(), sink.open.clone(), sink.most.clone());
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (taken, bytes, open, most) = (taken.clone(), bytes.clone(), open.clone(), most.clone());
                tokio::spawn(async move {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let _ = serve(socket, &taken, &bytes).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        sink
    }

    fn taken(&self) -> (usize, usize) {
        (self.taken.load(Ordering::SeqCst), self.bytes.load(Ordering::SeqCst))
    }

    fn most_open(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

async fn serve(socket: TcpStream, taken: &AtomicUsize, bytes: &AtomicUsize) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut socket = BufReader::new(socket);
    socket.write_all(b"220 sink\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if (&mut socket).take(1_000).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if line.starts_with("DATA") {
            socket.write_all(b"354 go on\r\n").await?;
            loop {
                line.clear();
                bytes.fetch_add(socket.read_line(&mut line).await?, Ordering::SeqCst);
                if line == ".\r\n" || line.is_empty() {
                    break;
                }
            }
            taken.fetch_add(1, Ordering::SeqCst);
        }
        socket.write_all(if line.starts_with("QUIT") { b"221 bye\r\n" } else { b"250 ok\r\n" }).await?;
    }
}
