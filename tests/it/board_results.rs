//! What is on a board becomes public only when an organiser publishes it: as it is then, and without what is private.

use serde_json::json;
use uuid::Uuid;

use crate::boards_client::{Fate, Workshop, add_card, board_of, organiser, set_field};
use crate::harness::{TestApp, WORKSHOP};

const RESULTS: &str = "/evenements/atelier-2-indicateurs/resultats/1";

/// A board of this event, open in an organiser's browser.
async fn workshop_of(event: &str) -> Workshop {
    let app = TestApp::start().await;
    let (_, board) = board_of(&app.app, event).await;
    Workshop { base: format!("http://{}", app.address), app, board }
}

#[tokio::test]
async fn results_are_public_once_published_as_they_were_then_and_no_more_once_withdrawn() {
    let workshop = workshop_of(WORKSHOP).await;
    let (app, desk) = (&workshop.app, workshop.app.desk().await);
    let mut tab = workshop.tab(&organiser(&app.app).await).await;
    let card = Uuid::new_v4();
    assert!(matches!(tab.do_edit(add_card(card, "Part des clauses")).await, Fate::Stored(_)));
    assert!(matches!(tab.do_edit(set_field(card, "target", 30)).await, Fate::Stored(_)));
    let visitor = app.visitor();
    assert_eq!(visitor.get(RESULTS).await.status, 404);

    let path = format!("/organisation/tableaux/{}/resultats", workshop.board);
    let asked = desk.get(&path).await;
    assert!(asked.body.contains("Publier les résultats du tableau") && asked.body.contains("Part des clauses"));
    assert_eq!(visitor.get(RESULTS).await.status, 404, "GET only asks");
    let done = desk.post(&path, &[]).await;
    assert_eq!(done.status, 303);
    assert!(desk.get(done.location()).await.body.contains("sont publiés"));
    let results = visitor.get(RESULTS).await;
    assert_eq!(results.status, 200);
    assert!(results.body.contains("<th scope=\"col\">Cible</th>") || results.body.contains("scope=\"col\""));
    assert!(results.body.contains("Part des clauses") && results.body.contains("30"), "{}", results.body);

    assert!(matches!(tab.do_edit(set_field(card, "name", "Écrit plus tard")).await, Fate::Stored(_)));
    assert!(!visitor.get(RESULTS).await.body.contains("Écrit plus tard"), "a copy");
    assert_eq!(desk.post(&path, &[]).await.status, 303);
    assert!(visitor.get(RESULTS).await.body.contains("Écrit plus tard"), "published anew");

    app.pass_until(app.event(WORKSHOP).await.ends_at);
    let archive = visitor.get(&format!("/evenements/{WORKSHOP}")).await.body;
    assert!(archive.contains(RESULTS) && archive.contains("lire les résultats"), "{archive}");
    let desk = app.desk().await;
    assert_eq!(desk.post(&format!("{path}/retirer"), &[]).await.status, 303);
    assert_eq!(visitor.get(RESULTS).await.status, 404);
    assert!(!visitor.get(&format!("/evenements/{WORKSHOP}")).await.body.contains(RESULTS));
    let log = app.log().await;
    assert!(log.contains("a publié les résultats du tableau") && log.contains("a retiré les résultats"), "{log}");
}

#[tokio::test]
async fn neither_contacts_nor_comments_nor_authors_nor_what_people_think_of_actors_is_published() {
    let event = "atelier-3-transition-du-territoire";
    let workshop = workshop_of(event).await;
    let (app, desk) = (&workshop.app, workshop.app.desk().await);
    let mut tab = workshop.tab(&organiser(&app.app).await).await;
    let card = Uuid::new_v4();
    assert!(matches!(tab.do_edit(add_card(card, "Réseau des acheteurs")).await, Fate::Stored(_)));
    for (field, value) in [
        ("contact", json!("planté-contact")),
        ("referent", json!("planté-référent")),
        ("expectations", json!("planté-attentes")),
        ("attitude_now", json!("opposed")),
        ("role", json!("Met en relation")),
    ] {
        let fate = match field {
            // A long text is typed.
            "role" => tab.do_edit(json!({ "type": "set_field", "card": card, "field": field, "value": value })).await,
            _ => tab.do_edit(set_field(card, field, value)).await,
        };
        assert!(matches!(fate, Fate::Stored(_)) || field == "role", "{field}: {fate:?}");
    }
    let comment =
        json!({ "type": "add_comment", "card": card, "comment": Uuid::new_v4(), "text": "planté-commentaire" });
    assert!(matches!(tab.do_edit(comment).await, Fate::Stored(_)));
    let path = format!("/organisation/tableaux/{}/resultats", workshop.board);
    assert_eq!(desk.post(&path, &[]).await.status, 303);
    let results = app.visitor().get(&format!("/evenements/{event}/resultats/1")).await;
    assert!(results.status == 200 && results.body.contains("Réseau des acheteurs"), "{}", results.body);
    for private in ["planté", "Opposé", "orga@", &card.to_string(), &workshop.board.to_string()] {
        assert!(!results.body.contains(private), "{private}: {}", results.body);
    }
    let private = desk.get(&path).await.body;
    assert!(!private.contains("planté"), "the preview shows what would be public, and nothing else");
}
