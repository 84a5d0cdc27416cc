//! A seat that goes to a colleague: asked, taken, declined, kept.

use domain::programme::{Event, EventStatus, UnlistedPolicy};
use domain::registrations::RegistrationStatus;
use mail::outbox;

use crate::harness::{TestApp, Visitor, WORKSHOP};

async fn seats(app: &TestApp) -> Vec<(String, RegistrationStatus)> {
    app.registrations(WORKSHOP).await.into_iter().map(|one| (one.name, one.status)).collect()
}

fn are(expected: &[(&str, RegistrationStatus)]) -> Vec<(String, RegistrationStatus)> {
    expected.iter().map(|(name, status)| ((*name).to_owned(), *status)).collect()
}

/// Ada holds the only seat, Bob waits, and Ada asks this colleague to take it.
async fn asked(colleague: &str) -> (TestApp, Visitor, String) {
    asked_at(TestApp::start().await, colleague).await
}

async fn asked_at(app: TestApp, colleague: &str) -> (TestApp, Visitor, String) {
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let fields = [("name", "Cleo"), ("email", colleague)];
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &fields).await.status, 200);
    let take = app.link(colleague, "take_over").await;
    (app, visitor, take)
}

#[tokio::test]
async fn a_seat_goes_to_a_colleague_who_accepts_and_nobody_who_waits_gets_it_in_between() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    assert!(visitor.get(&take).await.body.contains("<bdi>ada</bdi> vous transmet sa place"));
    assert_eq!(
        seats(&app).await,
        are(&[("ada", RegistrationStatus::Confirmed), ("bob", RegistrationStatus::Waiting)]),
        "asking moves nothing"
    );
    assert_eq!(visitor.post(&take, &[]).await.status, 422, "a colleague of the same organisation says so");

    assert!(visitor.post(&take, &[("colleague", "oui")]).await.location().starts_with("/inscriptions/"));
    let expected = [
        ("ada", RegistrationStatus::Cancelled),
        ("bob", RegistrationStatus::Waiting),
        ("Cleo", RegistrationStatus::Confirmed),
    ];
    assert_eq!(seats(&app).await, are(&expected));
    let people = app.registrations(WORKSHOP).await;
    assert_eq!(people[0].organisation_id, people[2].organisation_id);
    assert_eq!(app.letters("cleo@exemple.fr").await, ["hand-over", "confirmed"]);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "handed-over"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting"]);
    let again = visitor.post(&take, &[("colleague", "oui")]).await;
    assert_eq!(again.location(), app.link("cleo@exemple.fr", "registration").await, "pressed twice");
    assert_eq!(seats(&app).await, are(&expected));
    assert!(visitor.get(&take).await.body.contains("Vous avez accepté cette place"));
    let ada = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&ada).await.body.contains("<strong><bdi>Cleo</bdi></strong>, qui l’a acceptée"));
}

#[tokio::test]
async fn a_colleague_who_waits_leaves_the_list_with_the_seat() {
    let (app, visitor, take) = asked("bob@exemple.fr").await;
    visitor.post(&take, &[("colleague", "oui")]).await;
    let expected = [
        ("ada", RegistrationStatus::Cancelled),
        ("bob", RegistrationStatus::Cancelled),
        ("Cleo", RegistrationStatus::Confirmed),
    ];
    assert_eq!(seats(&app).await, are(&expected), "Bob, as Ada calls him");
}

#[tokio::test]
async fn a_colleague_who_has_a_seat_already_takes_no_second_one() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "cleo@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    let link = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    let take = app.link("cleo@exemple.fr", "take_over").await;
    let refused = visitor.post(&take, &[("colleague", "oui")]).await;
    assert!(refused.status == 409 && refused.body.contains("déjà une place"));
    assert_eq!(
        seats(&app).await,
        are(&[("ada", RegistrationStatus::Confirmed), ("cleo", RegistrationStatus::Confirmed)])
    );
}

#[tokio::test]
async fn a_seat_given_back_meanwhile_is_not_taken_over() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/annuler"), &[]).await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(seats(&app).await, are(&[("ada", RegistrationStatus::Cancelled), ("bob", RegistrationStatus::Offered)]));
}

