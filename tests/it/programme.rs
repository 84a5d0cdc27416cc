//! The programme: shown, imported, imported again.

use domain::programme::EventStatus;
use domain::programme::file::BUNDLED;
use kernel::clock::Timestamp;

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

#[tokio::test]
async fn the_timeline_shows_six_events_with_their_seats_and_what_is_next() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/").await.body;
    assert_eq!(page.matches("timeline-item").count(), 6);
    assert_eq!(page.matches("Réservé aux acheteurs publics").count(), 4);
    assert_eq!(page.matches("60 places libres").count(), 4);
    assert_eq!(page.matches("Prochain rendez-vous").count(), 1);
    assert!(page.contains("jeudi 10 décembre 2026"));
    assert!(page.contains("heure de Paris"));
    assert!(page.contains("webcal://"));
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(app.visitor().get("/").await.body.matches("59 places libres").count(), 1);
}

#[tokio::test]
async fn an_event_tells_its_agenda_its_speakers_and_its_place() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/evenements/webinaire-spaser-quezaco").await.body;
    for expected in ["Passation entre les métropoles", "Nicolas Cros", "En ligne", "Ajouter à mon agenda"] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn a_programme_can_be_imported_again_and_again() {
    let app = TestApp::start().await;
    let first = app::programme::import(&app.app, BUNDLED).await.unwrap();
    assert_eq!((first.added.len(), first.changed.len()), (0, 6), "the original dates replace the demo's");
    let second = app::programme::import(&app.app, BUNDLED).await.unwrap();
    assert_eq!((second.added.len(), second.changed.len(), second.unchanged), (0, 0, 6));

    let before = app.event(WORKSHOP).await;
    let moved = BUNDLED.replace("2024-03-26T", "2024-03-27T");
    assert_eq!(app::programme::import(&app.app, &moved).await.unwrap().changed.len(), 1);
    let after = app.event(WORKSHOP).await;
    assert_eq!((after.id, after.sequence), (before.id, before.sequence + 1), "calendars see the same event, revised");
}

#[tokio::test]
async fn what_was_edited_on_a_page_stays_unless_the_file_changed_since_and_is_told() {
    let app = TestApp::start().await;
    app::programme::import(&app.app, &coming(60)).await.unwrap();
    let from_file = app.event(WORKSHOP).await;
    app.revise(WORKSHOP, |event| (event.title, event.place) = ("Un autre titre".into(), "Lyon".into())).await;
    let told = app::programme::import(&app.app, &coming(60)).await.unwrap();
    assert_eq!((told.changed.len(), told.unchanged), (0, 6));
    assert_eq!(
        told.to_string(),
        "0 added, 0 changed, 6 unchanged\n\
         atelier-2-indicateurs: kept as edited on a page, since the file says what it said last time: title, place"
    );
    // Another field changes in the file: what was edited still stays.
    let told = app::programme::import(&app.app, &coming(50)).await.unwrap();
    let event = app.event(WORKSHOP).await;
    assert_eq!((event.title.as_str(), event.place.as_str(), event.capacity), ("Un autre titre", "Lyon", Some(50)));
    assert_eq!((told.changed.len(), told.kept.len(), told.replaced.len()), (4, 1, 0));
    // The same field changes in the file: it is newer, and says so.
    let newer = coming(50).replacen(&from_file.title, "Le titre du fichier", 1);
    let told = app::programme::import(&app.app, &newer).await.unwrap();
    let event = app.event(WORKSHOP).await;
    assert_eq!((event.title.as_str(), event.place.as_str()), ("Le titre du fichier", "Lyon"));
    assert!(told.to_string().ends_with("replaced what was edited on a page, since the file changed: title"), "{told}");
}

#[tokio::test]
async fn registrations_close_when_an_event_starts_wherever_it_was_moved() {
    let app = TestApp::start().await;
    app::programme::import(&app.app, &coming(60)).await.unwrap();
    app::programme::import(&app.app, &coming(60).replace("2027-03-26T", "2027-03-27T")).await.unwrap();
    let event = app.event(WORKSHOP).await;
    assert_eq!((event.starts_local.as_str(), event.closes_at), ("2027-03-27T14:00:00", event.starts_at));
}

