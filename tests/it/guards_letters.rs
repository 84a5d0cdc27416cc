//! Who is reminded, who is written to, and what their letters must not hold: each test fails without one guard.

use std::time::Duration;

use domain::audit::Act;
use domain::programme::{Event, EventStatus};
use domain::registrations::{self, Registration, RegistrationStatus, Reminder};
use kernel::clock::Timestamp;
use mail::outbox::{self, Stored};

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

async fn seats(app: &TestApp, event: &str) -> Vec<RegistrationStatus> {
    let event = app.event(event).await.id;
    let mut tx = app.app.db.snapshot().await.unwrap();
    let all: Vec<Registration> = registrations::of_event(&mut tx, event).await.unwrap();
    all.into_iter().map(|one| one.status).collect()
}

fn pass_until(app: &TestApp, moment: Timestamp) {
    app.app.clock.advance(moment.since(app.app.clock.now()));
}

async fn reminded(app: &TestApp, email: &str) -> usize {
    registrations::remind(&app.app).await.unwrap();
    app.letters(email).await.iter().filter(|kind| *kind == "reminder").count()
}

async fn newest(app: &TestApp, kind: &str) -> Stored {
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    letters.into_iter().find(|letter| letter.kind == kind).unwrap()
}

async fn press(app: &TestApp, visitor: &Visitor, email: &str, button: &str) {
    let link = app.link(email, "registration").await;
    assert_eq!(visitor.post(&format!("{link}/{button}"), &[]).await.status, 303);
}

#[tokio::test]
async fn who_gave_their_seat_back_or_comes_to_another_event_is_not_reminded() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (event, email) in [(WEBINAR, "ada@exemple.fr"), (WEBINAR, "bob@exemple.fr"), (WORKSHOP, "cleo@exemple.fr")] {
        visitor.register_and_confirm(&app, event, email).await;
    }
    press(&app, &visitor, "bob@exemple.fr", "annuler").await;
    pass_until(&app, app.event(WEBINAR).await.starts_at - WEEK + Duration::from_secs(1));
    assert_eq!(reminded(&app, "ada@exemple.fr").await, 1);
    assert_eq!(reminded(&app, "bob@exemple.fr").await, 0);
    assert_eq!(reminded(&app, "cleo@exemple.fr").await, 0);
}

#[tokio::test]
async fn who_confirms_as_a_reminder_is_due_has_just_read_it_and_one_of_no_use_is_not_sent() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WEBINAR, "ada@exemple.fr").await;
    let starts_at = app.event(WEBINAR).await.starts_at;
    pass_until(&app, starts_at - WEEK);
    visitor.register_and_confirm(&app, WEBINAR, "bob@exemple.fr").await;
    assert_eq!(reminded(&app, "bob@exemple.fr").await, 0);
    assert_eq!(reminded(&app, "ada@exemple.fr").await, 1, "at that very moment");
    pass_until(&app, Reminder::Day.useful_until(starts_at));
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
    let coming = registrations::coming_reminders(&mut tx, event, (now, until)).await.unwrap();
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

    app.visitor().register_and_confirm(&app, WEBINAR, "ada@exemple.fr").await;
    assert_eq!(coming(&app, &event, due).await, [(Reminder::Week, due, 1)]);
    pass_until(&app, due + Duration::from_secs(60));
    let late = app.app.clock.now();
    assert_eq!(coming(&app, &event, late).await, [(Reminder::Week, late, 1)], "late, it leaves at once");
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(coming(&app, &event, late).await, [], "it has left");
    pass_until(&app, Reminder::Week.useful_until(event.starts_at));
    app.visitor().register_and_confirm(&app, WEBINAR, "bob@exemple.fr").await;
    assert!(coming(&app, &event, app.app.clock.now()).await.is_empty(), "it is of no use any more");
    assert!(now < late);
}

#[tokio::test]
async fn a_reminder_that_is_due_with_nobody_to_read_it_is_not_coming() {
    let app = TestApp::start().await;
    let event = app.event(WEBINAR).await;
    pass_until(&app, event.starts_at - WEEK);
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
        app.visitor().register_and_confirm(&app, WEBINAR, "ada@exemple.fr").await;
        pass_until(&app, event.starts_at - Duration::from_secs(before));
        assert_eq!(reminded(&app, "ada@exemple.fr").await, 1);
        let read = app.app.mail.render(&newest(&app, "reminder").await, &app.app.key).unwrap();
        assert!(read.subject.contains(words) || read.text.contains(words), "{}", read.text);
    }
}