#[tokio::test]
async fn a_seat_is_not_handed_to_oneself_nor_before_it_is_confirmed() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let to = |email| [("name", "Cleo"), ("email", email)];
    let waits = app.link("bob@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{waits}/transmettre"), &to("cleo@exemple.fr")).await.status, 409);
    let link = app.link("ada@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &to("ada@exemple.fr")).await.status, 409);
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &to("cleo@")).await.status, 422);
}

#[tokio::test]
async fn a_seat_is_on_its_way_to_the_colleague_asked_last_and_to_nobody_else() {
    let (app, visitor, cleo) = asked("cleo@exemple.fr").await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/transmettre"), &[("name", "Dora"), ("email", "dora@exemple.fr")]).await;
    let late = visitor.post(&cleo, &[("colleague", "oui")]).await;
    assert!(late.status == 409 && late.body.contains("ne vous est plus proposée"), "{}", late.status);
    let dora = app.link("dora@exemple.fr", "take_over").await;
    assert_eq!(visitor.post(&dora, &[("colleague", "oui")]).await.status, 303);
}

#[tokio::test]
async fn nobody_writes_to_the_whole_world_by_handing_a_seat_over() {
    let app = TestApp::start_with(|config| config.rate_per_email = 4).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let mut written = 0;
    for stranger in 0..8 {
        let email = format!("stranger{stranger}@exemple.fr");
        let fields = [("name", "Somebody"), ("email", email.as_str())];
        visitor.post(&format!("{link}/transmettre"), &fields).await;
        written += app.letters(&email).await.len();
    }
    assert_eq!(written, 4);
}

#[tokio::test]
async fn a_colleague_declines_and_the_giver_is_told_and_may_ask_another() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&ada).await.body.contains("<strong><bdi>Cleo</bdi></strong>, qui n’a pas encore répondu"));
    assert!(visitor.get(&take).await.body.contains("Non merci"));
    let decline = format!("{take}/decliner");
    for _ in 0..2 {
        assert_eq!(visitor.post(&decline, &[]).await.location(), take);
    }
    let page = visitor.get(&take).await.body;
    assert!(page.contains("vous ne prenez pas cette place") && !page.contains("J’accepte"), "{page}");
    assert!(visitor.get(&ada).await.body.contains("<strong><bdi>Cleo</bdi></strong> ne prend pas votre place"));
    let desk = app.desk().await;
    let page = desk.get(&format!("/organisation/inscriptions/{}", app.registrations(WORKSHOP).await[0].id)).await.body;
    assert!(page.contains("déclinée par <bdi>Cleo</bdi>"), "{page}");
    let letters = app.letters("ada@exemple.fr").await;
    assert_eq!(letters, ["please-confirm", "confirmed", "hand-over-declined"], "told once");
    assert_eq!(app.letters("cleo@exemple.fr").await, ["hand-over"]);
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(
        seats(&app).await,
        are(&[("ada", RegistrationStatus::Confirmed), ("bob", RegistrationStatus::Waiting)]),
        "it was never free"
    );

    visitor.post(&format!("{ada}/transmettre"), &[("name", "Dora"), ("email", "dora@exemple.fr")]).await;
    let dora = app.link("dora@exemple.fr", "take_over").await;
    assert_eq!(visitor.post(&dora, &[("colleague", "oui")]).await.status, 303);
    let expected = [
        ("ada", RegistrationStatus::Cancelled),
        ("bob", RegistrationStatus::Waiting),
        ("Dora", RegistrationStatus::Confirmed),
    ];
    assert_eq!(seats(&app).await, are(&expected));
    visitor.post(&format!("{dora}/decliner"), &[]).await;
    assert_eq!(seats(&app).await, are(&expected), "what was accepted is not declined");
    assert!(app.letters("ada@exemple.fr").await.ends_with(&["handed-over".to_owned()]));
}

