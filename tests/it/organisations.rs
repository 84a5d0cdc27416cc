//! Whom people work for: said, changed, told apart and merged.

use domain::accounts::{self, EmailAddress};
use domain::audit::Act;
use domain::organisations;
use domain::registrations::{self, NewRegistration, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP, violations};

const DATA: &str = "/mon-parcours/donnees";

const ORGANISATIONS: &str = "/organisation/organisations";

async fn register_at(visitor: &Visitor, event: &str, (email, organisation, siret): (&str, &str, &str)) -> u16 {
    let fields = [("name", "X"), ("email", email), ("organisation", organisation), ("buyer", "oui"), ("siret", siret)];
    let status = visitor.post(&format!("/evenements/{event}/inscription"), &fields).await.status.as_u16();
    if status == 303 {
        visitor.prove(email).await;
    }
    status
}

/// The workshop gives an organisation this many seats at most.
async fn set_cap(app: &TestApp, cap: i64) {
    app.revise_by(Act::ChangedAudience, WORKSHOP, |event| event.organisation_cap = Some(cap)).await;
}

/// The names of organisations, in their order.
async fn names(app: &TestApp) -> Vec<String> {
    let all = organisations::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
    all.into_iter().map(|one| one.name).collect()
}

#[tokio::test]
async fn a_participant_changes_organisation_and_registrations_follow_if_they_say_so() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for event in [WEBINAR, WORKSHOP] {
        app.advance_millis(1000);
        visitor.register(event, "ada@exemple.fr").await;
    }
    visitor.sign_in(&app, "ada@exemple.fr").await;
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""));
    let change = async |organisation: &str, follow: &[(&str, &str)]| {
        let fields = [&[("name", "Ada"), ("organisation", organisation)], follow].concat();
        visitor.post(DATA, &fields).await
    };
    assert_eq!(change("Région Bretagne", &[]).await.status, 303);
    assert_eq!(
        app.registrations(WORKSHOP).await[0].organisation,
        "Ville d’Angers",
        "each stays with the one it was made for"
    );
    assert!(visitor.get(DATA).await.body.contains("value=\"Région Bretagne\""));

    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let done = change("Conseil régional de Bretagne", &[("follow", "oui")]).await;
    assert_eq!(done.location(), "/mon-parcours/donnees?fait=1");
    let (past, coming) = (app.registrations(WEBINAR).await.remove(0), app.registrations(WORKSHOP).await.remove(0));
    assert_eq!(
        (past.organisation.as_str(), coming.organisation.as_str()),
        ("Ville d’Angers", "Conseil régional de Bretagne")
    );
    assert_eq!(names(&app).await, ["Région Bretagne", "Ville d’Angers"], "one body has two names");
    let desk = app.desk().await;
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("a changé l’organisation de") && log.contains("Ville d’Angers → Région Bretagne"));
    assert_eq!(log.matches("a changé l’organisation de").count(), 1, "another spelling is no change");
}

#[tokio::test]
async fn a_seat_does_not_follow_into_an_organisation_that_has_all_of_its_own() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 3).await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    register_at(&visitor, WORKSHOP, ("cleo@exemple.fr", "Ville de Nantes", "")).await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let to = |organisation| [("name", "Ada"), ("organisation", organisation), ("follow", "oui")];
    let refused = visitor.post(DATA, &to("Mairie de Nantes")).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("y a déjà la place que chacune peut avoir")
            && refused.body.contains("value=\"Mairie de Nantes\"")
    );
    assert_eq!(app.registrations(WORKSHOP).await[0].organisation, "Ville d’Angers", "nothing is changed");
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""));

    assert_eq!(visitor.post(DATA, &to("Ville de Rennes")).await.status, 303);
    let seats: Vec<_> = app.registrations(WORKSHOP).await.into_iter().map(|one| one.status).collect();
    assert_eq!(
        seats,
        [RegistrationStatus::Confirmed, RegistrationStatus::Offered, RegistrationStatus::Confirmed],
        "the seat of the old organisation goes to its next"
    );
    assert_eq!(violations(&app.registrations(WORKSHOP).await, 3, Some(1)), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_passed_reads_why_in_their_own_parcours_too() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 3).await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    visitor.sign_in(&app, "bob@exemple.fr").await;
    let why = "Votre organisation a déjà la place que chacune peut avoir";
    assert!(visitor.get("/mon-parcours").await.body.contains(why));
    set_cap(&app, 2).await;
    assert!(!visitor.get("/mon-parcours").await.body.contains(why), "they were offered a seat");
}

