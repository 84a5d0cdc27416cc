//! Who may come: the list of buyers, what an organisation may take, seats kept for those who are invited.

use std::time::Duration;

use domain::accounts::EmailAddress;
use domain::audit::Act;
use domain::programme::{Event, UnlistedPolicy};
use domain::registrations::{self, RegistrationStatus};

use crate::harness::{DESK, TestApp, Visitor, WEBINAR, WORKSHOP, with_policy, with_seen};

/// Fills in the audience's form; what is not given stays empty.
async fn audience(desk: &Visitor, fields: &[(&str, &str)]) -> crate::harness::Answer {
    let mut all = vec![("buyers_only", "oui")];
    all.extend_from_slice(fields);
    desk.post(&format!("{DESK}/public"), &with_policy(&all)).await
}

#[tokio::test]
async fn what_two_organisers_change_at_the_same_time_stays_and_the_same_field_is_asked_about() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.desk().await, app.desk().await);
    let path = format!("{DESK}/public");
    let seen = ada.get(&path).await.hidden("seen");
    let by_ada = with_seen(
        &seen,
        &[("cap", "3"), ("reserved_for", "invitee@exemple.fr\r\nautre@exemple.fr"), ("buyer_list", "angers.fr")],
    );
    assert_eq!(ada.post(&path, &by_ada).await.status, 303);
    // Bob's form is the older one. He has changed something else, and something that Ada has changed too.
    let asked = bob.post(&path, &with_seen(&seen, &[("cap", "5"), ("unlisted", "approuver")])).await;
    assert_eq!(asked.status, 409);
    assert!(asked.body.contains("id=\"cap-error\"") && asked.body.contains("value=\"5\""), "{}", asked.body);
    assert!(asked.body.contains("<p class=\"written\">3</p>"), "he reads what she has stored");
    assert!(!asked.body.contains("id=\"buyer_list-error\""), "nothing is asked of what only she has changed");
    assert_eq!(app.event(WORKSHOP).await.organisation_cap, Some(3), "nothing is stored before he has answered");
    let seen = asked.hidden("seen");
    let answered = with_seen(&seen, &[("cap", "5"), ("unlisted", "approuver")]);
    assert_eq!(bob.post(&path, &answered).await.status, 303);
    let event = app.event(WORKSHOP).await;
    assert_eq!(
        (event.organisation_cap, event.unlisted_policy, event.buyer_list.as_str()),
        (Some(5), UnlistedPolicy::Approve, "angers.fr")
    );
    assert!(bob.get(&path).await.body.contains("invitee@exemple.fr"), "her guests are still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_organisers_who_press_at_once_both_keep_what_they_changed() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.desk().await, app.desk().await);
    let path = format!("{DESK}/public");
    for (round, cap) in ["2", "3", "4", "5", "6", "7", "8", "9"].into_iter().enumerate() {
        let seen = ada.get(&path).await.hidden("seen");
        let list = if round % 2 == 0 { "angers.fr" } else { "nantes.fr" };
        let (by_ada, by_bob) = (with_seen(&seen, &[("cap", cap)]), with_seen(&seen, &[("buyer_list", list)]));
        let (one, other) = tokio::join!(ada.post(&path, &by_ada), bob.post(&path, &by_bob));
        assert_eq!((one.status.as_u16(), other.status.as_u16()), (303, 303));
        let event = app.event(WORKSHOP).await;
        assert_eq!((event.organisation_cap, event.buyer_list.as_str()), (cap.parse().ok(), list));
    }
}

