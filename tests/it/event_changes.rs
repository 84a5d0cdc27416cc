//! Events that move or are cancelled: those who are registered are told, and seats are kept.

use domain::programme::EventStatus;
use domain::programme::file::BUNDLED;
use domain::registrations::RegistrationStatus;
use mail::outbox;

use crate::harness::{DESK, TestApp, Visitor, WORKSHOP, with_seen};

const FORM: [(&str, &str); 7] = [
    ("title", "Indicateurs"),
    ("starts", "2027-04-02T09:30"),
    ("ends", "2027-04-02T12:00"),
    ("closes", "2027-04-01T18:00"),
    ("place", "Angers"),
    ("agenda", "Accueil\r\n\r\nAtelier"),
    ("speakers", "Ada Lovelace ; Mathématicienne\r\nBob"),
];

#[tokio::test]
async fn moving_an_event_tells_those_registered_and_keeps_seats_and_waiting_list() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    visitor.register(WORKSHOP, "gone@exemple.fr").await;
    let gone = app.link("gone@exemple.fr", "registration").await;
    visitor.post(&format!("{gone}/annuler"), &[]).await;
    let desk = app.desk().await;
    let before = app.event(WORKSHOP).await;
    assert_eq!(desk.post(&format!("{DESK}/modifier"), &FORM).await.location(), format!("{DESK}?fait=modifie"));
    let after = app.event(WORKSHOP).await;
    assert_eq!((after.starts_local.as_str(), after.sequence), ("2027-04-02T09:30:00", before.sequence + 1));
    assert_eq!(after.agenda.0, ["Accueil", "Atelier"]);
    assert_eq!((after.speakers[0].role.as_str(), after.speakers[1].name.as_str()), ("Mathématicienne", "Bob"));
    assert!(desk.get("/organisation/journal").await.body.contains("En ligne → Angers"));
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting, RegistrationStatus::Cancelled]
    );
    assert_eq!(
        app.letters("gone@exemple.fr").await,
        ["please-confirm", "waiting", "cancelled"],
        "no news for who has left"
    );
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "event-moved"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "event-moved"]);

    let step_back = app.link("ada@exemple.fr", "step_back").await;
    assert!(visitor.get(&step_back).await.body.contains("Annuler votre inscription"));
    assert_eq!(app.seats(WORKSHOP).await[0], RegistrationStatus::Confirmed, "opening the link does nothing");
    visitor.post(&format!("{}/annuler", step_back.split('?').next().unwrap()), &[]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Offered, RegistrationStatus::Cancelled]
    );
}

#[tokio::test]
async fn what_calendars_do_not_show_is_no_news() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    let event = app.event(WORKSHOP).await;
    let (starts, ends) = (&event.starts_local[..16], &event.ends_local[..16]);
    let fields =
        [("title", "Autre titre"), ("starts", starts), ("ends", ends), ("closes", starts), ("place", &event.place)];
    desk.post(&format!("{DESK}/modifier"), &fields).await;
    assert_eq!(app.event(WORKSHOP).await.title, "Autre titre");
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"]);
}

#[tokio::test]
async fn a_form_with_mistakes_changes_nothing_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    let before = app.event(WORKSHOP).await;
    let mut fields = FORM;
    fields[0].1 = "";
    fields[2].1 = "2027-04-01T12:00";
    fields[3].1 = "demain";
    let answer = desk.post(&format!("{DESK}/modifier"), &fields).await;
    assert_eq!(answer.status, 422);
    for beside in
        ["id=\"title-error\"", "id=\"ends-error\"", "id=\"closes-error\"", "value=\"Angers\"", "value=\"demain\""]
    {
        assert!(answer.body.contains(beside), "{beside}");
    }
    let after = app.event(WORKSHOP).await;
    assert_eq!(
        (after.title, after.starts_local, after.closes_at),
        (before.title, before.starts_local, before.closes_at)
    );
}

