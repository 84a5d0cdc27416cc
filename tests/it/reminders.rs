//! Reminders: who is reminded of what, when the event changes too, by moving the clock.

use std::time::Duration;

use domain::programme::{Event, EventStatus};
use domain::registrations::{self, Reminder};
use kernel::clock::Timestamp;
use mail::outbox::{self, Stored};

use crate::harness::{TestApp, WEBINAR, WORKSHOP, postpone};

const ADA: &str = "ada@exemple.fr";

/// With one person registered, no letter leaving, so many hours before the start.
async fn before_the_start(hours: u64) -> TestApp {
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(0)).await;
    app.visitor().register(WEBINAR, ADA).await;
    let left = app.event(WEBINAR).await.starts_at.since(app.app.clock.now());
    app.app.clock.advance(left - Duration::from_secs(hours * 3600));
    app
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

#[tokio::test]
async fn who_was_reminded_is_not_reminded_again_because_the_room_changes() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    all_leave(&app).await;
    app.advance(24);
    app.revise(WEBINAR, |event| event.place = "Angers".into()).await;
    app.revise(WEBINAR, |event| event.video_url = Some("https://visio.exemple.fr/a".into())).await;
    assert_eq!(states(&reminders(&app).await), ["sent"]);
}

#[tokio::test]
async fn a_reminder_that_still_waits_when_the_room_changes_is_written_anew_with_what_holds_now() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    for place in ["Angers", "Nantes"] {
        app.advance_millis(60_000);
        app.revise(WEBINAR, |event| event.place = place.into()).await;
    }
    app.advance_millis(60_000);
    app.revise(WEBINAR, |event| event.video_url = Some("https://visio.exemple.fr/a".into())).await;
    let letters = reminders(&app).await;
    assert_eq!(states(&letters), ["suppressed", "queued"]);
    let read = app.app.mail.render(&letters[1], &app.app.key).unwrap();
    assert!(read.text.contains("Nantes") && read.text.contains("/rejoindre/"), "{}", read.text);
}

#[tokio::test]
async fn an_event_that_moves_away_is_reminded_of_again_at_its_new_time() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    all_leave(&app).await;
    app.revise(WEBINAR, |event| postpone(event, 14 * 24)).await;
    assert_eq!(states(&reminders(&app).await), ["sent"], "not yet");
    app.advance(14 * 24);
    assert_eq!(states(&reminders(&app).await), ["sent", "queued"]);
}

#[tokio::test]
async fn a_cancelled_event_is_not_reminded_of_and_what_waits_is_dropped() {
    let app = before_the_start(7 * 24).await;
    assert_eq!(states(&reminders(&app).await), ["queued"]);
    app.revise(WEBINAR, |event| event.status = EventStatus::Cancelled).await;
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
    let is_about = |letter: &&Stored| letter.kind != "please-confirm";
    assert!(letters.iter().filter(is_about).all(|letter| letter.expires_at == event.starts_at), "{letters:?}");
    assert!(letters.iter().all(|letter| letter.expires_at <= event.starts_at), "{letters:?}");
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

#[tokio::test]
async fn reminders_go_once_to_those_who_were_there_in_time() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.ask(WEBINAR, "never-confirms@exemple.fr").await;
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 2, "sixteen days before is too early");

    app.advance(24 * 10);
    visitor.register(WEBINAR, "late@exemple.fr").await;
    registrations::remind(&app.app).await.unwrap();
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "reminder"]);
    assert_eq!(app.letters("late@exemple.fr").await, ["please-confirm", "confirmed"]);
    assert_eq!(app.letters("never-confirms@exemple.fr").await, ["please-confirm"]);

    app.advance(24 * 6 - 24);
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("late@exemple.fr").await.len(), 2, "the day before is a day away");
    app.advance(24);
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 4);
    assert_eq!(app.letters("late@exemple.fr").await, ["please-confirm", "confirmed", "reminder"]);
}

#[tokio::test]
async fn what_to_prepare_is_on_the_page_and_in_the_reminders() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let event = app.event(WORKSHOP).await;
    assert!(!event.preparation.is_empty());
    assert!(visitor.get(&event.path()).await.body.contains("À préparer"));
    assert!(!visitor.get(&format!("/evenements/{WEBINAR}")).await.body.contains("À préparer"));
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let hours = (event.starts_at.as_millis() - app.app.clock.now().as_millis()) / 3_600_000;
    app.advance(u64::try_from(hours).unwrap() - 20);
    registrations::remind(&app.app).await.unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 5).await.unwrap();
    let reminder = letters.iter().find(|letter| letter.kind == "reminder").expect("a reminder");
    let read = app.app.mail.render(reminder, &app.app.key).unwrap();
    for text in [&read.text, &read.html] {
        assert!(text.contains("Les indicateurs que vous suivez déjà"), "{text}");
    }
}

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

async fn reminded(app: &TestApp, email: &str) -> usize {
    registrations::remind(&app.app).await.unwrap();
    app.letters(email).await.iter().filter(|kind| *kind == "reminder").count()
}

