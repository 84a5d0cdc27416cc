//! What anybody has been shown or told survives the death of the program.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::clock::Clock;
use kernel::config::Config;
use kernel::id::BoardId;
use mail::Delivery;
use parcours::server;
use serde_json::json;
use site::App;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, add_card, board_of, person, set_field};
use crate::harness::process::Process;
use crate::harness::{WORKSHOP, until};

/// The database of the program, opened beside it to let people in and to look at what is stored.
pub async fn beside(process: &Process) -> App {
    let config = Config {
        database_url: process.database.url.clone(),
        secret: Some("a secret of the tests".into()),
        database_connections: 4,
        ..Config::defaults()
    };
    server::open(config, Clock::System, Delivery::Mailbox).await.unwrap()
}

/// The stored edits as seq → (client, n).
async fn stored(app: &App, board: BoardId) -> BTreeMap<u64, (String, u64)> {
    let mut tx = app.db.snapshot().await.unwrap();
    let rows: Vec<(i64, Uuid, i64)> =
        db::dispatch!(&mut tx, |conn| sqlx::query_as("select seq, client, n from board_edit where board_id = $1")
            .bind(board)
            .fetch_all(conn)
            .await)
        .unwrap();
    let number = |number: i64| u64::try_from(number).unwrap();
    rows.into_iter().map(|(seq, client, n)| (number(seq), (client.to_string(), number(n)))).collect()
}

/// Waits until a board has so many edits.
async fn written(app: &App, board: BoardId, edits: usize) {
    until(async || {
        let count = stored(app, board).await.len();
        if count >= edits { Ok(()) } else { Err(count) }
    })
    .await;
}

/// Writes without pause until the socket ends; several edits are always under way.
async fn write_until_the_end(mut tab: Tab) -> Tab {
    let card = Uuid::new_v4();
    tab.edit(add_card(card, "Indicateur")).await;
    for target in 0.. {
        tab.edit(set_field(card, "target", target)).await;
        while tab.n > tab.shown.iter().filter(|(_, client, _)| *client == tab.client.to_string()).count() as u64 + 8 {
            if tab.next().await.is_err() {
                return tab;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tab
}

struct Running {
    process: Process,
    app: App,
    board: BoardId,
    cookies: Vec<Cookie>,
}

impl Running {
    async fn start() -> Self {
        let process = Process::demo().await;
        let app = beside(&process).await;
        let (event, board) = board_of(&app, WORKSHOP).await;
        let mut cookies = Vec::new();
        for number in 0..20 {
            cookies.push(person(&app, &format!("p{number}@exemple.fr"), Some(event)).await);
        }
        Self { process, app, board, cookies }
    }

    async fn tabs(&self) -> Vec<Tab> {
        let opening = self.cookies.iter().map(|cookie| Tab::open(&self.process.base, self.board, cookie));
        futures_util::future::join_all(opening).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_twenty_people_write_loses_nothing_that_anybody_saw() {
    let mut running = Running::start().await;
    let writing = running.tabs().await.into_iter().map(write_until_the_end);
    let killed = async {
        written(&running.app, running.board, 500).await;
        running.process.kill().await;
    };
    let (tabs, ()) = tokio::join!(futures_util::future::join_all(writing), killed);

    let stored = stored(&running.app, running.board).await;
    let shown: usize = tabs.iter().map(|tab| tab.shown.len()).sum();
    assert!(shown > 1_000, "the test writes while it is killed: {shown}");
    for tab in &tabs {
        for (seq, client, n) in &tab.shown {
            assert_eq!(stored.get(seq), Some(&(client.clone(), *n)), "an edit that somebody saw is gone");
        }
    }

    // Everybody comes back, sends again what was not answered, and each edit counts once.
    let Running { process, app, board, cookies } = running;
    let process = process.start_again().await;
    let mut sent = 0;
    for (tab, cookie) in tabs.iter().zip(&cookies) {
        let mut back = tab.open_again(&process.base, board, cookie).await;
        let answered =
            tab.shown.iter().filter(|(_, client, _)| *client == tab.client.to_string()).map(|(.., n)| *n).max();
        let answered = answered.unwrap_or(0);
        for n in answered + 1..=tab.n {
            // What it was does not matter to how often it counts.
            let edit = add_card(Uuid::new_v4(), "encore");
            back.send(&json!({ "type": "edit", "n": n, "edit": edit })).await;
            sent += 1;
            assert!(matches!(fate(&mut back, n).await, Fate::Stored(_)));
        }
    }
    let after = crate::boards_crash::stored(&app, board).await;
    let written: u64 = tabs.iter().map(|tab| tab.n).sum();
    assert_eq!(after.len() as u64, written, "each edit once; {sent} were sent again");
}

/// The fate of an edit sent again: an `ack` may carry a seq that was shown long ago.
async fn fate(tab: &mut Tab, n: u64) -> Fate {
    loop {
        let frame = tab.next().await.expect("the socket stays open");
        let own = |edit: &serde_json::Value| edit["client"] == tab.client.to_string() && edit["n"] == n;
        match frame["type"].as_str().unwrap() {
            "ack" if frame["n"] == n => return Fate::Stored(frame["seq"].as_u64().unwrap()),
            "edits" if frame["edits"].as_array().unwrap().iter().any(own) => return Fate::Stored(tab.seq),
            "refused" if frame["n"] == n => return Fate::Refused(frame["reason"].to_string()),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_while_twenty_people_write_loses_nothing_and_tells_them_to_come_back() {
    let mut running = Running::start().await;
    let writing = running.tabs().await.into_iter().map(|tab| async {
        let mut tab = write_until_the_end(tab).await;
        let code = tab.closed().await;
        (tab, code)
    });
    let stopped = async {
        written(&running.app, running.board, 200).await;
        running.process.terminate().await
    };
    let (tabs, ended_well) = tokio::join!(futures_util::future::join_all(writing), stopped);
    assert!(ended_well, "the program ends with success");
    let stored = stored(&running.app, running.board).await;
    for (tab, _) in &tabs {
        for (seq, client, n) in &tab.shown {
            assert_eq!(stored.get(seq), Some(&(client.clone(), *n)), "an edit that somebody saw is gone");
        }
    }
    let snapshot: i64 = {
        let mut tx = running.app.db.snapshot().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select max(seq) from board_snapshot where board_id = $1")
            .bind(running.board)
            .fetch_one(conn)
            .await)
        .unwrap()
    };
    assert_eq!(u64::try_from(snapshot).ok(), stored.keys().last().copied(), "the next start opens one snapshot");

    // What was answered and comes again all the same is known, although no edit after the snapshot tells of it.
    let Running { process, app, board, cookies } = running;
    let process = process.start_again().await;
    let tab = &tabs[0].0;
    let mut back = tab.open_again(&process.base, board, &cookies[0]).await;
    let own = |(_, client, _): &&(u64, String, u64)| *client == tab.client.to_string();
    let &(seq, _, n) = tab.shown.iter().rfind(own).unwrap();
    back.send(&json!({ "type": "edit", "n": n, "edit": add_card(Uuid::new_v4(), "encore") })).await;
    assert_eq!(fate(&mut back, n).await, Fate::Stored(seq));
    assert_eq!(crate::boards_crash::stored(&app, board).await, stored, "it counts once");
}
