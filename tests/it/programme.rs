//! The programme: shown, imported, imported again.

use parcours::organiser;
use parcours::programme::import::CARRIED;

use crate::harness::{TestApp, WORKSHOP};

#[tokio::test]
async fn the_timeline_shows_six_events_with_their_seats_and_what_is_next() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/").await.body;
    assert_eq!(page.matches("timeline-item").count(), 6);
    assert_eq!(page.matches("Réservé aux acheteurs publics").count(), 4);
    assert_eq!(page.matches("60 places libres").count(), 4);
    assert_eq!(page.matches("Prochain rendez-vous").count(), 1);
    assert!(page.contains("lundi 7 décembre 2026"));
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
    let first = organiser::import(&app.app, CARRIED).await.unwrap();
    assert_eq!((first.added.len(), first.changed.len()), (0, 6), "the original dates replace the demo's");
    let second = organiser::import(&app.app, CARRIED).await.unwrap();
    assert_eq!((second.added.len(), second.changed.len(), second.unchanged), (0, 0, 6));

    let before = app.event(WORKSHOP).await;
    let moved = CARRIED.replace("2024-03-26T", "2024-03-27T");
    assert_eq!(organiser::import(&app.app, &moved).await.unwrap().changed.len(), 1);
    let after = app.event(WORKSHOP).await;
    assert_eq!((after.id, after.sequence), (before.id, before.sequence + 1), "calendars see the same event, revised");
}

#[tokio::test]
async fn a_raised_capacity_goes_to_those_who_wait() {
    let app = TestApp::start().await;
    organiser::import(&app.app, &coming(1)).await.unwrap();
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    organiser::import(&app.app, &coming(2)).await.unwrap();
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting", "seat-offered"]);
}

/// The programme on its coming dates with so many seats.
fn coming(seats: u32) -> String {
    let years = CARRIED.replace("2024-", "2027-").replace("2023-", "2026-");
    years.replace("capacity = 60", &format!("capacity = {seats}"))
}

#[tokio::test]
async fn a_refused_programme_changes_nothing() {
    let app = TestApp::start().await;
    let before = app.event(WORKSHOP).await;
    let broken = coming(5).replace("ends = 2027-07-02T16:30:00", "ends = 2027-07-02T06:30:00");
    let error = organiser::import(&app.app, &broken).await.unwrap_err().to_string();
    assert!(error.starts_with("line "), "{error}");
    assert_eq!(app.event(WORKSHOP).await.capacity, before.capacity);
}
