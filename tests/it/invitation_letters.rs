//! The invitations in letters (iMIP): a calendar that applies each, in order, shows what the database says.

use std::collections::BTreeMap;
use std::time::Duration;

use calcard::icalendar::{ICalendar, ICalendarParameterName, ICalendarProperty};
use domain::accounts::EmailAddress;
use domain::programme::EventStatus;
use domain::registrations;
use mail::outbox;
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use crate::harness::calendar::{property, read};
use crate::harness::smtp::Sink;
use crate::harness::{TestApp, WEBINAR, WORKSHOP, postpone};

/// A calendar that takes invitations as apps do.
#[derive(Debug, Default)]
struct Calendar {
    /// By UID: sequence, and start and end in seconds while it is shown.
    entries: BTreeMap<String, (i64, Option<(i64, i64)>)>,
}

impl Calendar {
    fn apply(&mut self, text: &str) {
        let calendar = read(text);
        let root =
            calendar.components.iter().find(|component| component.property(&ICalendarProperty::Method).is_some());
        let method = property(root.unwrap(), ICalendarProperty::Method);
        let event = calendar.components.iter().find(|component| component.component_type.is_event()).unwrap();
        let uid = event.uid().unwrap().to_owned();
        let sequence: i64 = property(event, ICalendarProperty::Sequence).parse().unwrap();
        if let Some((before, _)) = self.entries.get(&uid) {
            assert!(sequence > *before, "an app would pass over {method} {sequence} after {before}");
        }
        assert_eq!(
            property(event, ICalendarProperty::Status),
            if method == "CANCEL" { "CANCELLED" } else { "CONFIRMED" }
        );
        let expanded = calendar.expand_dates(calcard::common::timezone::Tz::UTC, 10);
        let times = expanded.events[0].timestamps();
        self.entries.insert(uid, (sequence, (method == "REQUEST").then_some(times)));
    }

    fn shown(&self) -> BTreeMap<String, (i64, i64)> {
        let shown = self.entries.iter().filter_map(|(uid, (_, times))| times.map(|times| (uid.clone(), times)));
        shown.collect()
    }
}

/// The invitations to an address, in the order they were written.
async fn invitations(app: &TestApp, email: &str) -> Vec<String> {
    let mut letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 10_000).await.unwrap();
    letters.reverse();
    letters.into_iter().filter(|letter| letter.recipient == email).filter_map(|letter| letter.calendar).collect()
}

#[tokio::test]
async fn the_letter_that_confirms_invites_as_calendars_understand_it() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| {
        config.smtp_url = Some(sink.url());
        config.mail_from = "Parcours SPASER <parcours@exemple.fr>".into();
        config.mail_reply_to = Some("\"L’équipe, du parcours\" <equipe@exemple.fr>".into());
    })
    .await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    // As people do: the first letter has come before its button is pressed.
    sink.wait_for(1).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/confirmer"), &[]).await.status, 303);
    let received = sink.wait_for(2).await;
    let mail = MessageParser::default().parse(&received[1].bytes).unwrap();
    let kinds: Vec<_> = mail.parts.iter().filter_map(|part| part.content_type()).collect();
    let names: Vec<_> = kinds.iter().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap())).collect();
    let expected =
        ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"];
    assert_eq!(names, expected);
    assert_eq!(kinds[4].attribute("method"), Some("REQUEST"));
    assert!(mail.parts[4].content_disposition().is_none());
    let text = mail.parts[4].text_contents().unwrap();
    assert!(text.contains("\r\nMETHOD:REQUEST\r\n"));
    assert_eq!(mail.parts[5].attachment_name(), Some("evenement.ics"));

    let invited = read(text);
    let event = invited.components.iter().find(|component| component.component_type.is_event()).unwrap();
    let attendees: Vec<_> = event.properties(&ICalendarProperty::Attendee).collect();
    assert_eq!(attendees.len(), 1);
    assert_eq!(attendees[0].values[0].as_text(), Some("mailto:ada@exemple.fr"));
    assert!(text.replace("\r\n ", "").contains("PARTSTAT=ACCEPTED;RSVP=FALSE"), "{text}");
    let organiser = event.property(&ICalendarProperty::Organizer).unwrap();
    assert_eq!(organiser.values[0].as_text(), Some("mailto:equipe@exemple.fr"));
    assert!(organiser.parameter(&ICalendarParameterName::Cn).is_some());

    let feed = read(&visitor.get(&format!("/evenements/{WORKSHOP}.ics")).await.body);
    let in_feed = feed.components.iter().find(|component| component.component_type.is_event()).unwrap();
    for same in [ICalendarProperty::Summary, ICalendarProperty::Location, ICalendarProperty::Description] {
        assert_eq!(property(event, same.clone()), property(in_feed, same));
    }
    assert_eq!(event.uid(), in_feed.uid());
    let times =
        |calendar: &ICalendar| calendar.expand_dates(calcard::common::timezone::Tz::UTC, 10).events[0].timestamps();
    assert_eq!(times(&invited), times(&feed));
}

