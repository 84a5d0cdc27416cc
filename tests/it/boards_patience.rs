//! How long a board waits: for who says nothing, for who is gone, for whoever may come. Time stands still here, and moves
//! when the test says so.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;
use tokio::time::{advance, pause};
use uuid::Uuid;

use crate::boards_client::{Closed, Fate, Tab, Workshop, add_card, set_field};
use crate::harness::TestApp;

impl Workshop {
    async fn snapshots(&self) -> Vec<i64> {
        let mut tx = self.app.app.db.snapshot().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select seq from board_snapshot order by seq")
            .fetch_all(conn)
            .await)
        .unwrap()
    }
}

/// Lets everything that can go on do so, threads beside the runtime included, without any time passing for it.
async fn breathe() {
    std::thread::sleep(Duration::from_millis(1));
    tokio::task::yield_now().await;
}

/// Waits until something holds, for as long as nothing takes that works.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if holds() {
            return;
        }
        breathe().await;
    }
    panic!("{what}");
}

/// What has come for this tab by now.
fn heard(tab: &mut Tab) -> Option<Result<serde_json::Value, Closed>> {
    tab.next_within(Duration::from_secs(1)).now_or_never().flatten()
}

#[tokio::test]
async fn a_board_that_nobody_looks_at_is_closed_after_a_minute_and_opened_again_from_its_snapshot() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let rooms = workshop.app.app.rooms.clone();
    let card = Uuid::new_v4();
    let mut tab = workshop.tab(&ada).await;
    assert_eq!(tab.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    pause();
    // Longer than a minute; she answers pings, and says nothing else.
    for _ in 0..5 {
        advance(Duration::from_secs(20)).await;
        for _ in 0..100 {
            breathe().await;
            let _ = heard(&mut tab);
        }
    }
    assert_eq!(rooms.count(), 1, "somebody is here");
    tab.drop_connection();
    until("she is gone", || rooms.sockets() == 0).await;
    for _ in 0..100 {
        breathe().await;
    }
    advance(Duration::from_secs(59)).await;
    for _ in 0..100 {
        breathe().await;
    }
    assert_eq!(rooms.count(), 1, "she may come back");
    advance(Duration::from_secs(2)).await;
    until("nobody has been here for a minute", || rooms.count() == 0).await;
    tokio::time::resume();
    while workshop.snapshots().await != [1] {
        tokio::task::yield_now().await;
    }
    // The log is not needed for what the snapshot holds.
    workshop.execute("delete from board_edit").await;
    workshop.execute("update board set title = 'Autre titre'").await;
    let mut again = workshop.tab(&ada).await;
    let board = again.board.clone().unwrap();
    assert_eq!(board["cards"][card.to_string()]["fields"]["name"], "un");
    assert_eq!(board["title"], "Autre titre");
    assert_eq!(again.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(2));
}

#[tokio::test]
async fn a_snapshot_is_kept_every_five_hundred_edits_and_at_the_end_and_only_the_newest() {
    let app = TestApp::start_with(|config| config.board_edits_per_second = 100_000).await;
    let workshop = Workshop::of(app).await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    let card = Uuid::new_v4();
    tab.edit(add_card(card, "un")).await;
    for target in 0..498 {
        tab.edit(set_field(card, "target", target)).await;
    }
    assert_eq!(tab.fate(499).await, Fate::Stored(499));
    assert!(workshop.snapshots().await.is_empty());
    assert_eq!(tab.do_edit(set_field(card, "target", -1)).await, Fate::Stored(500));
    while workshop.snapshots().await != [500] {
        tokio::task::yield_now().await;
    }
    assert_eq!(tab.do_edit(set_field(card, "source", "DECP")).await, Fate::Stored(501));
    let csv = || async {
        let path = format!("/tableaux/{}/export.csv", workshop.board);
        let cookie = [("cookie", ada.0.as_str())];
        workshop.app.visitor().request(reqwest::Method::GET, &path, &cookie).await.body
    };
    workshop.execute("delete from board_edit where seq <= 500").await;
    assert!(csv().await.contains(";-1;") && csv().await.contains("DECP"), "{}", csv().await);
    workshop.app.app.rooms.stop().await;
    assert_eq!(workshop.snapshots().await, [501]);
}

#[tokio::test]
async fn who_answers_no_ping_is_gone_after_a_minute_and_who_answers_stays() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let rooms = workshop.app.app.rooms.clone();
    let (deaf, mut attentive) = (workshop.tab(&ada).await, workshop.tab(&ada).await);
    pause();
    for round in 1..=6 {
        advance(Duration::from_secs(25)).await;
        for _ in 0..100 {
            breathe().await;
            if let Some(Err(code)) = heard(&mut attentive) {
                panic!("who answers was sent away: {code}");
            }
        }
        assert!(round > 2 || rooms.sockets() == 2, "a minute is not over");
    }
    until("who did not answer is gone", || rooms.sockets() == 1).await;
    drop(deaf);
}

