//! Clients that do not keep to the protocol: what they send is refused or ends their connection, and nobody else notices.

use kernel::id::BoardId;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, Workshop, add_card, organiser, set_field};
use crate::harness::{TestApp, postgres};

impl Workshop {
    /// What somebody hears who says hello under the name of this tab.
    async fn posing_as(&self, client: Uuid, cookie: &Cookie) -> Result<serde_json::Value, u16> {
        let mut tab = Tab::connect(&self.base, self.board, Some(cookie)).await.unwrap();
        tab.send(&json!({ "type": "hello", "client": client, "since": null })).await;
        tab.next().await
    }
}

#[tokio::test]
async fn nobody_writes_under_the_tab_of_another_person() {
    let workshop = Workshop::start().await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let mut tab = workshop.tab(&ada).await;
    assert_eq!(workshop.posing_as(tab.client, &bob).await, Err(4011), "she is here and has not written yet");
    assert_eq!(tab.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
    let away = tab.client;
    let mut eve = workshop.tab(&organiser(&workshop.app.app).await).await;
    tab.drop_connection();
    while eve.wait_for("presence").await["left"] != json!([away]) {}
    assert_eq!(workshop.posing_as(away, &bob).await, Err(4011), "she is away for a moment");
    assert_eq!(workshop.posing_as(away, &ada).await.unwrap()["type"], "welcome");
}

#[tokio::test]
async fn a_tab_that_comes_back_long_after_is_known_by_what_it_wrote() {
    let app = TestApp::start_with(|config| config.board_edits_per_second = 100_000).await;
    let workshop = Workshop::of(app).await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let (mut tab, mut other) = (workshop.tab(&ada).await, workshop.tab(&bob).await);
    let (card, away) = (Uuid::new_v4(), tab.client);
    assert_eq!(tab.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    tab.drop_connection();
    while other.wait_for("presence").await["left"] != json!([away]) {}
    // More than a room remembers of those who are gone.
    for target in 0..1_500 {
        other.edit(set_field(card, "target", target)).await;
    }
    other.fate(1_500).await;
    assert_eq!(workshop.posing_as(away, &bob).await, Err(4011), "still hers");
    let mut back = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
    back.send(&json!({ "type": "hello", "client": away, "since": 1_501 })).await;
    back.wait_for("welcome").await;
    back.send(&json!({ "type": "edit", "n": 1, "edit": add_card(card, "un") })).await;
    let ack = back.wait_for("ack").await;
    assert_eq!((ack["n"].as_u64(), ack["seq"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test]
async fn a_flood_of_whatever_kind_ends_the_connection() {
    let app = TestApp::start_with(|config| config.board_edits_per_second = 1).await;
    let workshop = Workshop::of(app).await;
    let ada = workshop.participant("ada").await;
    let look = json!({ "type": "presence", "selected": null, "field": null, "cursor": null }).to_string();
    for message in [Message::text(look), Message::Ping(vec![0; 100].into()), Message::Pong(vec![0; 100].into())] {
        let mut tab = workshop.tab(&ada).await;
        for _ in 0..2_000 {
            tab.send_raw(message.clone()).await;
        }
        let code = tab.closed().await;
        assert!(code == 4008 || code == 0, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_hundreds_of_tabs_keeps_nobody_out() {
    let workshop = Workshop::start().await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let mut hers = Vec::new();
    for _ in 0..300 {
        hers.push(workshop.tab(&ada).await);
    }
    let mut tab = workshop.tab(&bob).await;
    assert_eq!(hers.pop().unwrap().closed().await, 4013, "the newest of hers makes room");
    assert!(matches!(tab.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(_)));
    hers.pop().unwrap().knows(1).await;
}

#[tokio::test]
async fn on_a_full_board_nobody_loses_a_tab_to_somebody_with_nearly_as_many() {
    let workshop = Workshop::start().await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let mut tabs = vec![workshop.tab(&workshop.participant("eve").await).await];
    for (cookie, count) in [(&ada, 150), (&bob, 149)] {
        for _ in 0..count {
            tabs.push(workshop.tab(cookie).await);
        }
    }
    let mut one_more = Tab::connect(&workshop.base, workshop.board, Some(&bob)).await.unwrap();
    one_more.send(&json!({ "type": "hello", "client": Uuid::new_v4(), "since": null })).await;
    assert_eq!(one_more.next().await, Err(4013));
    assert!(matches!(tabs[0].do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1)));
    tabs[150].knows(1).await;
}

#[tokio::test]
async fn numbers_out_of_order_are_refused_and_the_board_goes_on() {
    let workshop = Workshop::start().await;
    let mut ada = workshop.tab(&workshop.participant("ada").await).await;
    let card = Uuid::new_v4();
    assert_eq!(ada.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    ada.n = 9;
    assert_eq!(ada.do_edit(set_field(card, "target", 1)).await, Fate::Stored(2));
    for n in [0, 5] {
        ada.send(&json!({ "type": "edit", "n": n, "edit": set_field(card, "target", 2) })).await;
        assert_eq!(ada.fate(n).await, Fate::Refused("malformed".into()), "{n}");
    }
    ada.send(&json!({ "type": "edit", "n": u64::MAX, "edit": set_field(card, "target", 3) })).await;
    assert_eq!(ada.fate(u64::MAX).await, Fate::Stored(3));
    ada.send(&json!({ "type": "edit", "n": u64::MAX, "edit": set_field(card, "target", 4) })).await;
    let again = ada.wait_for("ack").await;
    assert_eq!((again["n"].as_u64(), again["seq"].as_u64()), (Some(u64::MAX), Some(3)));
}

#[tokio::test]
async fn four_hundred_edits_that_nobody_can_read_are_refused_and_the_next_ends_it() {
    let workshop = Workshop::start().await;
    let mut ada = workshop.tab(&workshop.participant("ada").await).await;
    for _ in 0..401 {
        ada.edit(json!({ "type": "explode" })).await;
    }
    let mut refused = 0;
    let code = loop {
        match ada.next().await {
            Ok(frame) => refused += u32::from(frame["reason"] == "malformed"),
            Err(code) => break code,
        }
    };
    assert_eq!((refused, code), (400, 4008));
}

#[tokio::test]
async fn a_message_of_64_kib_is_read_and_one_byte_more_ends_the_connection() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let message = |length: usize| {
        let (start, end) = (r#"{"type":"edit","n":1,"edit":""#, r#""}"#);
        Message::text(format!("{start}{}{end}", "x".repeat(length - start.len() - end.len())))
    };
    let mut tab = workshop.tab(&ada).await;
    tab.send_raw(message(64 * 1024)).await;
    assert_eq!(tab.fate(1).await, Fate::Refused("malformed".into()));
    tab.send_raw(message(64 * 1024 + 1)).await;
    assert_eq!(tab.closed().await, 1009);
    let mut tab = workshop.tab(&ada).await;
    tab.send_raw(message(1024 * 1024)).await;
    assert!([0, 1008].contains(&tab.closed().await), "not even read");
}

#[tokio::test]
async fn boards_share_no_card_no_tab_and_no_history_though_their_ids_are_the_same() {
    let workshop = Workshop::start().await;
    let (ada, other) = (workshop.participant("ada").await, BoardId(Uuid::new_v4()));
    let mut tx = workshop.app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query(
        "insert into board (id, event_id, kind, title, position, code, created_at)
         select $1, event_id, 'cards', 'Autre', 2, 'another', created_at from board where id = $2"
    )
    .bind(other)
    .bind(workshop.board)
    .execute(conn)
    .await
    .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    let card = Uuid::new_v4();
    let mut here = workshop.tab(&ada).await;
    assert_eq!(here.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    let mut there = Tab::connect(&workshop.base, other, Some(&ada)).await.unwrap();
    there.client = here.client;
    there.send(&json!({ "type": "hello", "client": there.client, "since": null })).await;
    assert_eq!(there.wait_for("welcome").await["head"], 0);
    assert_eq!(there.do_edit(set_field(card, "title", "x")).await, Fate::Refused("no_such_card".into()));
    let add = json!({ "type": "add_card", "card": card, "x": 0, "y": 0, "fields": { "title": "deux" } });
    assert_eq!(there.do_edit(add.clone()).await, Fate::Stored(1));
    there.send(&json!({ "type": "edit", "n": 2, "edit": add })).await;
    let again = there.wait_for("ack").await;
    assert_eq!((again["n"].as_u64(), again["seq"].as_u64()), (Some(2), Some(1)), "as stored on this board");
    let get = async |path: String| {
        let cookie = [("cookie", ada.0.as_str())];
        let body = workshop.app.visitor().request(reqwest::Method::GET, &path, &cookie).await.body;
        serde_json::from_str::<serde_json::Value>(&body).unwrap()
    };
    for (board, field) in [(workshop.board, "name"), (other, "title")] {
        let journal = get(format!("/tableaux/{board}/journal.json?since=0")).await;
        assert_eq!(journal["edits"].as_array().unwrap().len(), 1);
        assert!(journal["edits"][0]["edit"]["fields"].get(field).is_some());
        let written = get(format!("/tableaux/{board}/fiches/{card}/auteurs.json")).await;
        assert_eq!((written.as_array().unwrap().len(), &written[0]["field"]), (1, &json!(field)));
    }
}

#[tokio::test]
async fn an_edit_that_the_database_refuses_takes_no_other_with_it() {
    let workshop = Workshop::start().await;
    let mut ada = workshop.tab(&workshop.participant("ada").await).await;
    if postgres().is_some() {
        workshop
            .execute(
                "create function refuse() returns trigger language plpgsql as
                 $$ begin if new.edit::text like '%poison%' then raise exception 'no'; end if; return new; end $$",
            )
            .await;
        workshop
            .execute("create trigger picky before insert on board_edit for each row execute function refuse()")
            .await;
    } else {
        workshop
            .execute(
                "create trigger picky before insert on board_edit when new.edit like '%poison%'
                 begin select raise(abort, 'no'); end",
            )
            .await;
    }
    for name in ["un", "poison", "deux", "poison"] {
        ada.edit(add_card(Uuid::new_v4(), name)).await;
    }
    for (n, fate) in [(1, Fate::Stored(1)), (2, Fate::Refused("not_stored".into())), (3, Fate::Stored(2))] {
        assert_eq!(ada.fate(n).await, fate);
    }
    assert_eq!(ada.fate(4).await, Fate::Refused("not_stored".into()));
    assert_eq!(ada.do_edit(add_card(Uuid::new_v4(), "trois")).await, Fate::Stored(3));
}

#[tokio::test]
async fn when_the_database_falls_silent_everybody_is_told_to_come_back_later() {
    let workshop = Workshop::start().await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let (mut ada, mut bob) = (workshop.tab(&ada).await, workshop.tab(&bob).await);
    workshop.app.app.db.close().await;
    ada.edit(add_card(Uuid::new_v4(), "un")).await;
    for tab in [&mut ada, &mut bob] {
        let closing = tab.wait_for("closing").await;
        assert_eq!((&closing["reason"], &closing["retry_after_ms"]), (&json!("restart"), &json!(2_000)));
        assert_eq!(tab.closed().await, 1001);
        assert_eq!(tab.seq, 0, "nobody was shown what is not stored");
    }
}

#[tokio::test]
async fn a_board_that_is_gone_or_cannot_be_read_sends_whoever_comes_away_with_a_code() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let hello = json!({ "type": "hello", "client": Uuid::new_v4(), "since": null });
    let connect = async || Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
    workshop
        .execute("insert into board_snapshot (board_id, seq, format, state) select id, 1, 1, '{}' from board")
        .await;
    let mut tab = connect().await;
    tab.send(&hello).await;
    assert_eq!(tab.closed().await, 1013, "a snapshot that is none");
    workshop.execute("delete from board_snapshot").await;
    let mut tab = connect().await;
    tab.send(&hello).await;
    tab.wait_for("welcome").await;
    drop(tab);
    let mut late = connect().await;
    workshop.app.app.rooms.stop().await;
    late.send(&hello).await;
    assert_eq!(late.closed().await, 1001, "the program stops");
}

#[tokio::test]
async fn a_board_that_was_deleted_behind_an_open_door_lets_nobody_in() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut tab = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
    workshop.execute("delete from board").await;
    tab.send(&json!({ "type": "hello", "client": tab.client, "since": null })).await;
    assert_eq!(tab.closed().await, 4003);
}

#[tokio::test]
async fn a_name_without_end_is_cut_for_the_others() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let long = "é".repeat(200);
    let mut tx = workshop.app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("update person set name = $1").bind(&long).execute(conn).await.map(drop))
        .unwrap();
    tx.commit().await.unwrap();
    let mut tab = workshop.tab(&ada).await;
    let people = tab.wait_for("presence").await["people"].clone();
    assert_eq!(people[0]["name"].as_str().unwrap().chars().count(), 80);
}

#[tokio::test]
async fn long_texts_count_for_several_edits_of_a_persons_pace() {
    let app = TestApp::start_with(|config| config.board_edits_per_second = 4).await;
    let workshop = Workshop::of(app).await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    let (card, long) = (Uuid::new_v4(), "x".repeat(19_000));
    assert_eq!(tab.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    assert_eq!(tab.do_edit(set_field(card, "notes", long.as_str())).await, Fate::Stored(2));
    assert_eq!(tab.do_edit(set_field(card, "notes", long.as_str())).await, Fate::Refused("too_fast".to_owned()));
    assert_eq!(tab.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(3), "what is short is taken");
}