#[tokio::test]
async fn what_two_organisers_change_at_the_same_time_stays_and_the_same_field_is_asked_about() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.desk().await, app.desk().await);
    let path = format!("{DESK}/modifier");
    let (opened, also_opened) = (ada.get(&path).await.hidden("seen"), bob.get(&path).await.hidden("seen"));
    let by_ada = with_seen(&opened, &[("place", "Angers"), ("summary", "Deux heures\r\npour comprendre.")]);
    assert_eq!(ada.post(&path, &by_ada).await.status, 303);
    // Bob's form is the older one. He has changed something else, and something that Ada has changed too.
    let by_bob = with_seen(&also_opened, &[("title", "Indicateurs"), ("place", "Nantes")]);
    let asked = bob.post(&path, &by_bob).await;
    assert_eq!(asked.status, 409);
    assert!(asked.body.contains("id=\"place-error\"") && asked.body.contains("value=\"Nantes\""), "{}", asked.body);
    assert!(asked.body.contains("Angers") && asked.body.contains("Deux heures"), "he reads what she has stored");
    assert!(!asked.body.contains("id=\"summary-error\""), "nothing is asked of what only she has changed");
    let event = app.event(WORKSHOP).await;
    assert_eq!(event.place, "Angers", "nothing is stored before he has answered");
    assert_ne!(event.title, "Indicateurs");

    let seen = asked.hidden("seen");
    assert_eq!(bob.post(&path, &with_seen(&seen, &[("title", "Indicateurs"), ("place", "Nantes")])).await.status, 303);
    let event = app.event(WORKSHOP).await;
    assert_eq!((event.title.as_str(), event.place.as_str()), ("Indicateurs", "Nantes"));
    assert_eq!(event.summary, "Deux heures\npour comprendre.");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_organisers_who_press_at_once_both_keep_what_they_changed() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.desk().await, app.desk().await);
    let path = format!("{DESK}/modifier");
    for round in 0..20 {
        let seen = ada.get(&path).await.hidden("seen");
        let (title, place) = (format!("Titre {round}"), format!("Lieu {round}"));
        let (title_form, place_form) = ([("title", title.as_str())], [("place", place.as_str())]);
        let (by_ada, by_bob) = (with_seen(&seen, &title_form), with_seen(&seen, &place_form));
        let (one, other) = tokio::join!(ada.post(&path, &by_ada), bob.post(&path, &by_bob));
        assert_eq!((one.status.as_u16(), other.status.as_u16()), (303, 303));
        let event = app.event(WORKSHOP).await;
        assert_eq!((event.title, event.place), (title, place));
    }
}

#[tokio::test]
async fn the_page_of_a_registration_says_that_its_event_is_cancelled_and_lets_go() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    assert_eq!(desk.post(&format!("{DESK}/annuler"), &[]).await.status, 303);
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        let link = app.link(email, "registration").await;
        let page = visitor.get(&link).await.body;
        assert!(page.contains("Ce rendez-vous est annulé.") && page.contains("?annuler=1"), "{page}");
        assert!(!page.contains("vous le rappellera") && !page.contains("/transmettre"), "{page}");
        let asked = visitor.get(&app.link(email, "step_back").await).await.body;
        assert!(asked.contains("était reprogrammé") && !asked.contains("qui attend"), "{asked}");
        assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
        assert!(visitor.get(&link).await.body.contains("Vous n’êtes plus inscrit"));
    }
}

#[tokio::test]
async fn a_cancelled_event_keeps_its_seats_and_can_be_restored() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    assert!(desk.get(&format!("{DESK}/annuler")).await.body.contains("2 personnes inscrites ou en attente"));
    desk.post(&format!("{DESK}/annuler"), &[]).await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    assert_eq!(app.letters("ada@exemple.fr").await.last().unwrap(), "event-cancelled");
    assert_eq!(app.letters("bob@exemple.fr").await.last().unwrap(), "event-cancelled");
    assert_eq!(visitor.ask(WORKSHOP, "late@exemple.fr").await.status, 409);

    desk.post(&format!("{DESK}/annuler"), &[("retablir", "oui")]).await;
    assert_eq!(app.letters("ada@exemple.fr").await.last().unwrap(), "event-moved");
    assert!(app.event(WORKSHOP).await.cancelled_at.is_none());
    assert!(desk.get("/organisation/journal").await.body.contains("a annulé le rendez-vous"));
}