#[tokio::test]
async fn who_is_not_on_the_list_waits_for_an_organiser_who_accepts_or_refuses_many_at_once() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(audience(&desk, &[("unlisted", "approuver"), ("buyer_list", "angers.fr")]).await.status, 303);
    let visitor = app.visitor();
    for email in ["ada@angers.fr", "bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    assert_eq!(
        app.seats(WORKSHOP).await,
        [
            RegistrationStatus::Confirmed,
            RegistrationStatus::Pending,
            RegistrationStatus::Pending,
            RegistrationStatus::Pending
        ]
    );

    let ids: Vec<String> = app.registrations(WORKSHOP).await[1..].iter().map(|one| one.id.to_string()).collect();
    let accept = [("id", ids[0].as_str()), ("id", &ids[1]), ("acte", "approuver")];
    desk.post(&format!("{DESK}/selection"), &accept).await;
    let refuse = [("id", ids[2].as_str()), ("acte", "refuser")];
    let again = desk.post(&format!("{DESK}/selection"), &refuse).await;
    assert!(again.status == 422 && again.body.contains("id=\"reason-error\"") && again.body.contains("checked"));
    let refuse = [("id", ids[2].as_str()), ("acte", "refuser"), ("reason", "Réservé aux communes")];
    desk.post(&format!("{DESK}/selection"), &refuse).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [
            RegistrationStatus::Confirmed,
            RegistrationStatus::Confirmed,
            RegistrationStatus::Confirmed,
            RegistrationStatus::Refused
        ]
    );
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("hors de la liste\u{a0}: admis → à accepter · lignes de la liste\u{a0}: 0 → 1"), "{log}");
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "to-be-approved", "confirmed"]);
    assert_eq!(app.letters("cleo@exemple.fr").await, ["please-confirm", "to-be-approved", "confirmed"]);
    assert_eq!(app.letters("dora@exemple.fr").await, ["please-confirm", "to-be-approved", "refused"]);
}

#[tokio::test]
async fn who_is_not_on_the_list_is_refused_with_the_reason_when_the_organiser_chose_so() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(audience(&desk, &[("unlisted", "refuser")]).await.status, 422, "nobody could come");
    let stored = audience(&desk, &[("unlisted", "refuser"), ("buyer_list", "angers.fr")]).await;
    assert_eq!(stored.status, 303);
    let fields = [("name", "Bob"), ("email", "bob@exemple.fr"), ("organisation", "Privé"), ("buyer", "oui")];
    let refused = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert!(refused.status == 422 && refused.body.contains("réservé à certaines organisations"));
    assert_eq!(app.visitor().register(WORKSHOP, "ada@angers.fr").await.status, 303, "her domain is on the list");
    let guests = [("reserved_seats", "1"), ("reserved_until", "2026-12-01T12:00"), ("reserved_for", "bob@exemple.fr")];
    let list = [("unlisted", "refuser"), ("buyer_list", "angers.fr")];
    assert_eq!(audience(&desk, &[&list[..], &guests].concat()).await.status, 303);
    let admitted = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert_eq!(admitted.status, 303);
    app.visitor().prove("bob@exemple.fr").await;
    let bob = app.registration(WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(bob.status, RegistrationStatus::Confirmed, "whom an organiser invited by name, they know");
    // That guests are expected is the same for every address: the form tells nobody who they are.
    let stranger = [("name", "Eve"), ("email", "eve@exemple.fr"), ("organisation", "Privé"), ("buyer", "oui")];
    let asked = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &stranger).await;
    assert_eq!((asked.status, asked.location()), (admitted.status, admitted.location()));
    let refused = app.visitor().prove("eve@exemple.fr").await;
    assert!(refused.status == 409 && refused.body.contains("réservé à certaines organisations"), "{}", refused.body);
    assert_eq!(app.registrations(WORKSHOP).await.len(), 2);
}

#[tokio::test]
async fn an_organisation_has_no_more_seats_than_its_cap_and_who_is_passed_reads_why() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let desk = app.desk().await;
    audience(&desk, &[("cap", "1")]).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let fields = [("name", "Cleo"), ("email", "cleo@exemple.fr"), ("organisation", "Nantes"), ("buyer", "oui")];
    visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    visitor.prove("cleo@exemple.fr").await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting, RegistrationStatus::Confirmed],
        "the free seat is for another organisation"
    );
    let bob = app.link("bob@exemple.fr", "registration").await;
    assert!(visitor.get(&bob).await.body.contains("Votre organisation a déjà la place que chacune peut avoir"));

    let cleo = app.registration(WORKSHOP, "cleo@exemple.fr").await.id;
    registrations::cancel(&app.app, cleo).await.unwrap();
    assert_eq!(
        app.registration(WORKSHOP, "bob@exemple.fr").await.status,
        RegistrationStatus::Waiting,
        "still over the cap"
    );
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    assert_eq!(app.registration(WORKSHOP, "bob@exemple.fr").await.status, RegistrationStatus::Offered);
}

