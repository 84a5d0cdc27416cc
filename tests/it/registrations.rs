//! Registrations: never more than there are seats, and nobody learns who has one.

use domain::registrations::{self, RegistrationStatus};

use crate::harness::process::request_links;
use crate::harness::{TestApp, WEBINAR, WORKSHOP, violations};

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_people_race_for_sixty_seats_and_exactly_sixty_get_one() {
    let app = TestApp::start().await;
    let asking = (0..300).map(|number| {
        let visitor = app.visitor();
        async move { visitor.ask(WORKSHOP, &format!("personne{number}@exemple.fr")).await }
    });
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "everybody gets an answer");
    assert!(app.registrations(WORKSHOP).await.is_empty(), "which takes no seat");

    // They press in another order than they asked in: by a number that has nothing to do with it.
    let mut links = request_links(&app.app.db, &app.app.key).await;
    assert_eq!(links.len(), 300);
    links.sort_by_key(|(_, link)| link.clone());
    let visitor = app.visitor();
    let pressing = links.iter().map(|(_, link)| visitor.post(link, &[]));
    let answers = futures_util::future::join_all(pressing).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "everybody gets an answer");
    let registrations = app.registrations(WORKSHOP).await;
    assert_eq!(registrations.len(), 300);
    let with = |status| registrations.iter().filter(move |one| one.status == status);
    assert_eq!(with(RegistrationStatus::Confirmed).count(), 60);
    assert_eq!(with(RegistrationStatus::Waiting).count(), 240);
    let arrivals: Vec<i64> = registrations.iter().map(|one| one.arrival).collect();
    assert_eq!(arrivals, (1..=300).collect::<Vec<_>>(), "each has the place of its request");
    let last = with(RegistrationStatus::Waiting).next_back().unwrap();
    let page = visitor.get(&app.link(last.email.as_str(), "registration").await).await.body;
    assert!(
        page.contains("<strong class=\"position\">240</strong>"),
        "those who wait do so in the order of their requests"
    );
}

/// The same race, decided without the event's lock: what the product would do if it counted, then inserted.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_the_race_oversells_and_the_check_sees_it() {
    let app = TestApp::start().await;
    let event = app.event(WORKSHOP).await.id;
    let everybody_counts_first = tokio::sync::Barrier::new(8);
    let asking = (0..8).map(|number| without_lock::register(&app, event, number, &everybody_counts_first));
    app.set_capacity(WORKSHOP, 5).await;
    futures_util::future::join_all(asking).await;
    let registrations = app.registrations(WORKSHOP).await;
    assert_eq!(violations(&registrations, 5, None), ["8 seats taken of 5"]);
}

mod without_lock {
    use db::dispatch;
    use domain::accounts::{self, EmailAddress};
    use domain::registrations;
    use kernel::id::{EventId, RegistrationId};
    use tokio::sync::Barrier;

    use crate::harness::{START, TestApp};

    pub async fn register(app: &TestApp, event: EventId, number: i64, counted: &Barrier) {
        let taken = registrations::occupancy(&mut app.app.db.read().await.unwrap(), event).await.unwrap().taken;
        counted.wait().await;
        if taken >= 5 {
            return;
        }
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse(&format!("personne{number}@exemple.fr")).unwrap();
        let person = accounts::person_for(&mut tx, &email, "Personne", None, START).await.unwrap();
        dispatch!(&mut tx, |conn| sqlx::query(
            "insert into registration (id, event_id, person_id, name, organisation, buyer, status, arrival, token_hash,
                 created_at, changed_at)
             values ($1, $2, $3, 'Personne', 'Ville', true, 'held', $4, $5, 0, 0)",
        )
        .bind(RegistrationId::new(START))
        .bind(event)
        .bind(person.id)
        .bind(number)
        .bind(number.to_be_bytes().to_vec())
        .execute(conn)
        .await
        .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_seat_is_given_when_the_letters_button_is_pressed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let asked = visitor.ask(WORKSHOP, "ada@exemple.fr").await;
    let page = visitor.get(asked.location()).await.body;
    assert!(page.contains("jusqu’au <strong>mercredi 25 novembre 2026 à 9"), "until when: {page}");
    let link = app.link("ada@exemple.fr", "request").await;

    let page = visitor.get(&link).await;
    assert!(page.body.contains("Confirmer mon inscription") && page.body.contains("mercredi 25 novembre 2026 à 9"));
    assert!(app.registrations(WORKSHOP).await.is_empty(), "opening the link does nothing");

    let leads_to = visitor.post(&link, &[]).await.location().to_owned();
    let registration = app.link("ada@exemple.fr", "registration").await;
    assert_eq!(leads_to, registration);
    assert_eq!(visitor.get(&link).await.location(), registration);
    assert_eq!(app.registrations(WORKSHOP).await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"]);

    assert_eq!(visitor.post(&link, &[]).await.location(), registration);
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 2, "pressing twice writes once");
}

#[tokio::test]
async fn asking_twice_takes_one_seat_and_tells_a_stranger_nothing() {
    let app = TestApp::start().await;
    let (ada, stranger) = (app.visitor(), app.visitor());
    ada.register(WORKSHOP, "ada@exemple.fr").await;

    let known = stranger.ask(WORKSHOP, "ADA@exemple.fr").await;
    let unknown = stranger.ask(WORKSHOP, "new@exemple.fr").await;
    assert_eq!((known.status, known.location()), (unknown.status, unknown.location()));
    assert_eq!(known.body, unknown.body);

    assert_eq!(app.registrations(WORKSHOP).await.len(), 1);
    let mut letters = app.letters("ada@exemple.fr").await;
    letters.sort_unstable();
    assert_eq!(letters, ["already-registered", "confirmed", "please-confirm"]);
}

#[tokio::test]
async fn asking_twice_for_a_full_workshop_tells_a_stranger_nothing() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let mut answers = Vec::new();
    for email in ["ada@exemple.fr", "bob@exemple.fr", "new@exemple.fr"] {
        let answer = visitor.ask(WORKSHOP, email).await;
        answers.push((answer.status, answer.location().to_owned(), visitor.get(answer.location()).await.body));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "who has a seat, who waits, and who is not there: one answer");
}