#[tokio::test]
async fn an_import_that_moves_an_event_tells_those_registered_once() {
    let app = TestApp::start().await;
    let coming = BUNDLED.replace("2024-", "2027-").replace("2023-", "2026-");
    app::programme::import(&app.app, &coming).await.unwrap();
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    let moved = coming.replace("2027-03-26T", "2027-03-29T");
    assert_ne!(moved, coming);
    app::programme::import(&app.app, &moved).await.unwrap();
    app::programme::import(&app.app, &moved).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "event-moved"]);
    let cancelled = moved.replacen(
        "slug = \"atelier-2-indicateurs\"",
        "slug = \"atelier-2-indicateurs\"\nstatus = \"cancelled\"",
        1,
    );
    app::programme::import(&app.app, &cancelled).await.unwrap();
    assert_eq!(app.letters("ada@exemple.fr").await.last().unwrap(), "event-cancelled");
}

#[tokio::test]
async fn an_import_leaves_what_only_organisers_decide() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    desk.post(&format!("{DESK}/public"), &[("buyers_only", "oui"), ("unlisted", "admettre"), ("cap", "3")]).await;
    app::programme::import(&app.app, BUNDLED).await.unwrap();
    assert_eq!(app.event(WORKSHOP).await.organisation_cap, Some(3));
}

async fn unpublish(desk: &Visitor, told: bool) {
    let fields: &[(&str, &str)] = if told { &[("prevenir", "oui")] } else { &[] };
    assert_eq!(desk.post(&format!("{DESK}/retirer"), fields).await.location(), format!("{DESK}?fait=retire"));
}

async fn publish(desk: &Visitor, told: bool) {
    let fields: &[(&str, &str)] = if told { &[("prevenir", "oui")] } else { &[] };
    assert_eq!(desk.post(&format!("{DESK}/publier"), fields).await.location(), format!("{DESK}?fait=publie"));
}

#[tokio::test]
async fn an_event_leaves_the_programme_after_a_look_at_who_is_registered_and_nobody_is_told_unasked() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    let page = desk.get(&format!("{DESK}/retirer")).await.body;
    for told in
        ["2 personnes inscrites ou en attente", "<strong>1</strong> confirmée", "<strong>1</strong> en attente", "ada"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(visitor.get("/calendrier.ics").await.body.contains("atelier-2-indicateurs"));
    assert_eq!(visitor.get(&format!("/evenements/{WORKSHOP}")).await.status, 200, "looking takes nothing away");

    unpublish(&desk, false).await;
    assert!(!visitor.get("/calendrier.ics").await.body.contains("atelier-2-indicateurs"));
    assert_eq!(visitor.get(&format!("/evenements/{WORKSHOP}.ics")).await.status, 404);
    assert_eq!(visitor.get(&format!("/evenements/{WORKSHOP}")).await.status, 404);
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"]);
    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&link).await.body.contains("retiré du programme pour l’instant"));
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let mine = visitor.get("/mon-parcours").await.body;
    assert!(mine.contains("Retiré du programme pour l’instant") && !mine.contains("/evenements/atelier-2"), "{mine}");
    assert!(desk.get("/organisation/journal").await.body.contains("a retiré le rendez-vous du programme"));
    assert_eq!(desk.get(&format!("{DESK}/retirer")).await.status, 404, "it is off already");

    publish(&desk, false).await;
    assert!(visitor.get("/calendrier.ics").await.body.contains("atelier-2-indicateurs"));
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting"]);
}