#[tokio::test]
async fn names_that_can_only_mean_one_body_are_one_organisation() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let written = [
        "Ville de Bordeaux",
        "MAIRIE DE BORDEAUX",
        "commune de bordeaux",
        "Bordeaux Métropole",
        "Métropole de Bordeaux",
    ];
    for (number, organisation) in written.into_iter().enumerate() {
        register_at(&visitor, WORKSHOP, (&format!("p{number}@exemple.fr"), organisation, "")).await;
    }
    assert_eq!(names(&app).await, ["Bordeaux Métropole", "Ville de Bordeaux"]);
    // A number that is another's tells the homonym apart.
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "Ville de Bordeaux", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Ville de Bordeaux", "21330063500025")).await;
    assert_eq!(names(&app).await, ["Bordeaux Métropole", "Ville de Bordeaux", "Ville de Bordeaux"]);
}

#[tokio::test]
async fn la_poste_registers_with_its_numbers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    assert_eq!(register_at(&visitor, WORKSHOP, ("a@exemple.fr", "La Poste", "356 000 000 49837")).await, 303);
    assert_eq!(register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Poste Angers", "35600000049837")).await, 303);
    assert_eq!(register_at(&visitor, WORKSHOP, ("c@exemple.fr", "La Poste", "35600000049838")).await, 422);
    let people = app.registrations(WORKSHOP).await;
    assert_eq!((people.len(), people[0].organisation_id), (2, people[1].organisation_id));
}

#[tokio::test]
async fn probable_duplicates_are_shown_with_what_merging_would_do_and_merged_or_kept_apart() {
    let app = TestApp::start().await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "Angers", "")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Ville d’Angers", "21490007800012")).await;
    register_at(&visitor, WORKSHOP, ("c@exemple.fr", "Vile de Nantes", "")).await;
    register_at(&visitor, WORKSHOP, ("d@exemple.fr", "Ville de Nantes", "")).await;
    let desk = app.desk().await;
    let page = desk.get(ORGANISATIONS).await.body;
    assert_eq!(page.matches("Ce sont deux organisations").count(), 2);

    let ids: Vec<_> =
        app.registrations(WORKSHOP).await.into_iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    let merge = format!("{ORGANISATIONS}/{}/fusionner", ids[0]);
    assert!(page.contains(&format!("{merge}?dans={}", ids[1])), "the one with a number stays");
    let preview = desk.get(&format!("{merge}?dans={}", ids[1])).await.body;
    for told in ["1 inscription passe", "1 personne en dépend", "2 places, pour 1 au plus"] {
        assert!(preview.contains(told), "{told}");
    }
    assert_eq!(names(&app).await.len(), 4, "looking does nothing");
    assert_eq!(desk.post(&merge, &[("dans", &ids[1])]).await.status, 303);
    assert_eq!(desk.post(&merge, &[("dans", &ids[1])]).await.status, 404, "not twice");
    assert_eq!(desk.post(&format!("{ORGANISATIONS}/{}/fusionner", ids[1]), &[("dans", &ids[1])]).await.status, 400);
    let people = app.registrations(WORKSHOP).await;
    assert!(
        people[0].organisation_id == people[1].organisation_id && people[0].status == RegistrationStatus::Confirmed
    );
    visitor.sign_in(&app, "a@exemple.fr").await;
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""), "people go over, too");

    assert_eq!(desk.post(&format!("{ORGANISATIONS}/{}/distinguer", ids[2]), &[("dans", &ids[3])]).await.status, 303);
    assert!(!desk.get(ORGANISATIONS).await.body.contains("Ce sont deux organisations<"));
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("Angers → Ville d’Angers") && log.contains("≠"));
}

#[tokio::test]
async fn two_merged_organisations_answer_to_both_their_numbers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "CHU, site nord", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "CHU, site sud", "21330063500025")).await;
    let desk = app.desk().await;
    let ids: Vec<_> =
        app.registrations(WORKSHOP).await.into_iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    desk.post(&format!("{ORGANISATIONS}/{}/fusionner", ids[0]), &[("dans", &ids[1])]).await;
    register_at(&visitor, WORKSHOP, ("c@exemple.fr", "Nord", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("d@exemple.fr", "Sud", "21330063500025")).await;
    assert_eq!(names(&app).await, ["CHU, site sud"]);
}