#[tokio::test]
async fn who_leaves_loses_the_entry_and_who_comes_back_has_it_again() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let mut calendar = Calendar::default();
    for _ in 0..3 {
        visitor.register(WEBINAR, "ada@exemple.fr").await;
        let link = app.link("ada@exemple.fr", "registration").await;
        assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    }
    let invitations = invitations(&app, "ada@exemple.fr").await;
    assert_eq!(invitations.len(), 6);
    for (index, text) in invitations.iter().enumerate() {
        calendar.apply(text);
        assert_eq!(calendar.shown().len(), usize::from(index % 2 == 0));
        assert!(!text.contains("Annulé"), "the event takes place all the same");
    }
}

#[tokio::test]
async fn who_only_waited_is_sent_no_cancellation() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let link = app.link("bob@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/annuler"), &[]).await;
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "cancelled"]);
    assert!(invitations(&app, "bob@exemple.fr").await.is_empty());
}

#[tokio::test]
async fn seats_that_are_theirs_at_once_through_the_whole_parcours_form_are_in_their_calendar() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    register_for_all(&app, "ada@exemple.fr").await;
    let mut letters = app.letters("ada@exemple.fr").await;
    letters.sort();
    assert_eq!(letters, ["confirmed", "parcours"], "one with the results, and one for the seat that is hers");
    let mut calendar = Calendar::default();
    for text in invitations(&app, "ada@exemple.fr").await {
        calendar.apply(&text);
    }
    assert_eq!(calendar.shown(), truth(&app, "ada@exemple.fr").await);
    assert_eq!(calendar.shown().len(), 1);
    register_for_all(&app, "ada@exemple.fr").await;
    assert_eq!(invitations(&app, "ada@exemple.fr").await.len(), 1, "asking again sends none again");
}

#[tokio::test]
async fn reminders_that_wait_are_taken_back_with_the_seat_and_follow_the_organisers_choice() {
    use domain::registrations::Reminder;
    // No letter leaves, nor is tried, so that the reminder still waits when the seat is given back.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(0)).await;
    let visitor = app.visitor();
    let event = app.event(WEBINAR).await;
    let organiser = app.organiser().await;
    registrations::set_reminders(&app.app, organiser, event.id, &[Reminder::TwoDays]).await.unwrap();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    let hours = event.starts_at.since(app.app.clock.now()).as_secs() / 3600;
    app.advance(hours - 7 * 24);
    registrations::remind(&app.app).await.unwrap();
    assert!(!app.letters("ada@exemple.fr").await.contains(&"reminder".to_owned()), "a week before was not chosen");
    let coming = {
        let mut tx = app.app.db.snapshot().await.unwrap();
        let now = app.app.clock.now();
        let until = now + Duration::from_secs(7 * 24 * 3600);
        registrations::coming_reminders(&mut tx, &event, now, until).await.unwrap()
    };
    assert_eq!(coming.len(), 1);
    assert_eq!((coming[0].0, coming[0].2.len()), (Reminder::TwoDays, 1));
    app.advance(5 * 24);
    registrations::remind(&app.app).await.unwrap();
    registrations::remind(&app.app).await.unwrap();
    let reminders = |letters: Vec<String>| letters.into_iter().filter(|kind| kind == "reminder").count();
    assert_eq!(reminders(app.letters("ada@exemple.fr").await), 1);
    let link = app.link("ada@exemple.fr", "cancel").await;
    assert!(visitor.get(&link).await.body.contains("/annuler\""), "the link opens the page with its button");
    let path = link.split('?').next().unwrap();
    visitor.post(&format!("{path}/annuler"), &[]).await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let reminder = letters.iter().find(|letter| letter.kind == "reminder").unwrap();
    assert_eq!((reminder.state.as_str(), reminder.reason.as_deref()), ("suppressed", Some("no longer true")));
}