#[tokio::test]
async fn who_gave_their_seat_back_or_comes_to_another_event_is_not_reminded() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (event, email) in [(WEBINAR, "ada@exemple.fr"), (WEBINAR, "bob@exemple.fr"), (WORKSHOP, "cleo@exemple.fr")] {
        visitor.register(event, email).await;
    }
    visitor.press(&app, "bob@exemple.fr", "annuler", &[]).await;
    app.pass_until(app.event(WEBINAR).await.starts_at - WEEK + Duration::from_secs(1));
    assert_eq!(reminded(&app, "ada@exemple.fr").await, 1);
    assert_eq!(reminded(&app, "bob@exemple.fr").await, 0);
    assert_eq!(reminded(&app, "cleo@exemple.fr").await, 0);
}

#[tokio::test]
async fn who_confirms_as_a_reminder_is_due_has_just_read_it_and_one_of_no_use_is_not_sent() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    let starts_at = app.event(WEBINAR).await.starts_at;
    app.pass_until(starts_at - WEEK);
    visitor.register(WEBINAR, "bob@exemple.fr").await;
    assert_eq!(reminded(&app, "bob@exemple.fr").await, 0);
    assert_eq!(reminded(&app, "ada@exemple.fr").await, 1, "at that very moment");
    app.pass_until(Reminder::Day.useful_until(starts_at));
    assert_eq!(reminded(&app, "ada@exemple.fr").await, 1, "that of the day before comes too late");
}

#[tokio::test]
async fn reminders_are_chosen_for_one_event_and_the_choice_is_in_the_log() {
    let app = TestApp::start().await;
    let organiser = app.organiser().await;
    let (webinar, workshop) = (app.event(WEBINAR).await.id, app.event(WORKSHOP).await.id);
    registrations::set_reminders(&app.app, organiser, webinar, &[Reminder::Quarter]).await.unwrap();
    registrations::set_reminders(&app.app, organiser, workshop, &[Reminder::TwoWeeks]).await.unwrap();
    let mut tx = app.app.db.snapshot().await.unwrap();
    assert_eq!(registrations::reminders_of(&mut tx, webinar).await.unwrap(), [Reminder::Quarter]);
    assert_eq!(registrations::reminders_of(&mut tx, workshop).await.unwrap(), [Reminder::TwoWeeks]);
    assert!(app.desk().await.get("/organisation/journal").await.body.contains("a choisi les rappels"));
}

/// The reminders that organisers see coming until a moment, with how many would get each, and when.
async fn coming(app: &TestApp, event: &Event, until: Timestamp) -> Vec<(Reminder, Timestamp, usize)> {
    let now = app.app.clock.now();
    let mut tx = app.app.db.snapshot().await.unwrap();
    let coming = registrations::coming_reminders(&mut tx, event, now, until).await.unwrap();
    coming.into_iter().map(|(which, due_at, people)| (which, due_at, people.len())).collect()
}

#[tokio::test]
async fn organisers_see_the_reminders_that_will_leave_and_no_others() {
    let app = TestApp::start().await;
    let event = app.event(WEBINAR).await;
    let (due, now) = (event.starts_at - WEEK, app.app.clock.now());
    assert_eq!(coming(&app, &event, due).await, [(Reminder::Week, due, 0)], "whoever comes until then");
    assert_eq!(coming(&app, &event, due - Duration::from_millis(1)).await, [], "beyond what is asked for");
    let cancelled = Event { status: EventStatus::Cancelled, ..event.clone() };
    assert_eq!(coming(&app, &cancelled, due).await, []);

    app.visitor().register(WEBINAR, "ada@exemple.fr").await;
    assert_eq!(coming(&app, &event, due).await, [(Reminder::Week, due, 1)]);
    app.pass_until(due + Duration::from_secs(60));
    let late = app.app.clock.now();
    assert_eq!(coming(&app, &event, late).await, [(Reminder::Week, late, 1)], "late, it leaves at once");
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(coming(&app, &event, late).await, [], "it has left");
    app.pass_until(Reminder::Week.useful_until(event.starts_at));
    app.visitor().register(WEBINAR, "bob@exemple.fr").await;
    assert!(coming(&app, &event, app.app.clock.now()).await.is_empty(), "it is of no use any more");
    assert!(now < late);
}

#[tokio::test]
async fn a_reminder_that_is_due_with_nobody_to_read_it_is_not_coming() {
    let app = TestApp::start().await;
    let event = app.event(WEBINAR).await;
    app.pass_until(event.starts_at - WEEK);
    assert_eq!(coming(&app, &event, app.app.clock.now()).await, []);
}

#[tokio::test]
async fn a_reminder_of_minutes_says_how_many() {
    for (which, before, words) in [
        (Reminder::Quarter, 15 * 60, "dans un quart d’heure"),
        (Reminder::Hour, 3600, "dans une heure"),
        (Reminder::ThreeHours, 3 * 3600, "dans trois heures"),
    ] {
        let app = TestApp::start().await;
        let (by, event) = (app.organiser().await, app.event(WEBINAR).await);
        registrations::set_reminders(&app.app, by, event.id, &[which]).await.unwrap();
        app.visitor().register(WEBINAR, "ada@exemple.fr").await;
        app.pass_until(event.starts_at - Duration::from_secs(before));
        assert_eq!(reminded(&app, "ada@exemple.fr").await, 1);
        let read = app.app.mail.render(&app.newest_letter("reminder").await, &app.app.key).unwrap();
        assert!(read.subject.contains(words) || read.text.contains(words), "{}", read.text);
    }
}
