//! Who may come: the list of buyers, what an organisation may take, seats kept for those who are invited.

use domain::programme::UnlistedPolicy;
use domain::registrations::{self, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WORKSHOP};
use crate::organisers::{DESK, all, of, seats};

/// Fills in the audience's form; what is not given stays empty.
async fn audience(desk: &Visitor, fields: &[(&str, &str)]) -> crate::harness::Answer {
    let mut all = vec![("buyers_only", "oui")];
    all.extend_from_slice(fields);
    desk.post(&format!("{DESK}/public"), &all).await
}

/// The form as it was opened, with these fields filled in otherwise.
fn opened(seen: &str, changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
    let values: Vec<String> = serde_json::from_str(seen).unwrap();
    let names = ["buyers_only", "unlisted", "buyer_list", "cap", "kept", "kept_until", "kept_for"];
    let typed = |name: &str| changed.iter().find(|(changed, _)| *changed == name).map(|(_, typed)| (*typed).to_owned());
    let fields = names.into_iter().zip(values).map(|(name, value)| (name, typed(name).unwrap_or(value)));
    fields.chain([("seen", seen.to_owned())]).collect()
}

#[tokio::test]
async fn what_two_organisers_change_at_the_same_time_stays_and_the_same_field_is_asked_about() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.desk().await, app.desk().await);
    let path = format!("{DESK}/public");
    let post = async |desk: &Visitor, fields: Vec<(&'static str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post(&path, &fields).await
    };
    let seen = ada.get(&path).await.hidden("seen");
    let by_ada = opened(
        &seen,
        &[("cap", "3"), ("kept_for", "invitee@exemple.fr\r\nautre@exemple.fr"), ("buyer_list", "angers.fr")],
    );
    assert_eq!(post(&ada, by_ada).await.status, 303);
    // Bob's form is the older one. He has changed something else, and something that Ada has changed too.
    let asked = post(&bob, opened(&seen, &[("cap", "5"), ("unlisted", "approuver")])).await;
    assert_eq!(asked.status, 409);
    assert!(asked.body.contains("id=\"cap-error\"") && asked.body.contains("value=\"5\""), "{}", asked.body);
    assert!(asked.body.contains("<p class=\"written\">3</p>"), "he reads what she has stored");
    assert!(!asked.body.contains("id=\"buyer_list-error\""), "nothing is asked of what only she has changed");
    assert_eq!(app.event(WORKSHOP).await.organisation_cap, Some(3), "nothing is stored before he has answered");
    let answered = opened(&asked.hidden("seen"), &[("cap", "5"), ("unlisted", "approuver")]);
    assert_eq!(post(&bob, answered).await.status, 303);
    let event = app.event(WORKSHOP).await;
    assert_eq!(
        (event.organisation_cap, event.unlisted, event.buyer_list.as_str()),
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
        let forms = [opened(&seen, &[("cap", cap)]), opened(&seen, &[("buyer_list", list)])];
        let [by_ada, by_bob] =
            forms.each_ref().map(|form| form.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
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
    assert!(visitor.register(WORKSHOP, "ada@angers.fr").await.location().ends_with("issue=confirmer"));
    for email in ["bob@exemple.fr", "cleo@exemple.fr", "dora@exemple.fr"] {
        assert!(visitor.register(WORKSHOP, email).await.location().ends_with("issue=approbation"));
    }
    let cleo = app.link("cleo@exemple.fr", "registration").await;
    visitor.post(&format!("{cleo}/confirmer"), &[]).await;
    assert_eq!(
        seats(&app).await,
        [
            RegistrationStatus::Held,
            RegistrationStatus::Pending,
            RegistrationStatus::Pending,
            RegistrationStatus::Pending
        ]
    );

    let ids: Vec<String> = all(&app).await[1..].iter().map(|one| one.id.to_string()).collect();
    let accept = [("id", ids[0].as_str()), ("id", &ids[1]), ("acte", "approuver")];
    desk.post(&format!("{DESK}/selection"), &accept).await;
    let refuse = [("id", ids[2].as_str()), ("acte", "refuser")];
    let again = desk.post(&format!("{DESK}/selection"), &refuse).await;
    assert!(again.status == 422 && again.body.contains("id=\"reason-error\"") && again.body.contains("checked"));
    let refuse = [("id", ids[2].as_str()), ("acte", "refuser"), ("reason", "Réservé aux communes")];
    desk.post(&format!("{DESK}/selection"), &refuse).await;
    assert_eq!(
        seats(&app).await,
        [
            RegistrationStatus::Held,
            RegistrationStatus::Held,
            RegistrationStatus::Confirmed,
            RegistrationStatus::Refused
        ],
        "Cleo had proven her address"
    );
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("hors de la liste\u{a0}: admis → à accepter · lignes de la liste\u{a0}: 0 → 1"), "{log}");
    assert_eq!(app.letters("bob@exemple.fr").await, ["to-be-approved", "please-confirm"]);
    assert_eq!(app.letters("cleo@exemple.fr").await, ["to-be-approved", "confirmed"]);
    assert_eq!(app.letters("dora@exemple.fr").await, ["to-be-approved", "refused"]);
}

