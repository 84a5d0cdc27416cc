//! Many tabs at the real server over lines that are cut, delayed and opened again, by seeds: afterwards every tab, the
//! server and a replay of the stored edits show the same board, nothing that was acknowledged or shown is gone, each edit
//! counts once, and nobody has brought back what another removed. Once more with the program killed under them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use board_model::kinds::BoardKind;
use board_model::model::{Board, Edit, Signature};
use kernel::clock::Timestamp;
use kernel::id::{BoardId, ClientId, EventId, PersonId};
use serde_json::json;
use site::App;
use sqlx::types::Json;
use uuid::Uuid;

use crate::boards_client::{Cookie, board_of, person};
use crate::boards_crash::beside;
use crate::boards_tabs::{Dice, Line, SimulatedTab, TEXT_CARD};
use crate::harness::TestApp;
use crate::harness::process::Process;

const STAKEHOLDERS: &str = "atelier-3-transition-du-territoire";
/// Tabs on each board; the last one is another tab of the first person.
const TABS: u64 = 4;
const STEPS: u64 = 40;
/// Boards that are simulated at the same time.
const AT_ONCE: u64 = 12;

/// An edit as the database keeps it.
type Stored = (i64, ClientId, i64, PersonId, i64, Json<Edit>);

/// Where the simulated people are: a server, and the database beside it.
struct World {
    app: App,
    event: EventId,
    cookies: Vec<Cookie>,
    line: Line,
}

impl World {
    async fn of(app: App, base: String) -> Self {
        let (event, _) = board_of(&app, STAKEHOLDERS).await;
        let mut cookies = Vec::new();
        for number in 1..TABS {
            cookies.push(person(&app, &format!("p{number}@exemple.fr"), Some(event)).await);
        }
        cookies.push(cookies[0].clone());
        Self { app, event, cookies, line: Line(Arc::new(Mutex::new(base))) }
    }

    /// A board of its own for each seed, with one card whose notes everybody types in.
    async fn board(&self) -> BoardId {
        let board = BoardId(Uuid::new_v4());
        let mut tx = self.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query(
            "insert into board (id, event_id, kind, title, position, code, created_at)
             values ($1, $2, 'stakeholders', 'Essai', 2, $3, 0)"
        )
        .bind(board)
        .bind(self.event)
        .bind(board.to_string())
        .execute(conn)
        .await
        .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
        board
    }

    async fn stored(&self, board: BoardId) -> Vec<Stored> {
        let mut tx = self.app.db.snapshot().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_as(
            "select seq, client, n, author_id, at, edit from board_edit where board_id = $1 order by seq"
        )
        .bind(board)
        .fetch_all(conn)
        .await)
        .unwrap()
    }

    async fn simulate(&self, seed: u64) {
        let board = self.board().await;
        let mut first = SimulatedTab::new(self.line.clone(), board, self.cookies[0].clone(), Dice::new(seed));
        let made = json!({ "type": "add_card", "card": TEXT_CARD, "x": 0, "y": 0, "fields": {} });
        first.act(made);
        first.settle().await;
        let tabs = (0..TABS).zip(&self.cookies).map(|(number, cookie)| {
            let dice = Dice::new(seed * 1_000 + number + 1);
            let mut tab = SimulatedTab::new(self.line.clone(), board, cookie.clone(), dice);
            async move {
                for _ in 0..STEPS {
                    tab.step().await;
                }
                tab.settle().await;
                tab
            }
        });
        let mut tabs = futures_util::future::join_all(tabs).await;
        tabs.push(first);
        let stored = self.stored(board).await;
        let head = u64::try_from(stored.len()).unwrap();
        for tab in &mut tabs {
            tab.know(head).await;
        }
        check(seed, board, &tabs, &stored);
        let mut newcomer = SimulatedTab::new(self.line.clone(), board, self.cookies[1].clone(), Dice::new(seed));
        newcomer.know(head).await;
        assert_eq!(newcomer.state(), tabs[0].state(), "seed {seed}: the server shows the same");
    }

    /// All these seeds, some at a time.
    async fn simulate_all(&self, seeds: std::ops::Range<u64>) {
        for group in (seeds.start..seeds.end).step_by(usize::try_from(AT_ONCE).unwrap()) {
            let together = (group..seeds.end.min(group + AT_ONCE)).map(|seed| self.simulate(seed));
            futures_util::future::join_all(together).await;
        }
    }
}

fn check(seed: u64, board: BoardId, tabs: &[SimulatedTab], stored: &[Stored]) {
    let mut replayed = Board::new(board, BoardKind::Stakeholders, "Essai");
    let mut removed_by = std::collections::HashMap::new();
    let mut commented_by = std::collections::HashMap::new();
    let mut typed = 0;
    for (seq, _, _, by, at, Json(edit)) in stored {
        let signed = Signature { by: *by, at: Timestamp::from_millis(*at) };
        assert_eq!(replayed.apply(signed, edit.clone()).as_ref(), Ok(edit), "seed {seed}: replay of {seq}");
        match edit {
            Edit::RemoveCard { card } => drop(removed_by.insert(*card, *by)),
            Edit::RestoreCard { card } => assert_eq!(removed_by.get(card), Some(by), "seed {seed}: revived by another"),
            Edit::AddComment { comment, .. } => drop(commented_by.insert(*comment, *by)),
            Edit::RemoveComment { comment, .. } => assert_eq!(commented_by.get(comment), Some(by), "seed {seed}"),
            Edit::EditText { .. } => typed += 1,
            _ => {}
        }
    }
    let truth = serde_json::to_value(replayed.state()).unwrap();
    let notes = truth["cards"][TEXT_CARD]["fields"]["notes"].as_str().unwrap_or_default();
    assert_eq!(notes.matches('‹').count(), typed, "seed {seed}: every keystroke, once");
    assert_eq!(notes.matches('›').count(), typed, "seed {seed}: every keystroke, once");
    for tab in tabs {
        assert_eq!(tab.state(), truth, "seed {seed}: same board");
        for (seq, client, n) in &tab.shown {
            let known = &stored[usize::try_from(*seq).unwrap() - 1];
            let (stored_client, stored_n) = (known.1.to_string(), u64::try_from(known.2).unwrap());
            assert_eq!((stored_client.as_str(), stored_n), (client.as_str(), *n), "seed {seed}: shown, then gone");
        }
        let own: Vec<u64> = stored
            .iter()
            .filter(|(_, client, ..)| client.0 == tab.client)
            .map(|(_, _, n, ..)| u64::try_from(*n).unwrap())
            .collect();
        // The rest was refused, and told so.
        assert_eq!(own, tab.acknowledged(), "seed {seed}: acknowledged is stored, once, and nothing else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_line_does_all_tabs_the_server_and_a_replay_agree() {
    let app = TestApp::start().await;
    let world = World::of(app.app.clone(), format!("http://{}", app.address)).await;
    world.simulate_all(1..61).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_line_does_all_agree_also_when_the_program_is_killed_under_them() {
    let mut process = Process::demo().await;
    let world = World::of(beside(&process).await, process.base.clone()).await;
    let killing = async {
        for pause in [400, 700, 300] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            process.kill().await;
            process = process.start_again().await;
            world.line.moved(&process.base);
        }
        process
    };
    let (_, process) = tokio::join!(world.simulate_all(1_001..1_013), killing);
    drop(process);
}