fn request(email: &str, organisation: &str) -> NewRegistration {
    NewRegistration {
        name: "X".into(),
        email: accounts::EmailAddress::parse(email).unwrap(),
        organisation: organisation.into(),
        siret: None,
        buyer: true,
        answers: Vec::new(),
        request: None,
        short_notice: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_erased_at_the_very_moment_they_register_is_registered_or_gone_and_no_seat_is_lost() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let (webinar, workshop) = (app.event(WEBINAR).await.id, app.event(WORKSHOP).await.id);
    for round in 0..15 {
        let email = format!("p{round}@exemple.fr");
        registrations::register(&app.app, &app.app.batches, webinar, request(&email, "Ville")).await.unwrap();
        let person =
            app.registrations(WEBINAR).await.into_iter().find(|one| one.email.as_str() == email).unwrap().person_id;
        let person = accounts::find(&mut app.app.db.read().await.unwrap(), person).await.unwrap().unwrap();
        let other = format!("q{round}@exemple.fr");
        let (registered, erased, beside) = tokio::join!(
            registrations::register(&app.app, &app.app.batches, workshop, request(&email, "Ville")),
            app::privacy::erase(&app.app, &person),
            registrations::register(&app.app, &app.app.batches, workshop, request(&other, "Ville")),
        );
        assert!(registered.is_ok() && erased.is_ok() && beside.is_ok(), "{registered:?} {erased:?} {beside:?}");
        assert!(
            !app.registrations(WEBINAR).await.iter().any(|one| one.person_id == person.id),
            "who is erased is gone"
        );
        assert!(!app.registrations(WORKSHOP).await.iter().any(|one| one.person_id == person.id));
        let people = app.registrations(WORKSHOP).await;
        let open: Vec<_> = violations(&people, 1, None).into_iter().filter(|one| !one.contains("passed")).collect();
        assert_eq!(open, Vec::<String>::new(), "{people:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_merged_at_the_very_moment_of_registrations_leave_one_and_everybody_registered() {
    let app = TestApp::start().await;
    let organiser = app.organiser().await;
    let workshop = app.event(WORKSHOP).await.id;
    for round in 0..15 {
        let (from, into) = (format!("Alpha {round} unique"), format!("Omega {round} autre"));
        for (number, name) in [&from, &into].into_iter().enumerate() {
            registrations::register(
                &app.app,
                &app.app.batches,
                workshop,
                request(&format!("s{round}-{number}@exemple.fr"), name),
            )
            .await
            .unwrap();
        }
        let people = app.registrations(WORKSHOP).await;
        let [first, second] =
            [&people[people.len() - 2], &people[people.len() - 1]].map(|one| one.organisation_id.unwrap());
        let registering = (0..4).map(|number| {
            registrations::register(
                &app.app,
                &app.app.batches,
                workshop,
                request(&format!("r{round}-{number}@exemple.fr"), &from),
            )
        });
        let (registered, merged) = tokio::join!(
            futures_util::future::join_all(registering),
            app::organisations::merge(&app.app, organiser, first, second),
        );
        assert!(merged.is_ok() && registered.iter().all(Result::is_ok), "{registered:?} {merged:?}");
        let people = app.registrations(WORKSHOP).await;
        let whose: std::collections::BTreeSet<_> = people
            .iter()
            .filter(|one| one.email.as_str().contains(&format!("{round}-")))
            .map(|one| one.organisation_id)
            .collect();
        assert!(whose.contains(&Some(second)) && !whose.contains(&Some(first)), "{whose:?}");
    }
}

#[tokio::test]
async fn who_may_not_come_leaves_no_organisation_behind() {
    let app = TestApp::start().await;
    let request = NewRegistration {
        name: "Eve".into(),
        email: EmailAddress::parse("eve@exemple.fr").unwrap(),
        organisation: "Boîte à idées".into(),
        siret: None,
        buyer: false,
        answers: Vec::new(),
        request: None,
        short_notice: false,
    };
    let workshop = app.event(WORKSHOP).await.id;
    assert!(registrations::register(&app.app, &app.app.batches, workshop, request).await.is_err());
    assert!(!app.desk().await.get("/organisation/organisations").await.body.contains("Boîte à idées"));
}

#[tokio::test]
async fn merging_warns_of_a_cap_only_where_both_have_seats_at_an_event_to_come() {
    let app = TestApp::start().await;
    let (visitor, desk) = (app.visitor(), app.desk().await);
    let ask = async |event: &str, email: &str, organisation: &str| {
        let fields = [("name", "X"), ("email", email), ("organisation", organisation), ("buyer", "oui")];
        assert_eq!(visitor.post(&format!("/evenements/{event}/inscription"), &fields).await.status, 303);
        visitor.prove(email).await;
        app.advance_millis(1);
    };
    let cap = async |event: &str, cap: i64| {
        let mut tx = app.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query("update event set organisation_cap = $2 where slug = $1")
            .bind(event)
            .bind(cap)
            .execute(conn)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    };
    cap(WEBINAR, 1).await;
    for (event, email, organisation) in [
        (WEBINAR, "a@exemple.fr", "Métropole de Lyon"),
        (WEBINAR, "b@exemple.fr", "Grand Lyon"),
        (WORKSHOP, "a@exemple.fr", "Métropole de Lyon"),
        (WORKSHOP, "b@exemple.fr", "Métropole de Lyon"),
        (WORKSHOP, "c@exemple.fr", "Grand Lyon"),
    ] {
        ask(event, email, organisation).await;
    }
    // Lowered afterwards: one has two seats, the other only waits.
    cap(WORKSHOP, 1).await;
    let people = app.registrations(WORKSHOP).await;
    let link = app.link("c@exemple.fr", "registration").await;
    visitor.post(&format!("{link}/annuler"), &[]).await;
    let ids: Vec<_> = people.iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    let path = format!("/organisation/organisations/{}/fusionner?dans={}", ids[2], ids[0]);
    let preview = desk.get(&path).await.body;
    assert_eq!(preview.matches("2 places, pour 1 au plus").count(), 1, "{preview}");
    assert!(preview.contains("2 inscriptions passent"), "{preview}");
    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    desk.sign_in(&app, "orga@exemple.fr").await;
    assert!(!desk.get(&path).await.body.contains("pour 1 au plus"), "what is over warns of nothing");
}

#[tokio::test]
async fn a_number_that_another_organisation_has_is_refused_and_a_correction_is_in_the_log() {
    let app = TestApp::start().await;
    let (visitor, desk) = (app.visitor(), app.desk().await);
    for (email, organisation, siret) in
        [("a@exemple.fr", "CHU, site nord", "21330063500017"), ("b@exemple.fr", "Ville de Dax", "")]
    {
        let fields =
            [("name", "X"), ("email", email), ("organisation", organisation), ("siret", siret), ("buyer", "oui")];
        visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
        visitor.prove(email).await;
    }
    let dax = format!(
        "/organisation/organisations/{}",
        app.registration(WORKSHOP, "b@exemple.fr").await.organisation_id.unwrap()
    );
    let taken = [("name", "Mairie de Dax"), ("kind", "commune"), ("siret", "21330063500017")];
    assert_eq!(desk.post(&dax, &taken).await.status, 422);
    assert!(desk.get(&dax).await.body.contains("value=\"Ville de Dax\""), "nothing was corrected");
    assert!(!desk.get("/organisation/journal").await.body.contains("a modifié une organisation"));
    assert_eq!(desk.post(&dax, &[("name", "Mairie de Dax"), ("kind", "commune"), ("siret", "")]).await.status, 303);
    assert!(desk.get(&dax).await.body.contains("value=\"Mairie de Dax\""));
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("a modifié une organisation") && log.contains("Mairie de Dax"), "{log}");
}

/// Ada says, at her data, whom she works for, and that her registrations to come follow.
async fn now_works_for(app: &TestApp, organisation: &str) -> u16 {
    let ada = app.visitor();
    ada.sign_in(app, "ada@exemple.fr").await;
    let fields = [("name", "Ada"), ("organisation", organisation), ("follow", "oui")];
    ada.post("/mon-parcours/donnees", &fields).await.status.as_u16()
}

async fn with_cap_of_one(app: &TestApp) -> Visitor {
    let desk = app.desk().await;
    let path = format!("/organisation/evenements/{WORKSHOP}/public");
    assert_eq!(desk.post(&path, &[("buyers_only", "oui"), ("unlisted", "admettre"), ("cap", "1")]).await.status, 303);
    app.visitor()
}

#[tokio::test]
async fn a_seat_that_was_offered_too_long_stands_in_nobodys_way_when_its_person_changes_organisation() {
    let app = TestApp::start().await;
    let visitor = with_cap_of_one(&app).await;
    let fields =
        [("name", "Cleo"), ("email", "cleo@exemple.fr"), ("organisation", "Ville de Nantes"), ("buyer", "oui")];
    visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    visitor.prove("cleo@exemple.fr").await;
    for email in ["bob@exemple.fr", "ada@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    registrations::cancel(&app.app, app.registration(WORKSHOP, "bob@exemple.fr").await.id).await.unwrap();
    assert_eq!(app.registration(WORKSHOP, "ada@exemple.fr").await.status, RegistrationStatus::Offered);
    assert_eq!(now_works_for(&app, "Ville de Nantes").await, 409, "while it is offered");
    app.advance(33);
    assert_eq!(now_works_for(&app, "Ville de Nantes").await, 303);
}

#[tokio::test]
async fn another_spelling_of_ones_own_organisation_asks_for_no_second_seat_of_it() {
    let app = TestApp::start().await;
    let visitor = with_cap_of_one(&app).await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(now_works_for(&app, "Mairie d’Angers").await, 303);
    assert_eq!(app.registration(WORKSHOP, "ada@exemple.fr").await.organisation, "Mairie d’Angers");
}
