//! Messages of organisers to those who are registered for an event.

use crate::harness::{TestApp, WORKSHOP};

#[tokio::test]
async fn a_test_of_a_message_goes_to_the_organiser_alone_and_holds_nobodys_link() {
    let app = TestApp::start().await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
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
    let letter = app.newest_letter("message").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("Lisez ceci.") && !read.text.contains("/inscriptions/"), "{}", read.text);
    assert!(read.text.contains("Bonjour orga") && !read.text.contains("Bonjour ada"), "{}", read.text);
    let sent = [&test[..4], &[("act", "envoyer")]].concat();
    assert!(desk.post(&path, &sent).await.location().ends_with("partis=1"), "the test was not the sending");
}
