//! Live boards through their sockets: what is shown is stored, each edit counts once, nobody is let in who has no
//! seat, and nobody slows the others.

use std::time::Duration;

use domain::accounts::EmailAddress;
use kernel::id::BoardId;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, Workshop, add_card, organiser, person, set_field};
use crate::harness::{TestApp, WEBINAR};

#[tokio::test]
async fn an_edit_is_acknowledged_to_its_author_and_shown_to_the_others() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let card = Uuid::new_v4();
    ada.edit(add_card(card, "Part des marchés")).await;
    let ack = ada.wait_for("ack").await;
    assert_eq!((ack["n"].as_u64(), ack["seq"].as_u64()), (Some(1), Some(1)));
    let shown = bob.wait_for("edits").await;
    assert_eq!(shown["edits"][0]["edit"]["fields"]["name"], "Part des marchés");
    assert_eq!(shown["edits"][0]["client"], ada.client.to_string());

    assert_eq!(bob.do_edit(set_field(card, "target", 30)).await, Fate::Stored(2));
    ada.knows(2).await;
    let late = workshop.participant("eve").await;
    let eve = workshop.tab(&late).await;
    let board = eve.board.unwrap();
    assert_eq!(board["cards"][card.to_string()]["fields"], json!({ "name": "Part des marchés", "target": 30 }));
    assert_eq!(board["kind"], "indicators");
}

#[tokio::test]
async fn an_edit_sent_again_is_applied_once_and_acknowledged_again() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    let card = Uuid::new_v4();
    assert_eq!(tab.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    assert_eq!(tab.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(2));
    let mut again = tab.open_again(&workshop.base, workshop.board, &ada).await;
    again.send(&json!({ "type": "edit", "n": 2, "edit": set_field(card, "name", "deux") })).await;
    let ack = again.wait_for("ack").await;
    assert_eq!((ack["n"].as_u64(), ack["seq"].as_u64()), (Some(2), Some(2)));
    assert_eq!(again.do_edit(set_field(card, "name", "trois")).await, Fate::Stored(3));
}

#[tokio::test]
async fn who_was_away_gets_only_what_was_missed() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let card = Uuid::new_v4();
    ada.do_edit(add_card(card, "un")).await;
    bob.knows(1).await;
    let cookie = workshop.participant("bob").await;
    for year in 2020..2030 {
        ada.do_edit(set_field(card, "target_year", year)).await;
    }
    let mut back = bob.open_again(&workshop.base, workshop.board, &cookie).await;
    assert!(back.board.is_none(), "not the whole board");
    back.knows(11).await;
    assert_eq!(back.shown.first().unwrap().0, 2);
}

#[tokio::test]
async fn a_refused_edit_goes_back_to_its_author_with_the_reason() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let card = Uuid::new_v4();
    assert_eq!(ada.do_edit(set_field(card, "name", "x")).await, Fate::Refused("no_such_card".into()));
    assert_eq!(ada.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    assert_eq!(ada.do_edit(set_field(card, "priority", 9)).await, Fate::Refused("out_of_range".into()));
    assert_eq!(ada.do_edit(json!({ "type": "explode" })).await, Fate::Refused("malformed".into()));
    let nul = set_field(card, "name", "a\u{0}b");
    assert_eq!(ada.do_edit(nul).await, Fate::Refused("bad_text".into()));
    assert_eq!(ada.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(2));
    bob.knows(2).await;
    assert_eq!(bob.shown.len(), 2, "the others see nothing of it");
}

