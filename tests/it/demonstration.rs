//! The demonstration opens on a programme that looks used.

use crate::harness::TestDatabase;
use crate::harness::process::Process;

#[tokio::test]
async fn a_demonstration_shows_a_programme_half_way_with_people_letters_and_boards() {
    let process = Process::start(TestDatabase::create().await, vec!["demo".into()]).await;
    let get = async |path: &str| {
        let url = format!("{}{path}", process.base);
        reqwest::get(url).await.unwrap().text().await.unwrap()
    };
    let programme = get("/").await;
    assert_eq!(programme.matches("timeline-item").count(), 6);
    assert_eq!(programme.matches("Terminé").count(), 1, "a webinar is over");
    assert_eq!(programme.matches("Complet").count(), 1, "a workshop is full");
    assert!(programme.contains("en liste d’attente"));
    assert!(!programme.contains("samedi") && !programme.contains("dimanche"));
    assert_eq!(get("/calendrier.ics").await.matches("BEGIN:VEVENT").count(), 6);
    let letters = get("/courriels").await;
    assert!(letters.matches("/courriels/").count() > 20, "{letters}");
}

#[tokio::test]
async fn an_empty_demonstration_starts_bare() {
    let process = Process::demo().await;
    let programme = reqwest::get(format!("{}/", process.base)).await.unwrap().text().await.unwrap();
    assert_eq!(programme.matches("60 places libres").count(), 4);
}
