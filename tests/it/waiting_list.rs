//! Those who wait: freed seats are offered in their order, on the last day they are given, and organisers may move people.

use std::time::Duration;

use domain::registrations::{self, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

#[tokio::test]
async fn a_seat_offered_too_long_is_offered_to_the_next_and_the_latecomer_waits() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    app.advance(33);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);

    let link = app.link("bob@exemple.fr", "registration").await;
    assert!(visitor.get(&link).await.body.contains("Confirmer maintenant"));
    visitor.post(&format!("{link}/confirmer"), &[]).await;
    assert!(visitor.get(&link).await.body.contains("liste d’attente"));
    let letters = app.letters("bob@exemple.fr").await;
    assert_eq!(letters, ["please-confirm", "waiting", "seat-offered", "offer-lapsed", "waiting"]);
}

#[tokio::test]
async fn a_cancelled_seat_is_offered_to_the_first_person_waiting_who_takes_it_by_one_button() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    for (email, position) in [("bob@exemple.fr", 1), ("cleo@exemple.fr", 2)] {
        visitor.register(WORKSHOP, email).await;
        let page = visitor.get(&app.link(email, "registration").await).await.body;
        assert!(page.contains(&format!("<strong class=\"position\">{position}</strong>")), "{page}");
    }

    let ada = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&format!("{ada}?annuler=1")).await.body.contains("Annuler votre inscription"));
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Offered, RegistrationStatus::Waiting]
    );
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "cancelled"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);

    let bob = app.link("bob@exemple.fr", "registration").await;
    let page = visitor.get(&bob).await.body;
    assert!(
        page.contains("J’accepte la place") && page.contains("mercredi 25 novembre 2026 à 17"),
        "with its deadline"
    );
    visitor.post(&format!("{bob}/confirmer"), &[]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed, RegistrationStatus::Waiting]
    );
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "seat-offered", "confirmed"]);
}

#[tokio::test]
async fn an_offer_that_is_declined_or_lapses_goes_to_the_next() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    for waiting in ["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"] {
        visitor.register(WORKSHOP, waiting).await;
    }
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;

    let bob = app.link("bob@exemple.fr", "registration").await;
    visitor.post(&format!("{bob}/annuler"), &[]).await;
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);

    app.advance(33);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "waiting", "seat-offered", "offer-lapsed"]);
    assert_eq!(app.letters("dora@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);
}

#[tokio::test]
async fn on_the_last_day_a_freed_seat_goes_at_once_to_who_can_come_at_short_notice() {
    let app = TestApp::start().await;
    app.set_capacity(WEBINAR, 1).await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    for waiting in ["bob@exemple.fr", "cleo@exemple.fr"] {
        visitor.register(WEBINAR, waiting).await;
    }
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    assert!(visitor.get(&cleo).await.body.contains("Je peux venir au dernier moment"));
    visitor.post(&format!("{cleo}/dernier-moment"), &[("oui", "true")]).await;

    app.advance(24 * 16 - 20);
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting"], "Bob never said so");
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "waiting", "promoted"]);
    assert_eq!(app.registrations(WEBINAR).await[2].status, RegistrationStatus::Confirmed);
}

/// Says by the letter's button that this person can come at short notice.
async fn can_come(app: &TestApp, visitor: &Visitor, email: &str) {
    visitor.press(app, email, "dernier-moment", &[("oui", "true")]).await;
}

/// Ada has the webinar's only seat.
async fn full_webinar(app: &TestApp) -> Visitor {
    app.set_capacity(WEBINAR, 1).await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor
}

/// It is the webinar's last day.
async fn last_day(app: &TestApp) {
    let starts_at = app.event(WEBINAR).await.starts_at;
    app.app.clock.advance(starts_at.since(app.app.clock.now()) - std::time::Duration::from_secs(20 * 3600));
}

#[tokio::test]
async fn who_says_by_the_letters_link_that_they_can_come_has_proven_their_address() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    visitor.register(WEBINAR, "bob@exemple.fr").await;
    can_come(&app, &visitor, "bob@exemple.fr").await;
    last_day(&app).await;
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    assert_eq!(app.seats(WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed]);
}

#[tokio::test]
async fn who_says_on_the_last_day_that_they_can_come_has_the_free_seat_at_once() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    visitor.register(WEBINAR, "bob@exemple.fr").await;
    last_day(&app).await;
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    assert_eq!(app.seats(WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Waiting]);
    can_come(&app, &visitor, "bob@exemple.fr").await;
    assert_eq!(app.seats(WEBINAR).await, [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed]);
}

#[tokio::test]
async fn who_said_with_their_request_that_they_can_come_has_the_free_seat_of_the_last_day() {
    let app = TestApp::start().await;
    let visitor = full_webinar(&app).await;
    visitor.register(WEBINAR, "cleo@exemple.fr").await;
    visitor.register_named(WEBINAR, "Bob", "bob@exemple.fr", "oui").await;
    visitor.ask_named(WEBINAR, "Eve", "eve@exemple.fr", "oui").await;
    last_day(&app).await;
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    assert_eq!(
        app.seats(WEBINAR).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Waiting, RegistrationStatus::Confirmed]
    );
}

#[tokio::test]
async fn a_seat_is_not_changed_by_a_word_about_the_waiting_list() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    can_come(&app, &visitor, "ada@exemple.fr").await;
    let ada = app.registrations(WEBINAR).await.remove(0);
    assert_eq!((ada.status, ada.verified, ada.short_notice), (RegistrationStatus::Confirmed, true, false));
    assert_eq!(ada.held_until, None, "what is theirs does not end");
}

