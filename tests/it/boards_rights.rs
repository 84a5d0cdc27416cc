//! Whoever may do less than before leaves the boards at once: nobody waits for a ping.

use domain::accounts::EmailAddress;
use domain::registrations::{self, RegistrationStatus};
use kernel::id::{EventId, RegistrationId};
use reqwest::Method;
use serde_json::json;
use site::App;
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, Workshop, add_card};
use crate::harness::WORKSHOP;

/// The request of whoever has this address.
pub async fn registration_of(app: &App, event: EventId, email: &str) -> RegistrationId {
    let email = EmailAddress::parse(email).unwrap();
    let all = registrations::of_event(&mut app.db.read().await.unwrap(), event).await.unwrap();
    all.into_iter().find(|one| one.email == email).expect("somebody registered").id
}

async fn leave(workshop: &Workshop, who: &Cookie, path: &str) {
    let headers = [("cookie", who.0.as_str()), ("origin", workshop.base.as_str())];
    assert_eq!(workshop.app.visitor().request(Method::POST, path, &headers).await.status, 303);
}

#[tokio::test]
async fn who_signs_out_leaves_the_boards() {
    let workshop = Workshop::start().await;
    for path in ["/deconnexion", "/mon-parcours/deconnexion-partout"] {
        let (ada, bob) = (workshop.participant("ada").await, workshop.participant("bob").await);
        let (mut tab, mut bob) = (workshop.tab(&ada).await, workshop.tab(&bob).await);
        leave(&workshop, &ada, path).await;
        assert_eq!(tab.closed().await, 4001, "{path}");
        assert!(matches!(bob.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(_)));
    }
}

#[tokio::test]
async fn who_signs_out_on_one_device_stays_on_the_other() {
    let workshop = Workshop::start().await;
    let (desk, phone) = (workshop.participant("ada").await, workshop.participant("ada").await);
    let (mut at_desk, mut by_phone) = (workshop.tab(&desk).await, workshop.tab(&phone).await);
    leave(&workshop, &desk, "/deconnexion").await;
    assert_eq!(at_desk.closed().await, 4001);
    assert!(matches!(by_phone.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(_)));
}

#[tokio::test]
async fn a_board_opens_to_whose_seat_is_theirs_and_to_nobody_else() {
    let workshop = Workshop::start().await;
    let ada = workshop.participant("ada").await;
    for status in RegistrationStatus::ALL {
        let mut tx = workshop.app.app.db.write().await.unwrap();
        let set = "update registration set status = $1";
        db::dispatch!(&mut tx, |conn| sqlx::query(set).bind(status).execute(conn).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let mut tab = Tab::connect(&workshop.base, workshop.board, Some(&ada)).await.unwrap();
        tab.send(&json!({ "type": "hello", "client": Uuid::new_v4(), "since": null })).await;
        let opens = tab.next().await.is_ok_and(|told| told["type"] == "welcome");
        assert_eq!(opens, status.is_theirs(), "{status:?}");
    }
}

#[tokio::test]
async fn who_gives_the_seat_back_leaves_the_board() {
    let workshop = Workshop::start().await;
    let (mut ada, mut bob) = workshop.two().await;
    let app = &workshop.app.app;
    let status = registration_of(app, workshop.app.event(WORKSHOP).await.id, "ada@exemple.fr").await;
    registrations::cancel(app, status).await.unwrap();
    assert_eq!(ada.closed().await, 4003);
    assert!(matches!(bob.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(_)));
}