#[tokio::test]
async fn a_form_with_mistakes_comes_back_filled_with_each_mistake_beside_its_field() {
    let app = TestApp::start().await;
    let fields = [("name", "<b>Ada</b>"), ("email", "ada@"), ("organisation", "")];
    let answer = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert_eq!(answer.status, 422);
    for expected in [
        "value=\"&#60;b&#62;Ada&#60;/b&#62;\"",
        "value=\"ada@\"",
        "id=\"email-error\"",
        "id=\"organisation-error\"",
        "id=\"buyer-error\"",
    ] {
        assert!(answer.body.contains(expected), "{expected}");
    }
    assert!(app.registrations(WORKSHOP).await.is_empty());
}

#[tokio::test]
async fn registrations_close_when_the_event_starts() {
    let app = TestApp::start().await;
    app.advance(24 * 17);
    let answer = app.visitor().ask(WEBINAR, "ada@exemple.fr").await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("a eu lieu") || answer.body.contains("closes"));
}

#[tokio::test]
async fn who_is_signed_in_accepts_an_offered_seat_in_their_own_parcours() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    visitor.sign_in(&app, "bob@exemple.fr").await;
    let mine = visitor.get("/mon-parcours").await.body;
    let (_, path) = mine.split_once("action=\"/mon-parcours/inscriptions/").expect("a button");
    let path = format!("/mon-parcours/inscriptions/{}", path.split('"').next().unwrap());
    assert!(path.ends_with("/accepter"));
    let other = app.visitor();
    other.register(WORKSHOP, "cleo@exemple.fr").await;
    other.sign_in(&app, "cleo@exemple.fr").await;
    assert_eq!(other.post(&path, &[]).await.status, 404, "another's is not theirs to confirm");
    assert_eq!(visitor.post(&path, &[]).await.status, 303);
    assert_eq!(app.letters("bob@exemple.fr").await.iter().filter(|kind| *kind == "confirmed").count(), 1);
    assert!(visitor.get("/mon-parcours").await.body.contains("Inscription confirmée"));
}

#[tokio::test]
async fn a_seat_given_back_twice_is_given_back_once() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    for _ in 0..2 {
        assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    }
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "cancelled"]);
}

#[tokio::test]
async fn the_page_after_the_form_says_what_became_of_the_request() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (issue, said) in [
        ("demande", "confirmez par courriel"),
        ("attente", "Vous êtes en liste d’attente"),
        ("deja", "Vous étiez déjà inscrit"),
        ("confirmee", "Votre inscription est confirmée"),
        ("approbation", "Votre demande est transmise"),
    ] {
        let page = visitor.get(&format!("/evenements/{WORKSHOP}/inscription/recue?issue={issue}")).await.body;
        assert!(page.contains(said), "{issue}");
    }
    let mut pages = Vec::new();
    for word in ["deja", "confirmee", "approbation", "refus", "attente"] {
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
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&format!("{link}?annuler=1")).await.body.contains("Annuler votre inscription"));
    visitor.post(&format!("{link}/annuler"), &[]).await;
    assert!(!visitor.get(&format!("{link}?annuler=1")).await.body.contains("Annuler votre inscription"));
}

#[tokio::test]
async fn who_confirms_too_late_for_the_rules_is_told_so() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.ask(WORKSHOP, "ada@exemple.fr").await;
    let now = app.app.clock.now();
    app.revise(WORKSHOP, |event| event.closes_at = now).await;
    let refused = visitor.prove("ada@exemple.fr").await;
    assert!(refused.status == 409 && refused.body.contains("Les inscriptions sont closes"), "{}", refused.body);
    assert!(app.registrations(WORKSHOP).await.is_empty());
    assert!(!visitor.get(&format!("/evenements/{WORKSHOP}/inscription")).await.body.contains("name=\"email\""));
}