#[tokio::test]
async fn reserved_seats_go_to_invited_people_until_their_date_and_then_to_those_who_wait() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let desk = app.desk().await;
    let kept = [
        ("reserved_seats", "1"),
        ("reserved_until", "2026-12-01T12:00"),
        ("reserved_for", "guest@exemple.fr\nother@exemple.fr"),
    ];
    assert_eq!(audience(&desk, &kept).await.status, 303);
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(
        app.registration(WORKSHOP, "bob@exemple.fr").await.status,
        RegistrationStatus::Waiting,
        "the last seat is kept"
    );
    visitor.register(WORKSHOP, "guest@exemple.fr").await;
    assert_eq!(
        app.registration(WORKSHOP, "guest@exemple.fr").await.status,
        RegistrationStatus::Confirmed,
        "whoever waits"
    );
    visitor.register(WORKSHOP, "other@exemple.fr").await;
    assert_eq!(
        app.registration(WORKSHOP, "other@exemple.fr").await.status,
        RegistrationStatus::Waiting,
        "never more than there are"
    );

    registrations::cancel(&app.app, app.registration(WORKSHOP, "guest@exemple.fr").await.id).await.unwrap();
    assert_eq!(
        app.registration(WORKSHOP, "other@exemple.fr").await.status,
        RegistrationStatus::Offered,
        "kept for those on the list, who waits or not"
    );
    registrations::cancel(&app.app, app.registration(WORKSHOP, "other@exemple.fr").await.id).await.unwrap();
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.registration(WORKSHOP, "bob@exemple.fr").await.status, RegistrationStatus::Waiting);
    app.advance(24 * 8);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.registration(WORKSHOP, "bob@exemple.fr").await.status, RegistrationStatus::Offered);
}

#[tokio::test]
async fn only_requests_that_wait_for_an_answer_are_answered() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let desk = app.desk().await;
    let ids: Vec<_> = app.registrations(WORKSHOP).await.iter().map(|one| one.id.to_string()).collect();
    let refuse = [("id", ids[0].as_str()), ("id", &ids[1]), ("acte", "refuser"), ("reason", "non")];
    assert!(desk.post(&format!("{DESK}/selection"), &refuse).await.location().contains("fait=refuser-0"));
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn who_was_approved_keeps_that_when_they_change_organisation() {
    let app = TestApp::start().await;
    let listed = |event: &mut Event| {
        event.unlisted_policy = UnlistedPolicy::Refuse;
        event.buyer_list = "nantes.fr".into();
    };
    app.revise(WORKSHOP, listed).await;
    assert_eq!(app.register_by_staff().await, 303);
    let visitor = app.visitor();
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let to = [("name", "Ada"), ("organisation", "Ville de Rennes"), ("follow", "oui")];
    assert_eq!(visitor.post("/mon-parcours/donnees", &to).await.location(), "/mon-parcours/donnees?fait=1");
    assert_eq!(app.registrations(WORKSHOP).await[0].organisation, "Ville de Rennes");
}

/// Everybody who is not of Angers waits for an organiser's answer; these people do.
async fn to_be_approved(emails: &[&str]) -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    app.set_audience(&[("buyers_only", "oui"), ("unlisted", "approuver"), ("buyer_list", "angers.fr")]).await;
    let visitor = app.visitor();
    for email in emails {
        visitor.register(WORKSHOP, email).await;
        assert_eq!(app.registration(WORKSHOP, email).await.status, RegistrationStatus::Pending);
    }
    (app, visitor)
}