#[tokio::test]
async fn two_people_typing_in_one_text_lose_nothing() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let card = Uuid::new_v4();
    ada.do_edit(add_card(card, "un")).await;
    bob.knows(1).await;
    let typed =
        |text: &str| json!({ "type": "edit_text", "card": card, "field": "definition", "base": 1, "ops": [text] });
    let (from_ada, from_bob) = (ada.edit(typed("Part ")).await, bob.edit(typed("annuelle")).await);
    let (first, second) = (ada.fate(from_ada).await, bob.fate(from_bob).await);
    let tab = workshop.tab(&organiser(&workshop.app.app).await).await;
    let definition = tab.board.unwrap()["cards"][card.to_string()]["fields"]["definition"].clone();
    let expected = if first == Fate::Stored(2) { "Part annuelle" } else { "annuellePart " };
    assert_eq!(definition, expected, "{first:?} {second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_people_writing_at_once_all_see_the_same_board() {
    let workshop = Workshop::start().await;
    let mut writing = Vec::new();
    for number in 0..60 {
        let cookie = workshop.participant(&format!("p{number}")).await;
        let mut tab = workshop.tab(&cookie).await;
        writing.push(async move {
            let card = Uuid::new_v4();
            tab.edit(add_card(card, &format!("Indicateur {number}"))).await;
            for target in 0..19 {
                tab.edit(set_field(card, "target", target)).await;
            }
            let last = tab.n;
            assert!(matches!(tab.fate(last).await, Fate::Stored(_)));
            tab.knows(1_200).await;
            tab
        });
    }
    let tabs = futures_util::future::join_all(writing).await;
    let order = &tabs[0].shown;
    assert_eq!(order.len(), 1_200);
    assert!(tabs.iter().all(|tab| tab.shown == *order), "one order for all");
    let cookie = organiser(&workshop.app.app).await;
    let board = workshop.tab(&cookie).await.board.unwrap();
    let cards = board["cards"].as_object().unwrap();
    assert_eq!(cards.len(), 60);
    assert!(cards.values().all(|card| card["fields"]["target"] == 18));
}

#[tokio::test]
async fn only_who_holds_a_confirmed_seat_gets_in() {
    let workshop = Workshop::start().await;
    let webinar = workshop.app.event(WEBINAR).await.id;
    let stranger = person(&workshop.app.app, "eve@exemple.fr", Some(webinar)).await;
    let code = |cookie: Option<Cookie>, board: BoardId| {
        let base = workshop.base.clone();
        async move {
            let mut tab = Tab::connect(&base, board, cookie.as_ref()).await.unwrap();
            tab.say_hello(None).await;
            tab.closed().await
        }
    };
    assert_eq!(code(None, workshop.board).await, 4001);
    assert_eq!(code(Some(Cookie("parcours_session=forged".into())), workshop.board).await, 4001);
    assert_eq!(code(Some(stranger.clone()), workshop.board).await, 4003);
    assert_eq!(code(Some(organiser(&workshop.app.app).await), BoardId(Uuid::nil())).await, 4003);

    let foreign = Tab::connect_from(&workshop.base, "https://mechant.fr", workshop.board, Some(&stranger)).await;
    assert!(foreign.is_err(), "another site's page is refused before the upgrade");
}

#[tokio::test]
async fn a_right_given_while_a_page_is_open_holds_when_it_says_hello_again() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let before = workshop.tab(&ada).await;
    crate::harness::make_organiser(&workshop.app.app, &EmailAddress::parse("ada@exemple.fr").unwrap()).await;
    let after = before.open_again(&workshop.base, workshop.board, &ada).await;
    // The whole board is one kept frame, yet each role has its own.
    let (facilitator, other) = (workshop.tab(&ada).await, workshop.tab(&workshop.participant("bob").await).await);
    let roles = [before, after, facilitator, other].map(|tab| tab.role);
    assert_eq!(roles, ["participant", "facilitator", "facilitator", "participant"]);
}

#[tokio::test]
async fn people_see_who_is_there_what_they_look_at_and_that_they_left() {
    let workshop = Workshop::start().await;
    let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
    let mut ada = workshop.tab(&ada).await;
    let mut bob = workshop.tab(&bob).await;
    let everyone = bob.wait_for("presence").await;
    assert_eq!(everyone["people"].as_array().unwrap().len(), 2);
    ada.send(&json!({ "type": "presence", "selected": null, "field": "name", "cursor": { "x": 1, "y": 2 } })).await;
    let looks = |told: &serde_json::Value| {
        told["people"].as_array().unwrap().iter().find(|person| person["field"] == "name").cloned()
    };
    let seen = loop {
        if let Some(person) = looks(&bob.wait_for("presence").await) {
            break person;
        }
    };
    assert_eq!((&seen["client"], &seen["name"]), (&json!(ada.client), &json!("ada")));
    let client = ada.client;
    ada.drop_connection();
    while bob.wait_for("presence").await["left"] != json!([client]) {}
}