#[tokio::test]
async fn the_giver_keeps_the_seat_by_their_page_or_by_mon_parcours() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    for _ in 0..2 {
        assert_eq!(visitor.post(&format!("{ada}/transmettre/reprendre"), &[]).await.location(), ada);
    }
    let page = visitor.get(&take).await.body;
    assert!(page.contains("ne vous est plus proposée") && !page.contains("J’accepte"), "{page}");
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    visitor.post(&format!("{take}/decliner"), &[]).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed"], "nobody declined");

    visitor.post(&format!("{ada}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    let (signed_in, stranger) = (app.visitor(), app.visitor());
    signed_in.sign_in(&app, "ada@exemple.fr").await;
    stranger.sign_in(&app, "bob@exemple.fr").await;
    assert!(signed_in.get("/mon-parcours").await.body.contains("Proposée à <bdi>Cleo</bdi>"));
    let id = app.registrations(WORKSHOP).await[0].id;
    let path = format!("/mon-parcours/inscriptions/{id}/reprendre");
    assert_eq!(stranger.post(&path, &[]).await.status, 404);
    assert_eq!(signed_in.post(&path, &[]).await.location(), "/mon-parcours?fait=reprise");
    assert!(!signed_in.get("/mon-parcours").await.body.contains("Proposée à"));
    let take = app.link("cleo@exemple.fr", "take_over").await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(seats(&app).await, are(&[("ada", RegistrationStatus::Confirmed), ("bob", RegistrationStatus::Waiting)]));

    visitor.post(&format!("{ada}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    let take = app.link("cleo@exemple.fr", "take_over").await;
    visitor.post(&take, &[("colleague", "oui")]).await;
    assert_eq!(signed_in.post(&path, &[]).await.location(), "/mon-parcours?fait=transmise", "too late");
}

#[tokio::test]
async fn a_letter_that_has_not_left_does_not_leave_once_the_seat_is_kept() {
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(0)).await;
    let (app, visitor, _) = asked_at(app, "cleo@exemple.fr").await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    let state = async |app: &TestApp| {
        let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 20).await.unwrap();
        letters.into_iter().find(|one| one.kind == "hand-over").unwrap().state
    };
    visitor.post(&format!("{ada}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    assert_eq!(app.letters("cleo@exemple.fr").await, ["hand-over"], "who is asked already gets no second letter");
    assert_eq!(state(&app).await, "queued");
    visitor.post(&format!("{ada}/transmettre/reprendre"), &[]).await;
    assert_eq!(state(&app).await, "suppressed");
}

#[tokio::test]
async fn a_seat_that_is_declined_once_it_is_gone_makes_no_letter() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    assert!(visitor.get(&take).await.body.contains("Cette place n’est plus à transmettre"));
    visitor.post(&format!("{take}/decliner"), &[]).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "cancelled"]);
}

#[tokio::test]
async fn each_colleague_takes_the_seat_that_they_were_handed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (giver, name, colleague) in
        [("ada@exemple.fr", "Cleo", "cleo@exemple.fr"), ("bob@exemple.fr", "Dora", "dora@exemple.fr")]
    {
        visitor.register(WORKSHOP, giver).await;
        let link = app.link(giver, "registration").await;
        visitor.post(&format!("{link}/transmettre"), &[("name", name), ("email", colleague)]).await;
    }
    for colleague in ["dora@exemple.fr", "cleo@exemple.fr"] {
        let take = app.link(colleague, "take_over").await;
        assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 303);
        let gone = if colleague == "dora@exemple.fr" { "bob" } else { "ada" };
        assert!(seats(&app).await.contains(&(gone.to_owned(), RegistrationStatus::Cancelled)), "{gone}");
    }
}

#[tokio::test]
async fn a_seat_goes_to_a_colleague_on_the_list_and_to_any_colleague_of_whom_an_organiser_approved() {
    for (list, giver, colleague) in
        [("exemple.fr", "ada@exemple.fr", "cleo@exemple.fr"), ("nantes.fr", "bob@exemple.fr", "dora@exemple.fr")]
    {
        let app = TestApp::start().await;
        let desk = app.desk().await;
        let path = format!("/organisation/evenements/{WORKSHOP}");
        let audience = [("buyers_only", "oui"), ("unlisted", "approuver"), ("buyer_list", list)];
        desk.post(&format!("{path}/public"), &audience).await;
        let visitor = app.visitor();
        visitor.register(WORKSHOP, giver).await;
        let id = app.registrations(WORKSHOP).await[0].id.to_string();
        desk.post(&format!("{path}/selection"), &[("id", id.as_str()), ("acte", "approuver")]).await;
        let link = app.link(giver, "registration").await;
        visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", colleague)]).await;
        let take = app.link(colleague, "take_over").await;
        assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 303, "{colleague}");
    }
}

