//! An invitation to several events: several are chosen at once, and each says what its answer will be.

use domain::registrations::RegistrationStatus;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};
use crate::invitations::{COMPOSE, compose, fields};

/// Ada is invited to the workshop, whose only seat is Bob's, and to the webinar.
async fn invited() -> (TestApp, Visitor, String) {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    app.set_capacity(WORKSHOP, 1).await;
    app.visitor().register(WORKSHOP, "bob@exemple.fr").await;
    let fields = [fields("ada@exemple.fr;Ada;Ville", "envoyer"), vec![("event", WEBINAR)]].concat();
    assert_eq!(compose(&desk, COMPOSE, &fields).await.status, 303);
    let link = app.link("ada@exemple.fr", "invitation").await;
    (app, desk, link)
}

/// What the page says of an event, after a hook.
fn said<'a>(page: &'a str, hook: &str, event: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("{hook}=\"{event}\">")).expect("something said of the event");
    after.split("</p>").next().unwrap()
}

#[tokio::test]
async fn a_guest_chooses_several_events_and_reads_before_and_after_what_each_answer_is() {
    let (app, _, link) = invited().await;
    let guest = app.visitor();
    let page = guest.get(&link).await.body;
    assert!(said(&page, "data-forecast", WORKSHOP).contains("liste d’attente, position 1"), "{page}");
    assert!(said(&page, "data-forecast", WEBINAR).contains("sera à vous"), "{page}");
    let form = [("event", WORKSHOP), ("event", WEBINAR), ("name", "Ada"), ("organisation", "Ville"), ("buyer", "oui")];
    assert_eq!(guest.post(&format!("{link}/inscription"), &form).await.location(), format!("{link}?fait=inscrit"));
    assert_eq!(app.registration(WORKSHOP, "ada@exemple.fr").await.status, RegistrationStatus::Waiting);
    assert_eq!(app.registration(WEBINAR, "ada@exemple.fr").await.status, RegistrationStatus::Confirmed);
    let page = guest.get(&link).await.body;
    assert!(said(&page, "data-answer", WORKSHOP).contains("position 1"), "{page}");
    assert!(said(&page, "data-answer", WEBINAR).contains("vous avez une place"), "{page}");
    assert!(!page.contains("/inscription\""), "nothing is left to choose");
}

#[tokio::test]
async fn one_of_several_leaves_the_others_to_be_chosen_later_and_none_is_a_mistake() {
    let (app, _, link) = invited().await;
    let guest = app.visitor();
    let none = guest.post(&format!("{link}/inscription"), &[("name", "Ada"), ("organisation", "Ville")]).await;
    assert!(none.status == 422 && none.body.contains("id=\"event-error\""), "{}", none.body);
    let unattested = [("event", WORKSHOP), ("event", WEBINAR), ("name", "Ada"), ("organisation", "Ville")];
    let answer = guest.post(&format!("{link}/inscription"), &unattested).await;
    assert!(answer.status == 422 && answer.body.contains("id=\"buyer-error\""), "{}", answer.body);
    assert_eq!(answer.body.matches(" checked>").count(), 2, "what was ticked stays");
    let form = [("event", WEBINAR), ("name", "Ada"), ("organisation", "Ville")];
    assert_eq!(guest.post(&format!("{link}/inscription"), &form).await.status, 303);
    let page = guest.get(&link).await.body;
    assert!(page.contains("data-forecast=\"atelier") && !page.contains("data-forecast=\"webinaire"), "{page}");
}
