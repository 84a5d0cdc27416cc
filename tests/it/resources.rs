//! The library: what organisers gather is found by everybody, by words, by kind and by event.

use domain::programme::EventStatus;
use domain::resources;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

const LIBRARY: &str = "/organisation/ressources";

async fn add(desk: &Visitor, (kind, title): (&str, &str), (url, event): (&str, &str)) -> u16 {
    let fields =
        [("type", kind), ("titre", title), ("description", "Pour débuter"), ("adresse", url), ("evenement", event)];
    desk.post(&format!("{LIBRARY}/nouvelle"), &fields).await.status.as_u16()
}

#[tokio::test]
async fn resources_are_found_by_words_without_accents_by_kind_and_by_event() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(add(&desk, ("sheet", "Méthode d’un schéma"), ("https://fiches.exemple.fr/", "")).await, 303);
    assert_eq!(add(&desk, ("tool", "Grille d’indicateurs"), ("", WORKSHOP)).await, 303);
    let visitor = app.visitor();
    let found = async |query: &str| {
        let page = visitor.get(&format!("/ressources{query}")).await.body;
        [page.contains("Méthode d’un schéma"), page.contains("Grille d’indicateurs")]
    };
    assert_eq!(found("").await, [true, true]);
    assert_eq!(found("?q=METHODE+schema").await, [true, false]);
    assert_eq!(found("?q=indicateurs").await, [false, true], "the event's title counts, too");
    assert_eq!(found("?type=outil").await, [false, true]);
    assert_eq!(found("?type=document").await, [false, false]);
    assert_eq!(found(&format!("?evenement={WORKSHOP}")).await, [false, true]);
    assert_eq!(found("?q=introuvable").await, [false, false]);
    let none = visitor.get("/ressources?q=introuvable").await.body;
    assert!(none.contains("Aucune ressource ne correspond") && none.contains("value=\"introuvable\""), "{none}");
    let all = visitor.get("/ressources").await.body;
    assert!(all.contains("href=\"https://fiches.exemple.fr/\"") && all.contains("Pour débuter"), "{all}");
    assert!(visitor.get("/").await.body.contains("href=\"/ressources\""), "every page leads there");
}

#[tokio::test]
async fn what_belongs_to_an_event_off_the_programme_waits_with_it() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(add(&desk, ("link", "Lien de l’atelier"), ("https://a.exemple.fr", WORKSHOP)).await, 303);
    assert!(app.visitor().get("/ressources").await.body.contains("Lien de l’atelier"));
    app.revise(WORKSHOP, |event| event.status = EventStatus::Draft).await;
    assert!(!app.visitor().get("/ressources").await.body.contains("Lien de l’atelier"));
    assert!(desk.get(LIBRARY).await.body.contains("Lien de l’atelier"), "organisers see it");
}

#[tokio::test]
async fn documents_of_events_that_have_begun_are_in_the_library() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let file = reqwest::multipart::Part::text("a;b\n").file_name("Marchés.csv");
    let form = reqwest::multipart::Form::new().part("fichier", file);
    let path = format!("/organisation/evenements/{WEBINAR}/archive/documents");
    assert_eq!(desk.post_multipart(&path, form).await.status, 303);
    assert!(!app.visitor().get("/ressources").await.body.contains("Marchés"));
    app.pass_until(app.event(WEBINAR).await.starts_at);
    let page = app.visitor().get("/ressources?type=document&q=marches").await.body;
    assert!(page.contains("Marchés") && page.contains("CSV, 1\u{a0}ko"), "{page}");
}

#[tokio::test]
async fn an_entry_is_changed_and_removed_and_what_is_wrong_is_said_beside_what_was_typed() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    for (url, told) in [("http://a.exemple.fr", "commence par https://"), ("https://a b", "commence par https://")] {
        let fields = [("type", "link"), ("titre", "Un lien"), ("adresse", url)];
        let refused = desk.post(&format!("{LIBRARY}/nouvelle"), &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains(told) && refused.body.contains("value=\"Un lien\""), "{}", refused.body);
    }
    let nothing = desk.post(&format!("{LIBRARY}/nouvelle"), &[]).await;
    assert!(nothing.status == 422 && nothing.body.contains("Choisissez un type"), "{}", nothing.body);

    assert_eq!(add(&desk, ("link", "Un lien"), ("https://a.exemple.fr", "")).await, 303);
    let id = resources::list(&mut app.app.db.read().await.unwrap()).await.unwrap()[0].id;
    let path = format!("{LIBRARY}/{id}");
    assert!(desk.get(&path).await.body.contains("value=\"https://a.exemple.fr\""));
    let fields = [("type", "mooc"), ("titre", "Un cours"), ("adresse", "")];
    assert_eq!(desk.post(&path, &fields).await.status, 303);
    let page = app.visitor().get("/ressources?type=mooc").await.body;
    assert!(page.contains("Un cours") && !page.contains("https://a.exemple.fr"), "{page}");
    assert!(desk.get(&format!("{path}/supprimer")).await.body.contains("Retirer cette ressource"));
    assert_eq!(desk.post(&format!("{path}/supprimer"), &[]).await.status, 303);
    assert!(!app.visitor().get("/ressources").await.body.contains("Un cours"));
}

#[tokio::test]
async fn a_demonstration_begins_with_a_library_and_a_server_does_not() {
    let app = TestApp::start().await;
    assert!(app.visitor().get("/ressources").await.body.contains("Aucune ressource pour l’instant"));
    for _ in 0..2 {
        resources::seed(&app.app).await.unwrap();
    }
    let page = app.visitor().get("/ressources").await.body;
    assert_eq!(page.matches("Un SPASER disséqué").count(), 1, "filled once");
    assert!(page.contains("https://www.legifrance.gouv.fr") && page.contains("Guichets verts"), "{page}");
    assert_eq!(app.visitor().get("/ressources?type=outil").await.body.matches("class=\"card\"").count(), 6);
}
