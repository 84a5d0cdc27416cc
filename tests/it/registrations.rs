//! Seats: never more than there are, in the order of arrival, and nobody learns who has one.

use domain::registrations::{self, Registration, RegistrationStatus};
use kernel::id::EventId;
use mail::outbox;

use crate::harness::{TestApp, WEBINAR, WORKSHOP, violations};

async fn registrations_of(app: &TestApp, event: EventId) -> Vec<Registration> {
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_people_race_for_sixty_seats_and_exactly_sixty_get_one() {
    let app = TestApp::start().await;
    let asking = (0..300).map(|number| {
        let visitor = app.visitor();
        async move { visitor.register(WORKSHOP, &format!("personne{number}@exemple.fr")).await }
    });
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "everybody gets an answer");
    let mut positions: Vec<u32> =
        answers.iter().filter_map(|answer| answer.location().split_once("position=")?.1.parse().ok()).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=240).collect::<Vec<_>>(), "each who waits was told a place of their own");

    let registrations = registrations_of(&app, app.event(WORKSHOP).await.id).await;
    assert_eq!(violations(&registrations, 60, None), Vec::<String>::new());
    assert_eq!(registrations.len(), 300);
    assert!(registrations[..60].iter().all(|one| one.status == RegistrationStatus::Held), "the first sixty to arrive");
    assert!(registrations[60..].iter().all(|one| one.status == RegistrationStatus::Waiting), "in the order of arrival");
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
    let registrations = registrations_of(&app, event).await;
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
async fn a_seat_is_held_until_the_letters_button_is_pressed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    assert!(visitor.register(WORKSHOP, "ada@exemple.fr").await.location().ends_with("issue=confirmer"));
    let link = app.link("ada@exemple.fr", "registration").await;
    let event = app.event(WORKSHOP).await.id;

    let page = visitor.get(&link).await;
    assert!(page.body.contains("Confirmer mon inscription"));
    assert_eq!(
        registrations_of(&app, event).await[0].status,
        RegistrationStatus::Held,
        "opening the link does nothing"
    );

    assert_eq!(visitor.post(&format!("{link}/confirmer"), &[]).await.location(), link);
    assert_eq!(registrations_of(&app, event).await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"]);

    visitor.post(&format!("{link}/confirmer"), &[]).await;
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 2, "pressing twice writes once");
}

#[tokio::test]
async fn a_seat_held_too_long_is_offered_to_the_next_and_the_latecomer_waits() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app.advance(2);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting", "seat-offered"]);

    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&link).await.body.contains("Confirmer maintenant"));
    visitor.post(&format!("{link}/confirmer"), &[]).await;
    assert!(visitor.get(&link).await.body.contains("liste d’attente"));
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "waiting"]);
}

#[tokio::test]
async fn a_cancelled_seat_is_offered_to_the_first_person_waiting_who_takes_it_by_one_button() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    assert!(visitor.register(WORKSHOP, "bob@exemple.fr").await.location().ends_with("issue=attente&position=1"));
    assert!(visitor.register(WORKSHOP, "cleo@exemple.fr").await.location().ends_with("position=2"));

    let ada = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&format!("{ada}?annuler=1")).await.body.contains("Vous désinscrire"));
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    let event = app.event(WORKSHOP).await.id;
    let seats = |registrations: &[Registration]| registrations.iter().map(|one| one.status).collect::<Vec<_>>();
    assert_eq!(
        seats(&registrations_of(&app, event).await),
        [RegistrationStatus::Cancelled, RegistrationStatus::Offered, RegistrationStatus::Waiting]
    );
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "cancelled"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting", "seat-offered"]);

    let bob = app.link("bob@exemple.fr", "registration").await;
    let page = visitor.get(&bob).await.body;
    assert!(page.contains("J’accepte la place") && page.contains("mercredi 25 novembre 2026 à 9"), "with its deadline");
    visitor.post(&format!("{bob}/confirmer"), &[]).await;
    assert_eq!(
        seats(&registrations_of(&app, event).await),
        [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed, RegistrationStatus::Waiting]
    );
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting", "seat-offered", "confirmed"]);
}

#[tokio::test]
async fn an_offer_that_is_declined_or_lapses_goes_to_the_next() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    for waiting in ["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"] {
        visitor.register(WORKSHOP, waiting).await;
    }
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;

    let bob = app.link("bob@exemple.fr", "registration").await;
    visitor.post(&format!("{bob}/annuler"), &[]).await;
    assert_eq!(app.letters("cleo@exemple.fr").await, ["waiting", "seat-offered"]);

    app.advance(25);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.letters("cleo@exemple.fr").await, ["waiting", "seat-offered", "offer-lapsed"]);
    assert_eq!(app.letters("dora@exemple.fr").await, ["waiting", "seat-offered"]);
}

