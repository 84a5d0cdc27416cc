//! Clients that do not keep to the protocol: what they send is refused or ends their connection, and nobody else notices.

use parcours::id::BoardId;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, add_card, board_of, organiser, person, set_field};
use crate::harness::{TestApp, WORKSHOP};

struct Workshop {
    app: TestApp,
    base: String,
    board: BoardId,
}

impl Workshop {
    async fn start() -> Self {
        Self::of(TestApp::start().await).await
    }

    async fn of(app: TestApp) -> Self {
        let (_, board) = board_of(&app.app, WORKSHOP).await;
        Self { base: format!("http://{}", app.address), app, board }
    }

    async fn participant(&self, name: &str) -> Cookie {
        let event = self.app.event(WORKSHOP).await.id;
        person(&self.app.app, &format!("{name}@exemple.fr"), Some(event)).await
    }

    async fn tab(&self, cookie: &Cookie) -> Tab {
        Tab::open(&self.base, self.board, cookie).await
    }

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
    assert_eq!(workshop.posing_as(tab.client, &bob).await, Err(1008), "she is here and has not written yet");
    assert_eq!(tab.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
    let away = tab.client;
    let mut eve = workshop.tab(&organiser(&workshop.app.app).await).await;
    tab.drop_connection();
    while eve.wait_for("presence").await["left"] != json!([away]) {}
    assert_eq!(workshop.posing_as(away, &bob).await, Err(1008), "she is away for a moment");
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
    assert_eq!(workshop.posing_as(away, &bob).await, Err(1008), "still hers");
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
