//! Two nodes on one PostgreSQL: people on either see the same board. SQLite has one node.

use domain::accounts::{self, EmailAddress};
use domain::registrations;
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::id::{BoardId, PersonId};
use mail::Delivery;
use parcours::server;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, add_card, board_of, person, set_field};
use crate::boards_rights::registration_of;
use crate::harness::{START, TestApp, TestDatabase, WORKSHOP, postgres};

/// A node's address, and how it is stopped.
struct Node {
    base: String,
    app: site::App,
    stop: CancellationToken,
}

#[expect(clippy::disallowed_methods, reason = "nothing in a test outlives its runtime")]
async fn node(database: &TestDatabase) -> Node {
    let listener = server::listen(([127, 0, 0, 1], 0).into()).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let config = Config {
        database_url: database.url.clone(),
        base_url: base.clone(),
        secret: Some("a secret of the tests".into()),
        ..Config::defaults()
    };
    let app = server::open(config, Clock::set(START), Delivery::Mailbox).await.unwrap();
    app::programme::seed(&app).await.unwrap();
    let stop = CancellationToken::new();
    let (serving, stopped) = (app.clone(), stop.clone());
    tokio::spawn(async move { server::serve(serving, listener, async move { stopped.cancelled().await }).await });
    Node { base, app, stop }
}

/// Two nodes on one database, and a board; nothing without PostgreSQL.
async fn two_nodes() -> Option<(TestDatabase, Node, Node, BoardId)> {
    postgres()?;
    let database = TestDatabase::create().await;
    let (one, two) = (node(&database).await, node(&database).await);
    let (_, board) = board_of(&one.app, WORKSHOP).await;
    Some((database, one, two, board))
}

async fn status(node: &Node, name: &str) -> Cookie {
    let (event, _) = board_of(&node.app, WORKSHOP).await;
    person(&node.app, &format!("{name}@exemple.fr"), Some(event)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_on_two_nodes_write_on_one_board() {
    let Some((_database, one, two, board)) = two_nodes().await else { return };
    let mut writing = Vec::new();
    for number in 0..10 {
        let node = if number % 2 == 0 { &one } else { &two };
        let cookie = status(node, &format!("p{number}")).await;
        let mut tab = Tab::open(&node.base, board, &cookie).await;
        writing.push(async move {
            let card = Uuid::new_v4();
            tab.edit(add_card(card, "un")).await;
            for target in 0..29 {
                tab.edit(set_field(card, "target", target)).await;
            }
            let last = tab.n;
            assert!(matches!(tab.fate(last).await, Fate::Stored(_)));
            tab.knows(300).await;
            tab.shown
        });
    }
    let shown = futures_util::future::join_all(writing).await;
    assert!(shown.iter().all(|order| order.len() == 300 && *order == shown[0]), "one order on both nodes");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_on_two_nodes_see_each_other_come_look_and_go() {
    let Some((_database, one, two, board)) = two_nodes().await else { return };
    let mut ada = Tab::open(&one.base, board, &status(&one, "ada").await).await;
    let mut bob = Tab::open(&two.base, board, &status(&two, "bob").await).await;
    see(&mut ada, |told| names(told).contains(&"bob".to_owned())).await;
    see(&mut bob, |told| names(told).contains(&"ada".to_owned())).await;
    ada.send(&json!({ "type": "presence", "selected": null, "field": "target", "cursor": null })).await;
    see(&mut bob, |told| told["people"].as_array().unwrap().iter().any(|person| person["field"] == "target")).await;
    let client = ada.client;
    ada.drop_connection();
    see(&mut bob, |told| told["left"] == json!([client])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_moves_to_another_node_has_its_edits_applied_once() {
    let Some((_database, one, two, board)) = two_nodes().await else { return };
    let cookie = status(&one, "ada").await;
    let mut tab = Tab::open(&one.base, board, &cookie).await;
    let card = Uuid::new_v4();
    assert_eq!(tab.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    one.stop.cancel();
    assert_eq!(tab.closed().await, 1001);
    let mut moved = tab.open_again(&two.base, board, &cookie).await;
    moved.send(&json!({ "type": "edit", "n": 1, "edit": add_card(card, "un") })).await;
    let ack = moved.wait_for("ack").await;
    assert_eq!((ack["n"].as_u64(), ack["seq"].as_u64()), (Some(1), Some(1)));
    assert_eq!(moved.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_archived_on_one_node_is_read_only_on_the_other() {
    let Some((_database, one, two, board)) = two_nodes().await else { return };
    let mut ada = Tab::open(&two.base, board, &status(&two, "ada").await).await;
    let organiser = organiser_of(&one.app).await;
    let row = boards::find(&mut one.app.db.read().await.unwrap(), board).await.unwrap().unwrap();
    boards::archive(&one.app.rooms, organiser, &row).await.unwrap();
    assert_eq!(ada.wait_for("role").await["role"], "viewer");
    assert_eq!(ada.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Refused("archived".into()));
    boards::reopen(&one.app.rooms, organiser, &row).await.unwrap();
    assert_eq!(ada.wait_for("role").await["role"], "participant");
    assert_eq!(ada.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_seat_on_one_node_leaves_the_board_on_the_other() {
    let Some((_database, one, two, board)) = two_nodes().await else { return };
    let mut ada = Tab::open(&two.base, board, &status(&two, "ada").await).await;
    let (event, _) = board_of(&one.app, WORKSHOP).await;
    let status = registration_of(&one.app, event, "ada@exemple.fr").await;
    registrations::cancel(&one.app, status).await.unwrap();
    assert_eq!(ada.closed().await, 4003);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_could_not_hear_the_others_catches_up() {
    let Some((database, one, two, board)) = two_nodes().await else { return };
    let mut ada = Tab::open(&one.base, board, &status(&one, "ada").await).await;
    let mut bob = Tab::open(&two.base, board, &status(&two, "bob").await).await;
    assert_eq!(ada.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
    bob.knows(1).await;
    // What a third node writes, of which neither of them is told.
    let mut third = PgConnection::connect(&database.url).await.unwrap();
    third.execute("update board set head = 2 where head = 1").await.unwrap();
    let again = "insert into board_edit (board_id, seq, client, n, author_id, at, format, edit)
                 select board_id, 2, client, 2, author_id, at, format, jsonb_set(edit, '{card}', to_jsonb(gen_random_uuid())) from board_edit";
    third.execute(again).await.unwrap();
    // Their connections were lost meanwhile.
    let hang_up = "select pg_terminate_backend(pid) from pg_stat_activity
                   where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'";
    third.execute(hang_up).await.unwrap();
    bob.knows(2).await;
}

async fn organiser_of(app: &site::App) -> PersonId {
    let email = EmailAddress::parse("orga@exemple.fr").unwrap();
    crate::harness::make_organiser(app, &email).await;
    accounts::person_for(&mut app.db.write().await.unwrap(), &email, "", None, START).await.unwrap().id
}

fn names(told: &serde_json::Value) -> Vec<String> {
    let people = told["people"].as_array().unwrap();
    people.iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
}

async fn see(tab: &mut Tab, what: impl Fn(&serde_json::Value) -> bool) {
    while !what(&tab.wait_for("presence").await) {}
}

/// The harness' own application on one node still works beside.
#[tokio::test]
async fn one_node_needs_no_other() {
    let app = TestApp::start().await;
    let (event, board) = board_of(&app.app, WORKSHOP).await;
    let cookie = person(&app.app, "ada@exemple.fr", Some(event)).await;
    let mut tab = Tab::open(&format!("http://{}", app.address), board, &cookie).await;
    assert_eq!(tab.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
}