#[tokio::test]
async fn a_colleague_who_is_asked_gets_neither_the_givers_link_nor_their_name() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    let letter = newest(&app, "hand-over").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("Bonjour Cleo") && !read.text.contains("/inscriptions/"), "{}", read.text);
    assert!(!format!("{letter:?}").contains("/inscriptions/"), "{letter:?}");
}

#[tokio::test]
async fn a_test_of_a_message_goes_to_the_organiser_alone_and_holds_nobodys_link() {
    let app = TestApp::start().await;
    app.visitor().register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let desk = app.desk().await;
    let path = format!("/organisation/evenements/{WORKSHOP}/message");
    let test = [
        ("id", "01939000-0000-7000-8000-00000000000a"),
        ("readers", "places"),
        ("subject", "Avant l’atelier"),
        ("message", "Lisez ceci."),
        ("act", "test"),
    ];
    for _ in 0..2 {
        assert_eq!(desk.post(&path, &test).await.status, 200);
        app.advance_millis(1);
    }
    let all = app.letters("orga@exemple.fr").await;
    assert_eq!(all.iter().filter(|kind| *kind == "message").count(), 2, "as often as one likes");
    assert!(!app.letters("ada@exemple.fr").await.contains(&"message".to_owned()));
    let letter = newest(&app, "message").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("Lisez ceci.") && !read.text.contains("/inscriptions/"), "{}", read.text);
    assert!(read.text.contains("Bonjour orga") && !read.text.contains("Bonjour ada"), "{}", read.text);
    let sent = [&test[..4], &[("act", "envoyer")]].concat();
    assert!(desk.post(&path, &sent).await.location().ends_with("partis=1"), "the test was not the sending");
}

#[tokio::test]
async fn who_only_waits_is_told_of_a_move_without_the_boards_link() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let by = (app.organiser().await, Act::Edited);
    let edit = |event: &mut Event| event.place = "Angers".into();
    app::revise::revise(&app.app, &domain::audit::Entry::new(by.0, by.1, app.event(WORKSHOP).await.id), edit)
        .await
        .unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    for (email, has_board) in [("ada@exemple.fr", true), ("bob@exemple.fr", false)] {
        let told = letters.iter().find(|one| one.kind == "event-moved" && one.recipient == email).unwrap();
        let read = app.app.mail.render(told, &app.app.key).unwrap();
        assert_eq!(read.text.contains(&format!("{WORKSHOP}/tableau")), has_board, "{}", read.text);
    }
}

#[tokio::test]
async fn what_is_overdue_at_one_event_waits_until_somebody_looks_at_it() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    // Else the job may be the somebody, on a slow machine.
    app.app.jobs.stop(Duration::from_secs(10)).await;
    app.app.clock.advance(app.app.config.hold());
    visitor.register(WEBINAR, "cleo@exemple.fr").await;
    assert_eq!(
        seats(&app, WORKSHOP).await,
        [RegistrationStatus::Held, RegistrationStatus::Waiting],
        "another event was looked at"
    );
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(
        seats(&app, WORKSHOP).await,
        [RegistrationStatus::Expired, RegistrationStatus::Offered],
        "at that very moment"
    );
}

#[tokio::test]
async fn kept_seats_are_passed_on_at_their_very_date_however_many_come_elsewhere() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let until = app.app.clock.now() + Duration::from_secs(3600);
    let by = (app.organiser().await, Act::ChangedAudience);
    let edit = |event: &mut Event| (event.kept_seats, event.kept_until) = (1, Some(until));
    app::revise::revise(&app.app, &domain::audit::Entry::new(by.0, by.1, app.event(WORKSHOP).await.id), edit)
        .await
        .unwrap();
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register_and_confirm(&app, WEBINAR, email).await;
    }
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(seats(&app, WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    pass_until(&app, until);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(seats(&app, WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Offered]);
}