/// What a person does about one event.
#[derive(Debug, Clone, Copy)]
enum Act {
    Register(usize, usize),
    /// For all events at once, signed in.
    RegisterForAll(usize),
    Leave(usize, usize),
    /// So many hours later.
    Move(usize, i64),
    CancelEvent(usize),
    Restore(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0usize..2, 0usize..2).prop_map(|(person, event)| Act::Register(person, event)),
        1 => (0usize..2).prop_map(Act::RegisterForAll),
        2 => (0usize..2, 0usize..2).prop_map(|(person, event)| Act::Leave(person, event)),
        2 => (0usize..2, 1i64..3000).prop_map(|(event, hours)| Act::Move(event, hours)),
        1 => (0usize..2).prop_map(Act::CancelEvent),
        1 => (0usize..2).prop_map(Act::Restore),
    ]
}

const PEOPLE: [&str; 2] = ["ada@exemple.fr", "bob@exemple.fr"];
const EVENTS: [&str; 2] = [WEBINAR, WORKSHOP];

/// The whole parcours in one form, by somebody who is signed in.
async fn register_for_all(app: &TestApp, person: &str) {
    let events = [app.event(EVENTS[0]).await.id, app.event(EVENTS[1]).await.id];
    let request = registrations::NewRegistration {
        name: "X".into(),
        email: EmailAddress::parse(person).unwrap(),
        organisation: "Ville".into(),
        siret: None,
        buyer: true,
        answers: Vec::new(),
        request: None,
        short_notice: false,
    };
    let requests = events.map(|event| (event, request.clone()));
    registrations::register_all(&app.app, &requests).await.unwrap();
}

/// What the database says that a person's calendar must show.
async fn truth(app: &TestApp, person: &str) -> BTreeMap<String, (i64, i64)> {
    let mut truth = BTreeMap::new();
    for slug in EVENTS {
        let event = app.event(slug).await;
        let all = registrations::of_event(&mut app.app.db.read().await.unwrap(), event.id).await.unwrap();
        let comes = |it: &registrations::Registration| it.status == registrations::RegistrationStatus::Confirmed;
        let takes_place = event.status == EventStatus::Published;
        if takes_place && all.iter().any(|it| comes(it) && it.email.as_str() == person) {
            let seconds = (event.starts_at.as_millis() / 1000, event.ends_at.as_millis() / 1000);
            truth.insert(format!("{}@127.0.0.1", event.id), seconds);
        }
    }
    truth
}

/// Moves an event by so many hours on the clocks of its zone.
async fn play(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let app = TestApp::start().await;
    // One seat: the other waits, is offered it, takes it.
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    for act in acts {
        app.advance_millis(1000);
        match act {
            Act::Register(person, event) => {
                if app.event(EVENTS[event]).await.status == EventStatus::Published {
                    visitor.ask(EVENTS[event], PEOPLE[person]).await;
                    // Who is registered is only told so.
                    let all = app.registrations(EVENTS[event]).await;
                    if !all.iter().any(|one| one.email.as_str() == PEOPLE[person] && one.status.is_live()) {
                        visitor.prove(PEOPLE[person]).await;
                    }
                }
            }
            Act::RegisterForAll(person) => register_for_all(&app, PEOPLE[person]).await,
            Act::Move(event, hours) => {
                app.revise(EVENTS[event], |event| postpone(event, hours)).await;
            }
            Act::CancelEvent(event) => {
                app.revise(EVENTS[event], |event| event.status = EventStatus::Cancelled).await;
            }
            Act::Restore(event) => {
                app.revise(EVENTS[event], |event| event.status = EventStatus::Published).await;
            }
            Act::Leave(person, event) => {
                let event = app.event(EVENTS[event]).await;
                let live = registrations::of_event(&mut app.app.db.read().await.unwrap(), event.id).await.unwrap();
                let theirs = live.iter().find(|it| it.status.is_live() && it.email.as_str() == PEOPLE[person]);
                if let Some(registration) = theirs {
                    registrations::cancel(&app.app, registration.id).await.unwrap();
                }
            }
        }
    }
    for person in PEOPLE {
        let mut calendar = Calendar::default();
        for text in invitations(&app, person).await {
            calendar.apply(&text);
        }
        prop_assert_eq!(calendar.shown(), truth(&app, person).await);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn after_any_history_a_calendar_that_took_every_invitation_shows_what_the_database_says(
        acts in prop::collection::vec(any_act(), 3..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(acts))?;
    }
}
