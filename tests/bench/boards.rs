//! Sixty people write on one board of the real program; beside it, in the same run and with the same load, a bare
//! WebSocket relay in a process of its own, which stores nothing and checks nothing.
//!
//! Paced for 20 s: how long an edit takes to every other screen, and the CPU of the server for each delivery. Then
//! as fast as it goes, for 5 s. Then joining a board of 500 cards. Then 1,200 people on 20 boards.
//!
//! `cargo bench --bench boards`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`; `-- joining` measures only that, in
//! a quarter of a minute.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod measured;
mod people;
mod relay;

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use measured::{Scratch, Server, cpu_of, engine, scratch_database};
use people::{Measured, PEOPLE, Target, connect, hello, import, memory_of, on_boards, run};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Each writes so often while the pace is kept: 300 edits a second in all.
const EDIT_EVERY: Duration = Duration::from_millis(200);
/// How long it is measured.
const PACED: Duration = Duration::from_secs(20);
const SATURATED: Duration = Duration::from_secs(5);
/// Boards of a day with many workshops at once.
const BOARDS: usize = 20;
/// Each of their 1,200 people writes so often.
const EDIT_EVERY_ON_MANY: Duration = Duration::from_secs(2);

fn main() {
    if std::env::args().nth(1).as_deref() == Some("relay") {
        return relay::serve();
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    if std::env::args().any(|argument| argument == "joining") {
        let (_database, _server, boards) = start().await;
        println!("{}", engine());
        return joins(&boards[0]).await;
    }
    let relay = relay::Relay::start();
    let rooms: Vec<Target> = (0..BOARDS).map(|room| bare(&relay, room)).collect();
    one_board(&rooms[..1]).await;
    many_boards(&rooms).await;
}

/// The program with workshops that have a board each, and sixty people signed in.
async fn start() -> (Scratch, Server, Vec<Target>) {
    let events: Vec<String> = (0..BOARDS).map(|number| format!("atelier-{number}")).collect();
    let slugs: Vec<&str> = events.iter().map(String::as_str).collect();
    let database = scratch_database().await;
    import(&database, &programme(&slugs)).await;
    let server = Server::demo(&database, &["--board-edits-per-second", "1000000"]).await;
    let boards = on_boards(&server, &slugs).await;
    server.wait_until_idle().await;
    (database, server, boards)
}

async fn one_board(room: &[Target]) {
    let (_database, server, boards) = start().await;
    println!("{PEOPLE} people write on one board, {}; {:.0} MiB before", engine(), memory_of(server.pid()));
    let board = &boards[..1];
    let paced = [run(board, Some(EDIT_EVERY), PACED).await, run(room, Some(EDIT_EVERY), PACED).await];
    compare("300 edits a second", &paced);
    let saturated = [run(board, None, SATURATED).await, run(room, None, SATURATED).await];
    compare("as fast as it goes", &saturated);
    joins(&boards[1]).await;
}

/// Everybody on a program that has done nothing else, so that its memory is what they need.
async fn many_boards(rooms: &[Target]) {
    let (_database, server, boards) = start().await;
    let people = BOARDS * PEOPLE;
    let before = memory_of(server.pid());
    let pace = Some(EDIT_EVERY_ON_MANY);
    let many = [run(&boards, pace, PACED).await, run(rooms, pace, PACED).await];
    compare(&format!("{people} people on {BOARDS} boards"), &many);
    let each = (many[0].memory - before) * 1024.0 / f64::from(u32::try_from(people).unwrap());
    println!("  {before:.0} MiB before, {each:.0} KiB for each socket, its share of the boards included");
    let before = memory_of(server.pid());
    for board in &boards {
        fill(board).await;
    }
    let each = (memory_of(server.pid()) - before) * 1024.0 / f64::from(u32::try_from(BOARDS).unwrap());
    println!("  {each:.0} KiB for each board, once it has 500 cards more");
}

fn bare(relay: &relay::Relay, room: usize) -> Target {
    Target { url: relay.url(room), origin: String::new(), cookie: String::new(), pid: relay.pid() }
}

/// A programme of workshops with boards.
fn programme(slugs: &[&str]) -> String {
    let mut toml =
        "[edition]\nslug = \"bench\"\ntitle = \"Mesures\"\nsummary = \"\"\nzone = \"Europe/Paris\"\n".to_owned();
    for slug in slugs {
        toml += &format!(
            "\n[[event]]\nslug = \"{slug}\"\nkind = \"workshop\"\ntitle = \"{slug}\"\nsummary = \"\"\nstarts = 2099-01-05T14:00:00\n\
             ends = 2099-01-05T16:00:00\nplace = \"En ligne\"\ncapacity = 60\nboard = \"indicators\"\n"
        );
    }
    toml
}

fn compare(title: &str, [board, relay]: &[Measured; 2]) {
    println!(" {title}");
    board.print("board");
    relay.print("bare relay");
    let ratio = board.micros_of_cpu() / relay.micros_of_cpu();
    println!("  ratio of CPU  {ratio:.2}   memory {:.0} MiB, relay {:.0} MiB", board.memory, relay.memory);
}

/// Puts 500 cards on a board.
async fn fill(board: &Target) {
    let mut writer = connect(board).await;
    hello(&mut writer).await;
    for n in 1..=500 {
        let card = Uuid::new_v4();
        let fields = r#"{"name":"Part des marchés avec une considération sociale","definition":"En nombre de marchés notifiés dans l’année, hors avenants.","target":30}"#;
        let add = format!(
            r#"{{"type":"edit","n":{n},"edit":{{"type":"add_card","card":"{card}","x":0,"y":0,"fields":{fields}}}}}"#
        );
        writer.send(Message::text(add)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Joining a board of 500 cards: one after another, beside the same for an empty one, and sixty at once.
async fn joins(board: &Target) {
    let (_, bare) = join_alone(board).await;
    fill(board).await;
    let (bytes, alone) = join_alone(board).await;
    let started = Instant::now();
    let mut people = JoinSet::new();
    for _ in 0..PEOPLE {
        let board = board.clone();
        people.spawn(async move {
            let mut socket = connect(&board).await;
            hello(&mut socket).await;
            socket
        });
    }
    let sockets = people.join_all().await;
    println!(" joining a board of {} kB", bytes / 1024);
    println!(
        "  {:.2} ms of CPU each, handshake and sign-in included; {:.2} ms while it was empty; {} at once in {:.0} ms",
        alone.as_secs_f64() * 1000.0,
        bare.as_secs_f64() * 1000.0,
        sockets.len(),
        started.elapsed().as_secs_f64() * 1000.0
    );
}

/// How many bytes somebody who joins is welcomed with, and how much CPU that takes, one after another.
async fn join_alone(board: &Target) -> (usize, Duration) {
    const TIMES: u32 = 1_000;
    let cpu = cpu_of(board.pid);
    let mut bytes = 0;
    for _ in 0..TIMES {
        let mut socket = connect(board).await;
        bytes = hello(&mut socket).await;
    }
    (bytes, (cpu_of(board.pid) - cpu) / TIMES)
}