#[tokio::test]
async fn somebody_is_moved_in_the_waiting_list_for_a_reason() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"]).await;
    let desk = app.desk().await;
    let dora = app.registration(WORKSHOP, "dora@exemple.fr").await.id;
    let path = format!("/organisation/inscriptions/{dora}/deplacer");
    let without = desk.post(&path, &[("place", "1")]).await;
    assert!(without.status == 422 && without.body.contains("id=\"why-error\""));
    desk.post(&path, &[("place", "1"), ("why", "intervient à l’atelier")]).await;
    let waiting: Vec<_> = app
        .registrations(WORKSHOP)
        .await
        .into_iter()
        .filter(|one| one.status == RegistrationStatus::Waiting)
        .map(|one| one.name)
        .collect();
    assert_eq!(waiting, ["dora", "bob", "cleo"]);
    let log = desk.get(&format!("/organisation/journal?evenement={WORKSHOP}")).await.body;
    assert!(log.contains("3 → 1\u{a0}: intervient à l’atelier"));

    let bob = app.registration(WORKSHOP, "bob@exemple.fr").await.id;
    desk.post(&format!("/organisation/inscriptions/{bob}/deplacer"), &[("place", "99"), ("why", "x")]).await;
    let waiting: Vec<_> = app
        .registrations(WORKSHOP)
        .await
        .into_iter()
        .filter(|one| one.status == RegistrationStatus::Waiting)
        .map(|one| one.name)
        .collect();
    assert_eq!(waiting, ["dora", "cleo", "bob"], "beyond the end is the end");
}

#[tokio::test]
async fn a_seat_is_offered_to_a_chosen_person_only_when_one_is_free() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let desk = app.desk().await;
    let cleo = app.registration(WORKSHOP, "cleo@exemple.fr").await.id;
    let path = format!("/organisation/inscriptions/{cleo}/proposer");
    let refused = desk.post(&path, &[("why", "promis")]).await;
    assert!(refused.status == 409 && refused.body.contains("Aucune place n’est libre"));

    // Two seats more, both kept for guests: free, but not for those who wait.
    app.keep_seats(2).await;
    app.set_capacity(WORKSHOP, 3).await;
    desk.post(&path, &[("why", "promis")]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting, RegistrationStatus::Offered]
    );
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);
    let counts = registrations::occupancy(&mut app.app.db.read().await.unwrap(), app.event(WORKSHOP).await.id).await;
    assert_eq!(counts.unwrap().invited, 1, "it was one of the kept ones");
}

#[tokio::test]
async fn no_seat_is_offered_once_the_event_has_begun() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    app.set_capacity(WORKSHOP, 2).await;
    let path = format!("/organisation/inscriptions/{}/proposer", app.registrations(WORKSHOP).await[1].id);
    assert_eq!(app.desk().await.post(&path, &[("why", "promis")]).await.status, 409);
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn who_gets_a_freed_seat_in_that_moment_is_neither_moved_nor_offered_a_second_one() {
    let app = TestApp::start().await;
    app.full_workshop(&["eve@exemple.fr", "bob@exemple.fr"]).await;
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    // Eve's offer is overdue, and nobody has looked yet.
    app.app.jobs.stop(Duration::from_secs(10)).await;
    app.pass_until(app.registration(WORKSHOP, "eve@exemple.fr").await.held_until.unwrap());
    assert_eq!(app.act_on("bob@exemple.fr", "deplacer", &[("place", "1"), ("why", "intervient")]).await, 409);
    assert_eq!(app.act_on("bob@exemple.fr", "proposer", &[("why", "promis")]).await, 409);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Expired, RegistrationStatus::Offered]
    );
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);
}

#[tokio::test]
async fn a_freed_seat_goes_to_who_was_moved_to_the_head_of_the_line() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let elsewhere = app.visitor();
    app.set_capacity(WEBINAR, 1).await;
    for email in ["eve@exemple.fr", "zoe@exemple.fr"] {
        elsewhere.register(WEBINAR, email).await;
    }
    assert_eq!(app.act_on("cleo@exemple.fr", "deplacer", &[("place", "1"), ("why", "intervient")]).await, 303);
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    let page = visitor.get(&cleo).await.body;
    assert!(page.contains("<strong class=\"position\">1</strong>"), "those who wait elsewhere do not count");
    let bob = app.link("bob@exemple.fr", "registration").await;
    assert!(visitor.get(&bob).await.body.contains("<strong class=\"position\">2</strong>"));
    visitor.post(&format!("{}/annuler", app.link("ada@exemple.fr", "registration").await), &[]).await;
    assert_eq!(app.registration(WORKSHOP, "cleo@exemple.fr").await.status, RegistrationStatus::Offered);
    assert_eq!(app.registration(WORKSHOP, "bob@exemple.fr").await.status, RegistrationStatus::Waiting);
    let webinar = app.event(WEBINAR).await.id;
    let others = registrations::of_event(&mut app.app.db.read().await.unwrap(), webinar).await.unwrap();
    assert_eq!(others[1].status, RegistrationStatus::Waiting, "nor are they given a seat of this one");
}

#[tokio::test]
async fn what_is_overdue_at_one_event_waits_until_somebody_looks_at_it() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["eve@exemple.fr", "bob@exemple.fr"]).await;
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    // Else the job may be the somebody, on a slow machine.
    app.app.jobs.stop(Duration::from_secs(10)).await;
    app.pass_until(app.registration(WORKSHOP, "eve@exemple.fr").await.held_until.unwrap());
    visitor.register(WEBINAR, "cleo@exemple.fr").await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Offered, RegistrationStatus::Waiting],
        "another event was looked at"
    );
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Expired, RegistrationStatus::Offered],
        "at that very moment"
    );
}