#[tokio::test]
async fn what_is_no_message_ends_the_conversation_with_a_code() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    for (message, code) in [
        (Message::text("{"), 1008),
        (Message::text("[]"), 1008),
        (Message::text(r#"{"type":"hello","client":"00000000-0000-0000-0000-000000000001","since":null}"#), 1008),
        (Message::binary(vec![0, 159, 146, 150]), 1008),
        (Message::text(format!(r#"{{"type":"edit","n":1,"edit":"{}"}}"#, "x".repeat(65 * 1024))), 1009),
    ] {
        let mut tab = workshop.tab(&ada).await;
        tab.send_raw(message).await;
        assert_eq!(tab.closed().await, code);
    }
    let mut early = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
    early.edit(add_card(Uuid::new_v4(), "un")).await;
    assert_eq!(early.closed().await, 1008, "an edit before hello");
}

#[tokio::test]
async fn a_flood_is_refused_and_then_ends() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let card = Uuid::new_v4();
    ada.do_edit(add_card(card, "un")).await;
    for year in 0..800 {
        ada.edit(set_field(card, "target_year", 1990 + year % 100)).await;
    }
    let mut too_fast = 0;
    let code = loop {
        match ada.next().await {
            Ok(frame) if frame["reason"] == "too_fast" => too_fast += 1,
            Ok(_) => {}
            Err(code) => break code,
        }
    };
    assert_eq!(code, 4008);
    assert!(too_fast >= 100, "{too_fast}");
    assert!(matches!(bob.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(_)), "others go on");
}

#[tokio::test]
async fn a_person_writes_no_faster_in_several_tabs_and_what_is_stored_is_never_refused() {
    let workshop = Workshop::of(TestApp::start_with(|config| config.board_edits_per_second = 1).await).await;
    let ada = workshop.participant("ada").await;
    let (mut first, mut second) = (workshop.tab(&ada).await, workshop.tab(&ada).await);
    let card = Uuid::new_v4();
    first.do_edit(add_card(card, "un")).await;
    let mut refused = 0;
    for year in 0..8 {
        let tab = if year % 2 == 0 { &mut first } else { &mut second };
        let fate = tab.do_edit(set_field(card, "target_year", 2000 + year)).await;
        refused += u32::from(matches!(fate, Fate::Refused(reason) if reason == "too_fast"));
    }
    assert!(refused >= 3, "four at once, and one a second: {refused}");
    // Her bucket is empty. What is sent again, as after a lost connection, is answered as it was.
    let mut back = first.open_again(&workshop.base, workshop.board, &ada).await;
    back.send(&json!({ "type": "edit", "n": 1, "edit": add_card(card, "un") })).await;
    assert!(matches!(back.fate(1).await, Fate::Stored(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_is_cut_off_and_slows_nobody() {
    let workshop = Workshop::of(TestApp::start_with(|config| config.board_edits_per_second = 100_000).await).await;
    let (mut ada, mut slow) = workshop.two().await;
    let card = Uuid::new_v4();
    ada.do_edit(add_card(card, "un")).await;
    slow.knows(1).await;
    let long = "x".repeat(19_000);
    let started = std::time::Instant::now();
    for _ in 0..1_000 {
        ada.do_edit(set_field(card, "notes", long.as_str())).await;
    }
    assert!(started.elapsed() < Duration::from_secs(60));
    let code = slow.closed().await;
    assert!(code == 4009 || code == 0, "cut off, with the code if it could still be read: {code}");
    let bob = workshop.participant("bob").await;
    let back = slow.open_again(&workshop.base, workshop.board, &bob).await;
    assert!(back.board.is_some() || back.seq > 0, "comes back and catches up");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_are_on_a_board_and_the_next_one_is_told_that_it_is_full() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut here = Vec::new();
    for _ in 0..300 {
        here.push(workshop.tab(&ada).await);
    }
    let turned_away = || async {
        let mut next = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
        next.send(&json!({ "type": "hello", "client": next.client, "since": null })).await;
        next.next().await
    };
    assert_eq!(turned_away().await, Err(4013));
    let (mut first, last) = (here.remove(0), here.pop().unwrap());
    let gone = last.client;
    last.drop_connection();
    while first.wait_for("presence").await["left"] != json!([gone]) {}
    assert_eq!(turned_away().await.unwrap()["type"], "welcome");
    assert!(matches!(first.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(_)), "the others go on");
}

#[tokio::test]
async fn whose_old_connection_ends_once_they_are_back_goes_on_being_shown() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let old = workshop.tab(&ada).await;
    let mut bob = workshop.tab(&workshop.participant("bob").await).await;
    let client = json!(old.client);
    let mut back = old.open_again(&workshop.base, workshop.board, &ada).await;
    old.drop_connection();
    let card = Uuid::new_v4();
    back.do_edit(add_card(card, "un")).await;
    back.send(&json!({ "type": "presence", "selected": card, "field": null, "cursor": null })).await;
    loop {
        let presence = bob.wait_for("presence").await;
        assert!(!presence["left"].as_array().unwrap().contains(&client), "she is here: {presence}");
        let mut people = presence["people"].as_array().unwrap().iter();
        if people.any(|person| person["client"] == client && person["selected"] == json!(card)) {
            break;
        }
    }
}

#[tokio::test]
async fn a_stop_tells_everybody_to_come_back_and_keeps_everything() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    for number in 0..50 {
        ada.edit(add_card(Uuid::new_v4(), &format!("Indicateur {number}"))).await;
    }
    ada.fate(1).await;
    workshop.app.app.rooms.stop().await;
    let closing = bob.wait_for("closing").await;
    assert_eq!(closing["reason"], "restart");
    assert!(closing["retry_after_ms"].as_u64().unwrap() <= 3_000);
    assert_eq!(bob.closed().await, 1001);
    assert_eq!(ada.closed().await, 1001);
    let stored = stored_edits(&workshop).await;
    assert!(stored >= bob.seq && stored >= ada.seq, "what anybody saw is stored");
}

async fn stored_edits(workshop: &Workshop) -> u64 {
    let mut tx = workshop.app.app.db.snapshot().await.unwrap();
    let count: i64 =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select count(*) from board_edit where board_id = $1")
            .bind(workshop.board)
            .fetch_one(conn)
            .await)
        .unwrap();
    u64::try_from(count).unwrap()
}

#[tokio::test]
async fn the_page_shows_the_cards_without_javascript_and_escapes_them() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    let mut tab = workshop.tab(&ada).await;
    tab.do_edit(add_card(Uuid::new_v4(), "<script>alert(1)</script>")).await;
    tab.do_edit(add_card(Uuid::new_v4(), "=HYPERLINK(1)")).await;
    let visitor = workshop.app.visitor();
    let cookie = [("cookie", ada.0.as_str())];
    let path = format!("/tableaux/{}", workshop.board);
    let page = visitor.request(reqwest::Method::GET, &path, &cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("&#60;script&#62;alert(1)"), "{}", page.body);
    assert!(page.body.contains(&format!(r#"data-board="{}""#, workshop.board)));
    assert!(page.body.contains(r#"data-name="ada""#));
    let csv = visitor.request(reqwest::Method::GET, &format!("{path}/export.csv"), &cookie).await;
    assert!(csv.body.contains(";'=HYPERLINK(1);"), "{}", csv.body);
    let json = visitor.request(reqwest::Method::GET, &format!("{path}/export.json"), &cookie).await;
    let exported: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(exported["cards"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_page_says_why_it_is_closed_to_somebody_without_a_seat() {
    let workshop = Workshop::start().await;
    let eve = person(&workshop.app.app, "eve@exemple.fr", None).await;
    let visitor = workshop.app.visitor();
    let path = format!("/tableaux/{}", workshop.board);
    let page = visitor.request(reqwest::Method::GET, &path, &[("cookie", eve.0.as_str())]).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("réservé aux personnes inscrites"));
    for export in ["export.csv", "export.json"] {
        let path = format!("{path}/{export}");
        assert_eq!(visitor.request(reqwest::Method::GET, &path, &[("cookie", eve.0.as_str())]).await.status, 403);
    }
    let anonymous = visitor.get(&path).await;
    assert_eq!(anonymous.status, 303);
    assert!(anonymous.location().starts_with("/connexion?vers="));
}
