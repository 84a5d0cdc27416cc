//! Letters about a change of an event: they wait, and give way to those about the next change.

use domain::programme::{Event, EventStatus};

use crate::harness::{DESK, TestApp, WORKSHOP, postpone};

fn move_to(place: &str) -> impl FnOnce(&mut Event) + Send + use<> {
    let place = place.to_owned();
    move |event| event.place = place
}

fn minutes(app: &TestApp, count: u64) {
    app.advance_millis(count * 60_000);
}

/// What the newest letter about a change says: its subject and its text.
async fn read(app: &TestApp) -> (String, String) {
    let letter = app.newest_letter("event-moved").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    (read.subject, read.text)
}

/// In what state the letters of this kind are, oldest first.
async fn states(app: &TestApp, kind: &str) -> Vec<String> {
    let letters = mail::outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    letters.into_iter().rev().filter(|one| one.kind == kind).map(|one| one.state).collect()
}

#[tokio::test]
async fn news_of_a_change_wait_five_minutes_and_the_page_says_so() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    assert!(!desk.get(DESK).await.body.contains("data-news"));
    app.revise(WORKSHOP, move_to("Angers")).await;
    app.delivered().await;
    assert_eq!(states(&app, "event-moved").await, ["queued", "queued"]);
    let page = desk.get(DESK).await.body;
    assert!(page.contains("data-news=\"2\"") && page.contains("partent à 9\u{a0}h\u{a0}05"), "{page}");
    minutes(&app, 5);
    app.delivered().await;
    assert_eq!(states(&app, "event-moved").await, ["sent", "sent"]);
    assert!(!desk.get(DESK).await.body.contains("data-news"));
}

#[tokio::test]
async fn a_second_change_replaces_the_letter_that_waits_and_one_says_the_end_against_the_beginning() {
    let app = TestApp::start().await;
    app.full_workshop(&[]).await;
    let first_place = app.event(WORKSHOP).await.place;
    app.revise(WORKSHOP, move_to("Angers")).await;
    minutes(&app, 4);
    app.revise(WORKSHOP, |event| postpone(event, 24)).await;
    minutes(&app, 4);
    app.revise(WORKSHOP, move_to("Nantes")).await;
    app.delivered().await;
    assert_eq!(states(&app, "event-moved").await, ["queued"], "the last change starts the time anew");
    let (subject, text) = read(&app).await;
    assert!(subject.starts_with("Nouvelle date"), "{subject}");
    for said in ["Nantes", &format!("Lieu auparavant\u{a0}: {first_place}"), "ardi 30 mars 2027"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Angers"), "{text}");
}

#[tokio::test]
async fn a_change_that_is_taken_back_in_time_is_told_to_nobody() {
    let app = TestApp::start().await;
    app.full_workshop(&[]).await;
    let place = app.event(WORKSHOP).await.place;
    app.revise(WORKSHOP, move_to("Angers")).await;
    app.revise(WORKSHOP, move_to(&place)).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"]);
}

#[tokio::test]
async fn a_cancelled_event_is_the_only_news_and_goes_by_the_date_that_people_know() {
    let app = TestApp::start().await;
    app.full_workshop(&[]).await;
    app.revise(WORKSHOP, |event| postpone(event, 24)).await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "event-cancelled"]);
    let letter = app.newest_letter("event-cancelled").await;
    let text = app.app.mail.render(&letter, &app.app.key).unwrap().text;
    assert!(text.contains("ardi 30 mars 2027"), "{text}");
    app.delivered().await;
    assert_eq!(states(&app, "event-cancelled").await, ["sent"], "at once");
}

#[tokio::test]
async fn somebody_who_leaves_meanwhile_gets_no_news() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&[]).await;
    app.revise(WORKSHOP, move_to("Angers")).await;
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    minutes(&app, 6);
    app.delivered().await;
    assert_eq!(states(&app, "event-moved").await, ["suppressed"]);
}

#[tokio::test]
async fn news_of_what_is_about_to_start_do_not_wait() {
    let app = TestApp::start().await;
    app.full_workshop(&[]).await;
    app.pass_until(app.event(WORKSHOP).await.starts_at - std::time::Duration::from_secs(30 * 60));
    app.revise(WORKSHOP, move_to("Angers")).await;
    app.delivered().await;
    assert_eq!(states(&app, "event-moved").await, ["sent"]);
}

#[tokio::test]
async fn a_link_that_is_added_has_words_of_its_own_and_is_nothing_to_those_who_wait() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    app.revise(WORKSHOP, |event| event.video_url = Some("https://visio.exemple.fr/a".into())).await;
    let (subject, text) = read(&app).await;
    assert!(subject.starts_with("Lien de visioconférence") && text.contains("/rejoindre/"), "{subject} {text}");
    assert!(!text.contains("lieu") && !text.contains("a changé"), "{text}");
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting"]);
    minutes(&app, 6);
    app.delivered().await;
    app.revise(WORKSHOP, |event| event.video_url = None).await;
    assert!(read(&app).await.0.starts_with("Plus de visioconférence"));
}