#[tokio::test]
async fn answers_are_counted_logged_and_read_by_whom_they_are_about() {
    let (app, visitor) = to_be_approved(&["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"]).await;
    assert!(app.select("approuver", &["bob@exemple.fr"]).await.location().contains("fait=approuver-1"));
    assert!(app.select("refuser", &["cleo@exemple.fr"]).await.location().contains("fait=refuser-1"));
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Refused, RegistrationStatus::Pending],
        "nobody else"
    );
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    assert!(visitor.get(&cleo).await.body.contains("Réservé aux communes"));
    let log = app.log().await;
    for line in ["a accepté la demande de", "a refusé la demande de", "Réservé aux communes"] {
        assert!(log.contains(line), "{line}");
    }
}

#[tokio::test]
async fn who_is_accepted_has_a_seat_at_once_or_waits_without_end() {
    let (app, _) = to_be_approved(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    app.set_capacity(WORKSHOP, 1).await;
    app.select("approuver", &["bob@exemple.fr", "cleo@exemple.fr"]).await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    assert_eq!(app.registration(WORKSHOP, "cleo@exemple.fr").await.held_until, None);
}

#[tokio::test]
async fn a_list_of_guests_is_replaced_and_is_of_one_event() {
    let app = TestApp::start().await;
    let by = app.organiser().await;
    let guests = |names: &[&str]| -> Vec<EmailAddress> {
        names.iter().map(|name| EmailAddress::parse(&format!("{name}@exemple.fr")).unwrap()).collect()
    };
    let (workshop, webinar) = (app.event(WORKSHOP).await.id, app.event(WEBINAR).await.id);
    registrations::set_reserved_for(&app.app, by, webinar, &guests(&["zoe"])).await.unwrap();
    registrations::set_reserved_for(&app.app, by, workshop, &guests(&["bob", "ada"])).await.unwrap();
    registrations::set_reserved_for(&app.app, by, workshop, &guests(&["cleo", "ada"])).await.unwrap();
    let mut tx = app.app.db.snapshot().await.unwrap();
    assert_eq!(registrations::reserved_for(&mut tx, workshop).await.unwrap(), guests(&["ada", "cleo"]));
    assert_eq!(registrations::reserved_for(&mut tx, webinar).await.unwrap(), guests(&["zoe"]));
}

#[tokio::test]
async fn who_is_on_the_list_takes_no_kept_seat_where_none_is_kept() {
    let app = TestApp::start().await;
    app.set_audience(&[("buyers_only", "oui"), ("reserved_for", "ada@exemple.fr")]).await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    assert!(!app.registration(WORKSHOP, "ada@exemple.fr").await.invited);
}

#[tokio::test]
async fn seats_at_one_event_do_not_count_at_another() {
    let app = TestApp::start().await;
    app.set_audience(&[("buyers_only", "oui"), ("cap", "1")]).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WEBINAR, email).await;
    }
    visitor.register(WORKSHOP, "cleo@exemple.fr").await;
    let mut tx = app.app.db.snapshot().await.unwrap();
    for (event, taken) in [(WEBINAR, 2), (WORKSHOP, 1)] {
        let event = app.event(event).await.id;
        assert_eq!(registrations::occupancy(&mut tx, event).await.unwrap().taken, taken);
    }
}

#[tokio::test]
async fn reserved_seats_are_passed_on_at_their_very_date_however_many_come_elsewhere() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let until = app.app.clock.now() + Duration::from_secs(3600);
    let edit = |event: &mut Event| (event.reserved_seats, event.reserved_until) = (1, Some(until));
    app.revise_by(Act::ChangedAudience, WORKSHOP, edit).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WEBINAR, email).await;
    }
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    app.pass_until(until);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Offered]);
}

#[tokio::test]
async fn who_has_a_seat_is_not_told_that_their_organisation_has_too_many() {
    let app = TestApp::start().await;
    app.set_audience(&[("buyers_only", "oui"), ("cap", "1")]).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let mine = visitor.get("/mon-parcours").await.body;
    assert!(mine.contains("Inscription confirmée") && !mine.contains("Votre organisation a déjà"));
}