#[tokio::test]
async fn those_registered_are_told_that_an_event_leaves_the_programme_and_comes_back_when_the_organiser_says_so() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    for _ in 0..2 {
        unpublish(&desk, true).await;
    }
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "event-unpublished"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "event-unpublished"]);
    let read = letter(&app, "event-unpublished").await;
    assert!(read.contains("METHOD:CANCEL"), "its place in their calendar is taken back: {read}");
    let step_back = app.link("bob@exemple.fr", "step_back").await;
    assert!(visitor.get(&step_back).await.body.contains("Si ce rendez-vous revient au programme"));
    visitor.post(&format!("{}/annuler", step_back.split('?').next().unwrap()), &[]).await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Cancelled]);

    for _ in 0..2 {
        publish(&desk, true).await;
    }
    let ada = app.letters("ada@exemple.fr").await;
    assert_eq!(ada, ["please-confirm", "confirmed", "event-unpublished", "event-moved"]);
    assert!(letter(&app, "event-moved").await.contains("METHOD:REQUEST"));
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "event-unpublished", "cancelled"]);
}

/// What the calendar of the newest letter of that kind says, of those that have one.
async fn letter(app: &TestApp, kind: &str) -> String {
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 50).await.unwrap();
    letters.into_iter().filter(|one| one.kind == kind).find_map(|one| one.calendar).expect("with a calendar")
}

#[tokio::test]
async fn a_draft_that_nobody_is_registered_for_is_published_from_its_page() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    unpublish(&desk, false).await;
    assert!(desk.get(DESK).await.body.contains(&format!("{DESK}/publier")));
    let page = desk.get(&format!("{DESK}/publier")).await.body;
    assert!(page.contains("Personne n’est inscrit") && !page.contains("prevenir"), "{page}");
    publish(&desk, false).await;
    assert_eq!(app.visitor().get(&format!("/evenements/{WORKSHOP}")).await.status, 200);
    assert!(desk.get(DESK).await.body.contains(&format!("{DESK}/retirer")));
    for act in ["retirer", "publier"] {
        assert_eq!(app.visitor().post(&format!("{DESK}/{act}"), &[]).await.status, 303, "to the sign-in");
    }
    assert_eq!(app.event(WORKSHOP).await.status, EventStatus::Published);
}

#[tokio::test]
async fn a_draft_with_people_registered_that_is_cancelled_is_news_to_them() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    unpublish(&desk, false).await;
    desk.post(&format!("{DESK}/annuler"), &[]).await;
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "event-cancelled"]);
}

#[tokio::test]
async fn a_change_of_what_is_over_or_does_not_take_place_is_nobodys_news() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    let before = app.letters("ada@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.place = "Angers".into()).await;
    assert_eq!(app.letters("ada@exemple.fr").await, before, "it does not take place");
    app.revise(WORKSHOP, |event| event.status = EventStatus::Published).await;
    app.pass_until(app.event(WORKSHOP).await.ends_at);
    let before = app.letters("ada@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.place = "Nantes".into()).await;
    assert_eq!(app.letters("ada@exemple.fr").await, before, "it is over");
}

#[tokio::test]
async fn a_change_of_nothing_leaves_no_line() {
    let app = TestApp::start().await;
    app.revise(WORKSHOP, |event| event.place = "Angers".into()).await;
    app.revise(WORKSHOP, |event| event.place = "Angers".into()).await;
    let log = app.desk().await.get("/organisation/journal").await.body;
    assert_eq!(log.matches("a modifié le rendez-vous").count(), 1);
}

#[tokio::test]
async fn who_only_waits_is_told_of_a_move_without_the_boards_link() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.place = "Angers".into()).await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    for (email, has_board) in [("ada@exemple.fr", true), ("bob@exemple.fr", false)] {
        let told = letters.iter().find(|one| one.kind == "event-moved" && one.recipient == email).unwrap();
        let read = app.app.mail.render(told, &app.app.key).unwrap();
        assert_eq!(read.text.contains(&format!("{WORKSHOP}/tableau")), has_board, "{}", read.text);
    }
}