#[tokio::test]
async fn whose_session_is_gone_is_sent_away_at_the_next_ping() {
    assert_eq!(sent_away_after("delete from session").await, 4001);
}

#[tokio::test]
async fn whose_seat_is_gone_is_sent_away_at_the_next_ping_and_told_so() {
    assert_eq!(sent_away_after("update registration set status = 'cancelled'").await, 4003);
}

async fn sent_away_after(sql: &'static str) -> Closed {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    workshop.execute(sql).await;
    pause();
    for _ in 0..2_000 {
        if let Some(Err(code)) = heard(&mut tab) {
            return code;
        }
        // A ping every 25 seconds; a database that does not answer in time sends nobody away.
        advance(Duration::from_millis(100)).await;
        breathe().await;
    }
    panic!("still here");
}

#[tokio::test]
async fn who_says_no_hello_is_sent_away_after_ten_seconds() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut silent = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
    for _ in 0..100 {
        breathe().await;
    }
    pause();
    advance(Duration::from_secs(9)).await;
    for _ in 0..100 {
        breathe().await;
    }
    assert!(heard(&mut silent).is_none());
    let mut ended = None;
    advance(Duration::from_secs(2)).await;
    until("no hello", || {
        ended = heard(&mut silent);
        ended.is_some()
    })
    .await;
    assert_eq!(ended, Some(Err(1008)));
}

#[tokio::test]
async fn four_seconds_worth_of_edits_are_taken_at_once_and_128_too_many_are_told() {
    let app = TestApp::start_with(|config| config.board_edits_per_second = 1).await;
    let workshop = Workshop::of(app).await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    pause();
    tab.edit(add_card(Uuid::new_v4(), "un")).await;
    for _ in 0..140 {
        tab.edit(add_card(Uuid::new_v4(), "encore")).await;
    }
    let mut refused = 0;
    for _ in 0..20_000 {
        match heard(&mut tab) {
            Some(Ok(frame)) => refused += u32::from(frame["reason"] == "too_fast"),
            Some(Err(code)) => {
                assert_eq!(code, 4008);
                break;
            }
            None => {
                advance(Duration::from_micros(100)).await;
                breathe().await;
            }
        }
    }
    assert_eq!(refused, 128);
    tokio::time::resume();
    let mut stored = 0_i64;
    while stored < 4 {
        let mut tx = workshop.app.app.db.snapshot().await.unwrap();
        let counted =
            db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select count(*) from board_edit").fetch_one(conn).await);
        stored = counted.unwrap();
    }
    assert_eq!(stored, 4);
}

#[tokio::test]
async fn looking_around_faster_than_twenty_five_times_a_second_is_ignored() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let (mut ada, mut bob) = (workshop.tab(&ada).await, workshop.tab(&ada).await);
    pause();
    for x in 0..200 {
        ada.send(&json!({ "type": "presence", "selected": null, "field": null, "cursor": { "x": x, "y": 0 } })).await;
    }
    let mut last = json!(null);
    for _ in 0..300 {
        if let Some(Ok(frame)) = heard(&mut bob) {
            let people = frame["people"].as_array().cloned().unwrap_or_default();
            last =
                people.iter().filter_map(|person| person["cursor"]["x"].as_u64()).next_back().map_or(last, Into::into);
        }
        advance(Duration::from_micros(500)).await;
        breathe().await;
    }
    let last = last.as_u64().unwrap();
    assert!((49..60).contains(&last), "fifty at once: {last}");
}

#[tokio::test]
async fn who_alone_writes_a_few_edits_of_a_turn_gets_their_numbers_and_of_many_one_frame() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    let mut seq = 0;
    pause();
    for (count, kinds) in [(32, vec!["ack"; 32]), (33, vec!["edits"])] {
        // The first edit is a turn of its own; the others wait until the room has rested.
        for edit in 0..=count {
            tab.edit(add_card(Uuid::new_v4(), "un")).await;
            while edit == 0 && heard(&mut tab).is_none_or(|frame| frame.unwrap()["type"] != "ack") {
                breathe().await;
            }
        }
        for _ in 0..200 {
            breathe().await;
        }
        assert_eq!(tab.seq, seq + 1, "the room rests");
        let mut answers = Vec::new();
        advance(Duration::from_millis(10)).await;
        seq += 1 + count;
        until("all are answered", || {
            let frame = heard(&mut tab).map(Result::unwrap).filter(|frame| frame["type"] != "presence");
            answers.extend(frame.map(|frame| frame["type"].as_str().unwrap().to_owned()));
            tab.seq == seq
        })
        .await;
        assert_eq!(answers, kinds);
        advance(Duration::from_secs(5)).await;
    }
}
