//! Rounds of invitations: for later, stopped, resumed, and what they say when they leave.

use std::time::Duration;

use domain::programme::EventStatus;
use mail::outbox;

use crate::harness::{ORGANISER, START, TestApp, Visitor, WORKSHOP, until};
use crate::invitations::{COMPOSE, compose, fields, send};

/// Sends for the first of December, and returns the round's page.
async fn send_later(visitor: &Visitor, people: &str) -> String {
    let mut form = fields(people, "envoyer");
    form[4].1 = "2026-12-01T09:00";
    compose(visitor, COMPOSE, &form).await.location().split('?').next().unwrap().to_owned()
}

/// Lets the date of [`send_later`] pass.
async fn a_week_later(app: &TestApp) {
    app.advance(24 * 7);
    domain::invitations::send_due(&app.app).await.unwrap();
}

#[tokio::test]
async fn a_round_for_later_leaves_then_and_cannot_be_followed_up_before() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    domain::invitations::send_due(&app.app).await.unwrap();
    assert!(visitor.get(&round).await.body.contains("<td>En attente</td>"));
    visitor.post(&format!("{round}/relancer"), &[]).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    a_week_later(&app).await;
    domain::invitations::send_due(&app.app).await.unwrap();
    app.delivered().await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
    visitor.sign_in(&app, ORGANISER).await;
    assert!(visitor.get(&round).await.body.contains("\">Envoyée</a></td>"));
}

#[tokio::test]
async fn a_round_for_later_says_what_is_true_when_it_leaves() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    send_later(&visitor, "ada@exemple.fr\nbob@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.place = "Salle des fêtes".into()).await;
    a_week_later(&app).await;
    assert_eq!(
        app.letters("bob@exemple.fr").await,
        ["please-confirm", "confirmed", "event-moved"],
        "registered meanwhile"
    );
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let invitation = letters.iter().find(|letter| letter.kind == "invitation").unwrap();
    let read = app.app.mail.render(invitation, &app.app.key).unwrap();
    assert!(read.text.contains("Salle des fêtes"), "{}", read.text);
}

#[tokio::test]
async fn nobody_is_invited_to_what_does_not_take_place() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    a_week_later(&app).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    visitor.sign_in(&app, ORGANISER).await;
    let page = visitor.get(&round).await.body;
    assert!(page.contains("<td>Pas partie</td>") && page.contains("plus aucun de ces rendez-vous"), "{page}");
    assert!(!page.contains("/arreter"), "nothing is left to stop");
}

#[tokio::test]
async fn what_waits_behind_the_rate_cap_follows_the_event() {
    // The letter that signs the organiser in is the one of this minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = app.desk().await;
    app.delivered().await;
    app.advance_millis(1);
    let round = send(&visitor, "ada@exemple.fr").await;
    let waiting = async || {
        domain::invitations::send_due(&app.app).await.unwrap();
        let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
        letters.into_iter().find(|letter| letter.kind == "invitation")
    };
    let first = waiting().await.unwrap();
    assert_eq!(waiting().await.unwrap().id, first.id, "nothing changed");
    app.revise(WORKSHOP, |event| event.place = "Salle des fêtes".into()).await;
    app.advance_millis(1);
    let second = waiting().await.unwrap();
    assert!(app.app.mail.render(&second, &app.app.key).unwrap().text.contains("Salle des fêtes"));
    assert_eq!(waiting().await.unwrap().id, second.id, "written anew once");
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert!(waiting().await.is_none(), "nobody is invited to what does not take place");
    app.advance_millis(60_001);
    app.delivered().await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    assert!(visitor.get(&round).await.body.contains("<td>Pas partie</td>"));
}

#[tokio::test]
async fn a_sending_can_be_stopped_and_resumed_and_writes_to_each_once() {
    // The letter that signs the organiser in is the one of the first minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = app.desk().await;
    app.delivered().await;
    app.advance_millis(60_001);
    let round = send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await;
    let gone = async |count: usize| {
        until(async || {
            app.app.mail.wake();
            let page = visitor.get(&round).await.body;
            if page.matches("Envoyée</a>").count() == count { Ok(page) } else { Err(page) }
        })
        .await
    };
    let page = gone(1).await;
    assert!(page.contains("1 sur 3 sont parties") && page.contains("/arreter"), "{page}");
    assert!(!page.contains("/relancer"), "who has not been written to is not followed up: {page}");
    visitor.post(&format!("{round}/arreter"), &[]).await;
    app.advance_millis(60_001);
    let page = visitor.get(&round).await.body;
    assert!(page.matches("<td>Pas partie</td>").count() == 2 && page.contains("/reprendre"), "{page}");
    assert!(visitor.post(&format!("{round}/arreter"), &[]).await.location().ends_with("fait=rien"));
    domain::invitations::send_due(&app.app).await.unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.kind == "invitation").count(), 1);

    for _ in 0..2 {
        visitor.post(&format!("{round}/reprendre"), &[]).await;
    }
    for count in [2, 3] {
        gone(count).await;
        app.advance_millis(60_001);
    }
    for guest in ["ada", "bob", "eve"] {
        assert_eq!(app.letters(&format!("{guest}@exemple.fr")).await, ["invitation"]);
    }
    let log = visitor.get("/organisation/journal").await.body;
    assert_eq!((log.matches("a arrêté un envoi").count(), log.matches("a repris un envoi").count()), (1, 1), "{log}");
    let anybody = app.visitor();
    for act in ["arreter", "reprendre"] {
        assert_eq!(anybody.post(&format!("{round}/{act}"), &[]).await.status, 303, "signed in only");
    }
    assert!(!visitor.get(&round).await.body.contains("/reprendre"));
}

#[tokio::test]
async fn a_round_for_later_that_is_stopped_does_not_leave_until_it_is_resumed() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    visitor.post(&format!("{round}/arreter"), &[]).await;
    a_week_later(&app).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    visitor.sign_in(&app, ORGANISER).await;
    assert!(visitor.get("/organisation/invitations").await.body.contains("arrêté"));
    visitor.post(&format!("{round}/reprendre"), &[]).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
}

#[tokio::test]
async fn a_letter_that_a_worker_gives_back_to_a_stopped_round_is_not_written_anew() {
    // The letter that signs the organiser in is the one of this minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = app.desk().await;
    app.delivered().await;
    send(&visitor, "ada@exemple.fr").await;
    // As a stop leaves it that met the letter in a worker's hands.
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("update invitation_round set stopped_at = $1, written_at = null")
        .bind(START)
        .execute(conn)
        .await
        .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    app.advance_millis(1);
    app.revise(WORKSHOP, |event| event.place = "Salle des fêtes".into()).await;
    domain::invitations::send_due(&app.app).await.unwrap();
    assert!(app.letters("ada@exemple.fr").await.is_empty());
}

#[tokio::test]
async fn a_letter_that_an_earlier_version_wrote_for_later_waits_for_its_time() {
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = app.desk().await;
    app.delivered().await;
    send(&visitor, "ada@exemple.fr").await;
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("update letter set due_at = $1 where kind = 'invitation'")
        .bind(START + Duration::from_secs(7 * 24 * 3600))
        .execute(conn)
        .await
        .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    app.advance_millis(60_001);
    app.revise(WORKSHOP, |event| event.place = "Salle des fêtes".into()).await;
    domain::invitations::send_due(&app.app).await.unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let letter = letters.iter().find(|letter| letter.kind == "invitation").unwrap();
    assert!(letter.due_at > app.app.clock.now() && letter.state == "queued", "{letter:?}");
}