#[tokio::test]
async fn on_the_last_day_a_freed_seat_goes_at_once_to_who_can_come_at_short_notice() {
    let app = TestApp::start().await;
    app.set_capacity(WEBINAR, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WEBINAR, "ada@exemple.fr").await;
    for waiting in ["bob@exemple.fr", "cleo@exemple.fr"] {
        visitor.register(WEBINAR, waiting).await;
    }
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    visitor.post(&format!("{cleo}/confirmer"), &[]).await;
    assert!(visitor.get(&cleo).await.body.contains("Je peux venir au dernier moment"));
    visitor.post(&format!("{cleo}/dernier-moment"), &[("oui", "true")]).await;

    app.advance(24 * 13 - 20);
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting"], "Bob never said so");
    assert_eq!(app.letters("cleo@exemple.fr").await, ["waiting", "promoted"]);
    let event = app.event(WEBINAR).await.id;
    assert_eq!(registrations_of(&app, event).await[2].status, RegistrationStatus::Confirmed);
}

#[tokio::test]
async fn asking_twice_takes_one_seat_and_tells_a_stranger_nothing() {
    let app = TestApp::start().await;
    let (ada, stranger) = (app.visitor(), app.visitor());
    ada.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;

    let known = stranger.register(WORKSHOP, "ADA@exemple.fr").await;
    let unknown = stranger.register(WORKSHOP, "new@exemple.fr").await;
    assert_eq!((known.status, known.location()), (unknown.status, unknown.location()));
    assert_eq!(known.body, unknown.body);

    let registrations = registrations_of(&app, app.event(WORKSHOP).await.id).await;
    assert_eq!(registrations.len(), 2);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "already-registered"]);
}

#[tokio::test]
async fn asking_twice_for_a_full_workshop_tells_a_stranger_nothing() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let known = visitor.register(WORKSHOP, "ada@exemple.fr").await;
    assert!(known.location().ends_with("issue=attente&position=2"), "as anybody would be told");
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
    assert!(registrations_of(&app, app.event(WORKSHOP).await.id).await.is_empty());
}

#[tokio::test]
async fn registrations_close_when_the_event_starts() {
    let app = TestApp::start().await;
    app.advance(24 * 14);
    let answer = app.visitor().register(WEBINAR, "ada@exemple.fr").await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("a eu lieu") || answer.body.contains("closes"));
}

#[tokio::test]
async fn reminders_go_once_to_those_who_were_there_in_time() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WEBINAR, "ada@exemple.fr").await;
    visitor.register(WEBINAR, "never-confirms@exemple.fr").await;
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 2, "thirteen days before is too early");

    app.advance(24 * 7);
    visitor.register_and_confirm(&app, WEBINAR, "late@exemple.fr").await;
    registrations::remind(&app.app).await.unwrap();
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "reminder"]);
    assert_eq!(app.letters("late@exemple.fr").await, ["please-confirm", "confirmed"]);
    assert_eq!(app.letters("never-confirms@exemple.fr").await, ["please-confirm"]);

    app.advance(24 * 6 - 24);
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("late@exemple.fr").await.len(), 2, "the day before is a day away");
    app.advance(24);
    registrations::remind(&app.app).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 4);
    assert_eq!(app.letters("late@exemple.fr").await, ["please-confirm", "confirmed", "reminder"]);
}

#[tokio::test]
async fn what_to_prepare_is_on_the_page_and_in_the_reminders() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let event = app.event(WORKSHOP).await;
    assert!(!event.preparation.is_empty());
    assert!(visitor.get(&event.path()).await.body.contains("À préparer"));
    assert!(!visitor.get(&format!("/evenements/{WEBINAR}")).await.body.contains("À préparer"));
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let hours = (event.starts_at.as_millis() - app.app.clock.now().as_millis()) / 3_600_000;
    app.advance(u64::try_from(hours).unwrap() - 20);
    registrations::remind(&app.app).await.unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 5).await.unwrap();
    let reminder = letters.iter().find(|letter| letter.kind == "reminder").expect("a reminder");
    let read = app.app.mail.render(reminder, &app.app.key).unwrap();
    for text in [&read.text, &read.html] {
        assert!(text.contains("Les indicateurs que vous suivez déjà"), "{text}");
    }
}

#[tokio::test]
async fn who_is_signed_in_confirms_a_held_seat_in_their_own_parcours() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let mine = visitor.get("/mon-parcours").await.body;
    let (_, path) = mine.split_once("action=\"/mon-parcours/inscriptions/").expect("a button");
    let path = format!("/mon-parcours/inscriptions/{}", path.split('"').next().unwrap());
    assert!(path.ends_with("/accepter"));
    let other = app.visitor();
    other.register_and_confirm(&app, WORKSHOP, "bob@exemple.fr").await;
    other.sign_in(&app, "bob@exemple.fr").await;
    assert_eq!(other.post(&path, &[]).await.status, 404, "another's is not theirs to confirm");
    assert_eq!(visitor.post(&path, &[]).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await.iter().filter(|kind| *kind == "confirmed").count(), 1);
    assert!(visitor.get("/mon-parcours").await.body.contains("Inscription confirmée"));
}