#[tokio::test]
async fn a_raised_capacity_goes_to_those_who_wait() {
    let app = TestApp::start().await;
    app::programme::import(&app.app, &coming(1)).await.unwrap();
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app::programme::import(&app.app, &coming(2)).await.unwrap();
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);
}

/// The programme on its coming dates with so many seats.
fn coming(seats: u32) -> String {
    let years = BUNDLED.replace("2024-", "2027-").replace("2023-", "2026-");
    years.replace("capacity = 60", &format!("capacity = {seats}"))
}

#[tokio::test]
async fn a_refused_programme_changes_nothing() {
    let app = TestApp::start().await;
    let before = app.event(WORKSHOP).await;
    let broken = coming(5).replace("ends = 2027-07-02T16:30:00", "ends = 2027-07-02T06:30:00");
    let error = app::programme::import(&app.app, &broken).await.unwrap_err().to_string();
    assert!(error.starts_with("line "), "{error}");
    assert_eq!(app.event(WORKSHOP).await.capacity, before.capacity);
}

/// As pages write it.
fn askama_escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('\'', "&#39;")
}

#[tokio::test]
async fn a_draft_is_on_no_page() {
    let app = TestApp::start().await;
    let title = app.event(WEBINAR).await.title;
    let visitor = app.visitor();
    let front = async || visitor.get("/").await.body;
    assert!(front().await.contains(&*askama_escaped(&title)));
    app.revise(WEBINAR, |event| event.status = EventStatus::Draft).await;
    assert!(!front().await.contains(&*askama_escaped(&title)));
    assert_eq!(visitor.get(&format!("/evenements/{WEBINAR}")).await.status, 404);
    assert!(!visitor.get("/parcours/inscription").await.body.contains(&format!("value=\"{WEBINAR}\"")));
}

#[tokio::test]
async fn the_next_event_is_one_that_takes_place() {
    let app = TestApp::start().await;
    let next = async || {
        let body = app.visitor().get("/").await.body;
        let (_, after) = body.split_once("Prochain rendez-vous").unwrap();
        let (_, link) = after.split_once("href=\"/evenements/").unwrap();
        link.split('"').next().unwrap().to_owned()
    };
    assert_eq!(next().await, WEBINAR);
    app.revise(WEBINAR, |event| event.status = EventStatus::Cancelled).await;
    assert_ne!(next().await, WEBINAR);
}

#[tokio::test]
async fn pages_say_when_registrations_open_and_close_on_the_clocks_of_paris() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let event = app.event(WORKSHOP).await;
    let at = |civil: &str| Timestamp::from_civil(civil.parse().unwrap(), &event.time_zone()).unwrap();
    let (opens, closes) = (at("2027-01-05T09:00"), at("2027-03-20T18:30"));
    app.revise(WORKSHOP, |event| (event.opens_at, event.closes_at) = (Some(opens), closes)).await;
    let opening = "mardi 5 janvier 2027 à 9\u{a0}h";
    let closing = "samedi 20 mars 2027 à 18\u{a0}h\u{a0}30";
    let page = visitor.get(&format!("/evenements/{WORKSHOP}")).await.body;
    assert!(page.contains(&format!("Inscriptions à partir du {opening} (heure de Paris)")), "{page}");
    assert!(page.contains(&format!("{closing} (heure de Paris)")), "{page}");
    let form = visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body;
    assert!(form.contains(&format!("ouvrent le {opening} (heure de Paris)")), "{form}");

    app.app.clock.advance(opens.since(app.app.clock.now()));
    let page = visitor.get(&format!("/evenements/{WORKSHOP}")).await.body;
    assert!(!page.contains("à partir du") && page.contains(closing), "{page}");
    app.app.clock.advance(closes.since(opens));
    let form = visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body;
    assert!(form.contains(&format!("closes depuis le {closing} (heure de Paris)")), "{form}");
}