#[tokio::test]
async fn who_is_not_on_the_list_is_refused_with_the_reason_when_the_organiser_chose_so() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(audience(&desk, &[("unlisted", "refuser")]).await.status, 422, "nobody could come");
    audience(&desk, &[("unlisted", "refuser"), ("buyer_list", "angers.fr\nVille d'Angers")]).await;
    let fields = [("name", "Bob"), ("email", "bob@exemple.fr"), ("organisation", "Privé"), ("buyer", "oui")];
    let refused = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert!(refused.status == 422 && refused.body.contains("réservé à certaines organisations"));
    assert_eq!(app.visitor().register(WORKSHOP, "ada@exemple.fr").await.status, 303, "her organisation is on the list");
    let guests = [("kept", "1"), ("kept_until", "2026-12-01T12:00"), ("kept_for", "bob@exemple.fr")];
    let list = [("unlisted", "refuser"), ("buyer_list", "angers.fr\nVille d'Angers")];
    assert_eq!(audience(&desk, &[&list[..], &guests].concat()).await.status, 303);
    let admitted = app.visitor().post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert_eq!(admitted.status, 303, "whom an organiser invited by name, they know");
}

#[tokio::test]
async fn an_organisation_has_no_more_seats_than_its_cap_and_who_is_passed_reads_why() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let desk = app.desk().await;
    audience(&desk, &[("cap", "1")]).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    assert!(visitor.register(WORKSHOP, "bob@exemple.fr").await.location().contains("issue=attente"));
    let fields = [("name", "Cleo"), ("email", "cleo@exemple.fr"), ("organisation", "Nantes"), ("buyer", "oui")];
    let cleo = visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    assert!(cleo.location().ends_with("issue=confirmer"), "the free seat is for another organisation");
    assert_eq!(
        seats(&app).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting, RegistrationStatus::Held]
    );
    let bob = app.link("bob@exemple.fr", "registration").await;
    assert!(visitor.get(&bob).await.body.contains("Votre organisation a déjà la place que chacune peut avoir"));

    let cleo = of(&app, "cleo@exemple.fr").await.id;
    registrations::cancel(&app.app, cleo).await.unwrap();
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Waiting, "still over the cap");
    registrations::cancel(&app.app, of(&app, "ada@exemple.fr").await.id).await.unwrap();
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Offered);
}

#[tokio::test]
async fn kept_seats_go_to_invited_people_until_their_date_and_then_to_those_who_wait() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let desk = app.desk().await;
    let kept = [("kept", "1"), ("kept_until", "2026-12-01T12:00"), ("kept_for", "guest@exemple.fr\nother@exemple.fr")];
    assert_eq!(audience(&desk, &kept).await.status, 303);
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Waiting, "the last seat is kept");
    visitor.register_and_confirm(&app, WORKSHOP, "guest@exemple.fr").await;
    assert_eq!(of(&app, "guest@exemple.fr").await.status, RegistrationStatus::Confirmed, "whoever waits");
    visitor.register(WORKSHOP, "other@exemple.fr").await;
    assert_eq!(of(&app, "other@exemple.fr").await.status, RegistrationStatus::Waiting, "never more than there are");

    registrations::cancel(&app.app, of(&app, "guest@exemple.fr").await.id).await.unwrap();
    assert_eq!(
        of(&app, "other@exemple.fr").await.status,
        RegistrationStatus::Offered,
        "kept for those on the list, who waits or not"
    );
    registrations::cancel(&app.app, of(&app, "other@exemple.fr").await.id).await.unwrap();
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Waiting);
    app.advance(24 * 8);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert_eq!(of(&app, "bob@exemple.fr").await.status, RegistrationStatus::Offered);
}