/// Ada asks Cleo to take her seat; where Cleo does so.
async fn on_its_way(app: &TestApp) -> (Visitor, String, String) {
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let fields = [("name", "Cleo"), ("email", "cleo@exemple.fr")];
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &fields).await.status, 200);
    let take = app.link("cleo@exemple.fr", "take_over").await;
    (visitor, format!("{link}/transmettre"), take)
}

#[tokio::test]
async fn no_seat_is_handed_over_once_the_event_has_begun() {
    let app = TestApp::start().await;
    let (visitor, give, take) = on_its_way(&app).await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    assert_eq!(visitor.post(&give, &[("name", "Dora"), ("email", "dora@exemple.fr")]).await.status, 409);
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn no_seat_of_a_cancelled_event_is_handed_over() {
    let app = TestApp::start().await;
    let (visitor, _, take) = on_its_way(&app).await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409);
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn a_colleague_whom_the_event_does_not_admit_takes_no_seat() {
    let app = TestApp::start().await;
    let (visitor, _, take) = on_its_way(&app).await;
    let listed = |event: &mut Event| {
        event.unlisted_policy = UnlistedPolicy::Refuse;
        event.buyer_list = "nantes.fr".into();
    };
    app.revise(WORKSHOP, listed).await;
    let refused = visitor.post(&take, &[("colleague", "oui")]).await;
    assert!(refused.status == 409 && refused.body.contains("adresse professionnelle"));
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn a_colleague_whom_the_event_does_not_admit_is_not_written_to() {
    let app = TestApp::start().await;
    app.revise(WORKSHOP, |event| event.buyer_list = "exemple.fr\n*.gouv.fr".into()).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let propose =
        async |email: &str| visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", email)]).await;
    for policy in [UnlistedPolicy::Refuse, UnlistedPolicy::Approve] {
        app.revise(WORKSHOP, |event| event.unlisted_policy = policy).await;
        let refused = propose("cleo@ailleurs.fr").await;
        assert!(refused.status == 422 && refused.body.contains("id=\"email-error\""), "{}", refused.status);
        assert!(refused.body.contains("value=\"cleo@ailleurs.fr\""), "what was typed stays");
        assert!(app.letters("cleo@ailleurs.fr").await.is_empty());
    }
    assert_eq!(propose("cleo@exemple.fr").await.status, 200);
    assert_eq!(propose("dora@ailleurs.fr").await.status, 422);
    let take = app.link("cleo@exemple.fr", "take_over").await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 303, "the earlier proposal stands");
}

#[tokio::test]
async fn a_colleague_who_is_asked_gets_neither_the_givers_link_nor_their_name() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", "cleo@exemple.fr")]).await;
    let letter = app.newest_letter("hand-over").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("ada@exemple.fr") && !read.text.contains("/inscriptions/"), "{}", read.text);
    assert!(!read.text.contains("Cleo") && !format!("{letter:?}").contains("Cleo"), "no word that somebody typed");
    assert!(!format!("{letter:?}").contains("/inscriptions/"), "{letter:?}");
}

#[tokio::test]
async fn a_colleague_who_was_asked_is_told_that_the_event_is_cancelled_and_the_hand_over_ends() {
    let (app, visitor, take) = asked("cleo@exemple.fr").await;
    app.delivered().await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(app.letters("cleo@exemple.fr").await, ["hand-over", "hand-over-ended"]);
    let page = visitor.get(&take).await.body;
    assert!(page.contains("data-transfer=\"withdrawn\"") && page.contains("annulé"), "{page}");
    app.revise(WORKSHOP, |event| event.status = EventStatus::Published).await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 409, "the seat stays its holder's");
    assert_eq!(app.letters("cleo@exemple.fr").await.len(), 2);
}
