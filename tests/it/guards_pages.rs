//! What public pages show and forms take: each test fails without one guard.

use domain::audit::Act;
use domain::programme::{Event, EventStatus};
use domain::registrations::{self, Registration};
use kernel::clock::Timestamp;

use crate::harness::{TestApp, WEBINAR, WORKSHOP};

async fn all(app: &TestApp, event: &str) -> Vec<Registration> {
    let event = app.event(event).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn revise(app: &TestApp, event: &str, edit: impl FnOnce(&mut Event) + Send) {
    let by = (app.organiser().await, Act::Edited);
    let event = app.event(event).await.id;
    app::revise::revise(&app.app, &domain::audit::Entry::new(by.0, by.1, event), edit).await.unwrap();
}

#[tokio::test]
async fn a_draft_is_on_no_page() {
    let app = TestApp::start().await;
    let title = app.event(WEBINAR).await.title;
    let visitor = app.visitor();
    let front = async || visitor.get("/").await.body;
    assert!(front().await.contains(&*askama_escaped(&title)));
    revise(&app, WEBINAR, |event| event.status = EventStatus::Draft).await;
    assert!(!front().await.contains(&*askama_escaped(&title)));
    assert_eq!(visitor.get(&format!("/evenements/{WEBINAR}")).await.status, 404);
    assert!(!visitor.get("/parcours/inscription").await.body.contains(&format!("value=\"{WEBINAR}\"")));
}

/// As pages write it.
fn askama_escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('\'', "&#39;")
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
    revise(&app, WEBINAR, |event| event.status = EventStatus::Cancelled).await;
    assert_ne!(next().await, WEBINAR);
}

#[tokio::test]
async fn the_page_after_the_form_says_what_became_of_the_request() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (issue, said) in [
        ("confirmer", "confirmez par courriel"),
        ("attente&position=3", "<strong class=\"position\">3</strong>"),
        ("attente&position=0", "<strong class=\"position\">1</strong>"),
        ("confirmee", "Votre inscription est confirmée"),
        ("approbation", "Votre demande est transmise"),
    ] {
        let page = visitor.get(&format!("/evenements/{WORKSHOP}/inscription/recue?issue={issue}")).await.body;
        assert!(page.contains(said), "{issue}");
    }
    let mut pages = Vec::new();
    for word in ["confirmer", "confirmee", "approbation", "refus", "attente-3"] {
        let page = visitor.get(&format!("/parcours/inscription/recue?resultats={WORKSHOP}:{word}")).await;
        assert_eq!(page.status, 200);
        pages.push(page.body);
    }
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages.len(), 5, "each says something else");
}

#[tokio::test]
async fn a_registration_that_is_given_back_asks_for_nothing_any_more() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&format!("{link}?annuler=1")).await.body.contains("Vous désinscrire"));
    visitor.post(&format!("{link}/annuler"), &[]).await;
    assert!(!visitor.get(&format!("{link}?annuler=1")).await.body.contains("Vous désinscrire"));
}

#[tokio::test]
async fn who_confirms_too_late_for_the_rules_is_told_so() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    app.app.clock.advance(app.app.config.hold());
    registrations::lapse_overdue(&app.app).await.unwrap();
    let now = app.app.clock.now();
    revise(&app, WORKSHOP, |event| event.closes_at = now).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let before = visitor.get(&link).await.body;
    let refused = visitor.post(&format!("{link}/confirmer"), &[]).await;
    assert_eq!(refused.status, 409);
    assert_ne!(refused.body, before, "the page says why");
    assert!(!visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body.contains("name=\"email\""));
}

#[tokio::test]
async fn only_the_workshops_that_are_chosen_ask_for_an_attestation() {
    let app = TestApp::start().await;
    let fields = [
        ("evenement", WEBINAR),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Mairie de Bordeaux"),
        ("siret", "21330063500017"),
        ("short_notice", "oui"),
    ];
    assert_eq!(app.visitor().post("/parcours/inscription", &fields).await.status, 303);
    assert!(all(&app, WEBINAR).await[0].short_notice);
    let wrong = [&fields[..4], &[("siret", "21330063500018")]].concat();
    let wrong = app.visitor().post("/parcours/inscription", &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"siret-error\""));
}

#[tokio::test]
async fn nobody_is_written_to_again_and_again_by_any_form() {
    let app = TestApp::start_with(|config| config.rate_per_email = 2).await;
    let visitor = app.visitor();
    let parcours = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(visitor.post("/parcours/inscription", &parcours).await.status.as_u16());
    }
    assert_eq!(statuses, [303, 303, 429]);
    visitor.register_and_confirm(&app, WORKSHOP, "bob@exemple.fr").await;
    let give = format!("{}/transmettre", app.link("bob@exemple.fr", "registration").await);
    let unnamed = visitor.post(&give, &[("name", ""), ("email", "cleo@exemple.fr")]).await;
    assert!(unnamed.status == 422 && unnamed.body.contains("id=\"name-error\""));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(visitor.post(&give, &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn pages_say_when_registrations_open_and_close_on_the_clocks_of_paris() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let event = app.event(WORKSHOP).await;
    let at = |civil: &str| Timestamp::from_civil(civil.parse().unwrap(), &event.time_zone()).unwrap();
    let (opens, closes) = (at("2027-01-05T09:00"), at("2027-03-20T18:30"));
    revise(&app, WORKSHOP, |event| (event.opens_at, event.closes_at) = (Some(opens), closes)).await;
    let opening = "mardi 5 janvier 2027 à 9\u{a0}h\u{a0}00";
    let closing = "samedi 20 mars 2027 à 18\u{a0}h\u{a0}30";
    let page = visitor.get(&format!("/evenements/{WORKSHOP}")).await.body;
    assert!(page.contains(&format!("Inscriptions à partir du {opening} (heure de Paris)")), "{page}");
    assert!(page.contains(&format!("{closing} <span class=\"muted\">(heure de Paris)</span>")), "{page}");
    let form = visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body;
    assert!(form.contains(&format!("ouvrent le {opening} (heure de Paris)")), "{form}");

    app.app.clock.advance(opens.since(app.app.clock.now()));
    let page = visitor.get(&format!("/evenements/{WORKSHOP}")).await.body;
    assert!(!page.contains("à partir du") && page.contains(closing), "{page}");
    app.app.clock.advance(closes.since(opens));
    let form = visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body;
    assert!(form.contains(&format!("closes depuis le {closing} (heure de Paris)")), "{form}");
}
