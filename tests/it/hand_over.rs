//! A seat that goes to a colleague, and the whole parcours in one form.

use domain::audit::Act;
use domain::programme::Event;
use domain::registrations::{self, Registration, RegistrationStatus};
use mail::outbox;

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

async fn all(app: &TestApp, event: &str) -> Vec<Registration> {
    let event = app.event(event).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn seats(app: &TestApp) -> Vec<(String, RegistrationStatus)> {
    all(app, WORKSHOP).await.into_iter().map(|one| (one.name, one.status)).collect()
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
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
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
    assert!(visitor.get(&take).await.body.contains("ada vous transmet sa place"));
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
    let people = all(&app, WORKSHOP).await;
    assert_eq!(people[0].organisation_id, people[2].organisation_id);
    assert_eq!(app.letters("cleo@exemple.fr").await, ["hand-over", "confirmed"]);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "handed-over"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["waiting"]);
    let again = visitor.post(&take, &[("colleague", "oui")]).await;
    assert_eq!(again.location(), app.link("cleo@exemple.fr", "registration").await, "pressed twice");
    assert_eq!(seats(&app).await, are(&expected));
    assert!(visitor.get(&take).await.body.contains("Vous avez accepté cette place"));
    let ada = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&ada).await.body.contains("<strong>Cleo</strong>, qui l’a acceptée"));
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
        visitor.register_and_confirm(&app, WORKSHOP, email).await;
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
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let to = |email| [("name", "Cleo"), ("email", email)];
    assert_eq!(visitor.post(&format!("{link}/transmettre"), &to("cleo@exemple.fr")).await.status, 409);
    visitor.post(&format!("{link}/confirmer"), &[]).await;
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
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
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
    assert!(visitor.get(&ada).await.body.contains("<strong>Cleo</strong>, qui n’a pas encore répondu"));
    assert!(visitor.get(&take).await.body.contains("Non merci"));
    let decline = format!("{take}/decliner");
    for _ in 0..2 {
        assert_eq!(visitor.post(&decline, &[]).await.location(), take);
    }
    let page = visitor.get(&take).await.body;
    assert!(page.contains("vous ne prenez pas cette place") && !page.contains("J’accepte"), "{page}");
    assert!(visitor.get(&ada).await.body.contains("<strong>Cleo</strong> ne prend pas votre place"));
    let desk = app.desk().await;
    let page = desk.get(&format!("/organisation/inscriptions/{}", all(&app, WORKSHOP).await[0].id)).await.body;
    assert!(page.contains("déclinée par Cleo"), "{page}");
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
    assert!(signed_in.get("/mon-parcours").await.body.contains("Proposée à Cleo"));
    let id = all(&app, WORKSHOP).await[0].id;
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
        visitor.register_and_confirm(&app, WORKSHOP, giver).await;
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
        visitor.register_and_confirm(&app, WORKSHOP, giver).await;
        let id = all(&app, WORKSHOP).await[0].id.to_string();
        desk.post(&format!("{path}/selection"), &[("id", id.as_str()), ("acte", "approuver")]).await;
        let link = app.link(giver, "registration").await;
        visitor.post(&format!("{link}/transmettre"), &[("name", "Cleo"), ("email", colleague)]).await;
        let take = app.link(colleague, "take_over").await;
        assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 303, "{colleague}");
    }
}

#[tokio::test]
async fn the_whole_parcours_is_asked_for_in_one_form_and_answered_by_one_letter() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "bob@exemple.fr").await;
    assert_eq!(visitor.get("/parcours/inscription").await.body.matches("name=\"evenement\"").count(), 6);

    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
    ];
    let without = visitor.post("/parcours/inscription", &fields).await;
    assert!(without.status == 422 && without.body.contains("attestez en être un, ou décochez-les"));
    let fields = [&fields[..], &[("buyer", "oui")]].concat();
    let answer = visitor.post("/parcours/inscription", &fields).await;
    assert!(answer.location().contains(&format!("{WORKSHOP}:attente-1")), "{}", answer.location());
    let page = visitor.get(answer.location()).await.body;
    assert!(page.matches("Place réservée").count() == 2 && page.contains("position 1"));
    assert_eq!(app.letters("ada@exemple.fr").await, ["parcours"]);

    let link = app.link("ada@exemple.fr", "registration").await;
    assert!(visitor.get(&link).await.body.contains("Confirmer mes 2 inscriptions"));
    visitor.post(&format!("{link}/tout-confirmer"), &[]).await;
    assert_eq!(all(&app, WEBINAR).await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(all(&app, "atelier-1-role-de-l-acheteur").await[0].status, RegistrationStatus::Confirmed);
    assert_eq!(all(&app, WORKSHOP).await[1].status, RegistrationStatus::Waiting);
}

