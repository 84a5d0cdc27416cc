//! Programs and pages of different versions of the messages at once, as during an upgrade.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::Uuid;

use crate::boards_client::{Fate, Tab, Workshop, add_card, board_of, person, set_field};
use crate::harness::{TestApp, WORKSHOP};

/// A tab that says hello with this version, and what it is answered.
async fn hello_of(workshop: &Workshop, version: &Value) -> (Tab, Result<Value, u16>) {
    let cookie = workshop.participant("ada").await;
    let mut tab = Tab::connect(&workshop.base, workshop.board, Some(&cookie)).await.unwrap();
    tab.send(&json!({ "type": "hello", "client": tab.client, "since": null, "version": version })).await;
    let answer = tab.next().await;
    (tab, answer)
}

#[tokio::test]
async fn a_page_of_another_major_is_told_to_load_itself_again() {
    let app = TestApp::start().await;
    let (event, board) = board_of(&app.app, WORKSHOP).await;
    let cookie = person(&app.app, "ada@exemple.fr", Some(event)).await.0;
    let base = format!("http://{}", app.address);
    let connect = async |query: &str, protocol: &str| {
        let url = format!("{}/tableaux/{board}/socket{query}", base.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in [("origin", &*base), ("sec-websocket-protocol", protocol), ("cookie", &*cookie)] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        tokio_tungstenite::connect_async(request).await.unwrap()
    };
    let path = format!("/tableaux/{board}");
    let page = app.visitor().request(reqwest::Method::GET, &path, &[("cookie", &cookie)]).await.body;
    let said = |name: &str| page.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    let (version, protocol) = (said("data-version"), said("data-subprotocol"));
    assert_eq!((version, protocol), ("1.0", "parcours.board.v1"));

    // Pages of before version 1.0 said a fingerprint in the address.
    for (query, protocol) in [("?version=0123456789ab", "parcours.board.v1"), ("", "parcours.board.v0")] {
        let (mut socket, answer) = connect(query, protocol).await;
        // A browser takes a connection only under a name that it offered.
        assert_eq!(answer.headers()["sec-websocket-protocol"], protocol);
        let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else { panic!("it is closed") };
        assert_eq!(u16::from(frame.code), 4010);
    }

    let (mut socket, _) = connect("", protocol).await;
    let hello = json!({ "type": "hello", "client": Uuid::new_v4(), "since": null, "version": version });
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let Some(Ok(Message::Text(welcome))) = socket.next().await else { panic!("it is answered") };
    let welcome: Value = serde_json::from_str(&welcome).unwrap();
    assert_eq!((&welcome["type"], &welcome["version"]), (&json!("welcome"), &json!("1.0")));
}

#[tokio::test]
async fn hello_tells_the_version_and_another_major_is_closed() {
    let workshop = Workshop::start().await;
    for version in [json!("1.0"), json!("1.7"), Value::Null] {
        let (_, answer) = hello_of(&workshop, &version).await;
        assert_eq!(answer.unwrap()["type"], "welcome", "{version}");
    }
    assert_eq!(hello_of(&workshop, &json!("2.0")).await.1, Err(4010));
    assert_eq!(hello_of(&workshop, &json!("later")).await.1, Err(1008));
}

#[tokio::test]
async fn what_a_newer_client_says_is_ignored_and_its_newer_edits_are_refused_as_not_yet() {
    let workshop = Workshop::start().await;
    let (mut newer, _) = hello_of(&workshop, &json!("1.1")).await;
    newer.send(&json!({ "type": "wave", "at": "everybody" })).await;
    newer.send(&json!({ "type": "edit", "n": 1, "edit": { "type": "merge_cards" } })).await;
    assert_eq!(newer.fate(1).await, Fate::Refused("not_yet".into()));
    newer.send(&json!({ "type": "edit", "n": 2, "edit": add_card(Uuid::new_v4(), "un"), "more": true })).await;
    assert_eq!(newer.fate(2).await, Fate::Stored(1));

    let (mut same, _) = hello_of(&workshop, &json!("1.0")).await;
    same.send(&json!({ "type": "edit", "n": 1, "edit": { "type": "merge_cards" } })).await;
    assert_eq!(same.fate(1).await, Fate::Refused("malformed".into()));
    same.send(&json!({ "type": "wave" })).await;
    assert_eq!(same.closed().await, 1008);
}

/// The minor versions in the rows of nodes.
async fn minors(workshop: &Workshop) -> Vec<i64> {
    let mut tx = workshop.app.app.db.read().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select minor from node order by minor").fetch_all(conn).await)
        .unwrap()
}

#[tokio::test]
async fn an_edit_waits_while_a_node_that_runs_does_not_read_it() {
    let workshop = Workshop::start().await;
    let rooms = workshop.app.app.rooms.clone();
    let mut ada = workshop.tab(&workshop.participant("ada").await).await;
    let card = Uuid::new_v4();
    assert_eq!(ada.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    rooms.report_node().await.unwrap();
    assert_eq!(minors(&workshop).await, [0]);

    // A node of before the first minor: every edit is too new for it.
    workshop
        .execute("insert into node (id, minor, seen_at) select (select id from event limit 1), -1, seen_at from node")
        .await;
    rooms.report_node().await.unwrap();
    assert_eq!(ada.do_edit(set_field(card, "target", 1)).await, Fate::Refused("not_yet".into()));

    // It was seen last a minute ago.
    workshop.app.advance_millis(59_000);
    rooms.report_node().await.unwrap();
    assert_eq!(ada.do_edit(set_field(card, "target", 2)).await, Fate::Refused("not_yet".into()));
    workshop.app.advance_millis(1_000);
    rooms.report_node().await.unwrap();
    assert_eq!(ada.do_edit(set_field(card, "target", 3)).await, Fate::Stored(2));

    // Its row goes in the end.
    workshop.app.advance(2);
    rooms.report_node().await.unwrap();
    assert_eq!(minors(&workshop).await, [0]);
}

#[tokio::test]
async fn a_node_that_stops_leaves_no_row() {
    let workshop = Workshop::start().await;
    workshop.app.app.rooms.report_node().await.unwrap();
    assert_eq!(minors(&workshop).await, [0]);
    let database = workshop.app.stop().await;
    let db = db::Db::open(&database.url, 2).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let left: i64 =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select count(*) from node").fetch_one(conn).await).unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_edits_of_a_board_are_dated_in_their_order_even_when_a_clock_is_behind() {
    let workshop = Workshop::start().await;
    let cookie = workshop.participant("ada").await;
    // A node whose clock is far ahead wrote this before the board was opened here.
    workshop
        .execute(
            "insert into board_edit (board_id, seq, client, n, author_id, at, format, edit)
             select board.id, 1, person.id, 1, person.id, 9000000000000, 1,
                    '{\"type\":\"add_card\",\"card\":\"00000000-0000-0000-0000-00000000000a\",\"x\":0,\"y\":0,\"fields\":{}}'
             from board, person where board.kind = 'indicators' and person.email = 'ada@exemple.fr'",
        )
        .await;
    workshop.execute("update board set head = 1 where kind = 'indicators'").await;
    let mut ada = workshop.tab(&cookie).await;
    assert_eq!(ada.do_edit(set_field(Uuid::from_u128(10), "target", 1)).await, Fate::Stored(2));
    assert_eq!(times(&workshop).await, [9_000_000_000_000, 9_000_000_000_000]);

    // And this afterwards, of which this node was not told.
    workshop
        .execute(
            "insert into board_edit (board_id, seq, client, n, author_id, at, format, edit)
             select board_id, 3, author_id, 3, author_id, at + 1, format, edit from board_edit where seq = 2",
        )
        .await;
    workshop.execute("update board set head = 3 where head = 2").await;
    assert_eq!(ada.do_edit(set_field(Uuid::from_u128(10), "target", 2)).await, Fate::Stored(4));
    assert_eq!(times(&workshop).await[2..], [9_000_000_000_001, 9_000_000_000_001]);
}

/// When each edit was made, in their order.
async fn times(workshop: &Workshop) -> Vec<i64> {
    let mut tx = workshop.app.app.db.read().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select at from board_edit order by seq").fetch_all(conn).await)
        .unwrap()
}
