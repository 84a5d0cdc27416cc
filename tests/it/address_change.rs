//! Another address of one's own: proved in the new mailbox, stopped or hurried in the old one.

use domain::accounts::{self, EmailAddress};
use domain::registrations::RegistrationStatus;

use crate::harness::{ORGANISER, TestApp, Visitor, WORKSHOP};

const OLD: &str = "ada@exemple.fr";
const NEW: &str = "ada@ailleurs.fr";
const PAGE: &str = "/mon-parcours/adresse";

/// Ada has a seat, is signed in, and asks for another address.
async fn asked(email: &str) -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, OLD).await;
    ada.sign_in(&app, OLD).await;
    assert_eq!(ada.post(PAGE, &[("email", email)]).await.location(), "/mon-parcours/adresse?fait=envoye");
    (app, ada)
}

/// The new address is proved too.
async fn proved() -> (TestApp, Visitor) {
    let (app, ada) = asked(NEW).await;
    let link = app.link(NEW, "prove").await;
    assert_eq!(app.visitor().post(&link, &[]).await.status, 200);
    (app, ada)
}

async fn shows(visitor: &Visitor, email: &str) -> bool {
    visitor.get("/mon-parcours").await.body.contains(&format!(" · {email} · "))
}

#[tokio::test]
async fn an_address_that_is_proved_is_theirs_a_day_later_and_everything_follows() {
    let (app, ada) = asked(NEW).await;
    let feed = ada.make_feed().await;
    let link = app.link(NEW, "prove").await;
    assert!(app.visitor().get(&link).await.body.contains("Confirmer cette adresse"));
    assert!(!app.letters(OLD).await.contains(&"address-notice".to_owned()), "looking proves nothing");
    let stranger = app.visitor();
    assert!(stranger.post(&link, &[]).await.body.contains("data-address=\"proved\""));
    assert_eq!(stranger.post(&link, &[]).await.status, 410, "once");
    assert!(app.letters(OLD).await.contains(&"address-notice".to_owned()));
    assert!(ada.get(PAGE).await.body.contains("data-address=\"proved\""));

    app.advance(23);
    app::address::change_due(&app.app).await.unwrap();
    assert!(shows(&ada, OLD).await, "not before its time");
    app.advance(1);
    app::address::change_due(&app.app).await.unwrap();
    assert!(shows(&ada, NEW).await, "the session stays");
    assert_eq!(app.registration(WORKSHOP, NEW).await.status, RegistrationStatus::Confirmed);
    assert_eq!(app.visitor().get(&feed).await.status, 200, "so does the feed");
    assert!(app.letters(OLD).await.is_empty(), "letters follow");
    assert!(app.letters(NEW).await.contains(&"confirmed".to_owned()));
    let again = app.visitor();
    again.sign_in(&app, NEW).await;
    assert!(shows(&again, NEW).await);
    assert!(app.log().await.contains("a changé l’adresse de"));
}

#[tokio::test]
async fn the_old_mailbox_stops_the_change_signs_everybody_out_and_no_other_is_asked_for_in_a_day() {
    let (app, ada) = proved().await;
    let notice = app.link(OLD, "notice").await;
    let owner = app.visitor();
    let page = owner.get(&notice).await.body;
    assert!(page.contains("data-address=\"stop\"") && page.contains(NEW), "{page}");
    assert_eq!(owner.post(&format!("{notice}/arreter"), &[]).await.location(), notice);
    assert!(owner.get(&notice).await.body.contains("data-address=\"stopped\""));
    assert_eq!(ada.get("/mon-parcours").await.status, 303, "to the sign-in");
    owner.post(&format!("{notice}/confirmer"), &[]).await;
    app.advance(23);
    app::address::change_due(&app.app).await.unwrap();
    ada.sign_in(&app, OLD).await;
    assert!(shows(&ada, OLD).await);
    assert_eq!(ada.post(PAGE, &[("email", NEW)]).await.status, 422);
    app.advance(2);
    assert_eq!(ada.post(PAGE, &[("email", NEW)]).await.status, 303);
}

#[tokio::test]
async fn the_old_mailbox_has_the_change_at_once() {
    let (app, ada) = proved().await;
    let notice = app.link(OLD, "notice").await;
    app.visitor().post(&format!("{notice}/confirmer"), &[]).await;
    assert!(shows(&ada, NEW).await);
    assert!(app.visitor().get(&notice).await.body.contains("data-address=\"done\""));
    app.visitor().post(&format!("{notice}/arreter"), &[]).await;
    assert!(shows(&ada, NEW).await, "too late to stop it");
}

#[tokio::test]
async fn an_address_that_somebody_has_is_answered_the_same_and_told_to_its_owner_alone() {
    let app = TestApp::start().await;
    let ada = app.visitor();
    ada.register(WORKSHOP, OLD).await;
    ada.register(WORKSHOP, "bob@exemple.fr").await;
    ada.sign_in(&app, OLD).await;
    let mut answers = Vec::new();
    for email in ["bob@exemple.fr", NEW] {
        let answer = ada.post(PAGE, &[("email", email)]).await;
        let page = ada.get(answer.location()).await;
        answers.push((answer.status, page.status, page.body.replace(email, "…")));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(app.letters("bob@exemple.fr").await.contains(&"address-taken".to_owned()));
    assert_eq!(app.letters(NEW).await, ["address-prove"]);
    assert!(!app.letters(OLD).await.iter().any(|kind| kind.starts_with("address")));
}

#[tokio::test]
async fn an_address_that_somebody_takes_meanwhile_stays_theirs() {
    let (app, ada) = proved().await;
    app.visitor().register(WORKSHOP, NEW).await;
    app.advance(24);
    app::address::change_due(&app.app).await.unwrap();
    assert!(shows(&ada, OLD).await);
    assert_eq!(app.letters(NEW).await.last().unwrap(), "address-taken");
}

#[tokio::test]
async fn a_change_is_taken_back_and_a_mistake_is_told_beside_the_field() {
    let (app, ada) = proved().await;
    assert_eq!(ada.post("/mon-parcours/adresse/annuler", &[]).await.location(), "/mon-parcours/adresse?fait=garde");
    app.advance(24);
    app::address::change_due(&app.app).await.unwrap();
    assert!(shows(&ada, OLD).await);
    for typed in ["ada@", OLD, ""] {
        let answer = ada.post(PAGE, &[("email", typed)]).await;
        assert!(answer.status == 422 && answer.body.contains("id=\"email-error\""), "{typed}");
        assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
}

#[tokio::test]
async fn an_organiser_keeps_their_role() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(desk.post(PAGE, &[("email", NEW)]).await.status, 303);
    app.visitor().post(&app.link(NEW, "prove").await, &[]).await;
    app.visitor().post(&format!("{}/confirmer", app.link(ORGANISER, "notice").await), &[]).await;
    assert!(shows(&desk, NEW).await);
    assert_eq!(desk.get("/organisation").await.status, 200);
}

#[tokio::test]
async fn a_change_under_way_is_in_ones_data_and_goes_with_them() {
    let (app, _) = proved().await;
    let email = EmailAddress::parse(OLD).unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let ada = accounts::person_for(&mut tx, &email, "", None, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let data = app::privacy::data_of(&app.app, &ada).await.unwrap();
    assert_eq!(
        (&data["address_changes"][0]["to"], &data["address_changes"][0]["state"]),
        (&NEW.into(), &"proved".into())
    );
    app::privacy::erase(&app.app, &ada).await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let left: i64 =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select count(*) from address_change").fetch_one(conn).await)
            .unwrap();
    assert_eq!(left, 0);
}