#[tokio::test]
async fn events_at_the_same_time_are_told_apart_in_the_form_and_in_the_letter() {
    let app = TestApp::start().await;
    let (visitor, told) = (app.visitor(), "en même temps qu’un autre rendez-vous de la liste");
    assert!(!visitor.get("/parcours/inscription").await.body.contains(told));
    let webinar = app.event(WEBINAR).await;
    let by = (app.organiser().await, Act::Edited);
    let edit = |event: &mut Event| {
        (event.starts_local, event.ends_local) = (webinar.starts_local.clone(), webinar.ends_local.clone());
        (event.starts_at, event.ends_at) = (webinar.starts_at, webinar.ends_at);
    };
    app::revise::revise(&app.app, &domain::audit::Entry::new(by.0, by.1, app.event(WORKSHOP).await.id), edit)
        .await
        .unwrap();
    let form = visitor.get("/parcours/inscription").await.body;
    assert_eq!(form.matches(told).count(), 2, "both of them, and no other");

    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville"),
        ("buyer", "oui"),
    ];
    assert_eq!(visitor.post("/parcours/inscription", &fields).await.status, 303);
    let mut tx = app.app.db.snapshot().await.unwrap();
    let letter = outbox::latest(&mut tx, 1).await.unwrap().remove(0);
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert_eq!(read.text.matches("en même temps qu’un autre de vos choix").count(), 2, "{}", read.text);
}

#[tokio::test]
async fn asking_for_the_parcours_again_tells_a_stranger_nothing_and_needs_an_event() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    let ask = async |email: &str| {
        let fields =
            [("evenement", WORKSHOP), ("name", "X"), ("email", email), ("organisation", "V"), ("buyer", "oui")];
        visitor.post("/parcours/inscription", &fields).await
    };
    assert_eq!(ask("ada@exemple.fr").await.location(), ask("new@exemple.fr").await.location());
    assert_eq!(all(&app, WORKSHOP).await.len(), 2);
    let none = [("name", "X"), ("email", "x@exemple.fr"), ("organisation", "V")];
    let none = visitor.post("/parcours/inscription", &none).await;
    assert!(none.status == 422 && none.body.contains("Choisissez au moins un rendez-vous"));
}

#[tokio::test]
async fn the_letter_about_the_parcours_says_until_when_seats_are_kept_and_why_one_is_refused() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let audience = [("buyers_only", "oui"), ("unlisted", "refuser"), ("buyer_list", "angers.fr")];
    desk.post(&format!("/organisation/evenements/{WORKSHOP}/public"), &audience).await;
    let visitor = app.visitor();
    let fields = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("evenement", "atelier-1-role-de-l-acheteur"),
        ("name", "Ada"),
        ("email", "ada@exemple.fr"),
        ("organisation", "Ville de Metz"),
        ("buyer", "oui"),
    ];
    let answer = visitor.post("/parcours/inscription", &fields).await;
    let page = visitor.get(answer.location()).await.body;
    assert!(page.contains("ni votre organisation ne sont de celles"), "{page}");
    let letter = outbox::latest(&mut app.app.db.read().await.unwrap(), 1).await.unwrap().remove(0);
    let text = app.app.mail.render(&letter, &app.app.key).unwrap().text;
    assert_eq!(text.matches("une place vous est réservée, à confirmer").count(), 1, "a webinar has no limit: {text}");
    assert_eq!(text.matches("une place vous est réservée jusqu’au").count(), 1, "{text}");
    assert_eq!(text.matches("ni cette adresse ni votre organisation ne sont de celles").count(), 1, "{text}");
}
