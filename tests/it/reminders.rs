//! Reminders and the changes of their event: who is reminded of what, by moving the clock.

use std::time::Duration;

use domain::audit::Act;
use domain::programme::{Event, EventStatus};
use domain::registrations;
use mail::outbox::{self, Stored};

use crate::harness::{TestApp, WEBINAR};

const ADA: &str = "ada@exemple.fr";

/// With one person registered, no letter leaving, so many hours before the start.
async fn before_the_start(hours: u64) -> TestApp {
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(0)).await;
    app.visitor().register_and_confirm(&app, WEBINAR, ADA).await;
    let left = app.event(WEBINAR).await.starts_at.since(app.app.clock.now());
    app.app.clock.advance(left - Duration::from_secs(hours * 3600));
    app
}

async fn revise(app: &TestApp, edit: impl FnOnce(&mut Event) + Send) {
    let by = app.organiser().await;
    let event = app.event(WEBINAR).await.id;
    app::revise::revise(&app.app, &domain::audit::Entry::new(by, Act::Edited, event), edit).await.unwrap();
}

/// The reminders that were written, oldest first: their states.
async fn reminders(app: &TestApp) -> Vec<Stored> {
    registrations::remind(&app.app).await.unwrap();
    let mut letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    letters.retain(|letter| letter.kind == "reminder");
    letters.reverse();
    letters
}

fn states(letters: &[Stored]) -> Vec<&str> {
    letters.iter().map(|letter| letter.state.as_str()).collect()
}

/// As if every letter had left.
async fn all_leave(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query(
        "update letter set status = 'sent', sent_at = $1 where status = 'queued'"
    )
    .bind(app.app.clock.now())
    .execute(conn)
    .await
    .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
}

fn postpone(event: &mut Event, days: i64) {
    for civil in [&mut event.starts_local, &mut event.ends_local] {
        let moved: jiff::civil::DateTime = civil.parse().unwrap();
        *civil = (moved + jiff::SignedDuration::from_hours(24 * days)).to_string();
    }
    let zone = event.time_zone();
    event.starts_at = kernel::clock::Timestamp::from_civil(event.starts_civil(), &zone).unwrap();
    event.ends_at = kernel::clock::Timestamp::from_civil(event.ends_civil(), &zone).unwrap();
    event.closes_at = event.starts_at;
}

#[tokio::test]
async fn who_was_reminded_is_not_reminded_again_because_the_room_changes() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    all_leave(&app).await;
    app.advance(24);
    revise(&app, |event| event.place = "Angers".into()).await;
    revise(&app, |event| event.video_url = Some("https://visio.exemple.fr/a".into())).await;
    assert_eq!(states(&reminders(&app).await), ["sent"]);
}

#[tokio::test]
async fn a_reminder_that_still_waits_when_the_room_changes_is_written_anew_with_what_holds_now() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    for place in ["Angers", "Nantes"] {
        app.advance_millis(60_000);
        revise(&app, |event| event.place = place.into()).await;
    }
    app.advance_millis(60_000);
    revise(&app, |event| event.video_url = Some("https://visio.exemple.fr/a".into())).await;
    let letters = reminders(&app).await;
    assert_eq!(states(&letters), ["suppressed", "queued"]);
    let read = app.app.mail.render(&letters[1], &app.app.key).unwrap();
    assert!(read.text.contains("Nantes") && read.text.contains("https://visio.exemple.fr/a"), "{}", read.text);
}

#[tokio::test]
async fn an_event_that_moves_away_is_reminded_of_again_at_its_new_time() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    all_leave(&app).await;
    revise(&app, |event| postpone(event, 14)).await;
    assert_eq!(states(&reminders(&app).await), ["sent"], "not yet");
    app.advance(14 * 24);
    assert_eq!(states(&reminders(&app).await), ["sent", "queued"]);
}

#[tokio::test]
async fn a_cancelled_event_is_not_reminded_of_and_what_waits_is_dropped() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    app.advance(6 * 24);
    assert_eq!(states(&reminders(&app).await), ["suppressed"]);
}

#[tokio::test]
async fn after_an_outage_only_the_reminder_that_is_still_of_use_goes_and_says_how_things_are() {
    // Nobody looked from before the week's reminder until thirty hours before the start.
    let app = before_the_start(30).await;
    assert_eq!(reminders(&app).await.len(), 0, "a week's reminder is of no use now, the day's not due");
    // And then until five hours before.
    app.advance(25);
    let letters = reminders(&app).await;
    assert_eq!(letters.len(), 1);
    let read = app.app.mail.render(&letters[0], &app.app.key).unwrap();
    assert!(read.subject.contains("aujourd’hui"), "{}", read.subject);
    app.app.clock.advance(Duration::from_secs(4 * 3600 + 56 * 60));
    assert_eq!(reminders(&app).await.len(), 1, "four minutes before the start nobody reads a reminder");
}

#[tokio::test]
async fn a_letter_about_an_event_is_given_up_when_it_starts() {
    let app = before_the_start(2).await;
    let event = app.event(WEBINAR).await;
    app.visitor().register(WEBINAR, "bob@exemple.fr").await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    assert!(letters.iter().all(|letter| letter.expires_at == event.starts_at), "{letters:?}");
}

#[tokio::test]
async fn an_event_off_the_programme_drops_its_reminders_and_owes_them_again_once_it_is_back() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    let desk = app.desk().await;
    let path = format!("/organisation/evenements/{WEBINAR}");
    let page = desk.get(&format!("{path}/retirer")).await.body;
    assert!(page.contains("1 rappel qui attend ne partira pas"), "{page}");
    desk.post(&format!("{path}/retirer"), &[]).await;
    assert_eq!(states(&reminders(&app).await), ["suppressed"]);
    app.advance_millis(60_000);
    desk.post(&format!("{path}/publier"), &[]).await;
    assert_eq!(states(&reminders(&app).await), ["suppressed", "queued"]);

    all_leave(&app).await;
    for act in ["retirer", "publier"] {
        app.advance_millis(60_000);
        desk.post(&format!("{path}/{act}"), &[]).await;
    }
    assert_eq!(states(&reminders(&app).await), ["suppressed", "sent"], "who was reminded is not reminded again");
    app.advance(6 * 24);
    assert_eq!(states(&reminders(&app).await), ["suppressed", "sent", "queued"], "a day before");
}
